#include "app/core_dumps.hpp"

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace idswitch::app {
namespace {

// In a child: what is forbidden cannot be allowed again.
TEST(CoreDumps, AreForbiddenByTheLimitAndForTheKernel) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const bool is_done = static_cast<bool>(forbid_core_dumps());
    rlimit limit{1, 1};
    const bool is_limited =
        ::getrlimit(RLIMIT_CORE, &limit) == 0 && limit.rlim_cur == 0 && limit.rlim_max == 0;
    const bool is_closed = ::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 0;
    ::_exit(is_done && is_limited && is_closed ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace idswitch::app

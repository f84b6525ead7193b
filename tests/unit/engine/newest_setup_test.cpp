#include "engine/setup/newest_setup.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "engine/setup/setup.hpp"

namespace idswitch::engine {
namespace {

std::shared_ptr<const Setup> numbered(std::int64_t version) {
  auto setup = std::make_shared<Setup>();
  setup->version = version;
  return setup;
}

// For the thread sanitizer above all.
TEST(NewestSetup, IsReadWhileItIsReplaced) {
  constexpr std::int64_t k_last = 200;
  NewestSetup newest(numbered(1));
  std::thread reader([&newest] {
    for (std::int64_t seen = 1; seen < k_last;) {
      const std::int64_t version = newest.get()->version;
      ASSERT_GE(version, seen);
      seen = version;
    }
  });
  for (std::int64_t version = 2; version <= k_last; ++version) newest.replace(numbered(version));
  reader.join();
  EXPECT_EQ(newest.get()->version, k_last);
}

}  // namespace
}  // namespace idswitch::engine

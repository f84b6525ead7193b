// Recorded shapes of conversations: each file of fixtures/ is one operation.

#include <gtest/gtest.h>

#include "account.hpp"
#include "support/vendor_fixture.hpp"

namespace idswitch::test::baidu {
namespace {

TEST(BaiduFixtures, ComeOutAsTheyAreWritten) {
  for (const auto& file : fixtures_in(IDSWITCH_BAIDU_DIR "/fixtures")) {
    PluginDriver one = bare_driver();
    run_fixture(one, file);
  }
}

}  // namespace
}  // namespace idswitch::test::baidu

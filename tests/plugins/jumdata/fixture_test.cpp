// Recorded shapes of conversations: each file of fixtures/ is one operation.

#include <gtest/gtest.h>

#include "account.hpp"
#include "support/vendor_fixture.hpp"

namespace idswitch::test::jumdata {
namespace {

TEST(JumdataFixtures, ComeOutAsTheyAreWritten) {
  for (const auto& file : fixtures_in(IDSWITCH_JUMDATA_DIR "/fixtures")) {
    PluginDriver one = driver();
    run_fixture(one, file);
  }
}

}  // namespace
}  // namespace idswitch::test::jumdata

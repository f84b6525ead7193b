// Shapes of conversations: each file of fixtures/sdk and fixtures/lite is one operation.

#include <gtest/gtest.h>

#include "account.hpp"
#include "support/vendor_fixture.hpp"

namespace idswitch::test::aliyun_faceid {
namespace {

void run_all(std::string_view product, const std::string& folder) {
  for (const auto& file : fixtures_in(IDSWITCH_ALIYUN_FACEID_DIR "/fixtures/" + folder)) {
    PluginDriver one = driver(product);
    run_fixture(one, file);
  }
}

TEST(AliyunSdkFixtures, ComeOutAsTheyAreWritten) {
  run_all(k_sdk, "sdk");
}

TEST(AliyunLiteFixtures, ComeOutAsTheyAreWritten) {
  run_all(k_lite, "lite");
}

}  // namespace
}  // namespace idswitch::test::aliyun_faceid

#include "api/request_admission.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "base/digest.hpp"

namespace idswitch::api {
namespace {

constexpr std::size_t k_all = std::numeric_limits<std::size_t>::max();

engine::KeyRing keys() {
  config::Config config;
  config.tenants["shop"].api_keys.push_back({"key", sha256("open sesame")});
  config.admin_keys.push_back({"operations", sha256("let me in")});
  return engine::KeyRing(config);
}

// The status of the refusal; 0 when it is let in.
int refusal(std::string_view method, std::string_view path, std::string_view authorization) {
  const auto limit = admit(keys(), method, path, authorization);
  return limit ? 0 : describe(limit.error().code()).http_status;
}

std::size_t bytes(std::string_view method, std::string_view path) {
  const std::string_view key =
      path.starts_with("/admin/") ? "Bearer let me in" : "Bearer open sesame";
  const auto limit = admit(keys(), method, path, key);
  return limit ? limit->bytes_max : 0;
}

TEST(RequestAdmission, LetsNobodyInWithoutTheRightKey) {
  for (const char* path :
       {"/v1/verifications", "/v1/verifications/x/video", "/v1/routes:explain", "/v1/nothing"}) {
    EXPECT_EQ(refusal("POST", path, ""), 401) << path;
    EXPECT_EQ(refusal("POST", path, "Bearer wrong"), 401) << path;
    EXPECT_EQ(refusal("POST", path, "Bearer let me in"), 401) << path;  // an operator's
  }
  EXPECT_EQ(refusal("POST", "/admin/config:reload", "Bearer open sesame"), 401);
  EXPECT_EQ(refusal("POST", "/admin/config:reload", "Bearer let me in"), 0);
}

TEST(RequestAdmission, KnowsWhereThereIsNothing) {
  for (const char* path : {"/", "/nothing", "/v1/nothing", "/v1/verificationsX",
                           "/v1/verifications/x:burn", "/v1/verifications/x/videos"}) {
    EXPECT_EQ(refusal("POST", path, "Bearer open sesame"), 404) << path;
  }
}

TEST(RequestAdmission, TakesMuchOnlyWherePicturesOrAVideoBelong) {
  for (const char* path :
       {"/v1/verifications", "/v1/verifications/x:refresh", "/v1/verifications/x/video"}) {
    EXPECT_EQ(bytes("POST", path), k_all) << path;
    EXPECT_EQ(bytes("GET", path), k_plain_body_bytes_max) << path;
  }
  for (const char* path : {"/v1/verifications/x", "/v1/verifications/x:cancel", "/v1/accounts",
                           "/v1/routes:explain", "/v1/experiments/x", "/v1/billing/events",
                           "/admin/config:reload", "/callbacks/x/y", "/return/x/y", "/healthz"}) {
    EXPECT_EQ(bytes("POST", path), k_plain_body_bytes_max) << path;
  }
}

TEST(RequestAdmission, TellsStrangersFromThoseWithAKey) {
  for (const char* path : {"/callbacks/x/y", "/return/x/y", "/healthz"}) {
    const auto limit = admit(keys(), "POST", path, "Bearer open sesame");
    ASSERT_TRUE(limit) << path;
    EXPECT_TRUE(limit->is_stranger) << path;  // nobody has looked at the key
  }
  EXPECT_FALSE(admit(keys(), "POST", "/v1/verifications", "Bearer open sesame")->is_stranger);
}

}  // namespace
}  // namespace idswitch::api

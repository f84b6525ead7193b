#include "api/admission.hpp"

#include <gtest/gtest.h>

#include "base/digest.hpp"

namespace idswitch::api {
namespace {

constexpr std::string_view k_tenant = "Bearer shops-key";
constexpr std::string_view k_admin = "Bearer operators-key";

engine::KeyRing keys() {
  config::Config config;
  config.tenants["shop"].api_keys.push_back({"first", sha256("shops-key")});
  config.admin_keys.push_back({"ops", sha256("operators-key")});
  return engine::KeyRing(config);
}

TEST(Admission, SaysWhoItIsAndHowMuchBodyIsTaken) {
  const engine::KeyRing ring = keys();
  const Admission start = admit(ring, "POST", "/v1/verifications", k_tenant);
  ASSERT_FALSE(start.is_refused());
  EXPECT_EQ(start.caller, "shop");
  EXPECT_EQ(start.body_bytes_max, k_media_bytes);
  const Admission list = admit(ring, "GET", "/v1/verifications?limit=2&before=/x", k_tenant);
  ASSERT_FALSE(list.is_refused());
  EXPECT_EQ(list.body_bytes_max, k_small_bytes);
  const Admission reload = admit(ring, "POST", "/admin/config:reload", k_admin);
  ASSERT_FALSE(reload.is_refused());
  EXPECT_EQ(reload.caller, "ops");
}

TEST(Admission, RefusesEveryRouteWithAKeyToThoseWithout) {
  const engine::KeyRing ring = keys();
  for (const Route& route : k_routes) {
    std::string path(route.path);
    for (auto brace = path.find('{'); brace != std::string::npos; brace = path.find('{')) {
      path.replace(brace, path.find('}') + 1 - brace, "x");
    }
    for (const std::string_view key : {std::string_view(), k_tenant, k_admin}) {
      const bool may = route.caller == Caller::anybody ||
                       (route.caller == Caller::tenant && key == k_tenant) ||
                       (route.caller == Caller::admin && key == k_admin);
      const Admission admission = admit(ring, route.method, path, key);
      EXPECT_EQ(admission.is_refused(), !may) << route.method << " " << path << " " << key;
      if (admission.is_refused()) {
        EXPECT_EQ(refusal_answer(admission).status, 401) << path;
      }
    }
  }
}

TEST(Admission, TakesSmallBodiesFromStrangers) {
  const engine::KeyRing ring = keys();
  for (const char* path : {"/return/x/y", "/callbacks/x/y"}) {
    const Admission admission = admit(ring, "POST", path, "");
    ASSERT_FALSE(admission.is_refused()) << path;
    EXPECT_EQ(admission.body_bytes_max, 64u * 1024) << path;
    EXPECT_EQ(admission.caller, "");
  }
}

TEST(Admission, NamesTheMethodsOfAPathThatTakesAnother) {
  const Admission refused = admit(keys(), "DELETE", "/v1/verifications", k_tenant);
  ASSERT_TRUE(refused.is_refused());
  const Answer answer = refusal_answer(refused);
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers, "Allow: GET, POST\r\n");
  EXPECT_EQ(refusal_answer(admit(keys(), "GET", "/nowhere", k_tenant)).status, 404);
}

}  // namespace
}  // namespace idswitch::api

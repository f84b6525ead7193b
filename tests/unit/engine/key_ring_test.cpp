#include "engine/setup/key_ring.hpp"

#include <gtest/gtest.h>

#include "base/digest.hpp"

namespace idswitch::engine {
namespace {

config::Config config_with_keys() {
  config::Config config;
  config.tenants["shop"].api_keys = {{"old", sha256("old-key")}, {"new", sha256("new-key")}};
  config.tenants["bank"].api_keys = {{"only", sha256("bank-key")}};
  config.tenants["embedded"].api_keys = {};
  return config;
}

TEST(KeyRing, KnowsWhoseKeyItIs) {
  const KeyRing ring(config_with_keys());
  EXPECT_EQ(*ring.tenant_of("Bearer old-key"), "shop");
  EXPECT_EQ(*ring.tenant_of("Bearer new-key"), "shop");
  EXPECT_EQ(*ring.tenant_of("Bearer bank-key"), "bank");
}

TEST(KeyRing, RefusesEverythingElseInTheSameWords) {
  const KeyRing ring(config_with_keys());
  std::string hash_itself = "Bearer ";
  for (const std::uint8_t byte : sha256("old-key")) hash_itself += static_cast<char>(byte);
  const std::string wrong[] = {"",
                               "Bearer",
                               "Bearer ",
                               "Bearer  old-key",
                               "old-key",
                               "bearer old",
                               "Basic old-key",
                               "Bearer old-key ",
                               "Bearer OLD-KEY",
                               "Bearer old-keyx",
                               "Bearer old",
                               hash_itself,
                               std::string("Bearer old-key\0", 15)};
  for (const std::string& header : wrong) {
    const auto tenant = ring.tenant_of(header);
    ASSERT_FALSE(tenant) << header;
    EXPECT_EQ(tenant.error().code(), Errc::unauthorized);
    EXPECT_EQ(tenant.error().detail(), ring.tenant_of("").error().detail());
    EXPECT_EQ(tenant.error().detail().find("old-key"), std::string::npos);
  }
}

TEST(KeyRing, KeepsAdminsAndTenantsApart) {
  config::Config config = config_with_keys();
  config.admin_keys = {{"ops", sha256("admin-key")}};
  const KeyRing ring(config);
  EXPECT_EQ(*ring.admin_of("Bearer admin-key"), "ops");
  EXPECT_FALSE(ring.admin_of("Bearer old-key"));
  EXPECT_FALSE(ring.tenant_of("Bearer admin-key"));
  EXPECT_FALSE(ring.admin_of(""));
}

TEST(KeyRing, WithoutTenantsLetsNobodyIn) {
  EXPECT_FALSE(KeyRing(config::Config{}).tenant_of("Bearer "));
}

}  // namespace
}  // namespace idswitch::engine

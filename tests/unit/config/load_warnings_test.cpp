#include <gtest/gtest.h>

#include "sample_config.hpp"

namespace idswitch::config {
namespace {

#define ACCOUNT "product: a/b, contract: {currency: CNY, prices: {}}"

constexpr std::string_view k_accounts =
    "accounts:\n"
    " here: {" ACCOUNT
    ", data_regions: [cn]}\n"
    " both: {" ACCOUNT
    ", data_regions: [cn, us]}\n"
    " silent: {" ACCOUNT "}\n";

std::vector<std::string> warnings(std::string_view tenant) {
  const SampleConfig sample;
  const std::string text =
      std::string(k_accounts) + "tenants:\n t:\n  api_keys: []\n" + std::string(tenant) + "\n";
  EXPECT_EQ(sample.complaints(text), std::vector<std::string>());
  std::vector<std::string> lines;
  for (const Complaint& warning : sample.load(text).warnings) lines.push_back(warning.line());
  return lines;
}

TEST(LoadWarnings, NameAccountsThatTheTenantsDataMustNotReach) {
  EXPECT_EQ(warnings("  data_regions: [cn]\n"
                     "  routes:\n"
                     "   - {method: h5, checks: [liveness], use: [here, both, silent]}\n"
                     "   - {method: sdk, checks: [liveness], accounts: [both, here]}\n"),
            (std::vector<std::string>{
                "f:10:51: tenants.t.routes[0].use[1]: \"both\" will never be asked: its "
                "data_regions hold \"us\", which the tenant's do not",
                "f:10:57: tenants.t.routes[0].use[2]: \"silent\" will never be asked: the tenant "
                "has data_regions, and the account does not say where its data goes"}));
}

TEST(LoadWarnings, AreNoneWhereDataMayGoAnywhere) {
  const auto routes = "  routes: [{method: h5, checks: [liveness], use: [here, both, silent]}]";
  EXPECT_EQ(warnings(routes), std::vector<std::string>());
  EXPECT_EQ(warnings("  data_regions: [us, cn]\n  routes: [{method: h5, checks: [liveness], use: "
                     "[here, both]}]"),
            std::vector<std::string>());
}

TEST(LoadWarnings, NameBudgetsThatNeverCountAnAccount) {
  EXPECT_EQ(warnings("  routes: [{method: h5, checks: [liveness], use: here}]\n"
                     "budgets: {b: {per: day, limit: 5, currency: USD, accounts: [here]}}"),
            (std::vector<std::string>{"f:9:60: budgets.b.accounts: \"here\" charges in CNY: this "
                                      "budget in USD never counts that"}));
}

TEST(LoadWarnings, LeaveRoutesThatNobodyReachesToRouting) {
  EXPECT_EQ(warnings("  routes:\n"
                     "   - {method: h5, checks: [liveness], use: here}\n"
                     "   - {method: h5, checks: [liveness], use: both}\n"),
            std::vector<std::string>());
}

TEST(ConfigLoad, KeepsTheText) {
  const std::string text = "server: {}  # as it was read\n";
  EXPECT_EQ(load_text(text, "f", ".").text, text);
  EXPECT_EQ(load_text("a: [", "f", ".").text, "a: [");
  const TemporaryFolder folder;
  folder.write("config.yaml", text, 0644);
  EXPECT_EQ(load_file(folder.path("config.yaml")).text, text);
}

}  // namespace
}  // namespace idswitch::config

#include "complaint_case.hpp"

namespace idswitch::config {
namespace {

TEST(AdminComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"admin: {}", {"1:1: admin.api_keys: missing: wanted a list of keys"}},
      {"admin: {api_key: []}",
       {"1:1: admin.api_keys: missing: wanted a list of keys",
        "1:9: admin.api_key: unknown key: did you mean \"api_keys\"?"}},
      {"admin: {api_keys: [{id: ops, sha256: "
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}]}\ntenants:\n shop:\n  "
       "api_keys: [{id: shop, sha256: "
       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}]\n  routes: [{method: "
       "h5, checks: [liveness], accounts: [main]}]",
       {"4:33: tenants.shop.api_keys[0].sha256: the same key as in line 1: it could not tell who "
        "calls"}},
  };
  expect_complaints(cases, "");
}

TEST(StatisticsComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"statistics: {window: 59m}",
       {"1:22: statistics.window: 59m is out of range: wanted 1h to 744h"}},
      {"statistics: {window: 745h}",
       {"1:22: statistics.window: 745h is out of range: wanted 1h to 744h"}},
      {"statistics: {windows: 2h}",
       {"1:14: statistics.windows: unknown key: did you mean \"window\"?"}},
  };
  expect_complaints(cases, "");
}

TEST(BudgetComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"{}",
       {"2:2: budgets.b.per: missing: wanted day or month",
        "2:2: budgets.b.limit: missing: wanted what may be spent, like \"3000.00\"",
        "2:2: budgets.b.currency: missing: wanted three capital letters, like CNY"}},
      {"{per: day, limit: 5, currency: CNY, tenant: shap}",
       {"2:49: budgets.b.tenant: \"shap\" is no tenant of this file: did you mean \"shop\"?"}},
      {"{per: day, limit: 5, currency: CNY, accounts: [mian]}",
       {"2:52: budgets.b.accounts[0]: \"mian\" is no account of this file: did you mean "
        "\"main\"?"}},
      {"{per: day, limit: 5, currency: CNY, accounts: [main, main]}",
       {"2:58: budgets.b.accounts[1]: \"main\" stands in the list already"}},
      {"{per: week, limit: -1, currency: yuan}",
       {"2:11: budgets.b.per: found the text \"week\", wanted day or month",
        "2:24: budgets.b.limit: -1 is negative: a price is 0 or more",
        "2:38: budgets.b.currency: found the text \"yuan\", wanted a currency in three capital "
        "letters, like CNY"}},
      {"{per: day, limit: 5, currency: CNY, at_limit: halt}",
       {"2:51: budgets.b.at_limit: found the text \"halt\", wanted stop or warn"}},
      {"{per: day, limit: 5, currency: CNY, warn_at: 1.5}",
       {"2:50: budgets.b.warn_at: found the number 1.5, wanted a share of 0 to 1 with at most six "
        "decimals, like 0.8 or 80%"}},
      {"{per: day, limit: 5, currency: CNY, warn: 0.5}",
       {"2:41: budgets.b.warn: unknown key: known are: tenant, accounts, per, limit, currency, "
        "at_limit, warn_at"}},
  };
  expect_complaints(cases,
                    "budgets:\n"
                    " b: ");
}

}  // namespace
}  // namespace idswitch::config

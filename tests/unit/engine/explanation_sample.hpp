#pragma once

// A tenant with accounts of a plugin that is in this process, and a Traffic that can be brought
// into every state, for explanations and replays.

#include <gtest/gtest.h>

#include <memory>

#include "engine/explain/explanation.hpp"
#include "idswitch/abi/vocabulary.h"
#include "stub_setup.hpp"

namespace idswitch::engine {

using routing::Availability;
using test::replaced;

inline constexpr std::int64_t k_now = 1'795'000'000'000;  // in November 2026

inline constexpr std::string_view k_config = R"(
server: {public_url: "https://id.example.com", certificate_file: none.pem, private_key_file: none.pem}
store: {path: x.db}
plugins: {directory: ".", allow: []}
accounts:
  a: &sdk
    product: stub/sdk
    ca_file: none.pem
    secrets: {key: env:NOT_SET_ON_THIS_MACHINE}
    data_regions: [cn]
    breaker: {consecutive_failures: 1, open_for: 10s, ramp: 30s}
    contract: {currency: CNY, prices: {check: "0.30"}}
ACCOUNTS
budgets:
  monthly-shop: {tenant: shop, accounts: [d], per: month, limit: "0.10", currency: CNY}
tenants:
  shop:
    api_keys: []
    return_urls: ["https://shop.example"]
    data_regions: [cn]
    accounts: [a, b, c, d, abroad, page, spare, stranger]
    attributes: {vip: truth}
    statistics: {segment_by: [region]}
    experiments:
      cheap-first:
        seed: one
        coverage: COVERAGE
        arms: {control: {weight: 1, use: a}, variant: {weight: 1, use: b}}
        control: control
    routes:
      - name: sdk
        method: sdk
        checks: [liveness]
        when: {region: {prefix: [cn-, hk-]}, any: [{risk: {above: 0.8}}, {amount: {at_least: 10, below: 20}}],
               not: {channel: [app, web], vip: true}}
        use: USE
      - {name: page, method: h5, checks: [liveness], use: [page]}
  bank:
    api_keys: []
    return_urls: []
    routes: [{name: bank, method: h5, checks: [liveness], use: [of-the-bank]}]
)";

inline std::string account_line(const std::string& name, const std::string& product,
                                const std::string& more) {
  return "  " + name + ": {product: " + product +
         ", secrets: {key: 'env:NOT_SET_ON_THIS_MACHINE'}, contract: {currency: CNY, prices: " +
         "{check: \"0.40\"}}, breaker: {consecutive_failures: 1, open_for: 10s, ramp: 30s}, " +
         more + "}\n";
}

inline std::string config_text(const std::string& use, const std::string& coverage = "100%") {
  std::string accounts;
  for (const char* name : {"b", "c", "d", "spare"}) {
    const bool is_c = std::string_view(name) == "c";
    accounts += account_line(
        name, "stub/sdk",
        std::string("data_regions: [cn], limits: {concurrency_max: ") + (is_c ? "1}" : "0}"));
  }
  accounts += account_line("abroad", "stub/sdk", "data_regions: [us]");
  accounts += account_line("stranger", "stub/sdk", "data_regions: [cn]");
  accounts += account_line("page", "stub/page", "data_regions: [cn]");
  accounts += account_line("of-the-bank", "stub/page", "data_regions: [cn]");
  std::string text = replaced(std::string(k_config), "ACCOUNTS\n", accounts);
  text = replaced(text, "&sdk", "");
  text = replaced(text, "COVERAGE", coverage);
  return replaced(text, "USE", use);
}

inline std::shared_ptr<Setup> setup_of(const std::string& text) {
  config::Config config = test::stub_config(text);
  // The loader refuses a route to an account that the tenant may not use; deciding does, too.
  std::erase(config.tenants.at("shop").allowed_accounts, "stranger");
  return test::stub_setup(std::move(config));
}

inline StartRequest request(const std::string& person = "person-1") {
  using Type = RequestAttribute::Type;
  StartRequest request;
  request.tenant = "shop";
  request.method = IDSW_METHOD_SDK;
  request.checks = IDSW_CHECK_LIVENESS;
  request.person = {person, "王小明", "11010519491231002X"};
  request.attributes = {{"region", Type::text, "cn-gd"}, {"risk", Type::number, "0.9"}};
  return request;
}

inline OperationReport failed(std::uint32_t error_class, std::int64_t retry_after_ms = 0) {
  OperationReport report;
  plugin::FailStep fail;
  fail.error_class = error_class;
  fail.retry_after_ms = static_cast<decltype(fail.retry_after_ms)>(retry_after_ms);
  report.end = fail;
  return report;
}

inline OperationReport worked() {
  OperationReport report;
  report.end = plugin::FinishStep();
  return report;
}

class ExplanationTest : public testing::Test {
 protected:
  void use(const std::string& policy, const std::string& coverage = "100%") {
    text_ = config_text(policy, coverage);
    setup_ = setup_of(text_);
    setup_->version = 4;
    traffic_ = std::make_unique<Traffic>(*setup_, clock_);
  }

  Explanation explained(const StartRequest& asked = request(), std::uint64_t seed = 1) {
    auto done = explain(*setup_, *traffic_, nullptr, clock_.now_unix_ms(), asked, seed);
    if (!done) {
      ADD_FAILURE() << done.error().detail();
      return {};
    }
    return std::move(*done);
  }

  AccountChoice of(const std::string& account, const StartRequest& asked = request(),
                   std::uint64_t seed = 1) {
    for (AccountChoice& one : explained(asked, seed).accounts) {
      if (one.account == account) return std::move(one);
    }
    ADD_FAILURE() << "no account " << account;
    return {};
  }

  void end(const std::string& account, OperationReport report) {
    Turn turn = traffic_->begin(account, true);
    ASSERT_TRUE(turn.granted());
    turn.end(report);
  }

  // A verification as a start would have stored it.
  VerificationRecord recorded(const StartRequest& asked = request()) {
    auto choice = find_route(*setup_, *setup_->tenant("shop"), asked);
    EXPECT_TRUE(choice);
    EXPECT_TRUE(decide(*setup_, *traffic_, nullptr, clock_.now_unix_ms(), 99, false, *choice));
    VerificationRecord record;
    record.decision = decision_text(*setup_->tenant("shop"), choice->decision);
    record.segment = choice->segment;
    record.config_version = 4;
    record.verification.id = "ver_x";
    record.verification.tenant = "shop";
    record.verification.method = asked.method;
    record.verification.checks = asked.checks;
    record.verification.person_id = asked.person.id;
    return record;
  }

  ManualClock clock_{k_now};
  std::string text_;
  std::shared_ptr<engine::Setup> setup_;
  std::unique_ptr<Traffic> traffic_;
};

}  // namespace idswitch::engine

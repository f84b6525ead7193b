#pragma once

// ExperimentWatching: a store in a folder of its own, filled as a running switch would, and a setup
// with an experiment over accounts that nobody asks.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <future>

#include "engine/traffic/choice.hpp"
#include "idswitch/abi/vocabulary.h"

#include "engine/experiments/experiment_watch.hpp"

namespace idswitch::engine {

using config::Arm;
using config::Experiment;
using config::Policy;

constexpr std::int64_t k_now = 1'800'000'000'000;
constexpr std::int64_t k_long_ago = k_now - 24LL * 3600 * 1000;  // old enough to be admitted
constexpr std::uint32_t k_h5 = IDSW_METHOD_H5;

inline Policy account_policy(const std::string& account) {
  Policy policy;
  policy.kind = Policy::Kind::account;
  policy.account = account;
  return policy;
}

inline Policy priority_policy(const std::vector<std::string>& accounts) {
  Policy policy;
  for (const std::string& one : accounts) policy.parts.push_back(account_policy(one));
  return policy;
}

inline config::SkuPrice flat(std::int64_t micros) {
  config::SkuPrice price;
  price.price = {micros};
  return price;
}

inline config::Account account_of(const std::string& name, const std::string& currency,
                                  std::map<std::string, config::SkuPrice> prices) {
  config::Account account;
  account.name = name;
  account.contract.currency = currency;
  config::ContractVersion version;
  version.prices = std::move(prices);
  account.contract.versions.push_back(std::move(version));
  return account;
}

inline Experiment experiment_of(const std::string& name = "faces", const std::string& seed = "s1") {
  Experiment experiment;
  experiment.name = name;
  experiment.seed = seed;
  experiment.arms = {{"control", 50, account_policy("first")},
                     {"variant", 50, account_policy("second")}};
  experiment.guardrail.pass_rate_drop_ppm = 50'000;
  return experiment;
}

inline std::shared_ptr<Setup> setup_of(const Experiment& experiment) {
  auto setup = std::make_shared<Setup>();
  setup->config.accounts["first"] = account_of("first", "CNY", {{"check", flat(300'000)}});
  setup->config.accounts["second"] = account_of("second", "CNY", {{"check", flat(300'000)}});
  config::Tenant& tenant = setup->config.tenants["shop"];
  tenant.name = "shop";
  tenant.experiments = {experiment};
  config::Route route;
  route.name = "route-1";
  route.method = k_h5;
  route.checks = IDSW_CHECK_LIVENESS;
  route.use.kind = Policy::Kind::experiment;
  route.use.experiment = experiment.name;
  route.accounts = {"first", "second"};
  tenant.routes = {route};
  setup->facts["first"].name = "first";
  setup->facts["second"].name = "second";
  setup->tables.emplace(
      "shop",
      routing::RouteTable(tenant, [&](const std::string& name) -> const routing::AccountFacts& {
        return setup->facts.at(name);
      }));
  return setup;
}

// A store in a folder of its own, filled as a running switch would.
class ExperimentWatching : public testing::Test {
 protected:
  ExperimentWatching() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "idswitch-watch-XXXXXX").string();
    EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    open();
  }

  ~ExperimentWatching() override {
    store_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void open() {
    store_.reset();
    store::Options options;
    options.path = file();
    auto opened = store::Store::open(options);
    ASSERT_TRUE(opened) << opened.error().detail();
    store_ = std::move(*opened);
  }

  std::string file() const { return (folder_ / "store.db").string(); }

  void write(store::Change change) {
    std::promise<store::Written> done;
    store_->write(std::move(change),
                  [&](store::Written result) { done.set_value(std::move(result)); });
    const auto written = done.get_future().get();
    ASSERT_TRUE(written.committed()) << written.error.detail();
  }

  struct Met {
    std::string arm;
    Status status = Status::completed;
    std::uint32_t verdict = IDSW_VERDICT_PASS;
    std::int64_t charged_micros = 300'000;
    std::uint64_t person = 0;  // 0 = another one than before
    std::string weights = "control=50,variant=50";
    std::string experiment = "faces";
    std::string currency = "CNY";
    std::int64_t at_unix_ms = k_long_ago;
  };

  void meet(const Met& met, int times = 1) {
    store::Change change;
    for (int i = 0; i < times; ++i) {
      const std::uint64_t n = ++count_;
      VerificationRecord record;
      record.id = {(std::uint64_t{1} << 60) + n * 1000, n};
      record.verification.id = record.id.text();
      record.verification.tenant = "shop";
      record.verification.method = k_h5;
      record.verification.checks = IDSW_CHECK_LIVENESS;
      record.verification.created_unix_ms = met.at_unix_ms;
      record.verification.updated_unix_ms = met.at_unix_ms + 5'000;
      record.verification.status = met.status;
      if (met.status == Status::completed) record.verification.verdict = met.verdict;
      change.push_back(store::Insert{store::share(record)});
      change.push_back(
          store::Expose{{record.id, "shop", met.experiment, "s1", met.arm, met.weights,
                         met.person == 0 ? 1'000'000 + n : met.person, met.at_unix_ms}});
      if (met.charged_micros == 0) continue;
      LedgerEntry entry;
      entry.verification = record.id;
      entry.tenant = "shop";
      entry.account = met.arm == "control" ? "first" : "second";
      entry.sku = "check";
      entry.event = "check";
      entry.kind = EntryKind::capture;
      entry.amount = {met.charged_micros};
      entry.currency = met.currency;
      entry.at_unix_ms = met.at_unix_ms;
      change.push_back(store::Append{{entry}});
    }
    write(std::move(change));
  }

  // Control passes, the variant does not: enough people for any guard.
  void meet_a_bad_variant(const std::string& experiment = "faces") {
    Met met;
    met.experiment = experiment;
    met.arm = "control";
    meet(met, 60);
    met.arm = "variant";
    met.verdict = IDSW_VERDICT_FAIL;
    meet(met, 60);
  }

  // What the watch does before it judges, all of it.
  void admit(const engine::Setup& setup, const Experiment& experiment) {
    const std::int64_t age_ms =
        admission_age_ms(setup, setup.config.tenants.at("shop"), experiment);
    auto next = store_->agreement().admissible("shop", experiment.name, experiment.seed,
                                               {age_ms, clock_.now_unix_ms()}, 1'000'000);
    ASSERT_TRUE(next) << next.error().detail();
    store::Change change;
    change.push_back(store::Admit{std::move(*next)});
    write(std::move(change));
  }

  ExperimentState state(const engine::Setup& setup, const Experiment& experiment) {
    auto state =
        experiment_state(setup.config, setup.config.tenants.at("shop"), experiment, *store_);
    EXPECT_TRUE(state) << state.error().detail();
    return state ? *state : ExperimentState();
  }

  void look(const engine::Setup& setup, Traffic& traffic) {
    ExperimentWatch(*store_, traffic, clock_).look(setup, [] { return true; });
  }

  bool is_paused(const engine::Setup& setup, Traffic& traffic) {
    return traffic.paused(setup.config.tenants.at("shop")).at(0) != 0;
  }

  ManualClock clock_{k_now};
  std::unique_ptr<store::Store> store_;

 private:
  std::filesystem::path folder_;
  std::uint64_t count_ = 0;
};

}  // namespace idswitch::engine

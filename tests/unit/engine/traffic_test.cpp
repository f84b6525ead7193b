#include "engine/traffic/traffic.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <thread>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

constexpr std::int64_t k_now = 1'795'000'000'000;  // in November 2026

// A setup with the accounts a and b of one SKU at 0.30, without adapters: none is asked here.
Setup setup_of(std::vector<config::Budget> budgets = {}) {
  Setup setup;
  for (const char* name : {"a", "b"}) {
    AccountRuntime account;
    account.config.name = name;
    account.config.contract.currency = "CNY";
    config::ContractVersion version;
    version.prices["check"].price = Money{300'000};
    account.config.contract.versions.push_back(version);
    account.config.breaker.consecutive_failures = 1;
    account.skus = {"check"};
    setup.accounts.emplace(name, std::move(account));
  }
  setup.config.budgets = std::move(budgets);
  return setup;
}

config::Budget budget(std::string name, std::int64_t micros) {
  config::Budget one;
  one.name = std::move(name);
  one.tenant = "shop";
  one.limit = Money{micros};
  one.currency = "CNY";
  return one;
}

plugin::SendStep paid_request() {
  plugin::SendStep send;
  send.billable = IDSW_BILLABLE_ON_ACCEPT;
  send.sku = "check";
  send.dedupe_key = "check";
  return send;
}

OperationReport failed(std::uint32_t error_class) {
  OperationReport report;
  plugin::FailStep fail;
  fail.error_class = error_class;
  report.end = fail;
  report.attempt.error_class = error_class;
  return report;
}

class TrafficTest : public testing::Test {
 protected:
  routing::AccountNow now(Traffic& traffic, const engine::Setup& setup, const char* account) {
    return traffic.view(setup, account, "shop").now;
  }

  // Everything that was held, as one verification each.
  Result<std::optional<LedgerEntry>> hold(Traffic& traffic, const engine::Setup& setup,
                                          const std::string& account) {
    billing::ChargeBook book(ids_.next(k_now), "shop");
    return traffic.hold(payer_, *setup.account(account), book, paid_request());
  }

  ManualClock clock_{k_now};
  VerificationIds ids_;
  Payer payer_{"shop", {}};
};

TEST_F(TrafficTest, NeverHoldsMoreThanABudgetAllowsWith64CallersThatFailOver) {
  const engine::Setup setup = setup_of({budget("monthly", 6'000'000)});  // twenty checks
  Traffic traffic(setup, clock_);
  std::atomic<int> held{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 64; ++caller) {
    callers.emplace_back([&] {
      for (const char* account : {"a", "b"}) {
        const auto entry = hold(traffic, setup, account);
        if (entry && *entry) {
          ++held;
          return;
        }
        ASSERT_EQ(entry.error().code(), Errc::budget_exhausted);
        ASSERT_NE(entry.error().detail().find("monthly"), std::string::npos);
        ++refused;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(held, 20);
  EXPECT_EQ(refused, 2 * 44);
  EXPECT_EQ(traffic.budgets()[0].reserved.micros, 6'000'000);
  EXPECT_EQ(now(traffic, setup, "a").budget, "monthly");
}

TEST_F(TrafficTest, GivesBackAHoldThatWasNotWritten) {
  const engine::Setup setup = setup_of({budget("monthly", 300'000)});
  Traffic traffic(setup, clock_);
  const auto held = hold(traffic, setup, "a");
  ASSERT_TRUE(held && *held);
  EXPECT_FALSE(hold(traffic, setup, "b"));
  traffic.take_back(*setup.account("a"), **held);
  EXPECT_TRUE(hold(traffic, setup, "b"));
}

TEST_F(TrafficTest, GivesBackWhatAVoidReleases) {
  const engine::Setup setup = setup_of({budget("monthly", 300'000)});
  Traffic traffic(setup, clock_);
  billing::ChargeBook book(ids_.next(k_now), "shop");
  ASSERT_TRUE(traffic.hold(payer_, *setup.account("a"), book, paid_request()));
  std::vector<LedgerEntry> entries;
  traffic.book(payer_, *setup.account("a"), book,
               {{IDSW_CHARGE_RELEASED, IDSW_SOURCE_RESULT_CODE, "check", "check", "", ""}}, {},
               entries);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].kind, EntryKind::void_);
  EXPECT_TRUE(hold(traffic, setup, "b"));
}

TEST_F(TrafficTest, LearnsFromHowATurnEnds) {
  const engine::Setup setup = setup_of();
  Traffic traffic(setup, clock_);
  Turn turn = traffic.begin("a", false);
  ASSERT_TRUE(turn.granted());
  EXPECT_EQ(traffic.view(setup, "a", "shop").in_flight, 1U);
  turn.end(failed(IDSW_ERROR_UNAVAILABLE));
  EXPECT_EQ(traffic.view(setup, "a", "shop").in_flight, 0U);
  EXPECT_EQ(now(traffic, setup, "a").availability, routing::Availability::open);
  EXPECT_EQ(now(traffic, setup, "b").availability, routing::Availability::up);
  EXPECT_EQ(traffic.begin("a", false).refusal(), routing::Refusal::open);
  EXPECT_TRUE(traffic.begin("a", true).granted());
}

TEST_F(TrafficTest, CountsATurnThatDidNotEndAsNotBegun) {
  const engine::Setup setup = setup_of();
  Traffic traffic(setup, clock_);
  { const Turn turn = traffic.begin("a", false); }
  EXPECT_EQ(traffic.view(setup, "a", "shop").in_flight, 0U);
  EXPECT_EQ(now(traffic, setup, "a").availability, routing::Availability::up);
}

TEST_F(TrafficTest, ATurnMayOutliveIt) {
  const engine::Setup setup = setup_of();
  auto traffic = std::make_unique<Traffic>(setup, clock_);
  const Turn turn = traffic->begin("a", false);
  traffic.reset();
  EXPECT_TRUE(turn.granted());  // and its destructor touches nothing that is gone
}

TEST_F(TrafficTest, DoesNotBlameTheVendorForWhatWasRefusedHere) {
  const engine::Setup setup = setup_of();
  Traffic traffic(setup, clock_);
  Turn turn = traffic.begin("a", false);
  OperationReport report = failed(IDSW_ERROR_UNAVAILABLE);
  report.refused = Error(Errc::budget_exhausted, "a budget");
  turn.end(report);
  EXPECT_EQ(now(traffic, setup, "a").availability, routing::Availability::up);
}

TEST_F(TrafficTest, AMinimumThatWillNotBeReachedMakesUnitsFreeForRouting) {
  engine::Setup setup = setup_of();
  setup.accounts.at("a").config.contract.versions[0].minimum = Money{1'000'000'000};
  Traffic traffic(setup, clock_);
  EXPECT_EQ(now(traffic, setup, "a").price_micros[0][1], 0);
  EXPECT_EQ(now(traffic, setup, "b").price_micros[0][1], 300'000);
}

class TrafficWithStoreTest : public TrafficTest {
 protected:
  TrafficWithStoreTest() {
    char folder[] = "/tmp/idswitch-traffic-XXXXXX";
    folder_ = ::mkdtemp(folder);
    open();
  }

  ~TrafficWithStoreTest() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  void open() {
    store_.reset();
    store_ = std::move(*store::Store::open({folder_ + "/store.db", 512}));
  }

  void write(store::Change change) {
    std::promise<bool> done;
    store_->write(std::move(change),
                  [&](const store::Written& written) { done.set_value(written.committed()); });
    ASSERT_TRUE(done.get_future().get());
  }

  void write_hold(Traffic& traffic, const engine::Setup& setup) {
    const auto held = hold(traffic, setup, "a");
    ASSERT_TRUE(held && *held);
    VerificationRecord record;
    record.id = (*held)->verification;
    record.verification.tenant = "shop";
    store::Change change;
    change.push_back(store::Insert{store::share(record)});
    change.push_back(store::Append{{**held}});
    write(std::move(change));
  }

  std::string folder_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(TrafficWithStoreTest, StatisticsWhoseWriteFailedAreKeptByTheNext) {
  const engine::Setup setup = setup_of({});
  Traffic traffic(setup, clock_);
  traffic.started("a", "shop/region=x", false, 40'000);
  {
    store::Change never_written;
    EXPECT_GT(traffic.keep_statistics(never_written).size(), 0U);
  }
  store::Change change;
  engine::UnkeptStatistics statistics = traffic.keep_statistics(change);
  write(std::move(change));
  statistics.kept();
  open();
  Traffic later(setup, clock_);
  ASSERT_TRUE(later.load(*store_, setup));
  EXPECT_EQ(now(later, setup, "a").account.starts, 1U);
}

TEST_F(TrafficWithStoreTest, KnowsAfterARestartWhatWasSeenAndSpent) {
  const engine::Setup setup = setup_of({budget("monthly", 300'000)});
  {
    Traffic traffic(setup, clock_);
    traffic.started("a", "shop/region=x", false, 40'000);
    traffic.started("a", "shop/region=x", true, 0);
    write_hold(traffic, setup);
    store::Change change;
    engine::UnkeptStatistics statistics = traffic.keep_statistics(change);
    EXPECT_GT(statistics.size(), 0U);
    change.push_back(store::PauseExperiment{{"shop", "cheaper", "1", k_now, "it did harm"}});
    write(std::move(change));
    statistics.kept();
    store::Change nothing;
    EXPECT_EQ(traffic.keep_statistics(nothing).size(), 0U);
  }
  open();
  Traffic traffic(setup, clock_);
  ASSERT_TRUE(traffic.load(*store_, setup));
  EXPECT_EQ(now(traffic, setup, "a").account.starts, 2U);
  EXPECT_EQ(now(traffic, setup, "a").account.starts_failed, 1U);
  EXPECT_EQ(now(traffic, setup, "b").budget, "monthly");
  config::Tenant tenant;
  tenant.name = "shop";
  tenant.experiments.resize(2);
  tenant.experiments[0].name = tenant.experiments[1].name = "cheaper";
  tenant.experiments[0].seed = "1";
  tenant.experiments[1].seed = "2";  // a new seed is another experiment
  EXPECT_EQ(traffic.paused(tenant), (std::vector<std::uint8_t>{1, 0}));
}

TEST_F(TrafficWithStoreTest, AReloadKeepsHealthAndFillsANewBudgetFromTheLedger) {
  const engine::Setup before = setup_of({budget("monthly", 3'000'000)});
  Traffic traffic(before, clock_);
  write_hold(traffic, before);
  traffic.begin("b", false).end(failed(IDSW_ERROR_UNAVAILABLE));
  const engine::Setup after = setup_of({budget("monthly", 300'000), budget("another", 300'000)});
  ASSERT_TRUE(traffic.adopt(*store_, after));
  EXPECT_EQ(now(traffic, after, "b").availability, routing::Availability::open);
  const auto states = traffic.budgets();
  ASSERT_EQ(states.size(), 2U);
  for (const billing::BudgetState& state : states) EXPECT_EQ(state.reserved.micros, 300'000);
  EXPECT_FALSE(hold(traffic, after, "a"));
}

}  // namespace
}  // namespace idswitch::engine

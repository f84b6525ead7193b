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
Setup setup_of() {
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
  return setup;
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
    return traffic.view(setup, nullptr, account, "shop")->now;
  }

  ManualClock clock_{k_now};
};

TEST_F(TrafficTest, LearnsFromHowATurnEnds) {
  const engine::Setup setup = setup_of();
  Traffic traffic(setup, clock_);
  Turn turn = traffic.begin("a", false);
  ASSERT_TRUE(turn.granted());
  EXPECT_EQ(traffic.view(setup, nullptr, "a", "shop")->in_flight, 1U);
  turn.end(failed(IDSW_ERROR_UNAVAILABLE));
  EXPECT_EQ(traffic.view(setup, nullptr, "a", "shop")->in_flight, 0U);
  EXPECT_EQ(now(traffic, setup, "a").availability, routing::Availability::open);
  EXPECT_EQ(now(traffic, setup, "b").availability, routing::Availability::up);
  EXPECT_EQ(traffic.begin("a", false).refusal(), routing::Refusal::open);
  EXPECT_TRUE(traffic.begin("a", true).granted());
}

TEST_F(TrafficTest, CountsATurnThatDidNotEndAsNotBegun) {
  const engine::Setup setup = setup_of();
  Traffic traffic(setup, clock_);
  { const Turn turn = traffic.begin("a", false); }
  EXPECT_EQ(traffic.view(setup, nullptr, "a", "shop")->in_flight, 0U);
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

  std::string folder_;
  std::unique_ptr<store::Store> store_;
};

TEST_F(TrafficWithStoreTest, StatisticsWhoseWriteFailedAreKeptByTheNext) {
  const engine::Setup setup = setup_of();
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
  ASSERT_TRUE(later.load(*store_));
  EXPECT_EQ(now(later, setup, "a").account.starts, 1U);
}

TEST_F(TrafficWithStoreTest, KnowsAfterARestartWhatWasSeen) {
  const engine::Setup setup = setup_of();
  {
    Traffic traffic(setup, clock_);
    traffic.started("a", "shop/region=x", false, 40'000);
    traffic.started("a", "shop/region=x", true, 0);
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
  ASSERT_TRUE(traffic.load(*store_));
  EXPECT_EQ(now(traffic, setup, "a").account.starts, 2U);
  EXPECT_EQ(now(traffic, setup, "a").account.starts_failed, 1U);
  config::Tenant tenant;
  tenant.name = "shop";
  tenant.experiments.resize(2);
  tenant.experiments[0].name = tenant.experiments[1].name = "cheaper";
  tenant.experiments[0].seed = "1";
  tenant.experiments[1].seed = "2";  // a new seed is another experiment
  EXPECT_EQ(traffic.paused(tenant), (std::vector<std::uint8_t>{1, 0}));
}

TEST_F(TrafficTest, AReloadKeepsHealth) {
  const engine::Setup before = setup_of();
  Traffic traffic(before, clock_);
  traffic.begin("b", false).end(failed(IDSW_ERROR_UNAVAILABLE));
  const engine::Setup after = setup_of();
  traffic.adopt(after);
  EXPECT_EQ(now(traffic, after, "b").availability, routing::Availability::open);
}

}  // namespace
}  // namespace idswitch::engine

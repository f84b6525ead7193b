#include "engine/setup/token_gate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

namespace asio = boost::asio;
using std::chrono::hours;
using std::chrono::steady_clock;
using Failure = std::optional<plugin::FailStep>;

Failure refused() {
  plugin::FailStep fail;
  fail.error_class = IDSW_ERROR_UNAVAILABLE;
  fail.detail = "the access token could not be obtained: connection refused";
  return fail;
}

// Those who want a slot, and fetches that end when the test says so.
class Visitors {
 public:
  void want(std::uint32_t slot, steady_clock::duration patience = hours(1)) {
    asio::co_spawn(context_, visit(slot, steady_clock::now() + patience), asio::detached);
  }

  // The fetch that is under way ends like this.
  void end_fetch(Failure failure) {
    run();
    ASSERT_FALSE(fetching_.empty());
    ends_ = std::move(failure);
    fetching_.front()->cancel();
    fetching_.erase(fetching_.begin());
    run();
  }

  void run() {
    context_.restart();
    context_.poll();
  }

  void throw_in_fetches() { throws_ = true; }

  void run_short_in_fetches() { is_shortage_ = true; }

  std::size_t fetching() const { return fetching_.size(); }

  int evidence() const {
    return static_cast<int>(std::count_if(told.begin(), told.end(), [](const TokenAnswer& answer) {
      return answer.failure && !answer.is_no_evidence;
    }));
  }

  std::vector<TokenAnswer> told;  // in the order they were told
  int fetched = 0;

 private:
  asio::awaitable<void> visit(std::uint32_t slot, steady_clock::time_point deadline) {
    told.push_back(co_await gate_->obtain(slot, deadline, [this] { return fetch(); }));
  }

  asio::awaitable<TokenAnswer> fetch() {
    ++fetched;
    if (throws_) throw std::runtime_error("no memory");
    const auto timer = std::make_shared<asio::steady_timer>(context_, hours(2));
    fetching_.push_back(timer);
    co_await timer->async_wait(asio::as_tuple(asio::use_awaitable));
    co_return TokenAnswer{ends_, is_shortage_};
  }

  asio::io_context context_;
  std::shared_ptr<TokenGate> gate_ = std::make_shared<TokenGate>();
  std::vector<std::shared_ptr<asio::steady_timer>> fetching_;
  Failure ends_;
  bool throws_ = false;
  bool is_shortage_ = false;
};

TEST(TokenGate, LetsOneFetchServeAllWhoWait) {
  Visitors visitors;
  for (int i = 0; i < 16; ++i) visitors.want(3);
  visitors.end_fetch({});
  EXPECT_EQ(visitors.fetched, 1);
  ASSERT_EQ(visitors.told.size(), 16u);
  for (const TokenAnswer& answer : visitors.told) EXPECT_FALSE(answer.failure);
}

TEST(TokenGate, FetchesAgainForTheNextWhoComes) {
  Visitors visitors;
  for (int round = 1; round <= 3; ++round) {
    visitors.want(3);
    visitors.end_fetch({});
    EXPECT_EQ(visitors.fetched, round);
  }
}

TEST(TokenGate, KeepsSlotsApart) {
  Visitors visitors;
  visitors.want(1);
  visitors.want(2);
  visitors.run();
  EXPECT_EQ(visitors.fetching(), 2u);
  visitors.end_fetch({});
  visitors.end_fetch({});
  EXPECT_EQ(visitors.told.size(), 2u);
}

// Twelve starts on one failed fetch were twelve failures, and the account was closed.
TEST(TokenGate, OneFailedFetchFailsOneAndTheNextServesTheOthers) {
  Visitors visitors;
  for (int i = 0; i < 12; ++i) visitors.want(3);
  visitors.end_fetch(refused());
  EXPECT_EQ(visitors.fetched, 2);
  ASSERT_EQ(visitors.told.size(), 1u);
  EXPECT_EQ(visitors.told[0].failure->detail, refused()->detail);
  visitors.end_fetch({});
  ASSERT_EQ(visitors.told.size(), 12u);
  EXPECT_EQ(std::count_if(visitors.told.begin(), visitors.told.end(),
                          [](const TokenAnswer& answer) { return answer.failure.has_value(); }),
            1);
  EXPECT_EQ(visitors.evidence(), 1);
}

TEST(TokenGate, EachFailedFetchIsEvidenceOnceHoweverManyWait) {
  Visitors visitors;
  for (int i = 0; i < 12; ++i) visitors.want(3);
  visitors.end_fetch(refused());
  visitors.end_fetch(refused());
  EXPECT_EQ(visitors.fetched, 2);  // nobody tries a third time
  EXPECT_EQ(visitors.fetching(), 0u);
  ASSERT_EQ(visitors.told.size(), 12u);
  for (const TokenAnswer& answer : visitors.told) {
    ASSERT_TRUE(answer.failure);
    EXPECT_EQ(answer.failure->detail, refused()->detail);
  }
  EXPECT_EQ(visitors.evidence(), 2);
}

TEST(TokenGate, AFetchGoesOnWhenWhoeverBeganItHasNoTimeLeft) {
  Visitors visitors;
  visitors.want(3, -hours(1));
  visitors.want(3);
  visitors.run();
  ASSERT_EQ(visitors.told.size(), 1u);
  EXPECT_EQ(visitors.told[0].failure->detail, "the access token did not come before the deadline");
  EXPECT_TRUE(visitors.told[0].is_no_evidence);
  visitors.end_fetch({});
  ASSERT_EQ(visitors.told.size(), 2u);
  EXPECT_FALSE(visitors.told[1].failure);
  EXPECT_EQ(visitors.fetched, 1);
}

TEST(TokenGate, LetsNobodyWaitBeyondTheirDeadline) {
  Visitors visitors;
  visitors.want(3);
  visitors.want(3, -hours(1));
  visitors.run();
  ASSERT_EQ(visitors.told.size(), 1u);
  EXPECT_TRUE(visitors.told[0].failure);
  visitors.end_fetch({});
  EXPECT_EQ(visitors.told.size(), 2u);
}

TEST(TokenGate, AFetchThatRanShortOfSomethingOfOursIsNoEvidence) {
  Visitors visitors;
  visitors.run_short_in_fetches();
  visitors.want(3);
  visitors.end_fetch(refused());
  ASSERT_EQ(visitors.told.size(), 1u);
  EXPECT_EQ(visitors.evidence(), 0);
}

TEST(TokenGate, AFetchThatThrowsStrandsNobody) {
  Visitors visitors;
  visitors.throw_in_fetches();
  for (int i = 0; i < 3; ++i) visitors.want(3);
  for (int i = 0; i < 4; ++i) visitors.run();
  ASSERT_EQ(visitors.told.size(), 3u);
  for (const TokenAnswer& answer : visitors.told) EXPECT_TRUE(answer.failure);
  EXPECT_EQ(visitors.evidence(), 0);
}

}  // namespace
}  // namespace idswitch::engine

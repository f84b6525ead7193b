#include "engine/webhooks/webhook_queue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <random>
#include <variant>

namespace idswitch::engine {
namespace {

constexpr std::int64_t k_now = 1'000'000;

VerificationId verification(std::uint64_t number) {
  return {number, 1};
}

std::vector<std::uint64_t> sequences(const std::vector<store::WebhookFailure>& events) {
  std::vector<std::uint64_t> numbers;
  for (const store::WebhookFailure& event : events) numbers.push_back(event.sequence);
  return numbers;
}

using Sequences = std::vector<std::uint64_t>;

// What the store would hold, from the batches that were written.
struct Memory {
  std::uint64_t cursor = 0;
  std::map<std::uint64_t, store::WebhookFailure> rows;

  void apply(const store::Change& change) {
    for (const store::Item& item : change) {
      if (const auto* advance = std::get_if<store::AdvanceWebhook>(&item)) {
        EXPECT_GE(advance->delivered, cursor);
        cursor = advance->delivered;
      } else if (const auto* failure = std::get_if<store::FailWebhook>(&item)) {
        rows[failure->failure.sequence] = failure->failure;
      } else if (const auto* drop = std::get_if<store::DropWebhook>(&item)) {
        rows.erase(drop->sequence);
      }
    }
  }

  std::vector<store::WebhookFailure> in(store::WebhookState state) const {
    std::vector<store::WebhookFailure> found;
    for (const auto& [sequence, row] : rows) {
      if (row.state == state) found.push_back(row);
    }
    return found;
  }

  bool keep(WebhookQueue& queue, bool durable = true) {
    store::Change change;
    if (!queue.add_changes(change)) return false;
    if (durable) apply(change);
    queue.kept(durable);
    return true;
  }

  WebhookQueue reopened() const {
    std::vector<store::WebhookFailure> kept = in(store::WebhookState::waiting);
    for (const auto& row : in(store::WebhookState::dead)) {
      if (row.sequence > cursor) kept.push_back(row);
    }
    return {"e", cursor, std::move(kept)};
  }
};

TEST(WebhookQueue, SendsEventsOfDifferentVerificationsAtTheSameTime) {
  WebhookQueue queue("e", 0, {});
  for (std::uint64_t i = 1; i <= 5; ++i) queue.offer(i, verification(i), k_now);
  EXPECT_EQ(sequences(queue.take(k_now, 3)), (Sequences{1, 2, 3}));
  EXPECT_TRUE(queue.take(k_now, 3).empty());
  queue.delivered(2);
  EXPECT_EQ(sequences(queue.take(k_now, 3)), Sequences{4});
}

TEST(WebhookQueue, KeepsTheOrderOfOneVerification) {
  WebhookQueue queue("e", 0, {});
  queue.offer(1, verification(1), k_now);
  queue.offer(2, verification(1), k_now);
  queue.offer(3, verification(2), k_now);
  EXPECT_EQ(sequences(queue.take(k_now, 8)), (Sequences{1, 3}));
  queue.failed(1, k_now + 5'000, "HTTP 500");
  queue.delivered(3);
  EXPECT_TRUE(queue.take(k_now + 4'999, 8).empty());
  EXPECT_EQ(sequences(queue.take(k_now + 5'000, 8)), Sequences{1});
  EXPECT_TRUE(queue.take(k_now + 5'000, 8).empty());
  queue.delivered(1);
  EXPECT_EQ(sequences(queue.take(k_now + 5'000, 8)), Sequences{2});
}

TEST(WebhookQueue, LetsTheNextOneGoWhenTheFirstIsDead) {
  WebhookQueue queue("e", 0, {});
  queue.offer(1, verification(1), k_now);
  queue.offer(2, verification(1), k_now);
  queue.take(k_now, 8);
  queue.died(1, "HTTP 500");
  EXPECT_EQ(sequences(queue.take(k_now, 8)), Sequences{2});
}

TEST(WebhookQueue, CountsAttempts) {
  WebhookQueue queue("e", 0, {});
  queue.offer(1, verification(1), k_now);
  EXPECT_EQ(queue.take(k_now, 8).at(0).attempts, 0u);
  queue.failed(1, k_now, "HTTP 500");
  EXPECT_EQ(queue.take(k_now, 8).at(0).attempts, 1u);
  queue.postpone(1, k_now);
  EXPECT_EQ(queue.take(k_now, 8).at(0).attempts, 1u);
}

TEST(WebhookQueue, MovesTheCursorPastWhatIsDeliveredOrWaits) {
  Memory memory;
  WebhookQueue queue("e", 0, {});
  EXPECT_TRUE(memory.keep(queue));  // the cursor of an endpoint that is new
  EXPECT_FALSE(memory.keep(queue));
  queue.offer(1, verification(1), k_now);
  queue.skip(2);
  queue.offer(3, verification(1), k_now);
  queue.offer(4, verification(2), k_now);
  queue.take(k_now, 8);
  queue.delivered(4);
  memory.keep(queue);
  EXPECT_EQ(memory.cursor, 0u);
  queue.failed(1, k_now + 5'000, "HTTP 500");
  memory.keep(queue);
  EXPECT_EQ(memory.cursor, 4u);  // 1 has a row, and so has 3, which waits for it
  EXPECT_EQ(sequences(memory.in(store::WebhookState::waiting)), (Sequences{1, 3}));
  EXPECT_EQ(memory.rows.at(1).attempts, 1u);
  EXPECT_EQ(memory.rows.at(1).next_try_unix_ms, k_now + 5'000);
  EXPECT_EQ(memory.rows.at(1).last_error, "HTTP 500");
  EXPECT_EQ(memory.rows.at(3).attempts, 0u);
  // Behind one that waits, a row at once.
  queue.offer(5, verification(1), k_now);
  memory.keep(queue);
  EXPECT_EQ(memory.cursor, 5u);
  EXPECT_EQ(memory.rows.size(), 3u);
}

TEST(WebhookQueue, RemembersADeathAndForgetsADelivery) {
  Memory memory;
  WebhookQueue queue("e", 0, {});
  queue.offer(1, verification(1), k_now);
  queue.offer(2, verification(2), k_now);
  queue.take(k_now, 8);
  queue.died(1, "HTTP 404");
  queue.failed(2, k_now, "HTTP 500");
  memory.keep(queue);
  EXPECT_EQ(sequences(memory.in(store::WebhookState::dead)), Sequences{1});
  EXPECT_EQ(sequences(memory.in(store::WebhookState::waiting)), Sequences{2});
  queue.take(k_now, 8);
  queue.delivered(2);
  memory.keep(queue);
  EXPECT_EQ(memory.rows.size(), 1u);
  EXPECT_EQ(memory.cursor, 2u);
  EXPECT_EQ(queue.waiting(), 0u);
}

TEST(WebhookQueue, RepeatsWhatCouldNotBeMadeDurable) {
  Memory memory;
  WebhookQueue queue("e", 0, {});
  queue.offer(1, verification(1), k_now);
  queue.take(k_now, 8);
  queue.died(1, "HTTP 404");
  EXPECT_TRUE(memory.keep(queue, false));
  EXPECT_TRUE(memory.rows.empty());
  EXPECT_TRUE(memory.keep(queue));
  EXPECT_EQ(sequences(memory.in(store::WebhookState::dead)), Sequences{1});
  EXPECT_EQ(memory.cursor, 1u);
}

TEST(WebhookQueue, RevivesTheDeadInTheirOrder) {
  Memory memory;
  WebhookQueue queue("e", 0, {});
  for (std::uint64_t i = 1; i <= 3; ++i) queue.offer(i, verification(1), k_now);
  for (std::uint64_t i = 1; i <= 2; ++i) {
    queue.take(k_now, 8);
    queue.died(i, "HTTP 404");
  }
  memory.keep(queue);
  EXPECT_EQ(sequences(queue.take(k_now, 8)), Sequences{3});
  for (const auto& row : memory.in(store::WebhookState::dead)) queue.revive(row, k_now);
  EXPECT_TRUE(queue.take(k_now, 8).empty());  // 3 is under way
  memory.keep(queue);
  EXPECT_TRUE(memory.in(store::WebhookState::dead).empty());
  EXPECT_EQ(memory.rows.at(1).attempts, 0u);
  queue.failed(3, k_now, "HTTP 500");
  EXPECT_EQ(sequences(queue.take(k_now, 8)), Sequences{1});
  queue.delivered(1);
  EXPECT_EQ(sequences(queue.take(k_now, 8)), Sequences{2});
}

TEST(WebhookQueue, HastensOnlyWhatWaits) {
  WebhookQueue queue("e", 0, {});
  queue.offer(1, verification(1), k_now);
  queue.take(k_now, 8);
  queue.failed(1, k_now + 9'000, "HTTP 500");
  EXPECT_FALSE(queue.hasten(2, k_now));
  EXPECT_TRUE(queue.hasten(1, k_now));
  EXPECT_EQ(sequences(queue.take(k_now, 8)), Sequences{1});
}

TEST(WebhookQueue, TakesHardlyAnyFromTheLedgerWhileTheEndpointOnlyFails) {
  WebhookQueue queue("e", 0, {});
  std::uint64_t next = 1;
  for (; next <= WebhookQueue::k_failures_to_slow_down; ++next) {
    EXPECT_GT(queue.room(k_now, 1'000), 0u);
    queue.offer(next, verification(next), k_now);
    queue.take(k_now, 8);
    queue.failed(next, k_now + 5'000, "refused");
  }
  EXPECT_EQ(queue.room(k_now, 1'000), 1u);
  EXPECT_EQ(queue.room(k_now, 1'000), 0u);
  EXPECT_EQ(queue.room(k_now + 999, 1'000), 0u);
  EXPECT_EQ(queue.room(k_now + 1'000, 1'000), 1u);
  queue.offer(next, verification(next), k_now + 1'000);
  EXPECT_EQ(sequences(queue.take(k_now + 1'000, 8)), Sequences{next});
  EXPECT_EQ(queue.room(k_now + 2'000, 1'000), 0u);  // it is under way
  queue.failed(next, k_now + 9'000, "refused");
  EXPECT_EQ(queue.room(k_now + 2'000, 1'000), 1u);
  queue.take(k_now + 5'000, 1);
  queue.delivered(1);
  EXPECT_EQ(queue.room(k_now + 5'000, 1'000), WebhookQueue::k_read_ahead_max);
}

TEST(WebhookQueue, TakesAnotherFromTheLedgerWhenAllOthersAreDead) {
  WebhookQueue queue("e", 0, {});
  for (std::uint64_t i = 1; i <= WebhookQueue::k_failures_to_slow_down; ++i) {
    queue.offer(i, verification(i), k_now);
    queue.take(k_now, 8);
    queue.died(i, "refused");
  }
  EXPECT_EQ(queue.room(k_now, 1'000), 1u);
  EXPECT_EQ(queue.room(k_now, 1'000), 1u);
}

TEST(WebhookQueue, HoldsNoMoreThanItMay) {
  WebhookQueue queue("e", 0, {}, 70);
  for (std::uint64_t i = 1; i <= 64; ++i) queue.offer(i, verification(1), k_now);
  EXPECT_EQ(queue.room(k_now, 1'000), 0u);  // read ahead
  queue.take(k_now, 8);
  queue.failed(1, k_now + 5'000, "HTTP 500");
  EXPECT_EQ(queue.room(k_now, 1'000), WebhookQueue::k_read_ahead_max);
  for (std::uint64_t i = 65; i <= 70; ++i) queue.offer(i, verification(1), k_now);
  EXPECT_EQ(queue.room(k_now, 1'000), 0u);  // rows
}

TEST(WebhookQueue, GoesOnAfterACrashWhereTheStoreIs) {
  Memory memory;
  WebhookQueue queue("e", 0, {});
  for (std::uint64_t i = 1; i <= 4; ++i) queue.offer(i, verification(i), k_now);
  queue.take(k_now, 8);
  queue.failed(2, k_now + 5'000, "HTTP 500");
  queue.died(3, "HTTP 500");
  queue.delivered(4);
  memory.keep(queue);
  WebhookQueue again = memory.reopened();
  EXPECT_EQ(again.read(), 0u);
  for (std::uint64_t i = 1; i <= 4; ++i) again.offer(i, verification(i), k_now);
  // 1 was under way. That 4 has arrived is forgotten. 2 is not due yet, and 3 stays dead.
  EXPECT_EQ(sequences(again.take(k_now, 8)), (Sequences{1, 4}));
  EXPECT_EQ(sequences(again.take(k_now + 5'000, 8)), Sequences{2});
}

// An endpoint that fails at random, a store that fails at random, a process that dies at random.
class Storm {
 public:
  explicit Storm(std::uint32_t seed) : random_(seed) {
    for (std::uint64_t sequence = 1; sequence <= 150; ++sequence) {
      ledger_.push_back({sequence, verification(1 + draw(12)), draw(4) != 0});
    }
  }

  void run() {
    for (int round = 0; round < 20'000; ++round) {
      now_ += 1 + static_cast<std::int64_t>(draw(50));
      step();
      if (done()) break;
    }
    ASSERT_TRUE(done());
    std::set<std::uint64_t> dead;
    for (const auto& row : memory_.in(store::WebhookState::dead)) dead.insert(row.sequence);
    for (const Entry& entry : ledger_) {
      EXPECT_EQ(arrived_.contains(entry.sequence) || dead.contains(entry.sequence), entry.is_wanted)
          << entry.sequence;
    }
    deaths_ = dead.size();
  }

  std::size_t deaths() const { return deaths_; }

  std::size_t arrivals() const { return arrived_.size(); }

  std::size_t crashes() const { return crashes_; }

 private:
  struct Entry {
    std::uint64_t sequence;
    VerificationId verification;
    bool is_wanted;
  };

  std::uint32_t draw(std::uint32_t below) { return random_() % below; }

  bool done() {
    return memory_.cursor == ledger_.size() && memory_.in(store::WebhookState::waiting).empty() &&
           queue_.waiting() == 0;
  }

  void step() {
    std::size_t room = queue_.room(now_, 40);
    while (queue_.read() < ledger_.size()) {
      const Entry& entry = ledger_[queue_.read()];
      if (!entry.is_wanted) {
        queue_.skip(entry.sequence);
      } else if (room == 0) {
        break;
      } else {
        queue_.offer(entry.sequence, entry.verification, now_);
        --room;
      }
    }
    for (auto& event : queue_.take(now_, 8)) under_way_.push_back(std::move(event));
    EXPECT_LE(under_way_.size(), 8u);
    std::shuffle(under_way_.begin(), under_way_.end(), random_);
    while (!under_way_.empty() && draw(3) != 0) land();
    if (draw(4) != 0) memory_.keep(queue_, draw(5) != 0);
    if (draw(60) == 0) crash();
  }

  void land() {
    const store::WebhookFailure event = under_way_.back();
    under_way_.pop_back();
    const std::uint32_t end = draw(10);
    if (end < 5) {
      arrive(event);
      queue_.delivered(event.sequence);
      return;
    }
    if (end == 5) arrive(event);  // and the answer was lost
    if (end == 6) {
      queue_.postpone(event.sequence, now_ + 5);
    } else if (event.attempts + 1 == 4) {
      queue_.died(event.sequence, "HTTP 500");
      gone_.insert(event.sequence);
    } else {
      queue_.failed(event.sequence, now_ + draw(100), "HTTP 500");
    }
  }

  // Every earlier event of the verification has arrived before, or was given up.
  void arrive(const store::WebhookFailure& event) {
    for (const Entry& entry : ledger_) {
      if (entry.sequence >= event.sequence) break;
      if (!entry.is_wanted || entry.verification != event.verification) continue;
      EXPECT_TRUE(arrived_.contains(entry.sequence) || gone_.contains(entry.sequence))
          << entry.sequence << " comes after " << event.sequence;
    }
    arrived_.insert(event.sequence);
  }

  void crash() {
    ++crashes_;
    under_way_.clear();
    queue_ = memory_.reopened();
  }

  std::mt19937 random_;
  std::vector<Entry> ledger_;
  Memory memory_;
  WebhookQueue queue_{"e", 0, {}};
  std::vector<store::WebhookFailure> under_way_;
  std::set<std::uint64_t> arrived_;
  std::set<std::uint64_t> gone_;
  std::int64_t now_ = k_now;
  std::size_t crashes_ = 0;
  std::size_t deaths_ = 0;
};

TEST(WebhookQueue, LosesNothingAndKeepsTheOrderWhateverFails) {
  std::size_t deaths = 0;
  std::size_t arrivals = 0;
  std::size_t crashes = 0;
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    Storm storm(seed);
    storm.run();
    if (::testing::Test::HasFailure()) return;
    deaths += storm.deaths();
    arrivals += storm.arrivals();
    crashes += storm.crashes();
  }
  EXPECT_GT(deaths, 100u);
  EXPECT_GT(arrivals, 5'000u);
  EXPECT_GT(crashes, 100u);
}

}  // namespace
}  // namespace idswitch::engine

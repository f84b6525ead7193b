#include "engine/webhooks/webhook_queue.hpp"

#include <gtest/gtest.h>

#include "webhook_memory.hpp"

namespace idswitch::engine {
namespace {

// What passes between two fresh events while the endpoint only fails.
constexpr std::int64_t k_slow_down_ms = 1'000;

// These tests count events by their places in the ledger, and number them likewise.
EventName named(std::uint64_t sequence, std::uint64_t of) {
  return {verification(of), static_cast<std::uint32_t>(sequence)};
}

// The only event of its verification.
EventName alone(std::uint64_t sequence) {
  return named(sequence, sequence);
}

std::vector<std::uint64_t> sequences(const std::vector<WebhookQueue::Taken>& events) {
  std::vector<std::uint64_t> numbers;
  for (const WebhookQueue::Taken& event : events) numbers.push_back(event.row.sequence);
  return numbers;
}

std::vector<std::uint64_t> sequences(const std::vector<store::WebhookFailure>& rows) {
  std::vector<std::uint64_t> numbers;
  for (const store::WebhookFailure& row : rows) numbers.push_back(row.sequence);
  return numbers;
}

std::vector<WebhookQueue::Taken> take(WebhookQueue& queue, std::int64_t now_unix_ms = k_now,
                                      std::size_t in_flight_max = 8) {
  return queue.take(now_unix_ms, in_flight_max, k_slow_down_ms);
}

using Sequences = std::vector<std::uint64_t>;

TEST(WebhookQueue, SendsEventsOfDifferentVerificationsAtTheSameTime) {
  WebhookQueue queue("e", 0, {});
  for (std::uint64_t i = 1; i <= 5; ++i) queue.offer(i, alone(i), k_now);
  EXPECT_EQ(sequences(take(queue, k_now, 3)), (Sequences{1, 2, 3}));
  EXPECT_TRUE(take(queue, k_now, 3).empty());
  queue.delivered(alone(2));
  EXPECT_EQ(sequences(take(queue, k_now, 3)), Sequences{4});
}

TEST(WebhookQueue, KeepsTheOrderOfOneVerification) {
  WebhookQueue queue("e", 0, {});
  queue.offer(1, alone(1), k_now);
  queue.offer(2, named(2, 1), k_now);
  queue.offer(3, named(3, 2), k_now);
  EXPECT_EQ(sequences(take(queue, k_now, 8)), (Sequences{1, 3}));
  queue.failed(alone(1), k_now + 5'000, "HTTP 500");
  queue.delivered(named(3, 2));
  EXPECT_TRUE(take(queue, k_now + 4'999, 8).empty());
  EXPECT_EQ(sequences(take(queue, k_now + 5'000, 8)), Sequences{1});
  EXPECT_TRUE(take(queue, k_now + 5'000, 8).empty());
  queue.delivered(alone(1));
  EXPECT_EQ(sequences(take(queue, k_now + 5'000, 8)), Sequences{2});
}

TEST(WebhookQueue, LetsTheNextOneGoWhenTheFirstIsDead) {
  WebhookQueue queue("e", 0, {});
  queue.offer(1, alone(1), k_now);
  queue.offer(2, named(2, 1), k_now);
  take(queue, k_now, 8);
  queue.died(alone(1), "HTTP 500");
  EXPECT_EQ(sequences(take(queue, k_now, 8)), Sequences{2});
}

TEST(WebhookQueue, CountsAttempts) {
  WebhookQueue queue("e", 0, {});
  queue.offer(1, alone(1), k_now);
  EXPECT_EQ(take(queue, k_now, 8).at(0).row.attempts, 0u);
  queue.failed(alone(1), k_now, "HTTP 500");
  EXPECT_EQ(take(queue, k_now, 8).at(0).row.attempts, 1u);
  queue.postpone(alone(1), k_now);
  EXPECT_EQ(take(queue, k_now, 8).at(0).row.attempts, 1u);
}

TEST(WebhookQueue, MovesTheCursorPastWhatIsDeliveredOrWaits) {
  WebhookMemory memory;
  WebhookQueue queue("e", 0, {});
  EXPECT_TRUE(memory.keep(queue));  // the cursor of an endpoint that is new
  EXPECT_FALSE(memory.keep(queue));
  queue.offer(1, alone(1), k_now);
  queue.skip(2);
  queue.offer(3, named(3, 1), k_now);
  queue.offer(4, named(4, 2), k_now);
  take(queue, k_now, 8);
  queue.delivered(named(4, 2));
  memory.keep(queue);
  EXPECT_EQ(memory.cursor, 0u);
  queue.failed(alone(1), k_now + 5'000, "HTTP 500");
  memory.keep(queue);
  EXPECT_EQ(memory.cursor, 4u);  // 1 has a row, and so has 3, which waits for it
  EXPECT_EQ(sequences(memory.in(store::WebhookState::waiting)), (Sequences{1, 3}));
  EXPECT_EQ(memory.rows.at(1).attempts, 1u);
  EXPECT_EQ(memory.rows.at(1).next_try_unix_ms, k_now + 5'000);
  EXPECT_EQ(memory.rows.at(1).last_error, "HTTP 500");
  EXPECT_EQ(memory.rows.at(3).attempts, 0u);
  // Behind one that waits, a row at once.
  queue.offer(5, named(5, 1), k_now);
  memory.keep(queue);
  EXPECT_EQ(memory.cursor, 5u);
  EXPECT_EQ(memory.rows.size(), 3u);
}

TEST(WebhookQueue, RemembersADeathAndForgetsADelivery) {
  WebhookMemory memory;
  WebhookQueue queue("e", 0, {});
  queue.offer(1, alone(1), k_now);
  queue.offer(2, alone(2), k_now);
  take(queue, k_now, 8);
  queue.died(alone(1), "HTTP 404");
  queue.failed(alone(2), k_now, "HTTP 500");
  memory.keep(queue);
  EXPECT_EQ(sequences(memory.in(store::WebhookState::dead)), Sequences{1});
  EXPECT_EQ(sequences(memory.in(store::WebhookState::waiting)), Sequences{2});
  take(queue, k_now, 8);
  queue.delivered(alone(2));
  memory.keep(queue);
  EXPECT_EQ(memory.rows.size(), 1u);
  EXPECT_EQ(memory.cursor, 2u);
  EXPECT_EQ(queue.waiting(), 0u);
}

TEST(WebhookQueue, RepeatsWhatCouldNotBeMadeDurable) {
  WebhookMemory memory;
  WebhookQueue queue("e", 0, {});
  queue.offer(1, alone(1), k_now);
  take(queue, k_now, 8);
  queue.died(alone(1), "HTTP 404");
  EXPECT_TRUE(memory.keep(queue, false));
  EXPECT_TRUE(memory.rows.empty());
  EXPECT_TRUE(memory.keep(queue));
  EXPECT_EQ(sequences(memory.in(store::WebhookState::dead)), Sequences{1});
  EXPECT_EQ(memory.cursor, 1u);
}

TEST(WebhookQueue, RevivesTheDeadInTheirOrder) {
  WebhookMemory memory;
  WebhookQueue queue("e", 0, {});
  for (std::uint64_t i = 1; i <= 3; ++i) queue.offer(i, named(i, 1), k_now);
  for (std::uint64_t i = 1; i <= 2; ++i) {
    take(queue, k_now, 8);
    queue.died(named(i, 1), "HTTP 404");
  }
  memory.keep(queue);
  EXPECT_EQ(sequences(take(queue, k_now, 8)), Sequences{3});
  for (const auto& row : memory.in(store::WebhookState::dead)) queue.revive(row, k_now);
  EXPECT_TRUE(take(queue, k_now, 8).empty());  // 3 is under way
  memory.keep(queue);
  EXPECT_TRUE(memory.in(store::WebhookState::dead).empty());
  EXPECT_EQ(memory.rows.at(1).attempts, 0u);
  queue.failed(named(3, 1), k_now, "HTTP 500");
  EXPECT_EQ(sequences(take(queue, k_now, 8)), Sequences{1});
  queue.delivered(alone(1));
  EXPECT_EQ(sequences(take(queue, k_now, 8)), Sequences{2});
}

TEST(WebhookQueue, HastensOnlyWhatWaits) {
  WebhookQueue queue("e", 0, {});
  queue.offer(1, alone(1), k_now);
  take(queue, k_now, 8);
  queue.failed(alone(1), k_now + 9'000, "HTTP 500");
  EXPECT_FALSE(queue.hasten(alone(2), k_now));
  EXPECT_TRUE(queue.hasten(alone(1), k_now));
  EXPECT_EQ(sequences(take(queue, k_now, 8)), Sequences{1});
}

TEST(WebhookQueue, SendsHardlyAnyFreshOneWhileTheEndpointOnlyFails) {
  WebhookQueue queue("e", 0, {});
  constexpr std::uint64_t k_first = WebhookQueue::k_failures_to_slow_down;
  for (std::uint64_t i = 1; i <= 100; ++i) queue.offer(i, alone(i), k_now);
  EXPECT_EQ(take(queue, k_now, k_first).size(), k_first);
  for (std::uint64_t i = 1; i <= k_first; ++i) queue.failed(alone(i), k_now + 5'000, "refused");
  // What was read already waits like what was not.
  EXPECT_EQ(queue.room(), 0u);
  EXPECT_EQ(sequences(take(queue, k_now)), Sequences{k_first + 1});
  EXPECT_TRUE(take(queue, k_now + k_slow_down_ms).empty());  // that one is under way
  queue.failed(alone(k_first + 1), k_now + 9'000, "refused");
  EXPECT_TRUE(take(queue, k_now + k_slow_down_ms - 1).empty());
  EXPECT_EQ(sequences(take(queue, k_now + k_slow_down_ms)), Sequences{k_first + 2});
  queue.delivered(alone(k_first + 2));
  EXPECT_EQ(take(queue, k_now + k_slow_down_ms, 64).size(), 64u);
  EXPECT_GT(queue.room(), 0u);
}

TEST(WebhookQueue, TriesWhatHasFailedAtItsTimeWhileTheEndpointOnlyFails) {
  WebhookQueue queue("e", 0, {});
  for (std::uint64_t i = 1; i <= WebhookQueue::k_failures_to_slow_down; ++i) {
    queue.offer(i, alone(i), k_now);
    take(queue);
    queue.failed(alone(i), k_now + 5'000, "refused");
  }
  EXPECT_EQ(queue.room(), 1u);
  EXPECT_EQ(take(queue, k_now + 5'000, 8).size(), 8u);
}

TEST(WebhookQueue, TakesAnotherFromTheLedgerWhenAllOthersAreDead) {
  WebhookQueue queue("e", 0, {});
  for (std::uint64_t i = 1; i <= WebhookQueue::k_failures_to_slow_down + 3; ++i) {
    queue.offer(i, alone(i), k_now);
    EXPECT_EQ(sequences(take(queue)), Sequences{i});
    queue.died(alone(i), "refused");
  }
  EXPECT_EQ(queue.room(), 1u);
}

TEST(WebhookQueue, HoldsNoMoreThanItMay) {
  constexpr std::size_t k_ahead = WebhookQueue::k_read_ahead_max;
  WebhookQueue queue("e", 0, {}, k_ahead + 6);
  for (std::uint64_t i = 1; i <= k_ahead; ++i) queue.offer(i, named(i, 1), k_now);
  EXPECT_EQ(queue.room(), 0u);  // read ahead
  take(queue);
  queue.failed(alone(1), k_now + 5'000, "HTTP 500");
  EXPECT_EQ(queue.room(), k_ahead);
  for (std::uint64_t i = k_ahead + 1; i <= k_ahead + 6; ++i) queue.offer(i, named(i, 1), k_now);
  EXPECT_EQ(queue.room(), 0u);  // rows
}

TEST(WebhookQueue, WritesOneRowForABatchWhenAllIsWell) {
  WebhookMemory memory;
  WebhookQueue queue("e", 0, {});
  memory.keep(queue);
  memory.items = 0;
  for (std::uint64_t i = 1; i <= 200; ++i) queue.offer(i, named(i, i / 2), k_now);
  while (queue.waiting() > 0) {
    for (const auto& event : take(queue, k_now, 64)) queue.delivered(event.row.event);
  }
  EXPECT_TRUE(memory.keep(queue));
  EXPECT_EQ(memory.items, 1u);
  EXPECT_EQ(memory.cursor, 200u);
  EXPECT_FALSE(memory.keep(queue));
}

TEST(WebhookQueue, WritesNothingForAFewThatTheEndpointDoesNotWant) {
  WebhookMemory memory;
  WebhookQueue queue("e", 0, {});
  memory.keep(queue);
  queue.skip(100);
  EXPECT_FALSE(memory.keep(queue));
  queue.skip(WebhookQueue::k_skipped_unkept_max);
  EXPECT_TRUE(memory.keep(queue));
  EXPECT_EQ(memory.cursor, WebhookQueue::k_skipped_unkept_max);
}

TEST(WebhookQueue, LetsTheCursorPassOneThatHangs) {
  WebhookMemory memory;
  WebhookQueue queue("e", 0, {});
  queue.offer(1, alone(1), k_now);
  queue.offer(2, named(2, 1), k_now);
  take(queue);
  const std::uint64_t last = 3 + WebhookQueue::k_overtaken_max;
  for (std::uint64_t i = 3; i <= last; ++i) {
    EXPECT_EQ(memory.cursor, 0u);
    queue.offer(i, alone(i), k_now);
    take(queue);
    queue.delivered(alone(i));
    memory.keep(queue);
  }
  EXPECT_EQ(memory.cursor, last);
  EXPECT_EQ(sequences(memory.in(store::WebhookState::waiting)), (Sequences{1, 2}));
  EXPECT_TRUE(take(queue).empty());  // 2 still waits for 1
  queue.delivered(alone(1));
  EXPECT_EQ(sequences(take(queue)), Sequences{2});
  queue.delivered(named(2, 1));
  memory.keep(queue);
  EXPECT_TRUE(memory.rows.empty());
}

TEST(WebhookQueue, TakesNothingMoreFromTheLedgerWhenTheStoreRemembersNothing) {
  WebhookMemory memory;
  WebhookQueue queue("e", 0, {});
  std::uint64_t next = 1;
  while (queue.room() > 0) {
    ASSERT_LE(next, 2 * WebhookQueue::k_unkept_max);
    queue.offer(next, alone(next), k_now);
    for (const auto& event : take(queue)) queue.delivered(event.row.event);
    memory.keep(queue, false);
    ++next;
  }
  EXPECT_EQ(next - 1, WebhookQueue::k_unkept_max);
  memory.keep(queue);
  EXPECT_EQ(memory.cursor, WebhookQueue::k_unkept_max);
  EXPECT_EQ(queue.room(), WebhookQueue::k_read_ahead_max);
}

TEST(WebhookQueue, CountsWhatEndsDuringAWriteForTheNextOne) {
  WebhookMemory memory;
  WebhookQueue queue("e", 0, {});
  for (std::uint64_t i = 1; i <= 2; ++i) queue.offer(i, alone(i), k_now);
  take(queue);
  queue.delivered(alone(1));
  store::Change change;
  EXPECT_TRUE(queue.add_changes(change));
  queue.delivered(alone(2));
  memory.apply(change);
  queue.kept(true);
  EXPECT_EQ(memory.cursor, 1u);
  EXPECT_TRUE(memory.keep(queue));
  EXPECT_EQ(memory.cursor, 2u);
}

TEST(WebhookQueue, GoesOnAfterACrashWhereTheStoreIs) {
  WebhookMemory memory;
  WebhookQueue queue("e", 0, {});
  for (std::uint64_t i = 1; i <= 4; ++i) queue.offer(i, alone(i), k_now);
  take(queue, k_now, 8);
  queue.failed(alone(2), k_now + 5'000, "HTTP 500");
  queue.died(alone(3), "HTTP 500");
  queue.delivered(alone(4));
  memory.keep(queue);
  WebhookQueue again = memory.reopened();
  EXPECT_EQ(again.read(), 0u);
  for (std::uint64_t i = 1; i <= 4; ++i) again.offer(i, alone(i), k_now);
  // 1 was under way. That 4 has arrived is forgotten. 2 is not due yet, and 3 stays dead.
  EXPECT_EQ(sequences(take(again, k_now, 8)), (Sequences{1, 4}));
  EXPECT_EQ(sequences(take(again, k_now + 5'000, 8)), Sequences{2});
}

}  // namespace
}  // namespace idswitch::engine

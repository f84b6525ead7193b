#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "samples.hpp"
#include "store/sqlite/database_file.hpp"

namespace idswitch::store {
namespace {

Change open_at(std::uint64_t n, std::int64_t due) {
  VerificationRecord record = sample_start(n);
  record.verification.status = Status::awaiting_user;
  record.next_ask_unix_ms = due;
  Change change;
  change.push_back(Insert{share(record)});
  return change;
}

TEST(Due, FollowsWhatUpdateSays) {
  const Folder folder;
  auto store = open_store(folder.file());
  EXPECT_EQ(*store->verifications().next_due(), 0);
  ASSERT_TRUE(write(*store, open_at(1, 500)));
  ASSERT_TRUE(write(*store, open_at(2, 0)));
  EXPECT_EQ(*store->verifications().next_due(), 500);
  EXPECT_TRUE(store->verifications().due(499, 10)->empty());
  ASSERT_EQ(store->verifications().due(500, 10)->size(), 1U);
  EXPECT_EQ(store->verifications().due(500, 10)->front().id, sample_id(1));
  EXPECT_EQ(store->verifications().due(500, 10)->front().due_unix_ms, 500);
  VerificationRecord record = **store->verifications().find(sample_id(1));
  EXPECT_EQ(record.next_ask_unix_ms, 500);
  record.next_ask_unix_ms = 900;
  Change later;
  later.push_back(progress_of(share(record)));
  ASSERT_TRUE(write(*store, std::move(later)));
  EXPECT_TRUE(store->verifications().due(899, 10)->empty());
  EXPECT_EQ(*store->verifications().next_due(), 900);
  record.next_ask_unix_ms = 0;
  Change never;
  never.push_back(progress_of(share(record)));
  ASSERT_TRUE(write(*store, std::move(never)));
  EXPECT_EQ(*store->verifications().next_due(), 0);
  EXPECT_TRUE(store->verifications().due(1'000'000, 10)->empty());
}

// Of this process, or of one before it.
TEST(Due, IsMovedWithAClockThatIsSetBack) {
  for (const bool reopens : {false, true}) {
    SCOPED_TRACE(reopens);
    constexpr std::int64_t k_now = 1'795'000'000'000, k_hour = 3'600'000;
    const Folder folder;
    ManualClock clock(k_now);
    Options options;
    options.path = folder.file();
    options.clock = &clock;
    auto store = std::move(*Store::open(options));
    clock.set_by(std::chrono::hours(1));
    ASSERT_TRUE(write(*store, open_at(1, k_now + k_hour + 5'000)));
    ASSERT_TRUE(write(*store, open_at(2, k_now - 1)));
    ASSERT_TRUE(write(*store, open_at(3, 0)));
    if (reopens) {
      store.reset();
      store = std::move(*Store::open(options));
    }
    clock.set_by(-std::chrono::hours(1));
    ASSERT_TRUE(write(*store, open_at(4, k_now + 1'000)));
    const auto due = store->verifications().due(k_now + 5'000, 10);
    ASSERT_TRUE(due);
    std::vector<VerificationId> found;
    for (const DueVerification& one : *due) found.push_back(one.id);
    EXPECT_EQ(found, (std::vector{sample_id(1), sample_id(2), sample_id(4)}));
  }
}

// Queued while another program had the lock, for example.
TEST(Due, IsMovedToTheClockThatIsThereWhenItIsWritten) {
  constexpr std::int64_t k_now = 1'795'000'000'000, k_hour = 3'600'000;
  const Folder folder;
  ManualClock clock(k_now);
  Options options;
  options.path = folder.file();
  options.clock = &clock;
  auto store = std::move(*Store::open(options));
  ASSERT_TRUE(write(*store, open_at(1, k_now + 1)));
  ASSERT_TRUE(write(*store, open_at(2, k_now + 1)));
  VerificationRecord record = **store->verifications().find(sample_id(1));
  record.verification.updated_unix_ms = k_now + k_hour;
  record.next_ask_unix_ms = k_now + k_hour + 5'000;
  Change progress;
  progress.push_back(progress_of(share(record)));
  ASSERT_TRUE(write(*store, std::move(progress)));
  Change lease;
  lease.emplace_back(Lease{sample_id(2), 1, k_now + k_hour + 6'000, 0, k_now + k_hour});
  ASSERT_TRUE(write(*store, std::move(lease)));
  EXPECT_EQ(store->verifications().due(k_now + 6'000, 10)->size(), 2U);
}

// Written with SQL, because it is the reading that is meant.
TEST(Due, IsReadInPagesOutOfTwoHundredThousand) {
  const Folder folder;
  auto store = open_store(folder.file());
  constexpr std::uint64_t k_count = 200'000;
  std::mt19937_64 random(3);
  std::vector<std::pair<std::int64_t, std::uint64_t>> expected;
  {
    auto database = Database::open(folder.file(), Access::read_write);
    Statement verification(
        *database,
        "INSERT INTO verification VALUES (?1,?2,'t',1,1,'p','','',zeroblob(16),1,'','',0)");
    Statement work(*database, "INSERT INTO verification_work VALUES (?1,1,?2,-1,0,1,0,0)");
    ASSERT_TRUE(database->prepared());
    ASSERT_TRUE(database->execute("BEGIN"));
    for (std::uint64_t n = 1; n <= k_count; ++n) {
      const VerificationId id = sample_id(n);
      const auto due = static_cast<std::int64_t>(random() % 3000);  // 0: never; many at once
      ASSERT_TRUE(verification.bind(id.high, id.low).run());
      ASSERT_TRUE(work.bind(id.high, due).run());
      if (due > 0 && due <= 1000) expected.emplace_back(due, id.high);
    }
    ASSERT_TRUE(database->execute("COMMIT"));
  }
  std::sort(expected.begin(), expected.end());
  std::vector<std::pair<std::int64_t, std::uint64_t>> found;
  std::optional<DueVerification> after;
  while (true) {
    const auto page = store->verifications().due(1000, 777, after);
    ASSERT_TRUE(page);
    for (const auto& one : *page) {
      found.emplace_back(one.due_unix_ms, one.id.high);
      EXPECT_EQ(one.id.low, sample_id((one.id.high - sample_id(0).high) / 1000).low);
    }
    if (page->size() < 777) break;
    after = page->back();
  }
  EXPECT_EQ(found, expected);
  EXPECT_EQ(*store->verifications().next_due(), expected.front().first);
}

// A page must not cost what all of them cost.
TEST(Due, IsASearchAndNeverAScanOrASort) {
  const Folder folder;
  open_store(folder.file()).reset();
  auto database = open_for_reading(folder.file());
  Statement plan(*database,
                 "EXPLAIN QUERY PLAN SELECT w.id, v.id_low, w.next_ask_ms, p.account"
                 " FROM verification_work AS w INDEXED BY verification_due"
                 " CROSS JOIN verification AS v ON v.id = w.id"
                 " LEFT JOIN verification_progress AS p ON p.id = w.id"
                 " WHERE w.next_ask_ms > 0 AND w.next_ask_ms <= ?1"
                 " AND (w.next_ask_ms, w.id) > (?2, ?3) AND w.held_until_ms <= ?1"
                 " ORDER BY w.next_ask_ms, w.id LIMIT ?4");
  std::string text;
  while (plan.step() == Step::row) text += plan.text(3) + "\n";
  EXPECT_NE(text.find("SEARCH w USING INDEX"), std::string::npos) << text;
  EXPECT_EQ(text.find("SCAN"), std::string::npos) << text;
  EXPECT_EQ(text.find("TEMP B-TREE"), std::string::npos) << text;
}

}  // namespace
}  // namespace idswitch::store

#include <gtest/gtest.h>

#include <random>

#include "samples.hpp"

namespace idswitch::store {
namespace {

constexpr std::int64_t k_hour_ms = 3'600'000;
constexpr std::int64_t k_begin_ms = 1'700'000'000'000;

VerificationRecord record_at(std::uint64_t n, std::int64_t created_unix_ms) {
  VerificationRecord record = n % 3 == 0 ? sample_start(n, "other") : sample_progress(n);
  record.verification.created_unix_ms = created_unix_ms;
  record.verification.updated_unix_ms = created_unix_ms + (n % 3 == 0 ? 0 : 5);
  return record;
}

// Half an hour apart.
std::unique_ptr<Store> store_with(const std::string& file, std::uint64_t count) {
  auto store = open_store(file);
  Change change;
  for (std::uint64_t n = 1; n <= count; ++n)
    change.push_back(
        Insert{share(record_at(n, k_begin_ms + static_cast<std::int64_t>(n) * k_hour_ms / 2))});
  EXPECT_TRUE(write(*store, std::move(change)));
  return store;
}

std::vector<std::uint64_t> numbers_of(const std::vector<VerificationRecord>& records) {
  std::vector<std::uint64_t> numbers;
  for (const auto& record : records) numbers.push_back((record.id.high - sample_id(0).high) / 1000);
  return numbers;
}

TEST(Recorded, ComesWholeInTheOrderOfTimePageByPage) {
  const Folder folder;
  const auto store = store_with(folder.file(), 40);
  std::vector<std::uint64_t> seen;
  RecordedQuery query{.tenant = {}, .since_unix_ms = k_begin_ms + 5 * k_hour_ms, .limit = 7};
  for (;;) {
    const auto page = store->verifications().recorded(query);
    ASSERT_TRUE(page);
    if (page->empty()) break;
    EXPECT_LE(page->size(), 7U);
    for (const auto n : numbers_of(*page)) seen.push_back(n);
    for (const auto& record : *page) {
      const auto n = numbers_of({record}).front();
      EXPECT_EQ(text_of(record), text_of(record_at(n, record.verification.created_unix_ms)));
    }
    query.after = page->back().id.high;
  }
  std::vector<std::uint64_t> expected;
  for (std::uint64_t n = 10; n <= 40; ++n) expected.push_back(n);
  EXPECT_EQ(seen, expected);
}

TEST(Recorded, IsOneTenantsWhenAsked) {
  const Folder folder;
  const auto store = store_with(folder.file(), 12);
  const auto other = store->verifications().recorded({.tenant = "other", .since_unix_ms = 0});
  EXPECT_EQ(numbers_of(*other), (std::vector<std::uint64_t>{3, 6, 9, 12}));
  const auto later = store->verifications().recorded(
      {.tenant = "other", .since_unix_ms = k_begin_ms + 3 * k_hour_ms, .limit = 2});
  EXPECT_EQ(numbers_of(*later), (std::vector<std::uint64_t>{6, 9}));
  const auto rest = store->verifications().recorded(
      {.tenant = "other", .since_unix_ms = k_begin_ms + 3 * k_hour_ms, .after = sample_id(9).high});
  EXPECT_EQ(numbers_of(*rest), (std::vector<std::uint64_t>{12}));
  EXPECT_TRUE(store->verifications().recorded({.tenant = "nobody"})->empty());
}

TEST(Recorded, IsNothingWhenNothingIsThatLate) {
  const Folder folder;
  const auto store = store_with(folder.file(), 5);
  EXPECT_TRUE(
      store->verifications().recorded({.tenant = {}, .since_unix_ms = k_begin_ms * 2})->empty());
  EXPECT_EQ(store->verifications().recorded({.tenant = {}, .since_unix_ms = -1})->size(), 5U);
  const Folder empty;
  EXPECT_TRUE(open_store(empty.file())->verifications().recorded({})->empty());
}

TEST(LedgerSequence, OfAnEmptyLedgerIsZero) {
  const Folder folder;
  EXPECT_EQ(*open_store(folder.file())->ledger().sequence_at(k_begin_ms), 0U);
}

TEST(LedgerSequence, StepsBackByOneHourAndNoFurther) {
  const Folder folder;
  auto store = open_store(folder.file());
  Change change;
  for (std::uint64_t n = 1; n <= 100; ++n) {
    LedgerEntry entry = sample_entry(n, EntryKind::hold);
    entry.at_unix_ms = k_begin_ms + static_cast<std::int64_t>(n) * k_hour_ms / 2;
    change.push_back(Append{{entry}});
  }
  ASSERT_TRUE(write(*store, std::move(change)));
  const auto at = [&](std::int64_t unix_ms) { return *store->ledger().sequence_at(unix_ms); };
  // Entry 10 is from begin + 5 h, entry 8 from an hour before.
  EXPECT_EQ(at(k_begin_ms + 5 * k_hour_ms), 7U);
  EXPECT_EQ(at(k_begin_ms + 5 * k_hour_ms + 1), 8U);
  EXPECT_EQ(at(k_begin_ms), 0U);
  EXPECT_EQ(at(0), 0U);
  EXPECT_EQ(at(std::numeric_limits<std::int64_t>::min()), 0U);
  EXPECT_EQ(at(k_begin_ms + 51 * k_hour_ms), 99U);
  EXPECT_EQ(at(k_begin_ms + 52 * k_hour_ms), 100U);
  EXPECT_EQ(at(std::numeric_limits<std::int64_t>::max()), 100U);
}

// Times wander, never by more than an hour: nothing from the wanted time on may be left out, nor
// much more than needed be read.
TEST(LedgerSequence, LeavesNothingOutWhileClocksWander) {
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    std::mt19937 random(seed);
    const Folder folder;
    auto store = open_store(folder.file());
    std::vector<std::int64_t> times;
    Change change;
    for (std::uint64_t n = 1; n <= 2000; ++n) {
      LedgerEntry entry = sample_entry(n, EntryKind::hold);
      entry.at_unix_ms = k_begin_ms + static_cast<std::int64_t>(n) * 60'000 +
                         static_cast<std::int64_t>(random() % k_hour_ms);
      times.push_back(entry.at_unix_ms);
      change.push_back(Append{{entry}});
    }
    ASSERT_TRUE(write(*store, std::move(change)));
    for (int i = 0; i < 200; ++i) {
      const std::int64_t wanted = k_begin_ms + static_cast<std::int64_t>(random() % 2200) * 60'000;
      const auto after = *store->ledger().sequence_at(wanted);
      ASSERT_LE(after, times.size());
      for (std::uint64_t n = 0; n < after; ++n) ASSERT_LT(times[n], wanted) << seed << ' ' << n;
      for (std::uint64_t n = after; n < times.size(); ++n)
        ASSERT_GE(times[n], wanted - 3 * k_hour_ms) << seed << ' ' << n;
    }
  }
}

}  // namespace
}  // namespace idswitch::store

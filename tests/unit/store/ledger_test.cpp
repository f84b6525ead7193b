#include <gtest/gtest.h>
#include <sqlite3.h>

#include "samples.hpp"

namespace idswitch::store {
namespace {

Change appending(std::vector<LedgerEntry> entries) {
  Change change;
  change.push_back(Append{std::move(entries)});
  return change;
}

LedgerEntry adjustment(std::uint64_t n, std::int64_t micros, std::uint32_t evidence = 0) {
  LedgerEntry entry = sample_entry(n, EntryKind::adjust);
  entry.amount = {micros};
  entry.evidence = evidence;
  return entry;
}

TEST(Ledger, EntryComesBackAsItWasAppended) {
  const Folder folder;
  auto store = open_store(folder.file());
  std::vector<LedgerEntry> entries = {sample_entry(1, EntryKind::hold),
                                      sample_entry(1, EntryKind::capture),
                                      adjustment(1, -5),
                                      adjustment(1, 0, 4),
                                      sample_entry(2, EntryKind::hold),
                                      sample_entry(2, EntryKind::void_)};
  entries[1].amount = {std::numeric_limits<std::int64_t>::max()};
  entries[2].amount = {std::numeric_limits<std::int64_t>::min()};
  ASSERT_TRUE(write(*store, appending(entries)));
  store.reset();
  store = open_store(folder.file());
  const auto all = store->ledger().entries({});
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(text_of((*all)[i]), text_of(entries[i]));
    EXPECT_EQ((*all)[i].sequence, i + 1);
  }
  const auto first = store->ledger().of(sample_id(1));
  ASSERT_EQ(first->size(), 4U);
  EXPECT_EQ(text_of((*first)[3]), text_of(entries[3]));
}

TEST(Ledger, HoldsAChargeOnce) {
  const Folder folder;
  auto store = open_store(folder.file());
  for (int i = 0; i < 3; ++i) {
    const auto written = write(*store, appending({sample_entry(1, EntryKind::hold)}));
    ASSERT_TRUE(written);
    EXPECT_EQ(written->entries_refused, 0U);
  }
  EXPECT_EQ(store->ledger().entries({})->size(), 1U);
}

TEST(Ledger, ResolvesAChargeAtMostOnce) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(
      *store, appending({sample_entry(1, EntryKind::hold), sample_entry(1, EntryKind::capture)})));
  const auto contrary = write(*store, appending({sample_entry(1, EntryKind::void_)}));
  ASSERT_TRUE(contrary);
  EXPECT_EQ(contrary->entries_refused, 1U);
  store.reset();
  store = open_store(folder.file());
  const auto repeated =
      write(*store, appending({sample_entry(1, EntryKind::capture),
                               sample_entry(1, EntryKind::void_), adjustment(1, 7)}));
  ASSERT_TRUE(repeated);
  EXPECT_EQ(repeated->entries_refused, 2U);
  const auto entries = store->ledger().of(sample_id(1));
  ASSERT_EQ(entries->size(), 3U);
  EXPECT_EQ((*entries)[1].kind, EntryKind::capture);
  EXPECT_EQ((*entries)[2].amount.micros, 7);
}

TEST(Ledger, TellsChargesApart) {
  const Folder folder;
  auto store = open_store(folder.file());
  std::vector<LedgerEntry> entries(5, sample_entry(1, EntryKind::capture));
  entries[1].account = "other";
  entries[2].sku = "other";
  entries[3].event = "other";
  entries[4].verification = sample_id(2);
  const auto written = write(*store, appending(entries));
  ASSERT_TRUE(written);
  EXPECT_EQ(written->entries_refused, 0U);
  EXPECT_EQ(store->ledger().entries({})->size(), 5U);
}

TEST(Ledger, AnAdjustmentThatRepeatsTheLastOneIsOneRow) {
  const Folder folder;
  auto store = open_store(folder.file());
  LedgerEntry later = adjustment(1, 5);
  later.at_unix_ms += 1000;
  later.contract_version = "2024-02";
  LedgerEntry other_source = adjustment(1, 5);
  other_source.source = 1;
  LedgerEntry other_code = adjustment(1, 5);
  other_code.vendor_code = "201";
  LedgerEntry other_rule = other_code;
  other_rule.rule = "prices.verify.group";
  const auto written = write(*store, appending({adjustment(1, 5), later, adjustment(1, 6),
                                                adjustment(1, 5), adjustment(1, 5, 1), other_source,
                                                other_code, other_code, other_rule, other_rule}));
  ASSERT_TRUE(written);
  EXPECT_EQ(written->entries_refused, 0U);
  // `later` and the second ones of `other_code` and `other_rule` are left out. A correction that
  // comes back after another one is a new one.
  EXPECT_EQ(store->ledger().of(sample_id(1))->size(), 7U);
}

TEST(Ledger, ReadsFromACursorWithFilters) {
  const Folder folder;
  auto store = open_store(folder.file());
  for (std::uint64_t n = 1; n <= 20; ++n) {
    LedgerEntry entry = sample_entry(n, EntryKind::hold, n % 2 == 0 ? "acme" : "other");
    entry.account = n % 5 == 0 ? "baidu" : "jumdata";
    ASSERT_TRUE(write(*store, appending({entry})));
  }
  std::vector<std::uint64_t> seen;
  EntryQuery query{.tenant = "acme", .account = "jumdata", .after = 0, .limit = 3};
  for (;;) {
    const auto page = store->ledger().entries(query);
    ASSERT_TRUE(page);
    if (page->empty()) break;
    for (const auto& entry : *page) seen.push_back(entry.sequence);
    query.after = page->back().sequence;
  }
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{2, 4, 6, 8, 12, 14, 16, 18}));
  EXPECT_EQ(
      store->ledger().entries({.tenant = {}, .account = "baidu", .after = 5, .limit = 100})->size(),
      3U);
}

TEST(Ledger, RefusesAnUnknownKind) {
  const Folder folder;
  auto store = open_store(folder.file());
  EXPECT_FALSE(write(*store, appending({sample_entry(1, static_cast<EntryKind>(9))})));
  EXPECT_TRUE(store->ledger().entries({})->empty());
}

// What the schema promises whoever writes: an operator with a shell, or a bug of ours.
TEST(LedgerPages, LookAtABoundedNumberOfEntries) {
  const Folder folder;
  auto store = open_store(folder.file());
  constexpr std::uint64_t k_count = 250'000;
  Change change;
  for (std::uint64_t n = 1; n <= k_count; ++n) {
    LedgerEntry entry = sample_entry(n, EntryKind::hold, n % 100'000 == 7 ? "rare" : "acme");
    entry.account = n % 2 == 0 ? "even" : "odd";
    change.push_back(Append{{std::move(entry)}});
  }
  ASSERT_TRUE(write(*store, std::move(change)));
  std::vector<std::uint64_t> found;
  EntryQuery query{"rare", "", 0, 10};
  std::size_t pages = 0;
  for (bool more = true; more; ++pages) {
    const auto page = store->ledger().page(query);
    ASSERT_TRUE(page);
    for (const auto& entry : page->entries) found.push_back(entry.sequence);
    ASSERT_GT(page->next, query.after);
    ASSERT_LE(page->next - query.after, 100'000U);
    query.after = page->next;
    more = !page->is_last;
  }
  EXPECT_EQ(found, (std::vector<std::uint64_t>{7, 100'007, 200'007}));
  EXPECT_EQ(pages, 3U);
  EXPECT_EQ(query.after, k_count);
  // At the end a page is empty and stays where it is, until there is more.
  EXPECT_EQ(store->ledger().page(query)->next, k_count);
  EXPECT_TRUE(store->ledger().page(query)->is_last);
  const auto full = store->ledger().page({"acme", "even", 10, 3});
  ASSERT_EQ(full->entries.size(), 3U);
  EXPECT_EQ(full->entries.back().sequence, 16U);
  EXPECT_EQ(full->next, 16U);
  EXPECT_FALSE(full->is_last);
}

class LedgerSchema : public testing::Test {
 protected:
  void SetUp() override {
    auto store = open_store(folder_.file());
    ASSERT_TRUE(write(*store, appending({sample_entry(1, EntryKind::hold),
                                         sample_entry(1, EntryKind::capture)})));
    store.reset();
    ASSERT_EQ(sqlite3_open(folder_.file().c_str(), &database_), SQLITE_OK);
    ASSERT_EQ(run("PRAGMA recursive_triggers = ON"), SQLITE_OK);  // as the store's writer has it
  }

  void TearDown() override { sqlite3_close(database_); }

  int run(const char* sql) { return sqlite3_exec(database_, sql, nullptr, nullptr, nullptr); }

  Folder folder_;
  sqlite3* database_ = nullptr;
};

TEST_F(LedgerSchema, IsAppendOnly) {
  EXPECT_NE(run("UPDATE ledger_entry SET amount_micros = 0"), SQLITE_OK);
  EXPECT_NE(std::string(sqlite3_errmsg(database_)).find("append-only"), std::string::npos);
  EXPECT_NE(run("DELETE FROM ledger_entry WHERE sequence = 1"), SQLITE_OK);
  EXPECT_NE(run("DELETE FROM ledger_entry"), SQLITE_OK);
  EXPECT_NE(
      run("INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry WHERE sequence = 1"),
      SQLITE_OK);
}

TEST_F(LedgerSchema, HasNoRoomForASecondResolution) {
  const std::string copy =
      "INSERT INTO ledger_entry SELECT NULL, verification, verification_low, tenant, account, sku,"
      " event, %, amount_micros, currency, at_unix_ms, evidence, source, vendor_code,"
      " vendor_reference, contract_version, rule, chain, call, lane, epoch, number, place,"
      " utc_offset_min, adjust, actor, note FROM ledger_entry WHERE sequence = 2";
  const auto with = [&](const char* slot_and_kind) {
    std::string sql = copy;
    sql.replace(sql.find('%'), 1, slot_and_kind);
    return run(sql.c_str());
  };
  EXPECT_NE(with("1, 2"), SQLITE_OK);
  EXPECT_NE(with("1, 3"), SQLITE_OK);
  EXPECT_NE(with("2, 2"), SQLITE_OK);
  EXPECT_NE(with("0, 1"), SQLITE_OK);
  EXPECT_NE(with("2, 1"), SQLITE_OK);
  EXPECT_EQ(with("2, 4"), SQLITE_OK);
}

}  // namespace
}  // namespace idswitch::store

#include "store/ledger/ledger_verifier.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <random>

#include "samples.hpp"
#include "store/sqlite/database_file.hpp"

namespace idswitch::store {
namespace {

using Kind = LedgerFaultKind;

class Verify : public testing::Test {
 protected:
  // Ten charges: hold, capture, a correction, and a remark, each with its verification.
  void SetUp() override {
    auto store = open_store(folder_.file());
    Change change;
    for (std::uint64_t n = 1; n <= 10; ++n) {
      change.push_back(Insert{share(sample_start(n))});
      change.push_back(Append{{sample_entry(n, EntryKind::hold)}});
      change.push_back(
          Append{{sample_entry(n, n % 3 == 0 ? EntryKind::void_ : EntryKind::capture)}});
      LedgerEntry entry = sample_entry(n, EntryKind::adjust);
      entry.amount = {n % 3 == 0 ? 50 : -100'000};
      change.push_back(Append{{entry}});
      entry.amount = {0};
      entry.evidence = 4;
      change.push_back(Append{{entry}});
    }
    ASSERT_TRUE(write(*store, std::move(change)));
  }

  // As somebody with the file in his hands would; the chain is made right again if wanted.
  void meddle(const std::string& sql, bool rechain) {
    auto database = Database::open(folder_.file(), Access::read_write);
    ASSERT_TRUE(database);
    ASSERT_TRUE(
        database->execute("DROP TRIGGER IF EXISTS ledger_entry_is_never_updated;"
                          "DROP TRIGGER IF EXISTS ledger_entry_is_never_deleted;"
                          "PRAGMA ignore_check_constraints = ON"));
    const auto done = database->execute(sql.c_str());
    ASSERT_TRUE(done) << done.error().detail();
    if (rechain) {
      ASSERT_TRUE(database->execute("BEGIN"));
      Verify::rechain(*database);
      ASSERT_TRUE(database->execute("COMMIT"));
    }
  }

  static void rechain(Database& database) {
    Statement read(database,
                   "SELECT " + std::string(k_line_columns) +
                       " FROM ledger_entry WHERE sequence > ?1 ORDER BY sequence LIMIT 1");
    Statement write(database, "UPDATE ledger_entry SET chain = ?2 WHERE sequence = ?1");
    Chainer chainer;
    Chain chain{};
    std::int64_t sequence = 0;
    while (read.bind(sequence).step() == Step::row) {
      const LedgerLine line = line_of(read);
      sequence = line.sequence;
      chain = chainer.next(chain, line);
      read.reset();
      ASSERT_TRUE(write.bind(sequence, Blob(chain)).run());
    }
  }

  LedgerFaults faults(std::size_t listed_max = 100) {
    const auto store = Store::open_for_reading(folder_.file());
    auto found = (*store)->ledger().verify({listed_max});
    EXPECT_TRUE(found);
    return *found;
  }

  // kind:sequence of every fault.
  std::string found() {
    std::string text;
    for (const LedgerFault& fault : faults().listed) {
      // What else shows that the entries are others than were written has tests of its own.
      if (fault.kind == LedgerFaultKind::count_differs ||
          fault.kind == LedgerFaultKind::end_differs ||
          fault.kind == LedgerFaultKind::checkpoint_differs) {
        continue;
      }
      text += (text.empty() ? "" : " ") + std::string(name_of(fault.kind)) + ":" +
              std::to_string(fault.sequence);
    }
    return text;
  }

  Folder folder_;
};

TEST_F(Verify, FindsNothingInASoundLedger) {
  const LedgerFaults none = faults();
  EXPECT_EQ(found(), "");
  EXPECT_EQ(none.entries, 40U);
  EXPECT_EQ(none.charges, 10U);
  EXPECT_EQ(none.last_sequence, 40U);
  EXPECT_EQ(none.last_chain, open_store(folder_.file())->ledger().entries({})->back().chain);
}

TEST_F(Verify, FindsNothingInAnEmptyOne) {
  const Folder folder;
  const auto none = open_store(folder.file())->ledger().verify({});
  EXPECT_EQ(none->total(), 0U);
  EXPECT_EQ(none->last_sequence, 0U);
}

TEST_F(Verify, SeesAnEditOfEveryColumn) {
  for (const std::string column : {"verification_low",
                                   "tenant",
                                   "account",
                                   "sku",
                                   "event",
                                   "amount_micros",
                                   "currency",
                                   "call",
                                   "lane",
                                   "epoch",
                                   "number",
                                   "place",
                                   "adjust",
                                   "actor",
                                   "note",
                                   "at_unix_ms",
                                   "evidence",
                                   "source",
                                   "vendor_code",
                                   "vendor_reference",
                                   "contract_version",
                                   "rule",
                                   "verification",
                                   "slot",
                                   "kind",
                                   "chain"}) {
    Folder folder;
    std::filesystem::copy_file(folder_.file(), folder.file());
    auto database = Database::open(folder.file(), Access::read_write);
    const bool is_number = column == "verification_low" || column == "amount_micros" ||
                           column == "at_unix_ms" || column == "evidence" || column == "source" ||
                           column == "verification" || column == "slot" || column == "kind" ||
                           column == "call" || column == "lane" || column == "epoch" ||
                           column == "number" || column == "place" || column == "adjust";
    const std::string value = column == "chain" ? "zeroblob(32)"
                              : is_number       ? column + " + 1"
                                                : column + " || 'x'";
    ASSERT_TRUE(
        database->execute("DROP TRIGGER ledger_entry_is_never_updated;"
                          "PRAGMA ignore_check_constraints = ON"));
    const std::string sql =
        "UPDATE ledger_entry SET " + column + " = " + value + " WHERE sequence = 16";
    ASSERT_TRUE(database->execute(sql.c_str())) << column;
    const auto store = Store::open_for_reading(folder.file());
    const auto seen = (*store)->ledger().verify({});
    ASSERT_TRUE(seen);
    EXPECT_GE(seen->counts[static_cast<std::size_t>(Kind::chain_broken)], 1U) << column;
    ASSERT_FALSE(seen->listed.empty()) << column;
    EXPECT_EQ(seen->listed.front().sequence, 16U) << column;
  }
}

TEST_F(Verify, SeesARemovalAndAnInsertion) {
  meddle("DELETE FROM ledger_entry WHERE sequence = 20", false);
  EXPECT_EQ(found(), "sequence_gap:21 chain_broken:21");
  // The one removed was a remark: put in at its place, another remark stands out.
  meddle(
      "INSERT INTO ledger_entry SELECT 20, verification, verification_low, tenant, account, sku,"
      " event, 9, kind, amount_micros, currency, at_unix_ms, 7, source, vendor_code,"
      " vendor_reference, contract_version, rule, chain, call, lane, epoch, number, place,"
      " utc_offset_min, adjust, actor, note FROM ledger_entry WHERE sequence = 19",
      false);
  EXPECT_EQ(found(), "chain_broken:20 chain_broken:21");
}

TEST_F(Verify, SeesThatTheBeginningIsGone) {
  meddle("DELETE FROM ledger_entry WHERE sequence <= 4", false);
  EXPECT_EQ(found(), "sequence_gap:5 chain_broken:5");
}

struct Meddling {
  const char* sql;
  const char* found;
};

// With the chain computed anew: what only the sense of the entries shows.
TEST_F(Verify, NamesWhatMakesNoSense) {
  const std::vector<Meddling> table = {
      {"UPDATE ledger_entry SET kind = 9 WHERE sequence = 4", "kind_unknown:4"},
      {"UPDATE ledger_entry SET slot = 7 WHERE sequence = 1", "slot_wrong:1"},
      {"UPDATE ledger_entry SET amount_micros = -1 WHERE sequence = 1", "amount_wrong:1"},
      {"UPDATE ledger_entry SET amount_micros = 1 WHERE sequence = 10", "amount_wrong:10"},
      {"UPDATE ledger_entry SET kind = 4, slot = 8, amount_micros = 0 WHERE sequence = 1",
       "hold_missing:1"},
      {"UPDATE ledger_entry SET sequence = 41 WHERE sequence = 37", "sequence_gap:38 hold_late:41"},
      {"UPDATE ledger_entry SET currency = 'USD' WHERE sequence = 2", "currency_differs:2"},
      {"UPDATE ledger_entry SET tenant = 'other' WHERE sequence = 3", "tenant_differs:3"},
      {"UPDATE ledger_entry SET verification_low = 5 WHERE sequence = 3", "tenant_differs:3"},
      {"UPDATE ledger_entry SET amount_micros = -300001 WHERE sequence = 3", "balance_negative:3"},
      {"UPDATE ledger_entry SET amount_micros = -1 WHERE sequence = 11", "balance_negative:11"},
      {"UPDATE ledger_entry SET amount_micros = -9223372036854775808 WHERE sequence IN (3, 4)",
       "balance_negative:3"},
      {"UPDATE ledger_entry SET kind = 4, slot = 8, amount_micros = 0 WHERE sequence = 10",
       "balance_open:11"},
      {"DELETE FROM verification WHERE id = (SELECT verification FROM ledger_entry"
       " WHERE sequence = 5)",
       "verification_missing:5"},
      {"UPDATE verification SET tenant = 'other' WHERE id = (SELECT verification FROM ledger_entry"
       " WHERE sequence = 5)",
       "verification_missing:5"},
      {"DROP INDEX ledger_entry_once; CREATE INDEX ledger_entry_once ON ledger_entry"
       " (verification, account, sku, event, call, slot);"
       "UPDATE ledger_entry SET kind = 2, slot = 1, amount_micros = 1 WHERE sequence = 4",
       "slot_taken:4"},
  };
  std::filesystem::copy_file(folder_.file(), folder_.file("sound.db"));
  for (const Meddling& row : table) {
    std::filesystem::copy_file(folder_.file("sound.db"), folder_.file(),
                               std::filesystem::copy_options::overwrite_existing);
    meddle(row.sql, true);
    EXPECT_EQ(found(), row.found) << row.sql;
  }
}

TEST_F(Verify, CountsAllFaultsAndListsTheFirst) {
  meddle("UPDATE ledger_entry SET vendor_code = 'x' WHERE sequence % 2 = 1", false);
  const LedgerFaults seen = faults(3);
  EXPECT_EQ(seen.total(), 20U);
  ASSERT_EQ(seen.listed.size(), 3U);
  EXPECT_EQ(seen.listed[2].sequence, 5U);
  EXPECT_EQ(seen.listed[2].verification, sample_id(2));
  EXPECT_EQ(seen.listed[2].event, "init-2");
}

// Some hundred thousand entries: many pages of either pass, in random company.
TEST(VerifyInPages, FindsNothingInARandomLedgerAndAnyOneEdit) {
  const Folder folder;
  std::mt19937_64 random(7);
  constexpr std::uint64_t k_count = 12'000;
  std::uint64_t entries = 0;
  {
    auto store = open_store(folder.file());
    Change change;
    for (std::uint64_t n = 1; n <= k_count; ++n) {
      change.push_back(Insert{share(sample_start(n))});
      const std::uint64_t charges = 1 + random() % 6;
      for (std::uint64_t c = 0; c < charges; ++c) {
        LedgerEntry entry = sample_entry(n, EntryKind::hold);
        entry.event = "call";
        entry.call = static_cast<std::uint32_t>(c + 1);
        entry.sku = random() % 2 == 0 ? "a" : "b";
        change.push_back(Append{{entry}});
        ++entries;
        if (random() % 5 == 0) continue;
        entry.kind = EntryKind::capture;
        change.push_back(Append{{entry}});
        ++entries;
      }
    }
    ASSERT_TRUE(write(*store, std::move(change)));
    const auto none = store->ledger().verify({});
    ASSERT_TRUE(none);
    EXPECT_EQ(none->total(), 0U);
    EXPECT_EQ(none->entries, entries);
  }
  auto database = Database::open(folder.file(), Access::read_write);
  ASSERT_TRUE(database->execute("DROP TRIGGER ledger_entry_is_never_updated"));
  for (int i = 0; i < 5; ++i) {
    const std::string at = std::to_string(1 + random() % entries);
    const std::string where = " WHERE sequence = " + at;
    ASSERT_TRUE(database->execute(("UPDATE ledger_entry SET source = source + 1" + where).c_str()));
    const auto store = Store::open_for_reading(folder.file());
    const auto seen = (*store)->ledger().verify({});
    ASSERT_EQ(seen->total(), 1U);
    EXPECT_EQ(std::to_string(seen->listed.front().sequence), at);
    ASSERT_TRUE(database->execute(("UPDATE ledger_entry SET source = source - 1" + where).c_str()));
  }
}

TEST_F(Verify, SeesThatTheEndIsGone) {
  meddle("DELETE FROM ledger_entry WHERE sequence > 38", false);
  EXPECT_EQ(faults().counts[static_cast<std::size_t>(Kind::end_differs)], 1U);
  EXPECT_EQ(found(), "");
}

TEST_F(Verify, SeesACountThatIsNotWhatTheEntriesComeTo) {
  const auto differing = [&](const std::string& sql) {
    Folder folder;
    std::filesystem::copy_file(folder_.file(), folder.file());
    auto database = Database::open(folder.file(), Access::read_write);
    EXPECT_TRUE(database->execute(sql.c_str())) << sql;
    const auto store = Store::open_for_reading(folder.file());
    const auto seen = (*store)->ledger().verify({});
    EXPECT_EQ(seen->total(), seen->counts[static_cast<std::size_t>(Kind::count_differs)]);
    return seen->total();
  };
  EXPECT_EQ(differing("UPDATE usage_count SET open = open + 1 WHERE open = 0"), 3U);
  EXPECT_EQ(differing("UPDATE spend_count SET spent_micros = spent_micros + 1"), 1U);
  EXPECT_EQ(differing("DELETE FROM spend_count"), 1U);
  EXPECT_EQ(differing("INSERT INTO usage_count VALUES ('a','b','','',0,0,1,0)"), 1U);
  EXPECT_EQ(differing("INSERT INTO budget_count VALUES ('b~1','2023-11',0,9,7,7,0,0,'','','CNY',"
                      "'2023-11-01','2023-11-30')"),
            1U);
}

TEST_F(Verify, SeesAHoldThatNobodyWillAskAbout) {
  {
    const auto store = open_store(folder_.file());
    for (std::uint64_t n = 20; n <= 22; ++n) {
      VerificationRecord record = sample_progress(n);
      record.next_ask_unix_ms = n == 20 ? 0 : 500;
      if (n == 22) record = sample_start(n);  // in its maker's hands
      ASSERT_TRUE(
          write(*store, {Insert{share(record)}, Append{{sample_entry(n, EntryKind::hold)}}}));
    }
  }
  EXPECT_EQ(found(), "hold_unasked:41");
}

TEST_F(Verify, GoesOnFromWhereItHasBeen) {
  const LedgerFaults before = faults();
  LedgerCheck check;
  check.after = {before.last_sequence, before.last_chain};
  const auto store = open_store(folder_.file());
  EXPECT_EQ(store->ledger().verify(check)->entries, 0U);
  ASSERT_TRUE(write(
      *store, {Insert{share(sample_start(30))}, Append{{sample_entry(30, EntryKind::hold)}}}));
  auto next = store->ledger().verify(check);
  EXPECT_EQ(next->total(), 0U);
  EXPECT_EQ(next->entries, 1U);
  EXPECT_EQ(next->charges, 1U);
  check.after.chain[5] ^= 1;
  next = store->ledger().verify(check);
  EXPECT_EQ(next->counts[static_cast<std::size_t>(Kind::chain_broken)], 1U);
}

TEST_F(Verify, SeesACheckpointThatIsNotTheEntrys) {
  meddle("UPDATE chain_checkpoint SET chain = zeroblob(32)", false);
  EXPECT_EQ(faults().counts[static_cast<std::size_t>(Kind::checkpoint_differs)], 1U);
}

}  // namespace
}  // namespace idswitch::store

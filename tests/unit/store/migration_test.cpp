#include <gtest/gtest.h>
#include <sqlite3.h>

#include "samples.hpp"
#include "schema_1.hpp"
#include "schema_2.hpp"
#include "store/charge_key_text.hpp"
#include "store/database_file.hpp"
#include "store/ledger_chain.hpp"
#include "store/schema.hpp"

namespace idswitch::store {
namespace {

class Shell {
 public:
  explicit Shell(const std::string& file) {
    EXPECT_EQ(sqlite3_open(file.c_str(), &handle_), SQLITE_OK);
  }

  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  ~Shell() { sqlite3_close(handle_); }

  void operator()(const std::string& sql) {
    EXPECT_EQ(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
        << sqlite3_errmsg(handle_);
  }

 private:
  sqlite3* handle_ = nullptr;
};

// A file as the first release left it: k verifications, each with progress, hold, claim, answer and
// picture; the odd ones still starting.
void make_step_1_file(const std::string& file, int k) {
  Shell shell(file);
  shell("PRAGMA page_size = 4096; PRAGMA journal_mode = WAL");
  shell(std::string(k_schema_1) + "PRAGMA application_id = 1768190839; PRAGMA user_version = 1;");
  shell("BEGIN");
  for (int n = 1; n <= k; ++n) {
    const auto id = std::to_string(sample_id(static_cast<std::uint64_t>(n)).high);
    const auto low =
        std::to_string(static_cast<std::int64_t>(sample_id(static_cast<std::uint64_t>(n)).low));
    const auto text = std::to_string(n);
    shell("INSERT INTO verification VALUES (" + id + "," + low + ",'acme',1,3,'person-" + text +
          "','order-" + text +
          "','https://platform.example/',CAST('0123456789abcdef' AS BLOB),170000000000" + text +
          ")");
    if (n % 2 == 1) {
      shell("INSERT INTO verification_starting VALUES (" + id + ")");
    } else {
      shell("INSERT INTO verification_progress VALUES (" + id +
            ",3,'jumdata-main','jumdata/life_check_v2',1,0,'200','ok','vendor-" + text +
            "',1700000000009,0,'','','[{\"account\":\"baidu\",\"latency_us\":5}]','',x'00ff','')");
    }
    shell("INSERT INTO ledger_entry VALUES (NULL," + id + "," + low +
          ",'acme','jumdata-main','life_check','init',0,1,300000,'CNY',1700000000000,1,2,'',"
          "'vendor-" +
          text + "','2024-01')");
    shell("INSERT INTO idempotency VALUES (NULL,'acme','key-" + text + "',zeroblob(32)," + id +
          "," + low + ",1700000000000)");
    shell("INSERT INTO idempotency_answer VALUES (" + text + ",201,CAST('body' AS BLOB))");
    shell("INSERT INTO image VALUES (NULL," + id + "," + low + ",'face','image/jpeg','',x'ffd8')");
  }
  shell("COMMIT");
}

// The same, as the second release left it.
void make_step_2_file(const std::string& file, int k) {
  make_step_1_file(file, k);
  Shell shell(file);
  shell(std::string("BEGIN;") + k_schema_2 + "PRAGMA user_version = 2; COMMIT");
  shell("UPDATE verification_progress SET status = 1 + id / 2000 % 4");
}

std::string schema_of(const std::string& file) {
  auto database = open_for_reading(file);
  EXPECT_TRUE(database);
  return *database->text(
      "SELECT group_concat(sql, char(10)) FROM (SELECT sql FROM sqlite_master ORDER BY name)");
}

TEST(Migration, KeepsEveryRowOfAStepOneFile) {
  const Folder folder;
  constexpr int k_count = 500;
  make_step_1_file(folder.file(), k_count);
  const auto store = open_store(folder.file());
  for (std::uint64_t n = 1; n <= k_count; ++n) {
    const auto found = store->find(sample_id(n));
    ASSERT_TRUE(found && found->has_value()) << n;
    const Verification& v = (*found)->verification;
    EXPECT_EQ(v.person_id, "person-" + std::to_string(n));
    EXPECT_EQ(v.status, n % 2 == 1 ? Status::starting : Status::completed);
    EXPECT_EQ(v.attempts.size(), n % 2 == 1 ? 0U : 1U);
    EXPECT_EQ((*found)->state, n % 2 == 1 ? std::string() : std::string("\0\xff", 2));
    EXPECT_EQ((*found)->path_secret[15], 'f');
    EXPECT_EQ((*found)->decision, "");
    EXPECT_EQ((*found)->segment, "");
    EXPECT_EQ((*found)->config_version, 0);
    const auto entries = store->entries_of(sample_id(n));
    ASSERT_EQ(entries->size(), 1U);
    EXPECT_EQ(entries->front().sequence, n);
    EXPECT_EQ(entries->front().contract_version, "2024-01");
    EXPECT_EQ(entries->front().rule, "");
    const auto claim = store->find_claim("acme", "key-" + std::to_string(n));
    ASSERT_TRUE(claim->has_value());
    EXPECT_EQ((*claim)->body, "body");
    EXPECT_EQ(store->kept_images(sample_id(n))->size(), 1U);
  }
  EXPECT_EQ(store->interrupted()->size(), k_count / 2U);
}

TEST(Migration, LeavesAFileThatWorksLikeANewOne) {
  const Folder folder;
  make_step_1_file(folder.file(), 3);
  auto store = open_store(folder.file());
  Batch batch;
  batch.update(sample_progress(1));
  batch.insert(sample_start(4));
  batch.append(sample_entry(4, EntryKind::hold));
  batch.expose(sample_exposure(4, "a", 1));
  batch.expose(sample_exposure(2, "b", 2));
  ASSERT_TRUE(write(*store, std::move(batch)));
  store.reset();
  store = open_store(folder.file());
  EXPECT_EQ(text_of(**store->find(sample_id(4))), text_of(sample_start(4)));
  EXPECT_EQ((*store->find(sample_id(1)))->decision, "");
  EXPECT_EQ(store->entries_of(sample_id(4))->front().rule, "night");
  EXPECT_EQ(store->experiment_counts("acme", "cheaper", "2024-06")->size(), 2U);
  auto database = Database::open(folder.file(), Access::read_write);
  EXPECT_FALSE(database->execute("UPDATE ledger_entry SET rule = 'x'"));
  EXPECT_EQ(
      *database->number("SELECT config_version FROM verifications WHERE reference = 'order-4'"), 7);
}

TEST(Migration, ChainsTheEntriesThatAreThere) {
  for (const bool second : {false, true}) {
    const Folder folder;
    (second ? make_step_2_file : make_step_1_file)(folder.file(), 300);
    const auto store = open_store(folder.file());
    const auto entries = store->entries({});
    ASSERT_EQ(entries->size(), 300U);
    Chainer chainer;
    Chain chain{};
    for (const LedgerEntry& entry : *entries) {
      chain = chainer.next(chain, line_of(entry, charge_key_text(entry.event, entry.call),
                                          static_cast<std::int64_t>(entry.sequence), 0));
      ASSERT_EQ(entry.chain, chain) << entry.sequence;
    }
    Batch batch;
    batch.insert(sample_start(301));
    batch.append(sample_entry(301, EntryKind::hold));
    ASSERT_TRUE(write(*store, std::move(batch)));
    const auto faults = store->verify_ledger({});
    ASSERT_TRUE(faults);
    EXPECT_EQ(faults->total(), 0U);
    EXPECT_EQ(faults->entries, 301U);
    auto database = Database::open(folder.file(), Access::read_write);
    EXPECT_FALSE(database->execute("UPDATE ledger_entry SET rule = 'x'"));
  }
}

TEST(Migration, MakesOpenVerificationsDueAndNoOthers) {
  const Folder folder;
  make_step_2_file(folder.file(), 40);
  const auto store = open_store(folder.file());
  std::size_t open = 0;
  for (std::uint64_t n = 1; n <= 40; ++n) {
    const auto record = *store->find(sample_id(n));
    const Status status = record->verification.status;
    const bool is_open = status == Status::awaiting_user || status == Status::processing;
    EXPECT_EQ(record->next_ask_unix_ms, is_open ? 1'700'000'000'009 : 0) << n;
    open += is_open ? 1 : 0;
  }
  EXPECT_GT(open, 5U);
  EXPECT_EQ(store->due(1'700'000'000'009, 100)->size(), open);
  EXPECT_EQ(*store->next_due(), 1'700'000'000'009);
}

// Says as well that steps 1 and 2 have not been edited since.
TEST(Migration, MakesTheSameSchemaAsANewFileHas) {
  const Folder folder;
  make_step_1_file(folder.file("old.db"), 1);
  open_store(folder.file("old.db")).reset();
  make_step_2_file(folder.file("middle.db"), 1);
  open_store(folder.file("middle.db")).reset();
  open_store(folder.file("new.db")).reset();
  EXPECT_EQ(schema_of(folder.file("middle.db")), schema_of(folder.file("new.db")));
  EXPECT_EQ(schema_of(folder.file("old.db")), schema_of(folder.file("new.db")));
}

TEST(Migration, HappensWholeOrNotAtAll) {
  const Folder folder;
  make_step_1_file(folder.file(), 3);
  const std::string before = schema_of(folder.file());
  Shell(folder.file())("CREATE TABLE person_charge (in_the_way)");
  EXPECT_FALSE(Store::open({folder.file()}));
  Shell(folder.file())("DROP TABLE person_charge");
  EXPECT_EQ(schema_of(folder.file()), before);
  EXPECT_EQ(*open_for_reading(folder.file())->number("PRAGMA user_version"), 1);
  const auto store = open_store(folder.file());
  EXPECT_TRUE((*store->find(sample_id(3))).has_value());
  EXPECT_EQ(*open_for_reading(folder.file())->number("PRAGMA user_version"), schema_version());
}

}  // namespace
}  // namespace idswitch::store

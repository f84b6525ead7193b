#include <gtest/gtest.h>
#include <sqlite3.h>

#include "samples.hpp"
#include "schema_1.hpp"
#include "schema_2.hpp"
#include "schema_3.hpp"
#include "store/charge_key_text.hpp"
#include "store/ledger/first_chain.hpp"
#include "store/ledger/ledger_chain.hpp"
#include "store/sqlite/database_file.hpp"
#include "store/sqlite/schema.hpp"

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

// The same, as the third release left it.
void make_step_3_file(const std::string& file, int k) {
  make_step_2_file(file, k);
  auto database = Database::open(file, Access::read_write);
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->execute("BEGIN"));
  ASSERT_TRUE(database->execute(k_schema_3));
  ASSERT_TRUE(chain_first_entries(*database));
  ASSERT_TRUE(database->execute(k_schema_3_end));
  ASSERT_TRUE(database->execute("PRAGMA user_version = 3; COMMIT"));
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
    const auto found = store->verifications().find(sample_id(n));
    ASSERT_TRUE(found && *found) << n;
    const Verification& v = (*found)->verification;
    EXPECT_EQ(v.person_id, "person-" + std::to_string(n));
    EXPECT_EQ(v.status, n % 2 == 1 ? Status::starting : Status::completed);
    EXPECT_EQ(v.attempts.size(), n % 2 == 1 ? 0U : 1U);
    EXPECT_EQ((*found)->state, n % 2 == 1 ? std::string() : std::string("\0\xff", 2));
    EXPECT_EQ((*found)->path_secrets[15], 'f');
    EXPECT_EQ((*found)->decision, "");
    EXPECT_EQ((*found)->segment, "");
    EXPECT_EQ((*found)->config_version, 0);
    const auto entries = store->ledger().of(sample_id(n));
    ASSERT_EQ(entries->size(), 1U);
    EXPECT_EQ(entries->front().sequence, n);
    EXPECT_EQ(entries->front().contract_version, "2024-01");
    EXPECT_EQ(entries->front().rule, "");
    const ClaimName name = claim_name(store->key(), "acme", "key-" + std::to_string(n));
    const auto claim =
        store->verifications().find_claim(name, sample_claim(0, "", 0).request_digest);
    ASSERT_TRUE(claim->has_value());
    EXPECT_EQ((*claim)->body, "body");
    EXPECT_EQ(store->verifications().kept_images(sample_id(n))->size(), 1U);
  }
  EXPECT_EQ(starting_of(*store)->size(), k_count / 2U);
}

TEST(Migration, LeavesAFileThatWorksLikeANewOne) {
  const Folder folder;
  make_step_1_file(folder.file(), 3);
  auto store = open_store(folder.file());
  Change change;
  change.push_back(progress_of(share(sample_progress(1))));
  change.push_back(Insert{share(sample_start(4))});
  change.push_back(Append{{sample_entry(4, EntryKind::hold)}});
  change.push_back(Expose{sample_exposure(4, "a", 1)});
  change.push_back(Expose{sample_exposure(2, "b", 2)});
  ASSERT_TRUE(write(*store, std::move(change)));
  store.reset();
  store = open_store(folder.file());
  EXPECT_EQ(text_of(**store->verifications().find(sample_id(4))), text_of(sample_start(4)));
  EXPECT_EQ((*store->verifications().find(sample_id(1)))->decision, "");
  EXPECT_EQ(store->ledger().of(sample_id(4))->front().rule, "night");
  EXPECT_EQ(store->agreement().arms("acme", "cheaper", "2024-06")->waiting.size(), 2U);
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
    const auto entries = store->ledger().entries({});
    ASSERT_EQ(entries->size(), 300U);
    Chainer chainer;
    Chain chain{};
    for (const LedgerEntry& entry : *entries) {
      chain = chainer.next(chain, line_of(entry, 0));
      ASSERT_EQ(entry.chain, chain) << entry.sequence;
    }
    Change change;
    change.push_back(Insert{share(sample_start(301))});
    change.push_back(Append{{sample_entry(301, EntryKind::hold)}});
    ASSERT_TRUE(write(*store, std::move(change)));
    const auto faults = store->ledger().verify({});
    ASSERT_TRUE(faults);
    EXPECT_EQ(faults->total(), 0U);
    EXPECT_EQ(faults->entries, 301U);
    auto database = Database::open(folder.file(), Access::read_write);
    EXPECT_FALSE(database->execute("UPDATE ledger_entry SET rule = 'x'"));
  }
}

TEST(Migration, MakesOpenVerificationsAndThoseWithOpenHoldsDue) {
  const Folder folder;
  make_step_2_file(folder.file(), 40);
  const auto store = open_store(folder.file());
  std::size_t open = 0;
  for (std::uint64_t n = 1; n <= 40; ++n) {
    const auto record = *store->verifications().find(sample_id(n));
    const Status status = record->verification.status;
    const bool is_open = status == Status::awaiting_user || status == Status::processing;
    const bool is_starting = status == Status::starting;
    EXPECT_EQ(record->next_ask_unix_ms, is_starting ? 0 : (is_open ? 1'700'000'000'009 : 1)) << n;
    open += is_open ? 1 : 0;
  }
  EXPECT_GT(open, 5U);
  EXPECT_EQ(store->verifications().due(1'700'000'000'009, 100)->size(), 20U);
  EXPECT_EQ(store->verifications().due(1'700'000'000'008, 100)->size(), 20U - open);
}

TEST(Migration, BeginsToAdmitWhereAnExperimentBeganAndKeepsWhoCrossedOver) {
  const Folder folder;
  make_step_2_file(folder.file(), 5);
  {
    Shell shell(folder.file());
    for (const std::uint64_t n : {2, 3}) {
      const std::string text = std::to_string(n), id = std::to_string(sample_id(n).high);
      shell("INSERT INTO exposure VALUES (" + id + ",'acme','cheaper','2024-06','a','w'," + text +
            ",1,1700000000000)");
      shell("INSERT INTO exposure_person VALUES ('acme','cheaper','2024-06'," + text + "," + id +
            ",'a'," + (n == 2 ? "1" : "0") + ")");
    }
  }
  const auto store = open_store(folder.file());
  const auto counts = store->agreement().arms("acme", "cheaper", "2024-06");
  ASSERT_EQ(counts->admitted.size(), 1U);
  EXPECT_EQ(counts->admitted[0].crossovers, 1);
  EXPECT_EQ(counts->admitted[0].persons, 0);
  ASSERT_EQ(counts->waiting.size(), 1U);
  EXPECT_EQ(counts->waiting[0].persons, 2);
  auto next =
      store->agreement().admissible("acme", "cheaper", "2024-06", {1, 1'800'000'000'000}, 100);
  ASSERT_EQ(next->arms.size(), 1U);
  EXPECT_EQ(next->arms[0].persons, 2);
}

TEST(Migration, CountsWhatTheLedgerHasAndMakesOpenHoldsDue) {
  const Folder folder;
  make_step_3_file(folder.file(), 40);
  {
    Shell shell(folder.file());
    // Of the statuses that were given up, with a hold that nobody asks about.
    shell("UPDATE verification_progress SET status = 6, next_ask_unix_ms = 0");
    shell(
        "INSERT INTO ledger_entry SELECT sequence + 40, verification, verification_low, tenant,"
        " account, sku, dedupe_key, 1, 2, 250000, currency, at_unix_ms, evidence, source,"
        " vendor_code, vendor_reference, contract_version, rule, x'' FROM ledger_entry"
        " WHERE sequence <= 10");
  }
  const auto store = open_store(folder.file());
  const auto of = store->ledger().of(sample_id(20));
  ASSERT_EQ(of->size(), 1U);
  const LedgerEntry& hold = of->front();
  Touch touch;
  touch.usage = {{hold.account, hold.sku, "", ""},
                 {hold.account, hold.sku, "", "2023-11-14"},
                 {hold.account, "", hold.currency, "2023-11"}};
  touch.spend = {{hold.tenant, hold.account, hold.currency, "2023-11-14"}};
  const auto counted = store->ledger().look(touch);
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->usage[0].open, 30);
  EXPECT_EQ(counted->usage[1].units, 10);
  EXPECT_EQ(counted->usage[2].amount, Money{2'500'000});
  EXPECT_EQ(counted->spend[0].reserved, Money{30 * hold.amount.micros});
  EXPECT_EQ(counted->spend[0].spent, Money{2'500'000});
  // Every other one has no progress: it was interrupted, and is found as such.
  EXPECT_EQ(store->verifications().unfinished(0, 100)->ids.size(), 20U);
  EXPECT_EQ(store->verifications().due(1'800'000'000'000, 100)->size(), 15U);
}

TEST(Migration, NamesTheEventsThatWaitByVerificationAndNumber) {
  const Folder folder;
  make_step_3_file(folder.file(), 3);
  {
    Shell shell(folder.file());
    const VerificationId id = sample_id(2);
    const std::string words =
        std::to_string(id.high) + "," + std::to_string(static_cast<std::int64_t>(id.low));
    shell(
        "INSERT INTO ledger_entry SELECT 4, verification, verification_low, tenant, account, sku,"
        " dedupe_key, 1, 2, 250000, currency, at_unix_ms, evidence, source, vendor_code,"
        " vendor_reference, contract_version, rule, x'' FROM ledger_entry WHERE sequence = 2");
    shell("INSERT INTO webhook_cursor VALUES ('books', 3)");
    shell("INSERT INTO webhook_pending VALUES ('books', 2, " + words + ", 9, 0, 1, 'HTTP 500')");
    shell("INSERT INTO webhook_pending VALUES ('books', 4, " + words + ", 0, 700, 0, '')");
  }
  const auto store = open_store(folder.file());
  EXPECT_EQ(**store->webhooks().cursor("books"), 3U);
  const auto pending = *store->webhooks().pending_of("books", sample_id(2));
  ASSERT_EQ(pending.size(), 2U);
  EXPECT_EQ(pending[0].event, (EventName{sample_id(2), 1}));
  EXPECT_EQ(pending[0].state, WebhookState::dead);
  EXPECT_EQ(pending[0].last_error, "HTTP 500");
  EXPECT_EQ(pending[1].event, (EventName{sample_id(2), 2}));
  EXPECT_EQ(pending[1].sequence, 4U);
  EXPECT_EQ(pending[1].next_try_unix_ms, 700);
}

// Says as well that steps 1 to 3 have not been edited since.
TEST(Migration, MakesTheSameSchemaAsANewFileHas) {
  const Folder folder;
  make_step_1_file(folder.file("old.db"), 1);
  open_store(folder.file("old.db")).reset();
  make_step_2_file(folder.file("middle.db"), 1);
  open_store(folder.file("middle.db")).reset();
  make_step_3_file(folder.file("late.db"), 1);
  open_store(folder.file("late.db")).reset();
  EXPECT_EQ(schema_of(folder.file("late.db")), schema_of(folder.file("middle.db")));
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
  EXPECT_TRUE((*store->verifications().find(sample_id(3))));
  EXPECT_EQ(*open_for_reading(folder.file())->number("PRAGMA user_version"), schema_version());
}

}  // namespace
}  // namespace idswitch::store

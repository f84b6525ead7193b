#include "store/sqlite/schema_4.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "base/random.hpp"
#include "store/charge_key_text.hpp"
#include "store/ledger/ledger_fold.hpp"
#include "store/sqlite/claim_table.hpp"
#include "store/sqlite/count_table.hpp"

namespace idswitch::store {

const char* const k_schema_4 = R"sql(
-- A process that writes has a lane, and an epoch of it that is higher with every opening. Each commit
-- changes its row: so the row is where its chain and positions end, and shows that it lives.
CREATE TABLE writer_lane (
  lane              INTEGER PRIMARY KEY,        -- 0: the only one here
  epoch             INTEGER NOT NULL,
  batch             INTEGER NOT NULL,           -- of the last commit of this epoch
  position          INTEGER NOT NULL,           -- of the last ledger entry
  chain             BLOB NOT NULL,              -- its chain
  seen_ms           INTEGER NOT NULL,
  schema            INTEGER NOT NULL,
  finished_up_to    INTEGER NOT NULL            -- every verification up to here has its work row
) STRICT;

-- How far the chain was noted while it was written.
CREATE TABLE chain_checkpoint (
  lane              INTEGER NOT NULL,
  position          INTEGER NOT NULL,
  chain             BLOB NOT NULL,
  at_ms             INTEGER NOT NULL,
  PRIMARY KEY (lane, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE store_key (
  number            INTEGER PRIMARY KEY CHECK (number = 1),
  bytes             BLOB NOT NULL
) STRICT;

-- Small and hot. Absent while the verification is in its maker's hands.
CREATE TABLE verification_work (
  id                INTEGER PRIMARY KEY,        -- verification.id
  status            INTEGER NOT NULL,           -- idswitch::Status
  next_ask_ms       INTEGER NOT NULL,           -- 0 = never
  holder            INTEGER NOT NULL,           -- lane; -1: nobody
  held_until_ms     INTEGER NOT NULL,
  fence             INTEGER NOT NULL,           -- its maker's is 1
  asked_ms          INTEGER NOT NULL,           -- when the last lease began
  last_number       INTEGER NOT NULL            -- of its ledger entries
) STRICT;

INSERT INTO verification_work
  SELECT id, status, CASE WHEN status = 7 THEN max(updated_unix_ms, 1) ELSE next_ask_unix_ms END,
         -1, 0, 1, 0, 0 FROM verification_progress WHERE status <> 0;

DROP INDEX verification_due;
CREATE INDEX verification_due ON verification_work (next_ask_ms) WHERE next_ask_ms > 0;

DROP VIEW verifications;
ALTER TABLE verification_progress DROP COLUMN status;
ALTER TABLE verification_progress DROP COLUMN next_ask_unix_ms;
DROP TABLE verification_starting;

CREATE VIEW verifications AS
  SELECT v.id, v.id_low, v.tenant,
         CASE ifnull(w.status, 0) WHEN 0 THEN 'starting' WHEN 1 THEN 'awaiting_user' WHEN 2 THEN 'processing'
           WHEN 3 THEN 'completed' WHEN 4 THEN 'expired' WHEN 5 THEN 'failed' WHEN 6 THEN 'cancelled'
           WHEN 7 THEN 'submitting' ELSE 'unknown' END AS status,
         datetime(v.created_unix_ms / 1000, 'unixepoch') AS created,
         v.method, v.checks, v.person_id, v.reference, p.account, p.product, p.verdict, p.reason,
         p.vendor_code, p.vendor_message, p.vendor_reference, p.attempts, p.failure,
         v.segment, v.config_version, v.decision
  FROM verification AS v LEFT JOIN verification_progress AS p ON p.id = v.id
  LEFT JOIN verification_work AS w ON w.id = v.id;

DROP INDEX verification_of_tenant;
CREATE INDEX verification_of_tenant ON verification (tenant, id);
CREATE INDEX verification_of_reference ON verification (tenant, reference, id) WHERE reference <> '';

-- Idempotency-Keys: see claim_table.hpp.
CREATE TABLE claim_generation (generation INTEGER PRIMARY KEY) STRICT;

CREATE TABLE claim (
  generation        INTEGER NOT NULL,           -- week of claimed_unix_ms
  name              BLOB NOT NULL,
  request_digest    BLOB NOT NULL,
  verification      INTEGER NOT NULL,
  verification_low  INTEGER NOT NULL,
  request           INTEGER NOT NULL,
  claimed_unix_ms   INTEGER NOT NULL,
  PRIMARY KEY (generation, name)
) STRICT, WITHOUT ROWID;

-- With row ids: in a tree by key, a body of a thousand bytes would take a page of its own.
CREATE TABLE answer (
  number            INTEGER PRIMARY KEY,
  verification      INTEGER NOT NULL,
  request           INTEGER NOT NULL,           -- of the claim
  http_status       INTEGER NOT NULL,
  body              BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX answer_once ON answer (verification, request);

-- What prices and refusals depend on; each row is changed in the commit of the entries that change
-- it, and all of them are what a fold of the ledger comes to. See model/counts.hpp.
CREATE TABLE usage_count (
  account           TEXT NOT NULL,
  sku               TEXT NOT NULL,              -- empty: of all
  currency          TEXT NOT NULL,              -- empty: units
  period            TEXT NOT NULL,              -- '2026-11-28', '2026-11', or empty: whenever
  lane              INTEGER NOT NULL,
  units             INTEGER NOT NULL,
  open              INTEGER NOT NULL,
  amount_micros     INTEGER NOT NULL,
  PRIMARY KEY (account, sku, currency, period, lane)
) STRICT, WITHOUT ROWID;

CREATE TABLE spend_count (
  day               TEXT NOT NULL,              -- of the hold
  tenant            TEXT NOT NULL,
  account           TEXT NOT NULL,
  currency          TEXT NOT NULL,
  lane              INTEGER NOT NULL,
  reserved_micros   INTEGER NOT NULL,
  spent_micros      INTEGER NOT NULL,
  PRIMARY KEY (day, tenant, account, currency, lane)
) STRICT, WITHOUT ROWID;

CREATE TABLE budget_count (
  budget            TEXT NOT NULL,
  period            TEXT NOT NULL,
  lane              INTEGER NOT NULL,
  limit_micros      INTEGER NOT NULL,
  reserved_micros   INTEGER NOT NULL,
  spent_micros      INTEGER NOT NULL,
  warned            INTEGER NOT NULL,
  told_over         INTEGER NOT NULL,
  tenant            TEXT NOT NULL,              -- empty: any
  accounts          TEXT NOT NULL,              -- each between line feeds; empty: any
  currency          TEXT NOT NULL,
  first_day         TEXT NOT NULL,
  last_day          TEXT NOT NULL,
  PRIMARY KEY (budget, period, lane)
) STRICT, WITHOUT ROWID;

CREATE INDEX budget_count_by_end ON budget_count (last_day);

-- Of the configuration in force.
CREATE TABLE budget_limit (
  budget            TEXT PRIMARY KEY,
  limit_micros      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE person_charge ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;

-- The number of a call apart from what the adapter said. What is new is in the chain of entries from
-- epoch 1 on.
DROP TRIGGER ledger_entry_is_never_updated;
ALTER TABLE ledger_entry RENAME COLUMN dedupe_key TO event;
ALTER TABLE ledger_entry ADD COLUMN call INTEGER NOT NULL DEFAULT 1;
ALTER TABLE ledger_entry ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger_entry ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger_entry ADD COLUMN number INTEGER NOT NULL DEFAULT 0;           -- within its verification
ALTER TABLE ledger_entry ADD COLUMN place INTEGER NOT NULL DEFAULT -1;           -- units before it; -1: is none
ALTER TABLE ledger_entry ADD COLUMN utc_offset_min INTEGER;                      -- of the contract; NULL: not known
ALTER TABLE ledger_entry ADD COLUMN adjust INTEGER NOT NULL DEFAULT 0;           -- idswitch::Adjust
ALTER TABLE ledger_entry ADD COLUMN actor TEXT NOT NULL DEFAULT '';
ALTER TABLE ledger_entry ADD COLUMN note TEXT NOT NULL DEFAULT '';
DROP INDEX ledger_entry_once;
CREATE UNIQUE INDEX ledger_entry_once
  ON ledger_entry (verification, account, sku, event, call, slot);
UPDATE ledger_entry SET number = (SELECT count(*) FROM ledger_entry AS l
  WHERE l.verification = ledger_entry.verification AND l.sequence <= ledger_entry.sequence);
)sql";

namespace {

// A capture counted in its volume, unless it was charged once for a person or by its session.
bool is_first_form_unit(const LedgerLine& line) {
  return line.kind == static_cast<std::int64_t>(EntryKind::capture) &&
         !line.rule.ends_with(".charged_once") && !line.rule.ends_with(".group");
}

Result<void> run(Database& database, Statement& statement) {
  if (!statement.run()) return database.error();
  return {};
}

Result<void> make_key(Database& database, const StoreKey& key) {
  Statement insert(database, "INSERT INTO store_key VALUES (1, ?1)");
  return run(database, insert.bind(Blob(key)));
}

Result<void> make_lane(Database& database) {
  return database.execute(
      "INSERT INTO writer_lane SELECT 0, 0, 0, ifnull(max(sequence), 0),"
      " ifnull((SELECT chain FROM ledger_entry ORDER BY sequence DESC LIMIT 1), zeroblob(32)),"
      " 0, 4, 0 FROM ledger_entry");
}

// Keys are not kept any more.
Result<void> name_claims(Database& database, const StoreKey& key) {
  {
    Statement old(database,
                  "SELECT i.tenant, i.key, i.request_digest, i.verification, i.verification_low,"
                  " i.claimed_unix_ms, a.http_status, a.body FROM idempotency AS i"
                  " LEFT JOIN idempotency_answer AS a ON a.number = i.number");
    ClaimWriter claims(database);
    if (const auto prepared = database.prepared(); !prepared) return prepared;
    Rows rows(old);
    while (rows.next()) {
      Claim claim;
      claim.name = claim_name(key, old.bytes(0), old.bytes(1));
      const std::string_view digest = old.bytes(2);
      claim.request_digest.fill(0);
      std::copy_n(digest.begin(), std::min(digest.size(), claim.request_digest.size()),
                  claim.request_digest.begin());
      claim.verification = {static_cast<std::uint64_t>(old.integer(3)),
                            static_cast<std::uint64_t>(old.integer(4))};
      claim.at_unix_ms = old.integer(5);
      if (const auto made = claims.claim(claim); !made) return made.error();
      if (old.null(6)) continue;
      const AnswerText text{static_cast<int>(old.integer(6)), old.text(7)};
      if (auto answered = claims.answer(claim.name, text); !answered) return answered;
    }
    if (rows.failed()) return database.error();
  }
  return database.execute("DROP TABLE idempotency_answer; DROP TABLE idempotency;");
}

// "verify#2" is the second call of "verify"; which unit of its month a capture was, and by which
// time: counts can be made of the entries alone then.
Result<void> complete_entries(Database& database, const MigrationContext& context) {
  Statement read(database, "SELECT " + std::string(k_line_columns) +
                               " FROM ledger_entry WHERE sequence > ?1 ORDER BY sequence LIMIT 1");
  Statement write(database,
                  "UPDATE ledger_entry SET event = ?2, call = ?3, place = ?4, utc_offset_min = ?5"
                  " WHERE sequence = ?1");
  if (const auto prepared = database.prepared(); !prepared) return prepared;
  std::map<std::tuple<std::string, std::string, std::string>, std::int64_t> units;
  std::int64_t sequence = 0;
  for (;;) {
    std::string event;
    std::uint32_t call = 1;
    std::int64_t place = -1;
    int offset = 0;
    {
      Rows rows(read.bind(sequence));
      if (!rows.next()) return rows.failed() ? Result<void>(database.error()) : Result<void>();
      const LedgerLine line = line_of(read);
      sequence = line.sequence;
      const EventCall name = event_call_of(line.event);
      event = name.event;
      call = name.call;
      offset = context.utc_offset_min ? context.utc_offset_min(line.account) : 0;
      if (is_first_form_unit(line)) {
        place = units[{std::string(line.account), std::string(line.sku),
                       month_of(line.at_unix_ms, offset)}]++;
      }
    }
    if (!write.bind(sequence, event, call, place, offset).run()) return database.error();
  }
}

Result<void> close_ledger(Database& database) {
  return database.execute(
      "CREATE TRIGGER ledger_entry_is_never_updated BEFORE UPDATE ON ledger_entry BEGIN SELECT "
      "RAISE(ABORT, 'the ledger is append-only: write a correction as a new entry'); END;"
      "UPDATE verification_work SET next_ask_ms = 1 WHERE next_ask_ms = 0 AND id IN"
      " (SELECT h.verification FROM ledger_entry AS h WHERE h.slot = 0 AND NOT EXISTS"
      "  (SELECT 1 FROM ledger_entry AS l WHERE l.verification = h.verification"
      "   AND l.account = h.account AND l.sku = h.sku AND l.event = h.event AND l.call = h.call"
      "   AND (l.slot = 1 OR (l.slot >= 2 AND l.evidence = 0))))");
}

Result<void> count_entries(Database& database, const MigrationContext& context) {
  const auto fold = fold_ledger(database, context.utc_offset_min);
  if (!fold) return fold.error();
  CountWriter counts(database);
  if (const auto prepared = database.prepared(); !prepared) return prepared;
  for (const auto& [key, count] : fold->usage()) {
    if (auto written = counts.write(key, count); !written) return written;
  }
  for (const auto& [key, count] : fold->spend()) {
    if (auto written = counts.write(key, count); !written) return written;
  }
  return {};
}

}  // namespace

Result<void> fill_schema_4(Database& database, const MigrationContext& context) {
  const StoreKey key = random_array<32>();
  if (auto made = make_key(database, key); !made) return made;
  if (auto made = make_lane(database); !made) return made;
  if (auto named = name_claims(database, key); !named) return named;
  if (auto completed = complete_entries(database, context); !completed) return completed;
  // A hold always has a next time to ask; of those that were given up some had none.
  if (auto closed = close_ledger(database); !closed) return closed;
  return count_entries(database, context);
}

}  // namespace idswitch::store

#include "store/sqlite/schema.hpp"

#include <iterator>
#include <string>

#include "store/ledger/first_chain.hpp"
#include "store/sqlite/schema_4.hpp"
#include "store/sqlite/schema_experiments.hpp"
#include "store/sqlite/schema_retention.hpp"
#include "store/sqlite/schema_webhooks.hpp"

namespace idswitch::store {
namespace {

// Gives the entries that have no chain yet theirs, and closes the ledger to changes again.
Result<void> chain_entries(Database& database, const MigrationContext&) {
  if (const auto chained = chain_first_entries(database); !chained) return chained;
  return database.execute(
      "CREATE TRIGGER ledger_entry_is_never_updated BEFORE UPDATE ON ledger_entry BEGIN SELECT "
      "RAISE(ABORT, 'the ledger is append-only: write a correction as a new entry'); END");
}

// Keys on the hot path are VerificationId.high, which grows with time: SQLite appends. A
// verification is two rows, because an UPDATE rewrites the whole row: what the request fixed is
// written once, what happens to it is a row of its own.
struct SchemaStep {
  const char* sql;
  Result<void> (*then)(Database&, const MigrationContext&) =
      nullptr;  // what SQL cannot say; in the same transaction
};

const SchemaStep k_steps[] = {
    // 1
    {R"sql(
CREATE TABLE verification (
  id                INTEGER PRIMARY KEY,        -- VerificationId.high
  id_low            INTEGER NOT NULL,
  tenant            TEXT NOT NULL,
  method            INTEGER NOT NULL,           -- IDSW_METHOD_*
  checks            INTEGER NOT NULL,           -- mask of IDSW_CHECK_*
  person_id         TEXT NOT NULL,              -- the platform's pseudonym
  reference         TEXT NOT NULL,
  return_url        TEXT NOT NULL,
  path_secret       BLOB NOT NULL,
  created_unix_ms   INTEGER NOT NULL
) STRICT;

-- Newest first for one tenant; the reference is in it so that looking for one reads nothing else.
CREATE INDEX verification_of_tenant ON verification (tenant, id, reference);

-- Absent while nothing has happened yet: then the status is 0, "starting".
CREATE TABLE verification_progress (
  id                INTEGER PRIMARY KEY,        -- verification.id
  status            INTEGER NOT NULL,           -- idswitch::Status
  account           TEXT NOT NULL,
  product           TEXT NOT NULL,
  verdict           INTEGER NOT NULL,           -- IDSW_VERDICT_*
  reason            INTEGER NOT NULL,           -- IDSW_REASON_*
  vendor_code       TEXT NOT NULL,
  vendor_message    TEXT NOT NULL,
  vendor_reference  TEXT NOT NULL,
  updated_unix_ms   INTEGER NOT NULL,
  expires_unix_ms   INTEGER NOT NULL,           -- 0 = never
  action            TEXT NOT NULL,              -- JSON object or empty
  scores            TEXT NOT NULL,              -- JSON array of [name, value] or empty
  attempts          TEXT NOT NULL,              -- JSON array of objects or empty
  failure           TEXT NOT NULL,              -- JSON object or empty
  state             BLOB NOT NULL,              -- the adapter's
  options           TEXT NOT NULL               -- JSON object or empty
) STRICT;

-- The verifications whose status is 0 or 7 (a vendor call is under way): what a dead process left behind is found without a search.
CREATE TABLE verification_starting (id INTEGER PRIMARY KEY) STRICT;

CREATE VIEW verifications AS
  SELECT v.id, v.id_low, v.tenant,
         CASE ifnull(p.status, 0) WHEN 0 THEN 'starting' WHEN 1 THEN 'awaiting_user' WHEN 2 THEN 'processing'
           WHEN 3 THEN 'completed' WHEN 4 THEN 'expired' WHEN 5 THEN 'failed' WHEN 6 THEN 'cancelled'
           WHEN 7 THEN 'submitting' ELSE 'unknown' END AS status,
         datetime(v.created_unix_ms / 1000, 'unixepoch') AS created,
         v.method, v.checks, v.person_id, v.reference, p.account, p.product, p.verdict, p.reason,
         p.vendor_code, p.vendor_message, p.vendor_reference, p.attempts, p.failure
  FROM verification AS v LEFT JOIN verification_progress AS p ON p.id = v.id;

-- Append-only. A charge is (verification, account, sku, dedupe_key); its slots: 0 hold, 1 capture or
-- void, from 2 on adjustments. So it has one hold and one resolution at most, for ever.
CREATE TABLE ledger_entry (
  sequence          INTEGER PRIMARY KEY,        -- strictly growing, because nothing is ever deleted
  verification      INTEGER NOT NULL,
  verification_low  INTEGER NOT NULL,
  tenant            TEXT NOT NULL,
  account           TEXT NOT NULL,
  sku               TEXT NOT NULL,
  dedupe_key        TEXT NOT NULL,
  slot              INTEGER NOT NULL,
  kind              INTEGER NOT NULL,           -- 1 hold, 2 capture, 3 void, 4 adjust
  amount_micros     INTEGER NOT NULL,
  currency          TEXT NOT NULL,
  at_unix_ms        INTEGER NOT NULL,
  evidence          INTEGER NOT NULL,           -- IDSW_CHARGE_*
  source            INTEGER NOT NULL,           -- IDSW_SOURCE_*
  vendor_code       TEXT NOT NULL,
  vendor_reference  TEXT NOT NULL,
  contract_version  TEXT NOT NULL,
  CHECK ((kind = 1 AND slot = 0) OR (kind IN (2, 3) AND slot = 1) OR (kind = 4 AND slot >= 2))
) STRICT;

CREATE UNIQUE INDEX ledger_entry_once
  ON ledger_entry (verification, account, sku, dedupe_key, slot);

CREATE TRIGGER ledger_entry_is_never_updated BEFORE UPDATE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: write a correction as a new entry'); END;

-- Asked by INSERT OR REPLACE too while PRAGMA recursive_triggers is on, as it is for the writer.
CREATE TRIGGER ledger_entry_is_never_deleted BEFORE DELETE ON ledger_entry
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: write a correction as a new entry'); END;

-- Keys are the callers' and random: only the small unique index feels it. The answer is appended to a
-- table of its own instead of growing the row.
CREATE TABLE idempotency (
  number            INTEGER PRIMARY KEY,
  tenant            TEXT NOT NULL,
  key               TEXT NOT NULL,
  request_digest    BLOB NOT NULL,              -- SHA-256
  verification      INTEGER NOT NULL,
  verification_low  INTEGER NOT NULL,
  claimed_unix_ms   INTEGER NOT NULL,
  UNIQUE (tenant, key)
) STRICT;

CREATE INDEX idempotency_by_age ON idempotency (claimed_unix_ms);

CREATE TABLE idempotency_answer (
  number            INTEGER PRIMARY KEY,        -- idempotency.number
  http_status       INTEGER NOT NULL,
  body              BLOB NOT NULL
) STRICT;

CREATE TABLE image (
  number            INTEGER PRIMARY KEY,
  verification      INTEGER NOT NULL,
  verification_low  INTEGER NOT NULL,
  name              TEXT NOT NULL,
  media_type        TEXT NOT NULL,
  url               TEXT NOT NULL,
  bytes             BLOB NOT NULL,
  UNIQUE (verification, name)
) STRICT;
)sql"},
    // 2
    {R"sql(
-- Fixed by the request like the rest of the row.
ALTER TABLE verification ADD COLUMN decision TEXT NOT NULL DEFAULT '';            -- JSON object or empty
ALTER TABLE verification ADD COLUMN segment TEXT NOT NULL DEFAULT '';
ALTER TABLE verification ADD COLUMN config_version INTEGER NOT NULL DEFAULT 0;    -- 0 = not recorded

ALTER TABLE ledger_entry ADD COLUMN rule TEXT NOT NULL DEFAULT '';                -- of the contract

DROP VIEW verifications;
CREATE VIEW verifications AS
  SELECT v.id, v.id_low, v.tenant,
         CASE ifnull(p.status, 0) WHEN 0 THEN 'starting' WHEN 1 THEN 'awaiting_user' WHEN 2 THEN 'processing'
           WHEN 3 THEN 'completed' WHEN 4 THEN 'expired' WHEN 5 THEN 'failed' WHEN 6 THEN 'cancelled'
           WHEN 7 THEN 'submitting' ELSE 'unknown' END AS status,
         datetime(v.created_unix_ms / 1000, 'unixepoch') AS created,
         v.method, v.checks, v.person_id, v.reference, p.account, p.product, p.verdict, p.reason,
         p.vendor_code, p.vendor_message, p.vendor_reference, p.attempts, p.failure,
         v.segment, v.config_version, v.decision
  FROM verification AS v LEFT JOIN verification_progress AS p ON p.id = v.id;

CREATE TABLE config_version (
  number            INTEGER PRIMARY KEY,
  sha256            BLOB NOT NULL,
  text              TEXT NOT NULL,
  since_unix_ms     INTEGER NOT NULL
) STRICT;

-- Verifications that took part in an experiment; append-only, in the order of their ids.
CREATE TABLE exposure (
  verification      INTEGER PRIMARY KEY,        -- verification.id
  tenant            TEXT NOT NULL,
  experiment        TEXT NOT NULL,
  seed              TEXT NOT NULL,
  arm               TEXT NOT NULL,
  weights           TEXT NOT NULL,
  person            INTEGER NOT NULL,           -- 64 bits of hash, as a signed number
  first             INTEGER NOT NULL,           -- 1: the person's first one in the experiment
  at_unix_ms        INTEGER NOT NULL
) STRICT;

-- Persons' first exposures. Keys are random: only experiments pay for that.
CREATE TABLE exposure_person (
  tenant            TEXT NOT NULL,
  experiment        TEXT NOT NULL,
  seed              TEXT NOT NULL,
  person            INTEGER NOT NULL,
  verification      INTEGER NOT NULL,
  arm               TEXT NOT NULL,
  crossed           INTEGER NOT NULL,           -- 1: met another arm later
  PRIMARY KEY (tenant, experiment, seed, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE experiment_pause (
  tenant            TEXT NOT NULL,
  experiment        TEXT NOT NULL,
  seed              TEXT NOT NULL,
  paused_unix_ms    INTEGER NOT NULL,
  why               TEXT NOT NULL,
  PRIMARY KEY (tenant, experiment, seed)
) STRICT, WITHOUT ROWID;

CREATE TABLE statistic (
  account           TEXT NOT NULL,
  segment           TEXT NOT NULL,
  slice_unix_ms     INTEGER NOT NULL,
  counts            TEXT NOT NULL,              -- the statistics' own text
  PRIMARY KEY (account, segment, slice_unix_ms)
) STRICT, WITHOUT ROWID;

CREATE INDEX statistic_by_age ON statistic (slice_unix_ms);

-- Only of SKUs that are charged once a person.
CREATE TABLE person_charge (
  account           TEXT NOT NULL,
  sku               TEXT NOT NULL,
  person            INTEGER NOT NULL,
  at_unix_ms        INTEGER NOT NULL,
  PRIMARY KEY (account, sku, person)
) STRICT, WITHOUT ROWID;
)sql"},
    // 3
    {R"sql(
ALTER TABLE verification_progress ADD COLUMN next_ask_unix_ms INTEGER NOT NULL DEFAULT 0;  -- 0 = never

-- Nobody asked about these on his own before: all are due at once.
UPDATE verification_progress SET next_ask_unix_ms = max(updated_unix_ms, 1) WHERE status IN (1, 2);

CREATE INDEX verification_due ON verification_progress (next_ask_unix_ms) WHERE next_ask_unix_ms > 0;

ALTER TABLE ledger_entry ADD COLUMN chain BLOB NOT NULL DEFAULT x'';    -- SHA-256, see ledger_chain.hpp

-- Few are: what can be listed by it is named without a search.
CREATE INDEX ledger_entry_unknown ON ledger_entry (sequence) WHERE kind = 4 AND evidence = 0;

DROP TRIGGER ledger_entry_is_never_updated;

-- How far the events of the ledger have been sent to an endpoint: all up to here are delivered, or
-- wait below.
CREATE TABLE webhook_cursor (
  endpoint          TEXT PRIMARY KEY,
  delivered         INTEGER NOT NULL            -- ledger_entry.sequence
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_pending (
  endpoint          TEXT NOT NULL,
  sequence          INTEGER NOT NULL,           -- ledger_entry.sequence
  verification      INTEGER NOT NULL,
  verification_low  INTEGER NOT NULL,
  attempts          INTEGER NOT NULL,
  next_try_unix_ms  INTEGER NOT NULL,
  state             INTEGER NOT NULL,           -- 0 waiting, 1 dead
  last_error        TEXT NOT NULL,
  PRIMARY KEY (endpoint, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_pending_due ON webhook_pending (endpoint, state, next_try_unix_ms);
CREATE INDEX webhook_pending_of_verification ON webhook_pending (endpoint, verification);
)sql",
     chain_entries},
    // 4
    {k_schema_4, fill_schema_4},
    // 5
    {k_schema_experiments},
    // 6
    {k_schema_webhooks},
    // 7
    {k_schema_retention},
};

constexpr std::int64_t k_version = std::size(k_steps);

// In a transaction, which it commits.
Result<void> apply_steps(Database& database, std::int64_t from, const MigrationContext& context) {
  for (auto step = from; step < k_version; ++step) {
    if (auto made = database.execute(k_steps[step].sql); !made) return made;
    if (k_steps[step].then == nullptr) continue;
    if (auto made = k_steps[step].then(database, context); !made) return made;
  }
  const std::string end = "PRAGMA application_id = " + std::to_string(k_application_id) +
                          ";PRAGMA user_version = " + std::to_string(k_version) + ";COMMIT;";
  return database.execute(end.c_str());
}

}  // namespace

std::int64_t schema_version() {
  return k_version;
}

Result<void> check_schema(Database& database) {
  const auto application = database.number("PRAGMA application_id");
  if (!application) return application.error();
  const auto version = database.number("PRAGMA user_version");
  if (!version) return version.error();
  const auto tables = database.number("SELECT count(*) FROM sqlite_master");
  if (!tables) return tables.error();
  const bool empty = *application == 0 && *version == 0 && *tables == 0;
  if (*application != k_application_id && !empty) {
    return Error(Errc::storage_failed,
                 "it is a database of another program: give another file, or move this one away");
  }
  if (*version > k_version) {
    return Error(Errc::storage_failed,
                 "it was written by a newer idswitch (schema " + std::to_string(*version) +
                     ", this program knows " + std::to_string(k_version) +
                     "): install that version or a newer one, or give another file");
  }
  return {};
}

Result<void> migrate_schema(Database& database, const MigrationContext& context) {
  const auto version = database.number("PRAGMA user_version");
  if (!version) return version.error();
  if (*version == k_version) return {};
  if (const auto begun = database.execute("BEGIN IMMEDIATE"); !begun) return begun;
  const auto done = apply_steps(database, *version, context);
  if (!done && database.in_transaction()) {
    const Error error = done.error();
    static_cast<void>(database.execute("ROLLBACK"));
    return error;
  }
  return done;
}

}  // namespace idswitch::store

#pragma once

// The script of schema step 1 as it was released. Never edited: files made by it exist.

namespace idswitch::store {

inline constexpr const char* k_schema_1 = R"sql(
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
)sql";

}  // namespace idswitch::store

#pragma once

// What the second release added to the first one's tables. Never edited: it is what files look like
// that were written by it.

namespace idswitch::store {

inline constexpr const char* k_schema_2 = R"sql(
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
)sql";

}  // namespace idswitch::store

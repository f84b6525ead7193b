#pragma once

// What the third release changed of the second one's tables. Never edited: it is what files look
// like that were written by it. The entries' chains are not made by SQL: see make_step_3_file.

namespace idswitch::store {

inline constexpr const char* k_schema_3 = R"sql(
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
)sql";

inline constexpr const char* k_schema_3_end =
    "CREATE TRIGGER ledger_entry_is_never_updated BEFORE UPDATE ON ledger_entry BEGIN SELECT "
    "RAISE(ABORT, 'the ledger is append-only: write a correction as a new entry'); END";

}  // namespace idswitch::store

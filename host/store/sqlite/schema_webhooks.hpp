#pragma once

// The step of the schema that names the events of webhooks by verification and number, and keeps
// the cursor by the lane of the ledger that it is a place in. Never edited after a release.

namespace idswitch::store {

inline constexpr const char* k_schema_webhooks = R"sql(
ALTER TABLE webhook_cursor RENAME TO old_webhook_cursor;
ALTER TABLE webhook_pending RENAME TO old_webhook_pending;
DROP INDEX webhook_pending_due;
DROP INDEX webhook_pending_of_verification;

-- How far the events of a lane's entries have been sent to an endpoint: all up to here are
-- delivered, or wait below.
CREATE TABLE webhook_cursor (
  endpoint          TEXT NOT NULL,
  lane              INTEGER NOT NULL,
  delivered         INTEGER NOT NULL,           -- ledger_entry.sequence
  PRIMARY KEY (endpoint, lane)
) STRICT, WITHOUT ROWID;

CREATE TABLE webhook_pending (
  endpoint          TEXT NOT NULL,
  verification      INTEGER NOT NULL,
  number            INTEGER NOT NULL,           -- ledger_entry.number
  verification_low  INTEGER NOT NULL,
  sequence          INTEGER NOT NULL,           -- ledger_entry.sequence: where it is read again
  attempts          INTEGER NOT NULL,
  next_try_unix_ms  INTEGER NOT NULL,
  state             INTEGER NOT NULL,           -- 0 waiting, 1 dead
  last_error        TEXT NOT NULL,
  PRIMARY KEY (endpoint, verification, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX webhook_pending_due ON webhook_pending (endpoint, state, next_try_unix_ms);

INSERT INTO webhook_cursor SELECT endpoint, 0, delivered FROM old_webhook_cursor;

INSERT INTO webhook_pending
  SELECT p.endpoint, p.verification,
         (SELECT count(*) FROM ledger_entry AS l
          WHERE l.verification = p.verification AND l.sequence <= p.sequence),
         p.verification_low, p.sequence, p.attempts, p.next_try_unix_ms, p.state, p.last_error
  FROM old_webhook_pending AS p;

DROP TABLE old_webhook_cursor;
DROP TABLE old_webhook_pending;
)sql";

}  // namespace idswitch::store

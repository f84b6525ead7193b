#pragma once

// The step of the schema for what is not kept for ever. See schema.hpp.

namespace idswitch::store {

inline constexpr const char* k_schema_retention = R"sql(
-- Of a kind, every verification up to here was looked at: what had ended is gone.
CREATE TABLE retention_mark (
  kind              INTEGER PRIMARY KEY,        -- store::RetentionKind
  up_to             INTEGER NOT NULL            -- verification.id
) STRICT;

-- Below the mark, and still there: they were open, or had an unresolved charge.
CREATE TABLE retention_left (
  kind              INTEGER NOT NULL,
  verification      INTEGER NOT NULL,
  PRIMARY KEY (kind, verification)
) STRICT, WITHOUT ROWID;

CREATE TABLE forgotten_person (
  tenant            TEXT NOT NULL,
  person            INTEGER NOT NULL,           -- 64 bits of hash, as a signed number
  begun_unix_ms     INTEGER NOT NULL,
  ended_unix_ms     INTEGER NOT NULL,           -- 0 = not yet
  actor             TEXT NOT NULL,
  verifications     INTEGER NOT NULL,
  PRIMARY KEY (tenant, person, begun_unix_ms)
) STRICT, WITHOUT ROWID;
)sql";

}  // namespace idswitch::store

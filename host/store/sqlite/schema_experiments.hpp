#pragma once

// The part of schema step 4 that experiments are judged by: counters of what was admitted, so that
// nothing that was counted is read again.

namespace idswitch::store {

inline constexpr const char* k_schema_experiments = R"sql(
-- How far the exposures of an experiment are counted in experiment_arm, in the order of their ids.
CREATE TABLE experiment_admission (
  tenant            TEXT NOT NULL,
  experiment        TEXT NOT NULL,
  seed              TEXT NOT NULL,
  through           INTEGER NOT NULL,           -- exposure.verification
  age_ms            INTEGER NOT NULL,           -- how old an exposure has to be; never less than before
  PRIMARY KEY (tenant, experiment, seed)
) STRICT, WITHOUT ROWID;

-- Sums over what was admitted, each exposure as it stood then. Only the crossovers are of everybody.
CREATE TABLE experiment_arm (
  tenant            TEXT NOT NULL,
  experiment        TEXT NOT NULL,
  seed              TEXT NOT NULL,
  arm               TEXT NOT NULL,
  persons           INTEGER NOT NULL DEFAULT 0,
  crossovers        INTEGER NOT NULL DEFAULT 0,
  verifications     INTEGER NOT NULL DEFAULT 0,
  completed         INTEGER NOT NULL DEFAULT 0,
  passed            INTEGER NOT NULL DEFAULT 0,
  charged_micros    INTEGER NOT NULL DEFAULT 0,
  largest_micros    INTEGER NOT NULL DEFAULT 0,
  first_opened      INTEGER NOT NULL DEFAULT 0,
  first_ended       INTEGER NOT NULL DEFAULT 0,
  first_failed      INTEGER NOT NULL DEFAULT 0,
  first_completed   INTEGER NOT NULL DEFAULT 0,
  first_passed      INTEGER NOT NULL DEFAULT 0,
  first_charged_micros        INTEGER NOT NULL DEFAULT 0,
  first_final_charged_micros  INTEGER NOT NULL DEFAULT 0,
  first_ended_ms    INTEGER NOT NULL DEFAULT 0,
  currency          TEXT NOT NULL DEFAULT '',
  currencies_differ INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, experiment, seed, arm)
) STRICT, WITHOUT ROWID;

-- The persons of experiment_arm by the weights they were drawn with.
CREATE TABLE experiment_phase (
  tenant            TEXT NOT NULL,
  experiment        TEXT NOT NULL,
  seed              TEXT NOT NULL,
  arm               TEXT NOT NULL,
  number            INTEGER NOT NULL,           -- in the order they were first seen in the arm
  weights           TEXT NOT NULL,
  persons           INTEGER NOT NULL,
  PRIMARY KEY (tenant, experiment, seed, arm, weights)
) STRICT, WITHOUT ROWID;

INSERT INTO experiment_admission
  SELECT tenant, experiment, seed, min(verification) - 1, 0 FROM exposure_person GROUP BY 1, 2, 3;

INSERT INTO experiment_arm (tenant, experiment, seed, arm, crossovers)
  SELECT tenant, experiment, seed, arm, sum(crossed) FROM exposure_person GROUP BY 1, 2, 3, 4
  HAVING sum(crossed) > 0;
)sql";

}  // namespace idswitch::store

#include "store/sqlite/experiment_table.hpp"

#include <algorithm>
#include <limits>

#include "store/sqlite/arm_tally.hpp"

namespace idswitch::store {
namespace {

// Both passes see the same rows.
class Snapshot {
 public:
  explicit Snapshot(Database& database) : database_(&database), taken_(database.execute("BEGIN")) {}

  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  ~Snapshot() {
    if (database_->in_transaction()) static_cast<void>(database_->execute("ROLLBACK"));
  }

  const Result<void>& taken() const { return taken_; }

 private:
  Database* database_;
  Result<void> taken_;
};

}  // namespace

ExperimentWriter::ExperimentWriter(Database& database)
    : database_(&database),
      // The SELECT is there for its WHERE: no exposure without its verification.
      expose_(database,
              "INSERT INTO exposure (verification, tenant, experiment, seed, arm, weights, person,"
              " first, at_unix_ms) SELECT ?1,?3,?4,?5,?6,?7,?8,"
              " NOT EXISTS (SELECT 1 FROM exposure_person WHERE tenant = ?3 AND experiment = ?4"
              "  AND seed = ?5 AND person = ?8), ?9"
              " WHERE EXISTS (SELECT 1 FROM verification WHERE id = ?1 AND id_low = ?2)"
              " ON CONFLICT (verification) DO NOTHING"),
      exposed_(database, "SELECT 1 FROM exposure WHERE verification = ?1"),
      first_(database,
             "INSERT INTO exposure_person (tenant, experiment, seed, person, verification, arm,"
             " crossed) VALUES (?1,?2,?3,?4,?5,?6,0)"
             " ON CONFLICT (tenant, experiment, seed, person) DO NOTHING"),
      crossed_(database,
               "UPDATE exposure_person SET crossed = 1 WHERE tenant = ?1 AND experiment = ?2"
               " AND seed = ?3 AND person = ?4 AND arm <> ?5 AND crossed = 0"),
      pause_(database,
             "INSERT INTO experiment_pause (tenant, experiment, seed, paused_unix_ms, why)"
             " VALUES (?1,?2,?3,?4,?5) ON CONFLICT (tenant, experiment, seed) DO NOTHING"),
      resume_(database,
              "DELETE FROM experiment_pause WHERE tenant = ?1 AND experiment = ?2 AND seed = ?3") {}

Result<void> ExperimentWriter::expose(const Exposure& e) {
  expose_.bind(e.verification.high, e.verification.low, e.tenant, e.experiment, e.seed, e.arm,
               e.weights, e.person, e.at_unix_ms);
  if (!expose_.run()) return database_->error();
  return database_->changed() == 0 ? is_there(e) : count_person(e);
}

Result<void> ExperimentWriter::is_there(const Exposure& e) {
  Rows rows(exposed_.bind(e.verification.high));
  if (rows.next()) return {};
  if (rows.failed()) return database_->error();
  return Error(Errc::storage_failed, "there is no verification " + e.verification.text() +
                                         " to expose: insert it in the same change");
}

Result<void> ExperimentWriter::count_person(const Exposure& e) {
  first_.bind(e.tenant, e.experiment, e.seed, e.person, e.verification.high, e.arm);
  if (!first_.run()) return database_->error();
  if (database_->changed() != 0) return {};
  if (!crossed_.bind(e.tenant, e.experiment, e.seed, e.person, e.arm).run())
    return database_->error();
  return {};
}

Result<void> ExperimentWriter::pause(const ExperimentPause& p) {
  if (!pause_.bind(p.tenant, p.experiment, p.seed, p.paused_unix_ms, p.why).run())
    return database_->error();
  return {};
}

Result<void> ExperimentWriter::resume(std::string_view tenant, std::string_view experiment,
                                      std::string_view seed) {
  if (!resume_.bind(tenant, experiment, seed).run()) return database_->error();
  return {};
}

ExperimentReader::ExperimentReader(Database& database)
    : database_(&database),
      pauses_(database,
              "SELECT tenant, experiment, seed, paused_unix_ms, why FROM experiment_pause"
              " ORDER BY tenant, experiment, seed"),
      persons_(database,
               "SELECT arm, crossed, verification FROM exposure_person"
               " WHERE tenant = ?1 AND experiment = ?2 AND seed = ?3"),
      // One row for each entry that moves money, at least one for a verification. All five tables
      // are walked in the order of the verifications' ids; holds are passed over in the index.
      verifications_(
          database,
          "SELECT e.verification, e.arm, e.weights, e.first, e.at_unix_ms, w.status, p.verdict,"
          " p.updated_unix_ms, l.amount_micros, l.currency"
          " FROM exposure AS e"
          " LEFT JOIN verification_progress AS p ON p.id = e.verification"
          " LEFT JOIN verification_work AS w ON w.id = e.verification"
          " LEFT JOIN ledger_entry AS l ON l.verification = e.verification AND l.slot >= 1"
          "  AND l.kind IN (2, 4)"
          " WHERE e.verification >= ?4 AND e.tenant = ?1 AND e.experiment = ?2 AND e.seed = ?3"
          " ORDER BY e.verification") {}

Result<std::vector<ExperimentPause>> ExperimentReader::pauses() {
  std::vector<ExperimentPause> pauses;
  Rows rows(pauses_.bind());
  while (rows.next()) {
    pauses.push_back(
        {pauses_.text(0), pauses_.text(1), pauses_.text(2), pauses_.integer(3), pauses_.text(4)});
  }
  if (rows.failed()) return database_->error();
  return pauses;
}

Result<std::vector<ArmCounts>> ExperimentReader::counts(std::string_view tenant,
                                                        std::string_view experiment,
                                                        std::string_view seed) {
  const Snapshot snapshot(*database_);
  if (!snapshot.taken()) return snapshot.taken().error();
  ArmTally tally;
  // Where the experiment began: nothing before it is read.
  std::int64_t begin = std::numeric_limits<std::int64_t>::max();
  {
    Rows rows(persons_.bind(tenant, experiment, seed));
    while (rows.next()) {
      tally.person(persons_.bytes(0), persons_.integer(1) != 0);
      begin = std::min(begin, persons_.integer(2));
    }
    if (rows.failed()) return database_->error();
  }
  Rows rows(verifications_.bind(tenant, experiment, seed, begin));
  while (rows.next()) {
    const Statement& row = verifications_;
    if (tally.begins(row.integer(0))) {
      // No progress yet: NULL reads as 0, which is `starting`.
      tally.verification(
          row.bytes(1), row.bytes(2), row.integer(3) != 0, static_cast<Status>(row.integer(5)),
          static_cast<std::uint32_t>(row.integer(6)), row.integer(7) - row.integer(4));
    }
    if (!row.null(8)) tally.charge(row.integer(8), row.bytes(9));
  }
  if (rows.failed()) return database_->error();
  return std::move(tally).arms();
}

}  // namespace idswitch::store

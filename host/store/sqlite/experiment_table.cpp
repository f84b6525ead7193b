#include "store/sqlite/experiment_table.hpp"

#include <algorithm>
#include <limits>

#include "store/sqlite/arm_tally.hpp"

namespace idswitch::store {

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
               " AND seed = ?3 AND person = ?4 AND arm <> ?5 AND crossed = 0 RETURNING arm"),
      crossover_(database,
                 "INSERT INTO experiment_arm (tenant, experiment, seed, arm, crossovers)"
                 " VALUES (?1,?2,?3,?4,1) ON CONFLICT (tenant, experiment, seed, arm)"
                 " DO UPDATE SET crossovers = crossovers + 1"),
      admit_(database,
             "INSERT INTO experiment_admission (tenant, experiment, seed, through, age_ms)"
             " VALUES (?1,?2,?3,?5,?6) ON CONFLICT (tenant, experiment, seed) DO UPDATE"
             " SET through = excluded.through, age_ms = max(age_ms, excluded.age_ms)"
             " WHERE through = ?4"),
      add_arm_(database,
               "INSERT INTO experiment_arm (tenant, experiment, seed, arm, persons, verifications,"
               " completed, passed, charged_micros, largest_micros, first_opened, first_ended,"
               " first_failed, first_completed, first_passed, first_charged_micros,"
               " first_final_charged_micros, first_ended_ms, currency, currencies_differ)"
               " VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20)"
               " ON CONFLICT (tenant, experiment, seed, arm) DO UPDATE SET"
               " persons = persons + ?5, verifications = verifications + ?6,"
               " completed = completed + ?7, passed = passed + ?8,"
               " charged_micros = charged_micros + ?9, largest_micros = max(largest_micros, ?10),"
               " first_opened = first_opened + ?11, first_ended = first_ended + ?12,"
               " first_failed = first_failed + ?13, first_completed = first_completed + ?14,"
               " first_passed = first_passed + ?15,"
               " first_charged_micros = first_charged_micros + ?16,"
               " first_final_charged_micros = first_final_charged_micros + ?17,"
               " first_ended_ms = first_ended_ms + ?18,"
               " currency = iif(currency = '', ?19, currency),"
               " currencies_differ = max(currencies_differ, ?20,"
               "  currency <> '' AND ?19 <> '' AND currency <> ?19)"),
      add_phase_(database,
                 "INSERT INTO experiment_phase (tenant, experiment, seed, arm, number, weights,"
                 " persons) SELECT ?1,?2,?3,?4, count(*), ?5, ?6 FROM experiment_phase"
                 "  WHERE tenant = ?1 AND experiment = ?2 AND seed = ?3 AND arm = ?4"
                 " ON CONFLICT (tenant, experiment, seed, arm, weights)"
                 " DO UPDATE SET persons = persons + ?6"),
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
  std::string first_arm;
  {
    Rows rows(crossed_.bind(e.tenant, e.experiment, e.seed, e.person, e.arm));
    while (rows.next()) first_arm = crossed_.text(0);
    if (rows.failed()) return database_->error();
  }
  if (first_arm.empty()) return {};
  if (!crossover_.bind(e.tenant, e.experiment, e.seed, first_arm).run()) return database_->error();
  return {};
}

Result<void> ExperimentWriter::admit(const Admission& a) {
  admit_.bind(a.tenant, a.experiment, a.seed, a.after, a.through, a.age_ms);
  if (!admit_.run()) return database_->error();
  if (database_->changed() == 0) return {};
  for (const ArmCounts& arm : a.arms) {
    if (const auto added = add_arm(a, arm); !added) return added;
  }
  return {};
}

Result<void> ExperimentWriter::add_arm(const Admission& a, const ArmCounts& c) {
  add_arm_.bind(a.tenant, a.experiment, a.seed, c.arm, c.persons, c.verifications, c.completed,
                c.passed, c.charged_micros, c.largest_charge_micros, c.first_opened, c.first_ended,
                c.first_failed, c.first_completed, c.first_passed, c.first_charged_micros,
                c.first_final_charged_micros, c.first_ended_ms_sum, c.currency,
                c.currencies_differ);
  if (!add_arm_.run()) return database_->error();
  for (const WeightsPhase& phase : c.phases) {
    add_phase_.bind(a.tenant, a.experiment, a.seed, c.arm, phase.weights, phase.persons);
    if (!add_phase_.run()) return database_->error();
  }
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
      standing_(database,
                "SELECT through, age_ms FROM experiment_admission"
                " WHERE tenant = ?1 AND experiment = ?2 AND seed = ?3"),
      begin_(database,
             "SELECT min(verification) FROM exposure_person"
             " WHERE tenant = ?1 AND experiment = ?2 AND seed = ?3"),
      arms_(database,
            "SELECT arm, persons, crossovers, verifications, completed, passed, charged_micros,"
            " largest_micros, first_opened, first_ended, first_failed, first_completed,"
            " first_passed, first_charged_micros, first_final_charged_micros, first_ended_ms,"
            " currency, currencies_differ FROM experiment_arm"
            " WHERE tenant = ?1 AND experiment = ?2 AND seed = ?3 ORDER BY arm"),
      phases_(database,
              "SELECT arm, weights, persons FROM experiment_phase"
              " WHERE tenant = ?1 AND experiment = ?2 AND seed = ?3 ORDER BY arm, number"),
      next_(database,
            "SELECT verification, at_unix_ms FROM exposure WHERE verification > ?1"
            " ORDER BY verification LIMIT ?2"),
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
          " WHERE e.verification > ?4 AND e.verification <= ?5 AND e.tenant = ?1 AND e.experiment "
          "= ?2 AND e.seed = ?3"
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

Result<ExperimentReader::Standing> ExperimentReader::standing(std::string_view tenant,
                                                              std::string_view experiment,
                                                              std::string_view seed) {
  Rows known(standing_.bind(tenant, experiment, seed));
  if (known.next()) return Standing{true, standing_.integer(0), standing_.integer(1)};
  if (known.failed()) return database_->error();
  // Where the experiment began: nothing before it is read.
  Rows first(begin_.bind(tenant, experiment, seed));
  if (!first.next()) return database_->error();
  if (begin_.null(0)) return Standing{false, std::numeric_limits<std::int64_t>::max(), 0};
  return Standing{false, begin_.integer(0) - 1, 0};
}

Result<std::vector<ArmCounts>> ExperimentReader::admitted(std::string_view tenant,
                                                          std::string_view experiment,
                                                          std::string_view seed) {
  std::vector<ArmCounts> arms;
  {
    Rows rows(arms_.bind(tenant, experiment, seed));
    while (rows.next()) {
      ArmCounts& arm = arms.emplace_back();
      int column = 0;
      arm.arm = arms_.text(column++);
      for (const auto member :
           {&ArmCounts::persons, &ArmCounts::crossovers, &ArmCounts::verifications,
            &ArmCounts::completed, &ArmCounts::passed, &ArmCounts::charged_micros,
            &ArmCounts::largest_charge_micros, &ArmCounts::first_opened, &ArmCounts::first_ended,
            &ArmCounts::first_failed, &ArmCounts::first_completed, &ArmCounts::first_passed,
            &ArmCounts::first_charged_micros, &ArmCounts::first_final_charged_micros,
            &ArmCounts::first_ended_ms_sum}) {
        arm.*member = arms_.integer(column++);
      }
      arm.currency = arms_.text(column++);
      arm.currencies_differ = arms_.integer(column) != 0;
    }
    if (rows.failed()) return database_->error();
  }
  Rows rows(phases_.bind(tenant, experiment, seed));
  while (rows.next()) {
    const auto found = std::find_if(arms.begin(), arms.end(), [&](const ArmCounts& one) {
      return one.arm == phases_.bytes(0);
    });
    if (found != arms.end()) found->phases.push_back({phases_.text(1), phases_.integer(2)});
  }
  if (rows.failed()) return database_->error();
  return arms;
}

Result<std::vector<ArmCounts>> ExperimentReader::tally(std::string_view tenant,
                                                       std::string_view experiment,
                                                       std::string_view seed, std::int64_t after,
                                                       std::int64_t through) {
  ArmTally tally;
  Rows rows(verifications_.bind(tenant, experiment, seed, after, through));
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

Result<ExperimentCounts> ExperimentReader::counts(std::string_view tenant,
                                                  std::string_view experiment,
                                                  std::string_view seed, bool with_waiting) {
  const Snapshot snapshot(*database_);
  if (!snapshot.taken()) return snapshot.taken().error();
  const auto from = standing(tenant, experiment, seed);
  if (!from) return from.error();
  auto arms = admitted(tenant, experiment, seed);
  if (!arms) return arms.error();
  ExperimentCounts counts;
  counts.age_ms = from->age_ms;
  counts.admitted = std::move(*arms);
  if (!with_waiting) return counts;
  auto waiting =
      tally(tenant, experiment, seed, from->through, std::numeric_limits<std::int64_t>::max());
  if (!waiting) return waiting.error();
  counts.waiting = std::move(*waiting);
  return counts;
}

Result<Admission> ExperimentReader::admissible(std::string_view tenant, std::string_view experiment,
                                               std::string_view seed, const AdmissionRule& rule,
                                               std::size_t limit) {
  const Snapshot snapshot(*database_);
  if (!snapshot.taken()) return snapshot.taken().error();
  const auto from = standing(tenant, experiment, seed);
  if (!from) return from.error();
  Admission next;
  next.tenant = tenant;
  next.experiment = experiment;
  next.seed = seed;
  next.after = next.through = from->through;
  next.age_ms = std::max(from->age_ms, rule.age_ms);
  if (!from->is_known && from->through == std::numeric_limits<std::int64_t>::max()) return next;
  std::size_t looked_at = 0;
  {
    Rows rows(next_.bind(from->through, limit));
    while (rows.next()) {
      if (next_.integer(1) > rule.now_unix_ms - next.age_ms) break;
      next.through = next_.integer(0);
      ++looked_at;
    }
    if (rows.failed()) return database_->error();
  }
  auto arms = tally(tenant, experiment, seed, next.after, next.through);
  if (!arms) return arms.error();
  next.arms = std::move(*arms);
  next.is_full = looked_at == limit;
  // Exposures of other experiments alone are passed over when a whole step of them was seen.
  next.is_news = next.is_full || !next.arms.empty() || next.age_ms > from->age_ms;
  return next;
}

}  // namespace idswitch::store

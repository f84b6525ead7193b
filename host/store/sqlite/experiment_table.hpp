#pragma once

// Exposures and pauses in the file. One thread at a time; the database must outlive both classes.

#include <string_view>
#include <vector>

#include "store/experiment.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

class ExperimentWriter {
 public:
  explicit ExperimentWriter(Database& database);

  // Error: storage_failed, also when there is no such verification.
  Result<void> expose(const Exposure& exposure);

  // See Batch::admit.
  Result<void> admit(const Admission& admission);

  Result<void> pause(const ExperimentPause& pause);
  Result<void> resume(std::string_view tenant, std::string_view experiment, std::string_view seed);

 private:
  Result<void> is_there(const Exposure& exposure);
  Result<void> count_person(const Exposure& exposure);
  Result<void> add_arm(const Admission& admission, const ArmCounts& arm);

  Database* database_;
  Statement expose_;
  Statement exposed_;
  Statement first_;
  Statement crossed_;
  Statement crossover_;
  Statement admit_;
  Statement add_arm_;
  Statement add_phase_;
  Statement pause_;
  Statement resume_;
};

class ExperimentReader {
 public:
  explicit ExperimentReader(Database& database);

  // By tenant, experiment and seed.
  Result<std::vector<ExperimentPause>> pauses();

  // See Store::experiment_counts.
  Result<ExperimentCounts> counts(std::string_view tenant, std::string_view experiment,
                                  std::string_view seed, bool with_waiting);

  // See Store::admissible.
  Result<Admission> admissible(std::string_view tenant, std::string_view experiment,
                               std::string_view seed, const AdmissionRule& rule, std::size_t limit);

 private:
  // How far it has been admitted.
  struct Standing {
    bool is_known = false;  // somebody has looked before
    std::int64_t through = 0;
    std::int64_t age_ms = 0;
  };

  // In a snapshot.
  Result<Standing> standing(std::string_view tenant, std::string_view experiment,
                            std::string_view seed);
  Result<std::vector<ArmCounts>> admitted(std::string_view tenant, std::string_view experiment,
                                          std::string_view seed);
  // Adds up the exposures behind `after` up to `through`.
  Result<std::vector<ArmCounts>> tally(std::string_view tenant, std::string_view experiment,
                                       std::string_view seed, std::int64_t after,
                                       std::int64_t through);

  Database* database_;
  Statement pauses_;
  Statement standing_;
  Statement begin_;
  Statement arms_;
  Statement phases_;
  Statement next_;
  Statement verifications_;
};

}  // namespace idswitch::store

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

  Result<void> pause(const ExperimentPause& pause);
  Result<void> resume(std::string_view tenant, std::string_view experiment, std::string_view seed);

 private:
  Result<void> is_there(const Exposure& exposure);
  Result<void> count_person(const Exposure& exposure);

  Database* database_;
  Statement expose_;
  Statement exposed_;
  Statement first_;
  Statement crossed_;
  Statement pause_;
  Statement resume_;
};

class ExperimentReader {
 public:
  explicit ExperimentReader(Database& database);

  // By tenant, experiment and seed.
  Result<std::vector<ExperimentPause>> pauses();

  // See Store::experiment_counts.
  Result<std::vector<ArmCounts>> counts(std::string_view tenant, std::string_view experiment,
                                        std::string_view seed);

 private:
  Database* database_;
  Statement pauses_;
  Statement persons_;
  Statement verifications_;
};

}  // namespace idswitch::store

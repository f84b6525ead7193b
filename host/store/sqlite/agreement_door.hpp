#pragma once

// AgreementDoor: Agreement over one SQLite file. Any thread.

#include "store/agreement.hpp"
#include "store/sqlite/opened.hpp"

namespace idswitch::store {

class AgreementDoor final : public Agreement {
 public:
  // opened must outlive it.
  explicit AgreementDoor(Opened& opened) : opened_(opened) {}

  Result<std::int64_t> adopt(std::string text, const std::array<std::uint8_t, 32>& sha256,
                             std::int64_t now_unix_ms, std::vector<BudgetLimit> limits) override;
  Result<std::optional<ConfigVersion>> config_version(std::int64_t number) override;
  Result<std::vector<ConfigVersion>> config_versions(std::size_t limit) override;
  Result<std::vector<ExperimentPause>> pauses() override;
  Result<ExperimentCounts> arms(std::string_view tenant, std::string_view experiment,
                                std::string_view seed, bool with_waiting) override;
  Result<Admission> admissible(std::string_view tenant, std::string_view experiment,
                               std::string_view seed, const AdmissionRule& rule,
                               std::size_t limit) override;
  Result<std::vector<StatisticSlice>> statistics(std::int64_t since_unix_ms) override;
  Result<std::size_t> forget_statistics_before(std::int64_t unix_ms) override;

 private:
  Opened& opened_;
};

}  // namespace idswitch::store

#include "store/sqlite/agreement_door.hpp"

namespace idswitch::store {

Result<std::int64_t> AgreementDoor::adopt(std::string text,
                                          const std::array<std::uint8_t, 32>& sha256,
                                          std::int64_t now_unix_ms,
                                          std::vector<BudgetLimit> limits) {
  return opened_.perform(AdoptedConfig{std::move(text), sha256, now_unix_ms, std::move(limits)});
}

Result<std::optional<ConfigVersion>> AgreementDoor::config_version(std::int64_t number) {
  return opened_.readers.read([&](Reader& reader) { return reader.config_versions.find(number); });
}

Result<std::vector<ConfigVersion>> AgreementDoor::config_versions(std::size_t limit) {
  return opened_.readers.read([&](Reader& reader) { return reader.config_versions.list(limit); });
}

Result<std::vector<ExperimentPause>> AgreementDoor::pauses() {
  return opened_.readers.read([](Reader& reader) { return reader.experiments.pauses(); });
}

Result<ExperimentCounts> AgreementDoor::arms(std::string_view tenant, std::string_view experiment,
                                             std::string_view seed, bool with_waiting) {
  return opened_.readers.read([&](Reader& reader) {
    return reader.experiments.counts(tenant, experiment, seed, with_waiting);
  });
}

Result<Admission> AgreementDoor::admissible(std::string_view tenant, std::string_view experiment,
                                            std::string_view seed, const AdmissionRule& rule,
                                            std::size_t limit) {
  return opened_.readers.read([&](Reader& reader) {
    return reader.experiments.admissible(tenant, experiment, seed, rule, limit);
  });
}

Result<std::vector<StatisticSlice>> AgreementDoor::statistics(std::int64_t since_unix_ms) {
  return opened_.readers.read(
      [&](Reader& reader) { return reader.statistics.since(since_unix_ms); });
}

Result<std::size_t> AgreementDoor::forget_statistics_before(std::int64_t unix_ms) {
  const auto forgotten = opened_.perform(ForgetStatistics{unix_ms});
  if (!forgotten) return forgotten.error();
  return static_cast<std::size_t>(*forgotten);
}

}  // namespace idswitch::store

#include "billing/pricer.hpp"

#include <algorithm>

namespace idswitch::billing {

Pricer::Pricer(std::string account, const config::Contract& contract, Usage& usage,
               std::vector<std::string> person_charged)
    : account_(std::move(account)),
      contract_(contract),
      usage_(usage),
      person_charged_(std::move(person_charged)) {}

const std::string& Pricer::version(std::int64_t at_unix_ms) const {
  return version_at(contract_, at_unix_ms).version;
}

std::int64_t Pricer::units_before(const std::string& sku, std::int64_t at_unix_ms) const {
  const config::ContractVersion& version = version_at(contract_, at_unix_ms);
  const auto found = version.prices.find(sku);
  if (found == version.prices.end()) return 0;
  return usage_.units(account_, sku, found->second.per, at_unix_ms, contract_.utc_offset_min);
}

bool Pricer::is_person_charged(const std::string& sku) const {
  return std::find(person_charged_.begin(), person_charged_.end(), sku) != person_charged_.end();
}

Priced Pricer::hold(const std::string& sku, std::int64_t at_unix_ms) const {
  return worst_case(contract_, sku, at_unix_ms, units_before(sku, at_unix_ms),
                    is_person_charged(sku), usage_.units_open(account_, sku));
}

Priced Pricer::capture(const Evidence& evidence, std::int64_t at_unix_ms) const {
  return price(contract_, evidence.sku,
               {at_unix_ms, evidence.verdict, evidence.reason, evidence.vendor_code,
                units_before(evidence.sku, at_unix_ms), is_person_charged(evidence.sku)});
}

std::optional<Priced> Pricer::capture_again(const std::string& sku, const Charged& charged,
                                            const Ending& ending) const {
  return priced_again(contract_, sku, charged,
                      {charged.at_unix_ms, ending.verdict, ending.reason, ending.vendor_code,
                       units_before(sku, charged.at_unix_ms), is_person_charged(sku)});
}

void Pricer::take(const LedgerEntry& entry) {
  usage_.take(entry, contract_.utc_offset_min);
  if (entry.kind == EntryKind::capture && !is_person_charged(entry.sku)) {
    person_charged_.push_back(entry.sku);
  }
}

}  // namespace idswitch::billing

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

Priced Pricer::hold(const std::string& sku, std::int64_t at_unix_ms, bool session_charged) const {
  return worst_case(contract_, sku, at_unix_ms, units_before(sku, at_unix_ms),
                    is_person_charged(sku), usage_.units_open(account_, sku), session_charged);
}

Priced Pricer::capture(const std::string& sku, Circumstances seen) const {
  seen.units_before = units_before(sku, seen.at_unix_ms);
  seen.person_charged = is_person_charged(sku);
  return price(contract_, sku, seen);
}

std::optional<Priced> Pricer::capture_again(const std::string& sku, const Charged& charged,
                                            Circumstances seen) const {
  seen.at_unix_ms = charged.at_unix_ms;
  // The unit itself is among those that were charged.
  seen.units_before = std::max(units_before(sku, charged.at_unix_ms) - 1, std::int64_t{0});
  return priced_again(contract_, sku, charged, seen);
}

std::optional<Reading> Pricer::reading(const std::string& sku, const Circumstances& seen) const {
  return billing::reading(contract_, sku, seen);
}

KnownEnd Pricer::end_of(const std::string& sku, const Charged& charged) const {
  return end_of_rule(contract_, sku, charged);
}

Distinctions Pricer::distinctions(const std::string& sku, std::int64_t at_unix_ms) const {
  return billing::distinctions(contract_, sku, at_unix_ms);
}

bool Pricer::is_by_session(const std::string& sku, std::int64_t at_unix_ms) const {
  return group_at(contract_, sku, at_unix_ms) == config::Group::session;
}

void Pricer::take(const LedgerEntry& entry) {
  usage_.take(entry, contract_.utc_offset_min);
  const bool is_paid = entry.kind == EntryKind::capture &&
                       Rule::parse(entry.rule, entry.sku).kind != Rule::Kind::group;
  if (is_paid && !is_person_charged(entry.sku)) {
    person_charged_.push_back(entry.sku);
  }
}

}  // namespace idswitch::billing

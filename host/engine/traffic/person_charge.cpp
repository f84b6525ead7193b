#include "engine/traffic/person_charge.hpp"

#include <algorithm>
#include <cstring>

#include "base/digest.hpp"
#include "billing/pricing.hpp"
#include "billing/rule.hpp"

namespace idswitch::engine {

std::uint64_t person_number(std::string_view tenant, std::string_view person_id) {
  if (person_id.empty()) return 0;
  std::string text = "person";
  text.append(1, '\0').append(tenant).append(1, '\0').append(person_id);
  const auto digest = sha256(text);
  std::uint64_t number = 0;
  std::memcpy(&number, digest.data(), sizeof number);
  return number | 1;  // never the number of nobody
}

Result<void> add_charged_once(const AccountRuntime& account, store::Store& store,
                              std::uint64_t person, std::int64_t now_unix_ms, Payer& payer) {
  if (person == 0 || account.once_skus.empty()) return {};
  const config::ContractVersion& version =
      billing::version_at(account.config.contract, now_unix_ms);
  for (const std::string& sku : account.once_skus) {
    const auto price = version.prices.find(sku);
    if (price == version.prices.end() || price->second.person_days == 0) continue;
    const auto charged = store.ledger().person_charged_at(account.config.name, sku, person);
    if (!charged) return charged.error();
    const std::int64_t lasts_ms = price->second.person_days * std::int64_t{86'400'000};
    if (*charged && now_unix_ms < **charged + lasts_ms) {
      payer.charged_once[account.config.name].push_back(sku);
    }
  }
  return {};
}

void note_charged(const AccountRuntime& account, const std::vector<LedgerEntry>& entries,
                  std::uint64_t person, store::Change& change) {
  if (person == 0 || account.once_skus.empty()) return;
  for (const LedgerEntry& entry : entries) {
    const bool is_once = std::find(account.once_skus.begin(), account.once_skus.end(), entry.sku) !=
                         account.once_skus.end();
    if (entry.kind != EntryKind::capture || entry.account != account.config.name || !is_once ||
        !billing::is_unit(entry.rule, entry.sku)) {
      continue;
    }
    change.push_back(store::ChargePerson{entry.account, entry.sku, person, entry.at_unix_ms});
  }
}

}  // namespace idswitch::engine

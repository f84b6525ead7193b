#include "config/contract_section.hpp"

namespace idswitch::config {
namespace {

std::optional<std::string> currency(const Value& value) {
  constexpr std::string_view k_wanted = "a currency in three capital letters, like CNY";
  auto text = value.word(k_wanted);
  if (!text || is_currency(*text)) return text;
  value.complain_wanted(k_wanted);
  return {};
}

}  // namespace

Contract read_contract(const Value& value, std::map<std::string, Position>& positions) {
  Contract contract;
  contract.where = value.key_position();
  positions["contract"] = contract.where;
  Section section(value);
  section.read("version", contract.version,
               [](const Value& v) { return v.word("a name for this version, like \"2026-1\""); });
  if (const auto found = section.require("currency", "three capital letters, like CNY")) {
    positions["contract/currency"] = found->key_position();
    contract.currency = currency(*found).value_or("");
  }
  if (const auto prices =
          section.require("prices", "a price for each thing the vendor charges for")) {
    positions["contract/prices"] = prices->key_position();
    for (const auto& [sku, entry] : Section(*prices).entries(true)) {
      positions["contract/prices/" + sku] = entry.key_position();
      if (const auto price = entry.price()) contract.prices.emplace(sku, *price);
    }
  }
  section.finish();
  return contract;
}

}  // namespace idswitch::config

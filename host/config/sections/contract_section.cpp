#include "config/sections/contract_section.hpp"

#include <set>

#include "base/values/calendar.hpp"
#include "config/sections/price_section.hpp"
#include "config/yaml/core_schema.hpp"
#include "config/yaml/name_list.hpp"

namespace idswitch::config {
namespace {

using Positions = std::map<std::string, Position>;

std::optional<std::string> version_name(const Value& value) {
  return value.word("a name for this version, like \"2026-1\"");
}

void read_minimum(const Value& value, ContractVersion& version) {
  Section section(value);
  if (const auto per = section.require("per", "day or month")) {
    version.minimum_per = read_per(*per).value_or(Per::month);
  }
  if (const auto amount = section.require("amount", "the least that is paid in a period")) {
    version.minimum = amount->price().value_or(Money{});
  }
  section.finish();
}

// The keys that a version has, whether it stands alone or in a list. prefix: "contract/".
void read_terms(Section& section, const std::string& prefix, ContractVersion& version,
                Positions& positions) {
  if (const auto prices =
          section.require("prices", "a price for each thing the vendor charges for")) {
    positions[prefix + "prices"] = prices->key_position();
    const std::string below = prefix + "prices/";
    for (const auto& [sku, entry] : Section(*prices).entries(true)) {
      positions[below + sku] = entry.key_position();
      version.prices.emplace(sku, read_sku_price(entry));
    }
  }
  if (const auto minimum = section.find("minimum")) read_minimum(*minimum, version);
}

class VersionList {
 public:
  explicit VersionList(int utc_offset_min) : utc_offset_min_(utc_offset_min) {}

  std::vector<ContractVersion> read(const Value& value, Positions& positions) {
    const auto items = items_of(value, "a list of {version, from, prices}");
    for (const Value& item : items) {
      const bool is_last = &item == &items.back();
      const std::string index = "[" + std::to_string(versions_.size()) + "]";
      versions_.push_back(
          read_one(item, is_last ? "contract/" : "contract/versions" + index + "/", positions));
    }
    return std::move(versions_);
  }

 private:
  ContractVersion read_one(const Value& value, const std::string& prefix, Positions& positions) {
    ContractVersion out;
    out.where = value.key_position();
    Section section(value);
    if (const auto name = section.require("version", "a name for this version, like \"2026-1\"")) {
      out.version = version_name(*name).value_or("");
      if (!out.version.empty() && !names_.insert(out.version).second) {
        name->complain(quoted(out.version) + " is the name of an earlier version already");
      }
    }
    const auto from = versions_.empty() ? section.find("from")
                                        : section.require("from", "its first day, like 2026-01-01");
    if (from) read_from(*from, out);
    read_terms(section, prefix, out, positions);
    section.finish();
    return out;
  }

  void read_from(const Value& value, ContractVersion& version) {
    constexpr std::string_view k_wanted = "a date, like 2026-01-01";
    const auto text = value.word(k_wanted);
    if (!text) return;
    const auto instant = midnight_unix_ms(*text, utc_offset_min_);
    if (!instant) return value.complain_wanted(k_wanted);
    version.from_unix_ms = *instant;
    if (!versions_.empty() && *instant <= versions_.back().from_unix_ms) {
      value.complain("not after the version above it: versions stand in ascending order");
    }
  }

  int utc_offset_min_;
  std::vector<ContractVersion> versions_;
  std::set<std::string> names_;
};

std::optional<int> utc_offset(const Value& value) {
  constexpr std::string_view k_wanted =
      "UTC or an offset from it of -12:00 to +14:00, like \"+08:00\"";
  const auto text = value.word(k_wanted);
  if (!text) return {};
  const auto offset = parse_utc_offset(*text);
  if (!offset) value.complain_wanted(k_wanted);
  return offset;
}

}  // namespace

Contract read_contract(const Value& value, Positions& positions) {
  Contract contract;
  contract.where = value.key_position();
  positions["contract"] = contract.where;
  Section section(value);
  if (const auto found = section.require("currency", "three capital letters, like CNY")) {
    positions["contract/currency"] = found->key_position();
    contract.currency = found->currency().value_or("");
  }
  section.read("time", contract.utc_offset_min, utc_offset);
  if (const auto versions = section.find("versions")) {
    contract.versions = VersionList(contract.utc_offset_min).read(*versions, positions);
    for (const char* key : {"version", "prices", "minimum"}) {
      section.refuse(key, "beside versions: write it into each version");
    }
  } else {
    ContractVersion& only = contract.versions.emplace_back();
    only.where = contract.where;
    section.read("version", only.version, version_name);
    read_terms(section, "contract/", only, positions);
  }
  section.finish();
  if (contract.versions.empty()) contract.versions.emplace_back();
  return contract;
}

}  // namespace idswitch::config

#include "comparison.hpp"

#include <algorithm>
#include <cmath>

namespace idswitch::aliyun_faceid {

using sdk::Json;

std::optional<double> number_in(Json::Value value, double low, double high) {
  const auto number = value.is(Json::Kind::number) ? value.decimal() : std::nullopt;
  const bool sane = number && std::isfinite(*number) && *number >= low && *number <= high;
  return sane ? number : std::nullopt;
}

std::optional<double> percent(Json::Value value) {
  return number_in(value, 0, 100);
}

Comparison compare(Json::Value block, std::int64_t level) {
  if (!block) return Comparison::absent;
  const auto rate = static_cast<std::size_t>(std::clamp<std::int64_t>(level, 1, 4) - 1);
  const auto confidence = percent(block["confidence"]);
  const auto threshold = percent(block["thresholds"][k_rates[rate]]);
  if (!confidence || !threshold) return Comparison::unreadable;
  return *confidence >= *threshold ? Comparison::same : Comparison::different;
}

Json::Value block_of(const Json& json, std::string_view name) {
  const Json::Value inside = json["verification"][name];
  // References belong into verification; the document's example prints one beside it.
  return inside || name == "idcard" ? inside : json[name];
}

}  // namespace idswitch::aliyun_faceid

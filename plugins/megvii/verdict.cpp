#include "verdict.hpp"

#include <algorithm>
#include <cmath>

namespace idswitch::megvii {

using sdk::Json;
using sdk::Result;

std::optional<double> percent(Json::Value value) {
  const std::optional<double> number =
      value.is(Json::Kind::number) ? value.decimal() : std::nullopt;
  const bool sane = number && std::isfinite(*number) && *number >= 0 && *number <= 100;
  return sane ? number : std::nullopt;
}

namespace {

// True unless the block is absent or says, readably, a confidence of at least the loosest
// threshold. Which threshold the scene applies is set in the vendor's console and not told.
bool contradicts_pass(Json::Value block) {
  if (!block) return false;
  const auto confidence = percent(block["confidence"]);
  if (!confidence) return true;
  std::optional<double> lowest;
  for (const std::string_view rate : k_rates) {
    if (!block["thresholds"][rate]) continue;
    const auto threshold = percent(block["thresholds"][rate]);
    if (!threshold) return true;
    lowest = std::min(lowest.value_or(100), *threshold);
  }
  return lowest && *confidence < *lowest;
}

enum class Attack { no, yes, unreadable };

// attack_result {score, threshold, result}; v3's printed sample has a Python False.
Attack attack_of(Json::Value block) {
  if (!block) return Attack::no;
  const Json::Value result = block["result"];
  if (result.is_true() || result.text() == "True" || result.text() == "true") return Attack::yes;
  if (!result.is_false() && result.text() != "False" && result.text() != "false")
    return Attack::unreadable;
  const bool has_numbers = block["score"] || block["threshold"];
  if (!has_numbers) return Attack::no;
  const auto score = percent(block["score"]);
  const auto threshold = percent(block["threshold"]);
  return score && threshold && *score <= *threshold ? Attack::no : Attack::unreadable;
}

}  // namespace

Result pass_unless_contradicted(const Json& json) {
  const Attack attack = attack_of(json["attack_result"]);
  if (attack == Attack::yes)
    return Result::completed(IDSW_VERDICT_FAIL, IDSW_REASON_LIVENESS_ATTACK);
  const Json::Value verification = json["verification"];
  bool contradicted =
      attack == Attack::unreadable || (verification && !verification.is(Json::Kind::object));
  for (const std::string_view name : {"idcard", "ref1", "ref2"}) {
    contradicted = contradicted || contradicts_pass(verification[name]);
  }
  return contradicted ? Result::completed(IDSW_VERDICT_INCONCLUSIVE, IDSW_REASON_VENDOR_INTERNAL)
                      : Result::completed(IDSW_VERDICT_PASS);
}

}  // namespace idswitch::megvii

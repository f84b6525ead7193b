#include "verdict.hpp"

#include <optional>

namespace idswitch::baidu {
namespace {

// Baidu's recommendation for code.similarity.
constexpr double k_code_similarity_min = 0.75;

enum class Finding : std::uint8_t { missing, against, good };

// A number from 0 to 1. Written so that no number (NaN) is nothing.
std::optional<double> share(const sdk::Json::Value& value) {
  const std::optional<double> number = value.decimal();
  if (number && *number >= 0 && *number <= 1) return number;
  return {};
}

Finding liveness(const sdk::Json::Value& result, const sdk::Operation& operation) {
  const auto score = share(result["score"]);
  const auto threshold = share(result["thresholds"][threshold_name(operation)]);
  // A threshold of zero would let everybody through.
  if (!score || !threshold || *threshold == 0) return Finding::missing;
  return *score >= *threshold ? Finding::good : Finding::against;
}

// Newer replies say how alike the digits are, older ones only what was heard.
Finding spoken_code(const sdk::Json::Value& code, const sdk::Operation& operation) {
  if (code["similarity"]) {
    const auto similarity = share(code["similarity"]);
    const auto least = operation.option("code_similarity_min").decimal();
    if (!similarity) return Finding::missing;
    return *similarity >= least.value_or(k_code_similarity_min) ? Finding::good : Finding::against;
  }
  const std::string_view created = code["create"].scalar();
  const std::string_view heard = code["identify"].scalar();
  if (created.empty() || !code["identify"]) return Finding::missing;
  return created == heard ? Finding::good : Finding::against;
}

// "pass" or "fail"; absent when it was not asked for.
Finding word(const sdk::Json::Value& value) {
  if (value.text() == "pass") return Finding::good;
  return value.text() == "fail" ? Finding::against : Finding::missing;
}

bool wants_lips(const sdk::Operation& operation, const Session& session) {
  const std::string_view mode = operation.option("lip_identify").text();
  return !session.is_action && (mode == "COMMON" || mode == "STRICT");
}

}  // namespace

std::string_view threshold_name(const sdk::Operation& operation) {
  const std::string_view name = operation.option("liveness_threshold").text();
  return name.empty() ? "frr_1e-2" : name;
}

Verdict judge(const sdk::Json::Value& result, const sdk::Operation& operation,
              const Session& session) {
  struct Check {
    Finding finding;
    bool is_asked;
    std::uint32_t reason;  // when it speaks against the person
  };

  // A low score names no cause: a mask, but also a real face in bad light.
  const Check checks[] = {
      {liveness(result, operation), true, IDSW_REASON_LIVENESS_NOT_PASSED},
      {session.is_action ? Finding::missing : spoken_code(result["code"], operation),
       !session.is_action, IDSW_REASON_LIVENESS_CODE_MISMATCH},
      {word(result["lip_language"]), wants_lips(operation, session),
       IDSW_REASON_LIVENESS_LIP_MISMATCH},
      {word(result["action_verify"]), session.is_action, IDSW_REASON_LIVENESS_ACTION_MISMATCH},
  };
  for (const Check& check : checks) {
    if (check.finding == Finding::against) return {IDSW_VERDICT_FAIL, check.reason};
  }
  for (const Check& check : checks) {
    if (check.is_asked && check.finding == Finding::missing) return {};
  }
  return {IDSW_VERDICT_PASS, IDSW_REASON_NONE};
}

}  // namespace idswitch::baidu

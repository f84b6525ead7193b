#include "verdict.hpp"

#include "comparison.hpp"
#include "product.hpp"

namespace idswitch::aliyun_faceid {
namespace {

using sdk::Json;
using sdk::Result;

using Verdict = std::optional<Result>;  // nothing: no objection to a pass

Verdict contradicted() {
  return Result::completed(IDSW_VERDICT_INCONCLUSIVE, IDSW_REASON_VENDOR_INTERNAL);
}

// result_code has judged this block already; the numbers may only agree. SDK v1.2 names the error
// rate of each level, Lite does not, so there the loosest counts.
Verdict objection_of_judged(const Json& json, bool levels_are_rates, const Session& session) {
  const Json::Value verification = json["verification"];
  if (verification && !verification.is(Json::Kind::object)) return contradicted();
  const Json::Value block = block_of(json, session.compares_with_authority ? "idcard" : "ref1");
  const Comparison comparison = compare(block, levels_are_rates ? session.security_level : 1);
  return comparison == Comparison::absent || comparison == Comparison::same ? Verdict()
                                                                            : contradicted();
}

// Beside the authority's photo result_code does not speak of reference pictures, so that the
// numbers must.
Verdict objection_of_references(const Json& json, const Session& session) {
  static constexpr std::string_view k_names[] = {"ref1", "ref2"};
  for (std::size_t i = 0; i < std::size(k_names); ++i) {
    const bool sent = static_cast<std::int64_t>(i) < session.reference_pictures;
    const bool judged = !session.compares_with_authority && i == 0;
    if (!sent || judged) continue;
    switch (compare(block_of(json, k_names[i]), session.security_level)) {
      case Comparison::same: break;
      case Comparison::different:
        return Result::completed(IDSW_VERDICT_FAIL, IDSW_REASON_FACE_MISMATCH);
      case Comparison::absent:
      case Comparison::unreadable: return contradicted();
    }
  }
  return {};
}

// attack_result is not in these documents, but in the vendor's v3: if it comes, it is believed.
Verdict objection_of_attack(const Json& json, const Session& session) {
  const Json::Value attack = json["attack_result"];
  const bool denied = attack["result"].is_false();
  if (attack["result"].is_true())
    return Result::completed(IDSW_VERDICT_FAIL, IDSW_REASON_LIVENESS_ATTACK);
  if (attack && !denied) return contradicted();
  // With force_compare a fake face is compared too, and the document does not say that 1000 then
  // excludes one.
  if (!session.force_compare || denied) return {};
  return Result::completed(IDSW_VERDICT_INCONCLUSIVE, IDSW_REASON_LIVENESS_NOT_PASSED);
}

// "If ID_Photo is above the threshold, the card may be taken for genuine."
Verdict objection_of_card(const Json& json) {
  const Json::Value card = json["idcard_result"];
  if (card && !card.is(Json::Kind::object)) return contradicted();
  for (const std::string_view side : k_card_sides) {
    const Json::Value legality = card[side];
    if (!legality) continue;
    const auto genuine = number_in(legality["ID_Photo"], 0, 1);
    const auto threshold = number_in(legality["ID_Photo_Threshold"], 0, 1);
    if (!genuine || !threshold) return contradicted();
    if (*genuine < *threshold)
      return Result::completed(IDSW_VERDICT_INCONCLUSIVE, IDSW_REASON_DOCUMENT_FAKE);
  }
  return {};
}

// The card that was shown must be the one that the platform spoke of.
Verdict objection_of_claim(const Session& session, std::string_view claim) {
  if (session.claim.empty()) return {};
  if (claim.empty()) return contradicted();
  if (claim != session.claim)
    return Result::completed(IDSW_VERDICT_FAIL, IDSW_REASON_FACE_MISMATCH);
  return {};
}

}  // namespace

Result pass_unless_objected(const idsw_product& product, const Json& json, const Session& session,
                            std::string_view claim) {
  if (auto objection = objection_of_attack(json, session)) return std::move(*objection);
  if (auto objection = objection_of_judged(json, &product == &k_sdk_v1_2, session))
    return std::move(*objection);
  if (auto objection = objection_of_references(json, session)) return std::move(*objection);
  if (auto objection = objection_of_card(json)) return std::move(*objection);
  if (auto objection = objection_of_claim(session, claim)) return std::move(*objection);
  return Result::completed(IDSW_VERDICT_PASS);
}

}  // namespace idswitch::aliyun_faceid

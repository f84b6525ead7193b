#include "response.hpp"

#include <algorithm>

#include "comparison.hpp"
#include "product.hpp"
#include "refusal.hpp"
#include "verdict.hpp"

namespace idswitch::aliyun_faceid {
namespace {

using sdk::Json;
using sdk::Result;
using sdk::view;

// ---- what else a result shows ----------------------------------------------------------------

void add_comparison(Result& result, std::string_view prefix, Json::Value block) {
  const std::string name(prefix);
  if (percent(block["confidence"]))
    result.score(name + ".confidence", block["confidence"].scalar());
  for (const std::string_view rate : k_rates) {
    const Json::Value threshold = block["thresholds"][rate];
    if (percent(threshold))
      result.score(name + ".threshold_" + std::string(rate), threshold.scalar());
  }
}

void add_scores(Result& result, const Json& json) {
  const Json::Value authority = block_of(json, "idcard");
  add_comparison(result, "face", authority ? authority : block_of(json, "ref1"));
  if (authority) add_comparison(result, "ref1", block_of(json, "ref1"));
  add_comparison(result, "ref2", block_of(json, "ref2"));
  static constexpr std::string_view k_prefixes[] = {"document_front.", "document_back."};
  static constexpr std::pair<std::string_view, std::string_view> k_legality[] = {
      {"ID_Photo", "genuine"},    {"ID_Photo_Threshold", "genuine_threshold"},
      {"Photocopy", "photocopy"}, {"Edited", "edited"},
      {"Screen", "screen"},       {"Temporary_ID_Photo", "temporary"}};
  for (std::size_t side = 0; side < std::size(k_card_sides); ++side) {
    const Json::Value legality = json["idcard_result"][k_card_sides[side]];
    for (const auto& [theirs, ours] : k_legality) {
      if (number_in(legality[theirs], 0, 1)) {
        result.score(std::string(k_prefixes[side]) + std::string(ours), legality[theirs].scalar());
      }
    }
  }
}

void add_images(Result& result, const Json& json) {
  const Json::Value images = json["images"];
  result.image("face_best", IDSW_IMAGE_BASE64, images["image_best"].text());
  result.image("document_front", IDSW_IMAGE_BASE64, images["idcard_frontside"].text());
  result.image("document_back", IDSW_IMAGE_BASE64, images["idcard_backside"].text());
  const std::string_view portrait = images["idcard_portrait"].text();
  const std::string_view beside = json["idcard_result"]["image_portrait"].text();
  result.image("document_portrait", IDSW_IMAGE_BASE64, portrait.empty() ? beside : portrait);
}

bool all_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "20150516" to 2015-05-16. Other text, such as 长期 (for good), stays.
std::string date_of(std::string_view text) {
  if (text.size() != 8 || !all_digits(text)) return std::string(text);
  return std::string(text.substr(0, 4)) + "-" + std::string(text.substr(4, 2)) + "-" +
         std::string(text.substr(6));
}

// From three members; empty unless all are there.
std::string birth_date_of(Json::Value card) {
  const std::string_view year = card["birth_year"].scalar();
  const std::string_view month = card["birth_month"].scalar();
  const std::string_view day = card["birth_day"].scalar();
  const auto fits = [](std::string_view part) { return part.size() == 1 || part.size() == 2; };
  if (year.size() != 4 || !fits(month) || !fits(day)) return {};
  if (!all_digits(year) || !all_digits(month) || !all_digits(day)) return {};
  const auto two = [](std::string_view part) {
    return (part.size() == 1 ? "0" : "") + std::string(part);
  };
  return std::string(year) + "-" + two(month) + "-" + two(day);
}

void add_document(Result& result, Json::Value card) {
  result.document("name", card["name"].text())
      .document("id_number", card["idcard_number"].scalar());
  result.document("gender", card["gender"].text())
      .document("nationality", card["nationality"].text());
  result.document("birth_date", birth_date_of(card)).document("address", card["address"].text());
  result.document("issued_by", card["issued_by"].text());
  result.document("valid_from", date_of(card["valid_date_start"].scalar()));
  result.document("valid_until", date_of(card["valid_date_end"].scalar()));
}

// ---- charges ---------------------------------------------------------------------------------

// documented: where the evidence comes from when a document states the rule; Lite's states none.
void charge(sdk::Exchange& x, const idsw_sku& sku, std::uint32_t state, std::uint32_t documented,
            const Session& session, std::string_view code = {}) {
  const bool assumed = (sku.flags & IDSW_RULE_ASSUMED) != 0;
  const std::uint32_t source = state == IDSW_CHARGE_UNKNOWN ? std::uint32_t{IDSW_SOURCE_INFERRED}
                               : assumed                    ? std::uint32_t{IDSW_SOURCE_ASSUMED}
                                                            : documented;
  x.charge(state, source, view(sku.name), k_dedupe_key, session.request_id, code);
}

// ---- results ---------------------------------------------------------------------------------

// Result codes are short numbers; anything else is not repeated.
std::string_view showable_code(std::string_view code) {
  return code.size() <= 5 && all_digits(code) ? code : std::string_view();
}

// False for a reply that speaks of another session than the one asked about.
bool is_about(const Json& json, const sdk::Operation& operation, const Session& session) {
  const std::string_view token = json["biz_token"].text();
  const std::string_view number = json["biz_no"].text();
  return (token.empty() || token == session.biz_token) &&
         (number.empty() || number == operation.verification_id);
}

// A flow that may take longer than the usual grace gets its own time.
std::int64_t grace_ms(const sdk::Operation& operation) {
  const std::int64_t timeout_s = operation.option("liveness_timeout").integer().value_or(0);
  return std::max(sdk::k_unfinished_grace_ms, timeout_s * 1000);
}

Result unfinished(sdk::Exchange& x, const idsw_sku& sku, const Session& session,
                  std::string_view code) {
  if (!x.is_given_up(session.expires_unix_ms, grace_ms(x.operation()))) return Result::pending();
  charge(x, sku, IDSW_CHARGE_RELEASED, IDSW_SOURCE_DOCUMENTED_RULE, session, code);
  return Result::expired();
}

}  // namespace

std::optional<Result> read_biz_token(sdk::Exchange& x, const idsw_product& product,
                                     const sdk::Reply& reply, Session& session) {
  const idsw_sku& sku = product.skus[0];
  const std::optional<Json> json = Json::parse(reply.body());
  session.request_id = reference_of(reply, json);
  session.expires_unix_ms = x.now_unix_ms() + k_token_lifetime_s * 1000;
  if (is_answer(reply, json)) session.biz_token = (*json)["biz_token"].text();
  if (sdk::is_plain_token(session.biz_token)) {
    charge(x, sku, IDSW_CHARGE_HELD, IDSW_SOURCE_DOCUMENTED_RULE, session);
    return {};
  }
  // Without its token nobody can finish the session, and only a finished one is billed.
  const bool documented = (sku.flags & IDSW_RULE_ASSUMED) == 0 && reply.status() != 200;
  x.uncharged(documented ? IDSW_SOURCE_DOCUMENTED_RULE : IDSW_SOURCE_ASSUMED);
  return refusal(product, reply, json);
}

Result read_result(sdk::Exchange& x, const idsw_product& product, const sdk::Reply& reply,
                   const Session& session, std::string_view claim) {
  const idsw_sku& sku = product.skus[0];
  const std::optional<Json> json = Json::parse(reply.body());
  if (!is_answer(reply, json) || !is_about(*json, x.operation(), session))
    return refusal(product, reply, json);
  // A number in one product, a string in the other.
  const std::string_view code = (*json)["result_code"].scalar();
  const std::string_view word = (*json)["result_message"].text();
  if (code.empty()) return Result::protocol().reference(reference_of(reply, json));
  const std::string_view shown = showable_code(code);
  const idsw_code* row = sdk::find_code(product, IDSW_OP_RESULT, code, word);
  if (row != nullptr && (row->flags & IDSW_CODE_PENDING) != 0) {
    return unfinished(x, sku, session, shown)
        .code(shown, showable(word))
        .reference(reference_of(reply, json));
  }
  charge(x, sku, row == nullptr ? sdk::charge_by_rule(sku, code) : row->charge,
         IDSW_SOURCE_RESULT_CODE, session, shown);
  Result result =
      row == nullptr ? Result::completed(IDSW_VERDICT_INCONCLUSIVE, IDSW_REASON_VENDOR_UNKNOWN_CODE)
      : row->verdict == IDSW_VERDICT_PASS ? pass_unless_objected(product, *json, session, claim)
                                          : Result::completed(row->verdict, row->reason);
  add_scores(result, *json);
  if (x.operation().want_images) add_images(result, *json);
  if (x.operation().want_document) add_document(result, (*json)["idcard_result"]);
  return std::move(result)
      .account_error(row == nullptr ? std::uint32_t{IDSW_ERROR_NONE} : row->error_class)
      .code(shown, showable(word))
      .reference(reference_of(reply, json));
}

std::string id_number_in(const sdk::Reply& reply) {
  const std::optional<Json> json = Json::parse(reply.body());
  return json ? std::string((*json)["idcard_result"]["idcard_number"].scalar()) : std::string();
}

Result read_notice(const sdk::Operation& operation, const Session& session) {
  const std::optional<std::string> data = sdk::form_value(operation.callback_body, "data");
  const std::optional<Json> json = data ? Json::parse(*data) : std::nullopt;
  if (!json || (*json)["biz_token"].text() != session.biz_token) {
    return Result::protocol().code({}, "the notice is not about this session");
  }
  return Result::hint();
}

}  // namespace idswitch::aliyun_faceid

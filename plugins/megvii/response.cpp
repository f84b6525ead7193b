#include "response.hpp"

#include <algorithm>

#include "product.hpp"
#include "refusal.hpp"
#include "verdict.hpp"

namespace idswitch::megvii {
namespace {

using sdk::Json;
using sdk::Result;
using sdk::view;

// The name under which the tables list a result code: the data errors 3100 to 3199 share a row.
std::string_view listed(std::string_view code) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool data_error =
      code.size() == 4 && code.starts_with("31") && digit(code[2]) && digit(code[3]);
  return data_error ? "31xx" : code;
}

void charge(sdk::Exchange& x, std::uint32_t state, const Session& session,
            std::string_view code = {}) {
  x.charge(state, state == IDSW_CHARGE_UNKNOWN ? IDSW_SOURCE_INFERRED : IDSW_SOURCE_ASSUMED, k_sku,
           k_dedupe_key, session.request_id, code);
}

// Result codes are short numbers; anything else is not repeated.
std::string_view showable_code(std::string_view code) {
  const bool plain = code.size() <= 5 && std::all_of(code.begin(), code.end(),
                                                     [](char c) { return c >= '0' && c <= '9'; });
  return plain ? code : std::string_view();
}

Result verdict_of(const idsw_code& row, const Json& json) {
  return row.verdict == IDSW_VERDICT_PASS ? pass_unless_contradicted(json)
                                          : Result::completed(row.verdict, row.reason);
}

void add_details(Result& result, const Json& json, bool want_images) {
  static constexpr std::string_view k_blocks[] = {"idcard", "ref1", "ref2"};
  static constexpr std::string_view k_prefixes[] = {"face", "ref1", "ref2"};
  for (std::size_t i = 0; i < std::size(k_blocks); ++i) {
    const Json::Value block = json["verification"][k_blocks[i]];
    const std::string prefix(k_prefixes[i]);
    if (percent(block["confidence"]))
      result.score(prefix + ".confidence", block["confidence"].scalar());
    for (const std::string_view rate : k_rates) {
      const Json::Value threshold = block["thresholds"][rate];
      if (percent(threshold))
        result.score(prefix + ".threshold_" + std::string(rate), threshold.scalar());
    }
  }
  const Json::Value attack = json["attack_result"];
  if (percent(attack["score"])) result.score("liveness.attack_score", attack["score"].scalar());
  if (percent(attack["threshold"]))
    result.score("liveness.attack_threshold", attack["threshold"].scalar());
  if (want_images)
    result.image("face_best", IDSW_IMAGE_BASE64, json["images"]["image_best"].text());
}

}  // namespace

Result read_biz_token(sdk::Exchange& x, const sdk::Reply& reply) {
  const std::optional<Json> json = Json::parse(reply.body());
  if (!is_answer(reply, json)) {
    x.uncharged(IDSW_SOURCE_ASSUMED);
    return refusal(reply, json);
  }
  Session session;
  session.biz_token = (*json)["biz_token"].text();
  session.request_id = reference_of(json);
  session.expires_unix_ms = x.now_unix_ms() + k_token_lifetime_s * 1000;
  if (!sdk::is_plain_token(session.biz_token)) {
    x.uncharged(IDSW_SOURCE_ASSUMED);
    return Result::protocol().reference(session.request_id);
  }
  charge(x, IDSW_CHARGE_HELD, session);
  return Result::opened(
             sdk::Action::sdk("megvii-meglive-still", session.biz_token, session.expires_unix_ms))
      .state(session.text())
      .reference(session.request_id);
}

Result read_result(sdk::Exchange& x, const sdk::Reply& reply, const Session& session) {
  const std::optional<Json> json = Json::parse(reply.body());
  if (x.now_unix_ms() > session.expires_unix_ms && refuses_token(json)) return expired(x, session);
  const std::string_view token = json ? (*json)["biz_token"].text() : std::string_view();
  const bool of_another = !token.empty() && token != session.biz_token;
  if (!is_answer(reply, json) || of_another) {
    charge(x, IDSW_CHARGE_HELD, session);
    return refusal(reply, json);
  }
  const std::string_view code = listed((*json)["result_code"].scalar());
  const std::string_view word = (*json)["result_message"].text();
  const idsw_code* row = sdk::find_code(k_faceid_v5, IDSW_OP_RESULT, code, word);
  if (row != nullptr && (row->flags & IDSW_CODE_PENDING) != 0) {
    if (x.is_given_up(session.expires_unix_ms)) return expired(x, session);
    charge(x, IDSW_CHARGE_HELD, session, code);
    return Result::pending().code(code, showable(word)).reference(reference_of(json));
  }
  const std::string_view shown = showable_code((*json)["result_code"].scalar());
  charge(x, row == nullptr ? sdk::charge_by_rule(k_faceid_v5.skus[0], code) : row->charge, session,
         shown);
  Result result =
      row == nullptr ? Result::completed(IDSW_VERDICT_INCONCLUSIVE, IDSW_REASON_VENDOR_UNKNOWN_CODE)
                     : verdict_of(*row, *json);
  add_details(result, *json, x.operation().want_images);
  return std::move(result).code(shown, showable(word)).reference(reference_of(json));
}

Result read_silence(sdk::Exchange& x, const sdk::Reply& reply, const Session& session) {
  if (reply.transport() == IDSW_TRANSPORT_NOT_SENT) {
    charge(x, IDSW_CHARGE_HELD, session);
    return Result::failed(IDSW_ERROR_UNAVAILABLE);
  }
  // It may have been compared, and then it is billed; asking again settles it.
  charge(x, IDSW_CHARGE_UNKNOWN, session);
  const bool unreadable = reply.transport() == IDSW_TRANSPORT_REPLY_TOO_BIG ||
                          reply.transport() == IDSW_TRANSPORT_REPLY_BROKEN;
  return Result::failed(unreadable ? IDSW_ERROR_PROTOCOL : IDSW_ERROR_UNKNOWN_OUTCOME);
}

Result expired(sdk::Exchange& x, const Session& session) {
  charge(x, IDSW_CHARGE_RELEASED, session, "9000");
  return Result::expired().reference(session.request_id);
}

}  // namespace idswitch::megvii

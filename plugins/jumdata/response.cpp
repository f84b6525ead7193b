#include "response.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "product.hpp"

namespace idswitch::jumdata {
namespace {

// 公共返回字段说明. Older pages spell msg `message`; code may be a number or a string.
struct Envelope {
  explicit Envelope(const sdk::Json& json)
      : code(json["code"].scalar()),
        message(json["msg"] ? json["msg"].text() : json["message"].text()),
        charge(json["charge"].scalar()),
        task(json["taskNo"].scalar()),
        data(json["data"]) {}

  std::string_view code, message, charge, task;
  sdk::Json::Value data;
};

// The document's replies all carry a code; what has none is a proxy's page or a broken body.
sdk::Result without_envelope(const sdk::Reply& reply) {
  if (reply.status() == 429) {
    return sdk::Result::failed(IDSW_ERROR_THROTTLED).retry_after_ms(reply.retry_after_ms());
  }
  return sdk::Result::failed(reply.status() >= 500 ? IDSW_ERROR_UNAVAILABLE : IDSW_ERROR_PROTOCOL);
}

// The row's error class, or protocol for a code that no document lists.
sdk::Result refused(const sdk::Reply& reply, const Envelope& envelope, const idsw_code* row) {
  const std::uint32_t protocol = IDSW_ERROR_PROTOCOL;
  return sdk::Result::failed(row == nullptr ? protocol : row->error_class)
      .code(envelope.code, envelope.message)
      .reference(envelope.task)
      .retry_after_ms(reply.retry_after_ms());
}

void charge_init(sdk::Exchange& exchange, const Envelope& envelope, std::uint32_t state,
                 std::uint32_t source) {
  exchange.charge(state, source, k_sku, k_dedupe_key, envelope.task, envelope.code);
}

// `charge: true` at an accepted init is a pre-deduction, not the final cost.
void charge_accepted(sdk::Exchange& exchange, const Envelope& envelope) {
  if (envelope.charge == "false") {
    charge_init(exchange, envelope, IDSW_CHARGE_NOT_CHARGED, IDSW_SOURCE_VENDOR_FLAG);
  } else {
    charge_init(exchange, envelope, IDSW_CHARGE_HELD,
                envelope.charge == "true" ? IDSW_SOURCE_VENDOR_FLAG : IDSW_SOURCE_DOCUMENTED_RULE);
  }
}

// No token, no result, so nothing is ever settled; but a vendor that says it charged is believed.
void charge_refused(sdk::Exchange& exchange, const Envelope& envelope, const idsw_code* row) {
  if (envelope.charge == "true") {
    charge_init(exchange, envelope, IDSW_CHARGE_UNKNOWN, IDSW_SOURCE_VENDOR_FLAG);
  } else {
    charge_init(exchange, envelope, IDSW_CHARGE_NOT_CHARGED,
                envelope.charge == "false" ? IDSW_SOURCE_VENDOR_FLAG
                : row != nullptr           ? IDSW_SOURCE_DOCUMENTED_RULE
                                           : IDSW_SOURCE_ASSUMED);
  }
}

sdk::Action action_for(const sdk::Operation& operation, std::string_view token,
                       std::string_view check_url, std::int64_t expires_unix_ms) {
  if (operation.method != IDSW_METHOD_MINI_PROGRAM) {
    return sdk::Action::redirect(check_url, expires_unix_ms);
  }
  sdk::Action action = sdk::Action::mini_program("web-view", token, expires_unix_ms);
  action.url = check_url;
  return action;
}

// 200 to 399 is where this vendor's outcomes of a check live; above that are its refusals.
bool looks_like_outcome(std::string_view code) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return code.size() == 3 && (code[0] == '2' || code[0] == '3') &&
         std::all_of(code.begin(), code.end(), is_digit);
}

// The charge that init opened, under the reference it was opened with.
void settle(sdk::Exchange& exchange, const Session& session, std::uint32_t state,
            std::uint32_t source, std::string_view code) {
  if (session.is_billed) {
    exchange.charge(state, source, k_sku, k_dedupe_key, session.task, code);
  }
}

sdk::Result outcome_of(const sdk::Operation& operation, const Envelope& envelope,
                       const idsw_code& row) {
  if ((row.flags & IDSW_CODE_EXPIRED) != 0) return sdk::Result::expired();
  sdk::Result result = sdk::Result::completed(row.verdict, row.reason);
  if (operation.want_images) {
    result.image("face_best", IDSW_IMAGE_URL, envelope.data["faceImageUrl"].text());
  }
  return result;
}

// The person's session token has no place in a message.
std::string_view message_of(const Envelope& envelope, std::string_view token) {
  return envelope.message.find(token) == std::string_view::npos ? envelope.message
                                                                : std::string_view();
}

}  // namespace

sdk::Result read_init(sdk::Exchange& exchange, const sdk::Reply& reply, std::int64_t sent_unix_ms) {
  const std::optional<sdk::Json> json = sdk::Json::parse(reply.body());
  if (!json || (*json)["code"].scalar().empty()) {
    exchange.charge(IDSW_CHARGE_UNKNOWN, IDSW_SOURCE_INFERRED, k_sku, k_dedupe_key);
    return without_envelope(reply);
  }
  const Envelope envelope(*json);
  const idsw_code* row = sdk::find_code(life_check_v2, IDSW_OP_START, envelope.code);
  if (row == nullptr || (row->flags & IDSW_CODE_OK) == 0) {
    charge_refused(exchange, envelope, row);
    return refused(reply, envelope, row);
  }
  const std::string_view token = envelope.data["token"].text();
  const std::string_view check_url = envelope.data["checkUrl"].text();
  if (token.empty() || !(check_url.starts_with("https://") || check_url.starts_with("http://"))) {
    // Accepted, and nobody will ever be able to ask how it ended.
    charge_init(exchange, envelope, IDSW_CHARGE_UNKNOWN, IDSW_SOURCE_INFERRED);
    return sdk::Result::protocol().code(envelope.code).reference(envelope.task);
  }
  charge_accepted(exchange, envelope);
  Session session;
  session.token = token;
  session.task = envelope.task;
  session.is_billed = envelope.charge != "false";
  return sdk::Result::opened(action_for(exchange.operation(), token, check_url,
                                        sent_unix_ms + k_token_lifetime_s * 1000))
      .code(envelope.code, message_of(envelope, token))
      .reference(envelope.task)
      .state(session.to_state());
}

sdk::Result read_result(sdk::Exchange& exchange, const sdk::Reply& reply, const Session& session) {
  const std::optional<sdk::Json> json = sdk::Json::parse(reply.body());
  if (!json || (*json)["code"].scalar().empty()) return without_envelope(reply);
  Envelope envelope(*json);
  envelope.message = message_of(envelope, session.token);
  const idsw_code* row = sdk::find_code(life_check_v2, IDSW_OP_RESULT, envelope.code);
  if (row == nullptr && looks_like_outcome(envelope.code)) {
    settle(exchange, session, IDSW_CHARGE_UNKNOWN, IDSW_SOURCE_INFERRED, envelope.code);
    return sdk::Result::completed(IDSW_VERDICT_INCONCLUSIVE, IDSW_REASON_VENDOR_UNKNOWN_CODE)
        .code(envelope.code, envelope.message)
        .reference(envelope.task);
  }
  if (row == nullptr || row->error_class != IDSW_ERROR_NONE) return refused(reply, envelope, row);
  if ((row->flags & IDSW_CODE_PENDING) != 0) {
    return sdk::Result::pending().code(envelope.code, envelope.message).reference(envelope.task);
  }
  settle(exchange, session, row->charge, IDSW_SOURCE_RESULT_CODE, envelope.code);
  return outcome_of(exchange.operation(), envelope, *row)
      .code(envelope.code, envelope.message)
      .reference(envelope.task);
}

}  // namespace idswitch::jumdata

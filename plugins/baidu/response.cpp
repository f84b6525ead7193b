#include "response.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "product.hpp"
#include "request.hpp"
#include "verdict.hpp"

namespace idswitch::baidu {
namespace {

// Where the documents differ, all spellings are read: the mini-program page says error_no,
// error_msg, log_id; the wire err_no, err_msg, serverlogid; the SDKs error_code, error_msg, log_id.
struct Envelope {
  std::string code;  // "0", or the error that was named; empty when none is readable
  std::string_view message;
  std::string_view log_id;  // a string, or an integer above 2^53: its text
  sdk::Json::Value result;

  explicit Envelope(const sdk::Json& json) : result(json["result"]) {
    for (const std::string_view name : {"error_code", "err_no", "error_no"}) {
      if (json[name] && !merge_code(json[name])) return;
    }
    message = json["error_msg"] ? json["error_msg"].text() : json["err_msg"].text();
    log_id = json["log_id"] ? json["log_id"].scalar() : json["serverlogid"].scalar();
  }

 private:
  // If two spellings disagree, the one that is not zero counts.
  bool merge_code(const sdk::Json::Value& value) {
    const std::optional<std::int64_t> number = value.integer();
    if (!number) {
      code.clear();
      return false;
    }
    if (code.empty() || code == "0") code = std::to_string(*number);
    return true;
  }
};

std::optional<Envelope> read_envelope(const std::optional<sdk::Json>& json) {
  if (!json) return {};
  Envelope envelope(*json);
  if (envelope.code.empty()) return {};
  return envelope;
}

// Which status accompanies an error is not documented, so it counts only where the body says
// nothing.
sdk::Result without_envelope(const sdk::Reply& reply) {
  if (reply.status() == 429) {
    return sdk::Result::failed(IDSW_ERROR_THROTTLED).retry_after_ms(reply.retry_after_ms());
  }
  return sdk::Result::failed(reply.status() >= 500 ? IDSW_ERROR_UNAVAILABLE : IDSW_ERROR_PROTOCOL);
}

// Two failures are named as billed; that all other documented ones are free is only implied. What
// nobody documented may cost anything.
void charge(sdk::Exchange& exchange, std::string_view sku, const Envelope& envelope,
            const idsw_code* row) {
  if (row == nullptr) {
    exchange.charge(IDSW_CHARGE_UNKNOWN, IDSW_SOURCE_INFERRED, sku, sku, envelope.log_id,
                    envelope.code);
    return;
  }
  const bool is_accepted = (row->flags & IDSW_CODE_OK) != 0;
  const std::uint32_t source = is_accepted                           ? IDSW_SOURCE_DOCUMENTED_RULE
                               : row->charge == IDSW_CHARGE_CAPTURED ? IDSW_SOURCE_RESULT_CODE
                                                                     : IDSW_SOURCE_ASSUMED;
  exchange.charge(row->charge, source, sku, sku, envelope.log_id, envelope.code);
}

std::string_view field_of(std::string_view code) {
  if (code == "222027" || code == "222028") {
    return "/vendor_options/baidu~1voice_code/min_code_length";
  }
  return code == "222029" ? "/vendor_options/baidu~1voice_code/max_code_length" : "";
}

// The row's error class, or protocol for a code that no document lists.
sdk::Result refused(const sdk::Reply& reply, const Envelope& envelope, const idsw_code* row) {
  const std::uint32_t protocol = IDSW_ERROR_PROTOCOL;
  return sdk::Result::failed(row == nullptr ? protocol : row->error_class)
      .code(envelope.code, envelope.message)
      .reference(envelope.log_id)
      .field(field_of(envelope.code))
      .retry_after_ms(reply.retry_after_ms());
}

// Where verify's findings about a video are numbered: 216xxx and 223xxx.
bool looks_like_finding(std::string_view code) {
  return code.size() == 6 && (code.starts_with("216") || code.starts_with("223"));
}

bool is_digits(std::string_view text) {
  return !text.empty() && text.size() <= 16 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void add_scores(sdk::Result& to, const sdk::Json::Value& result, const sdk::Operation& operation) {
  const auto add = [&to](std::string_view name, const sdk::Json::Value& value) {
    if (value.decimal()) to.score(name, value.scalar());
  };
  add("liveness.score", result["score"]);
  add("liveness.threshold", result["thresholds"][threshold_name(operation)]);
  add("liveness.max_spoofing", result["maxspoofing"]);
  add("liveness.spoofing", result["spoofing_score"]);
  add("code.similarity", result["code"]["similarity"]);
}

// Error 0.
sdk::Result judged(const Envelope& envelope, const sdk::Operation& operation,
                   const Session& session) {
  const Verdict verdict = judge(envelope.result, operation, session);
  sdk::Result result = sdk::Result::completed(verdict.verdict, verdict.reason);
  add_scores(result, envelope.result, operation);
  if (operation.want_images) {
    result.image("face_best", IDSW_IMAGE_BASE64, envelope.result["best_image"]["pic"].text());
  }
  return result;
}

// The person's session has no place in a message.
std::string_view message_of(const Envelope& envelope, std::string_view session_id) {
  return envelope.message.find(session_id) == std::string_view::npos ? envelope.message
                                                                     : std::string_view();
}

}  // namespace

bool refuses_token(const sdk::Reply& reply) {
  // Such an error is short; a long body is a verdict with pictures, which is parsed once only.
  constexpr std::size_t k_error_bytes_max = 4096;
  if (reply.body().size() > k_error_bytes_max) return false;
  const std::optional<sdk::Json> json = sdk::Json::parse(reply.body());
  const std::optional<Envelope> envelope = read_envelope(json);
  return envelope &&
         (envelope->code == "110" || envelope->code == "111" || envelope->code == "100");
}

sdk::Result read_token(const sdk::Reply& reply) {
  const std::optional<sdk::Json> json = sdk::Json::parse(reply.body());
  if (!json) return without_envelope(reply);
  if (const std::string_view error = (*json)["error"].text(); !error.empty()) {
    const idsw_code* row = sdk::find_code(voice_code, IDSW_OP_TOKEN, error);
    const std::uint32_t protocol = IDSW_ERROR_PROTOCOL;
    // The description may name the key, so only the word is passed on.
    return sdk::Result::failed(row == nullptr ? protocol : row->error_class).code(error);
  }
  const std::optional<Envelope> envelope = read_envelope(json);
  if (envelope && envelope->code != "0") {
    return refused(reply, *envelope, sdk::find_code(voice_code, IDSW_OP_START, envelope->code));
  }
  const std::string_view token = (*json)["access_token"].text();
  const std::int64_t lifetime_s = (*json)["expires_in"].integer().value_or(0);
  if (token.empty() || lifetime_s <= 0) return without_envelope(reply);
  return sdk::Result::granted(token, static_cast<std::uint64_t>(lifetime_s));
}

sdk::Result read_code(sdk::Exchange& exchange, const sdk::Reply& reply, std::int64_t sent_unix_ms) {
  const std::optional<sdk::Json> json = sdk::Json::parse(reply.body());
  const std::optional<Envelope> envelope = read_envelope(json);
  if (!envelope) {
    exchange.charge(IDSW_CHARGE_UNKNOWN, IDSW_SOURCE_INFERRED, k_sessioncode, k_sessioncode);
    return without_envelope(reply);
  }
  const idsw_code* row = sdk::find_code(voice_code, IDSW_OP_START, envelope->code);
  charge(exchange, k_sessioncode, *envelope, row);
  if (row == nullptr || (row->flags & IDSW_CODE_OK) == 0) return refused(reply, *envelope, row);
  Session session;
  session.id = envelope->result["session_id"].text();
  session.is_action = is_action(exchange.operation());
  const std::string_view digits = envelope->result["code"].text();
  if (session.id.empty() || !is_digits(digits)) {
    return sdk::Result::protocol().code(envelope->code).reference(envelope->log_id);
  }
  return sdk::Result::opened(
             sdk::Action::speak_code(digits, sent_unix_ms + k_session_lifetime_s * 1000))
      .code(envelope->code, message_of(*envelope, session.id))
      .reference(envelope->log_id)
      .state(session.to_state());
}

sdk::Result read_verdict(sdk::Exchange& exchange, const sdk::Reply& reply, const Session& session) {
  const std::optional<sdk::Json> json = sdk::Json::parse(reply.body());
  std::optional<Envelope> envelope = read_envelope(json);
  if (!envelope) {
    exchange.charge(IDSW_CHARGE_UNKNOWN, IDSW_SOURCE_INFERRED, k_verify, k_verify);
    if (reply.status() == 413) return sdk::Result::invalid("/video", "is too large for the vendor");
    return without_envelope(reply);
  }
  envelope->message = message_of(*envelope, session.id);
  const idsw_code* row = sdk::find_code(voice_code, IDSW_OP_SUBMIT, envelope->code);
  charge(exchange, k_verify, *envelope, row);
  const bool is_unknown_finding = row == nullptr && looks_like_finding(envelope->code);
  if (!is_unknown_finding && (row == nullptr || row->error_class != IDSW_ERROR_NONE)) {
    return refused(reply, *envelope, row);
  }
  sdk::Result result =
      is_unknown_finding
          ? sdk::Result::completed(IDSW_VERDICT_INCONCLUSIVE, IDSW_REASON_VENDOR_UNKNOWN_CODE)
      : (row->flags & IDSW_CODE_OK) != 0      ? judged(*envelope, exchange.operation(), session)
      : (row->flags & IDSW_CODE_EXPIRED) != 0 ? sdk::Result::expired()
                                              : sdk::Result::completed(row->verdict, row->reason);
  return std::move(result).code(envelope->code, envelope->message).reference(envelope->log_id);
}

}  // namespace idswitch::baidu

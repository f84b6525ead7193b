#pragma once

// What an operation returns: exactly one of opened, pending, completed, expired, failed, hint, granted,
// with what belongs to it. Plain value; the exchange hands it to the host.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "idswitch/sdk/text.hpp"

namespace idswitch::sdk {

// What the platform must do with the person (idsw_action).
struct Action {
  std::uint32_t kind = IDSW_ACTION_NONE;
  std::int64_t expires_unix_ms = 0;
  std::string url;
  std::string token;
  std::string component;
  std::string code;

  static Action redirect(std::string_view url, std::int64_t expires_unix_ms) {
    Action action{IDSW_ACTION_REDIRECT, expires_unix_ms, {}, {}, {}, {}};
    action.url = url;
    return action;
  }

  static Action sdk(std::string_view kind, std::string_view token, std::int64_t expires_unix_ms) {
    Action action{IDSW_ACTION_SDK, expires_unix_ms, {}, {}, {}, {}};
    action.component = kind;
    action.token = token;
    return action;
  }

  static Action mini_program(std::string_view component, std::string_view token,
                             std::int64_t expires_unix_ms) {
    Action action{IDSW_ACTION_MINI_PROGRAM, expires_unix_ms, {}, {}, {}, {}};
    action.component = component;
    action.token = token;
    return action;
  }

  static Action speak_code(std::string_view code, std::int64_t expires_unix_ms) {
    Action action{IDSW_ACTION_SPEAK_CODE, expires_unix_ms, {}, {}, {}, {}};
    action.code = code;
    return action;
  }
};

class Result {
 public:
  // START: the vendor session is open.
  static Result opened(Action action) {
    Result result(Kind::finish, IDSW_OUTCOME_OPENED);
    result.action_ = std::move(action);
    return result;
  }

  // RESULT: not ended. processing: the person is done, the vendor is not.
  static Result pending(bool processing = false) {
    Result result(Kind::finish, IDSW_OUTCOME_PENDING);
    result.processing_ = processing;
    return result;
  }

  // RESULT, SUBMIT: IDSW_VERDICT_* and IDSW_REASON_* (NONE for a pass).
  static Result completed(std::uint32_t verdict, std::uint32_t reason = IDSW_REASON_NONE) {
    Result result(Kind::finish, IDSW_OUTCOME_COMPLETED);
    result.verdict_ = verdict;
    result.reason_ = reason;
    return result;
  }

  static Result expired() { return Result(Kind::finish, IDSW_OUTCOME_EXPIRED); }

  // CALLBACK: something happened; the host asks RESULT.
  static Result hint() { return Result(Kind::finish, IDSW_OUTCOME_HINT); }

  // IDSW_ERROR_*.
  static Result failed(std::uint32_t error_class) {
    Result result(Kind::fail, 0);
    result.error_class_ = error_class;
    return result;
  }

  static Result protocol() { return failed(IDSW_ERROR_PROTOCOL); }

  // Names the member of our own request that is wrong, as a JSON pointer.
  static Result invalid(std::string_view field, std::string_view what) {
    return failed(IDSW_ERROR_INVALID_REQUEST).field(field).code({}, what);
  }

  // TOKEN: the slot's value and its lifetime in seconds.
  static Result granted(std::string_view value, std::uint64_t lifetime_s) {
    Result result(Kind::grant, 0);
    result.state_ = value;
    result.lifetime_s_ = lifetime_s;
    return result;
  }

  // As the vendor spells them. No personal data, no secret.
  Result&& code(std::string_view code, std::string_view message = {}) && {
    vendor_code_ = code;
    vendor_message_ = message;
    return std::move(*this);
  }

  // The vendor's own number for this request.
  Result&& reference(std::string_view reference) && {
    vendor_reference_ = reference;
    return std::move(*this);
  }

  // OPENED: what later operations will need; at most 4096 bytes, no secret, no personal data.
  Result&& state(std::string_view state) && {
    state_ = state;
    return std::move(*this);
  }

  Result&& field(std::string_view pointer) && {
    field_ = pointer;
    return std::move(*this);
  }

  Result&& retry_after_ms(std::uint32_t ms) && {
    retry_after_ms_ = ms;
    return std::move(*this);
  }

  // The code also says that our account is in trouble (IDSW_ERROR_*).
  Result&& account_error(std::uint32_t error_class) && {
    account_error_ = error_class;
    return std::move(*this);
  }

  // A number worth keeping, as the vendor wrote it. Empty values are left out.
  Result& score(std::string_view name, std::string_view value) {
    if (!value.empty()) scores_.emplace_back(name, value);
    return *this;
  }

  // A field read from an ID card: personal data, handed on only when it was asked for.
  Result& document(std::string_view name, std::string_view value) {
    if (!value.empty()) document_.emplace_back(name, value);
    return *this;
  }

  // A picture; form is IDSW_IMAGE_*. Empty ones are left out.
  Result& image(std::string_view name, std::uint32_t form, std::string_view data) {
    if (!data.empty()) images_.push_back({std::string(name), form, std::string(data)});
    return *this;
  }

  bool is_failure() const { return kind_ == Kind::fail; }

  // Hands the result to the host. Called by the exchange, once.
  idsw_status give_to(const idsw_sink& sink) const;

 private:
  enum class Kind : std::uint8_t { finish, fail, grant };

  struct Picture {
    std::string name;
    std::uint32_t form;
    std::string data;
  };

  Result(Kind kind, std::uint32_t outcome) : kind_(kind), outcome_(outcome) {}

  idsw_status finish(const idsw_sink& sink) const;
  idsw_status fail(const idsw_sink& sink) const;

  Kind kind_;
  std::uint32_t outcome_;
  bool processing_ = false;
  std::uint32_t verdict_ = 0;
  std::uint32_t reason_ = 0;
  std::uint32_t error_class_ = 0;
  std::uint32_t account_error_ = 0;
  std::uint32_t retry_after_ms_ = 0;
  std::uint64_t lifetime_s_ = 0;
  Action action_;
  std::string vendor_code_, vendor_message_, vendor_reference_, field_, state_;
  std::vector<std::pair<std::string, std::string>> scores_, document_;
  std::vector<Picture> images_;
};

inline idsw_status Result::give_to(const idsw_sink& sink) const {
  switch (kind_) {
    case Kind::finish: return finish(sink);
    case Kind::fail: return fail(sink);
    case Kind::grant: {
      const idsw_bytes value = to_abi_bytes(state_);
      return sink.grant(sink.ctx, &value, lifetime_s_);
    }
  }
  return IDSW_E_INTERNAL;
}

inline idsw_status Result::finish(const idsw_sink& sink) const {
  const auto pairs = [](const auto& from) {
    std::vector<idsw_pair> to;
    for (const auto& [name, value] : from) to.push_back({to_abi(name), to_abi(value)});
    return to;
  };
  const std::vector<idsw_pair> scores = pairs(scores_);
  const std::vector<idsw_pair> document = pairs(document_);
  std::vector<idsw_image> images;
  for (const Picture& picture : images_) {
    images.push_back({to_abi(picture.name), picture.form, 0, to_abi_bytes(picture.data)});
  }
  idsw_outcome outcome{};
  outcome.struct_size = sizeof outcome;
  outcome.kind = outcome_;
  outcome.verdict = verdict_;
  outcome.reason = reason_;
  outcome.processing = processing_ ? 1 : 0;
  outcome.account_error = account_error_;
  outcome.vendor_code = to_abi(vendor_code_);
  outcome.vendor_message = to_abi(vendor_message_);
  outcome.vendor_reference = to_abi(vendor_reference_);
  outcome.state = to_abi_bytes(state_);
  outcome.action = {action_.kind,           0,
                    action_.expires_unix_ms, to_abi(action_.url),
                    to_abi(action_.token),   to_abi(action_.component),
                    to_abi(action_.code)};
  outcome.scores = scores.data();
  outcome.score_count = scores.size();
  outcome.images = images.data();
  outcome.image_count = images.size();
  outcome.document = document.data();
  outcome.document_count = document.size();
  return sink.finish(sink.ctx, &outcome);
}

inline idsw_status Result::fail(const idsw_sink& sink) const {
  idsw_failure failure{};
  failure.struct_size = sizeof failure;
  failure.error_class = error_class_;
  failure.retry_after_ms = retry_after_ms_;
  failure.field = to_abi(field_);
  failure.vendor_code = to_abi(vendor_code_);
  failure.vendor_message = to_abi(vendor_message_);
  failure.vendor_reference = to_abi(vendor_reference_);
  return sink.fail(sink.ctx, &failure);
}

}  // namespace idswitch::sdk

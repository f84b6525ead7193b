#include "present/verification_json.hpp"

#include <chrono>

#include "base/text/base64.hpp"
#include "base/text/json_text.hpp"
#include "base/values/money.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::api {
namespace {

using json_text::Object;

void append_action(std::string& out, const Action& action) {
  Object object(out);
  object.text("type", action_word(action.kind));
  switch (action.kind) {
    case IDSW_ACTION_REDIRECT: object.text("url", action.url); break;
    case IDSW_ACTION_SDK: object.text("kind", action.component).text("token", action.token); break;
    case IDSW_ACTION_MINI_PROGRAM:
      object.text("component", action.component)
          .text("token", action.token)
          .text_if("url", action.url);
      break;
    case IDSW_ACTION_SPEAK_CODE: object.text("code", action.code); break;
    default: break;
  }
  if (action.expires_unix_ms > 0) object.text("expires_at", timestamp(action.expires_unix_ms));
}

std::string_view transport_word(std::uint32_t transport) {
  switch (transport) {
    case 0: return "replied";
    case IDSW_TRANSPORT_NOT_SENT: return "not_sent";
    case IDSW_TRANSPORT_REPLY_TOO_BIG: return "reply_too_big";
    case IDSW_TRANSPORT_REPLY_BROKEN: return "reply_broken";
    default: return "sent_no_reply";
  }
}

void append_attempt(std::string& out, const Attempt& attempt) {
  Object object(out);
  object.text("account", attempt.account).text("operation", operation_word(attempt.operation));
  if (attempt.error_class == 0) {
    object.null("error_class");
  } else {
    object.text("error_class", error_class_word(attempt.error_class));
  }
  object.text_if("step", attempt.step).text("transport", transport_word(attempt.transport));
  if (attempt.http_status != 0) object.number("http_status", attempt.http_status);
  object.text_if("vendor_code", attempt.vendor_code)
      .text_if("vendor_message", attempt.vendor_message)
      .text_if("detail", attempt.detail)
      .text("started_at", timestamp(attempt.started_unix_ms))
      .number("latency_us", attempt.latency_us);
}

void add_charge(Object& object, const Charge& charge) {
  object.text("account", charge.account)
      .text("sku", charge.sku)
      .text("key", charge.event)
      .number("call", charge.call)
      .text("state", word(charge.state))
      .text("amount", Money{charge.amount_micros}.text())
      .text("currency", charge.currency)
      .text_if("vendor_reference", charge.vendor_reference);
  if (charge.disputed) object.boolean("disputed", true);
}

void append_charge(std::string& out, const Charge& charge) {
  Object object(out);
  add_charge(object, charge);
}

void append_image(std::string& out, const Image& image) {
  Object object(out);
  object.text("name", image.name).text_if("media_type", image.media_type).text_if("url", image.url);
  if (!image.bytes.empty()) object.text("base64", base64_encode(image.bytes));
}

void append_vendor(std::string& out, const Verification& verification) {
  Object object(out);
  object.text_if("code", verification.vendor_code)
      .text_if("message", verification.vendor_message)
      .text_if("reference", verification.vendor_reference);
}

void append_pairs(std::string& out, const std::vector<Pair>& pairs) {
  Object object(out);
  for (const Pair& pair : pairs) object.text(pair.name, pair.value);
}

void append_optional(Object& object, std::string_view name, std::uint32_t number,
                     std::string_view (*word_of)(std::uint32_t)) {
  if (number == 0) {
    object.null(name);
  } else {
    object.text(name, word_of(number));
  }
}

void append_what_was_done(Object& object, const Verification& verification) {
  object.list("attempts", verification.attempts, append_attempt)
      .list("charges", verification.charges, append_charge);
}

}  // namespace

std::string timestamp(std::int64_t unix_ms) {
  using std::chrono::floor;
  const std::chrono::sys_time<std::chrono::milliseconds> at{std::chrono::milliseconds(unix_ms)};
  const auto day = floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const auto ms_of_day = static_cast<unsigned>((at - day).count());
  char text[] = "0000-00-00T00:00:00.000Z";
  // From the last digit on; years of four digits, as RFC 3339 has them.
  const auto write = [&text](std::size_t end, std::size_t digits, unsigned number) {
    for (; digits > 0; --digits, number /= 10) text[--end] = static_cast<char>('0' + number % 10);
  };
  write(4, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  write(7, 2, static_cast<unsigned>(date.month()));
  write(10, 2, static_cast<unsigned>(date.day()));
  write(13, 2, ms_of_day / 3'600'000);
  write(16, 2, ms_of_day / 60'000 % 60);
  write(19, 2, ms_of_day / 1'000 % 60);
  write(23, 3, ms_of_day % 1'000);
  return {text, sizeof text - 1};
}

void append_verification(std::string& out, const Verification& verification) {
  Object object(out);
  object.text("id", verification.id)
      .text("status", word(verification.status))
      .text("method", method_word(verification.method));
  object.texts("checks", check_words(verification.checks))
      .text_if("person_id", verification.person_id)
      .text_if("reference", verification.reference)
      .text_if("account", verification.account)
      .text_if("product", verification.product);
  if (verification.action.kind != 0) {
    append_action(object.member("action"), verification.action);
  } else {
    object.null("action");
  }
  append_optional(object, "verdict", verification.verdict, verdict_word);
  append_optional(object, "reason", verification.reason, reason_word);
  append_vendor(object.member("vendor"), verification);
  if (!verification.scores.empty()) append_pairs(object.member("scores"), verification.scores);
  append_what_was_done(object, verification);
  if (!verification.images.empty()) object.list("images", verification.images, append_image);
  if (!verification.document.empty())
    append_pairs(object.member("document"), verification.document);
  if (!verification.failure.code.empty()) {
    append_problem(object.member("failure"), verification.failure, nullptr);
  }
  object.text("created_at", timestamp(verification.created_unix_ms))
      .text("updated_at", timestamp(verification.updated_unix_ms));
  if (verification.expires_unix_ms > 0) {
    object.text("expires_at", timestamp(verification.expires_unix_ms));
  }
}

void append_problem(std::string& out, const Problem& problem, const Verification* verification) {
  Object object(out);
  object.text("type", "urn:idswitch:problem:" + problem.code)
      .text("title", problem.title)
      .number("status", problem.http_status)
      .text_if("detail", problem.detail)
      .text("code", problem.code)
      .text_if("field", problem.field)
      .boolean("retryable", problem.retryable);
  if (verification == nullptr) return;
  object.text_if("verification", verification->id);
  append_what_was_done(object, *verification);
}

std::string settled_json(VerificationId id, const engine::Settled& settled) {
  std::string charge;
  append_charge(charge, settled.charge);
  std::string out;
  json_text::Object(out)
      .text("verification", id.text())
      .boolean("changed", settled.is_changed)
      .raw("charge", charge);
  return out;
}

std::string charges_json(const std::vector<Verification>& verifications) {
  struct Listed {
    const Verification* verification;
    const Charge* charge;
  };

  std::vector<Listed> all;
  for (const Verification& verification : verifications) {
    for (const Charge& charge : verification.charges) all.push_back({&verification, &charge});
  }
  std::string out;
  json_text::append_list(out, all, [](std::string& list, const Listed& one) {
    Object object(list);
    object.text("verification", one.verification->id);
    add_charge(object, *one.charge);
    object.text("opened_at", timestamp(one.verification->created_unix_ms));
  });
  return out;
}

engine::RenderedAnswer render_started(const Verification& verification) {
  engine::RenderedAnswer answer{201, {}, {}};
  answer.body.reserve(1024);
  if (verification.status == Status::failed) {
    answer.http_status = verification.failure.http_status;
    append_problem(answer.body, verification.failure, &verification);
  } else {
    append_verification(answer.body, verification);
  }
  return answer;
}

engine::RenderedAnswer render_found(const Verification& verification) {
  engine::RenderedAnswer answer{200, {}, {}};
  answer.body.reserve(1024);
  append_verification(answer.body, verification);
  return answer;
}

}  // namespace idswitch::api

#include "engine/traffic/problems.hpp"

#include <algorithm>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {
namespace {

std::string checks_text(std::uint32_t checks) {
  std::string text;
  for (const std::string_view word : check_words(checks)) {
    text += (text.empty() ? "" : "+") + std::string(word);
  }
  return text;
}

std::string said_by_vendor(const Attempt& attempt) {
  std::string text = attempt.account;
  if (!attempt.vendor_code.empty()) text += " answered " + attempt.vendor_code;
  if (!attempt.vendor_message.empty()) text += " (" + attempt.vendor_message + ")";
  return text;
}

}  // namespace

Problem to_problem(const Error& error) {
  const ErrcInfo& info = describe(error.code());
  return {std::string(info.name), info.http_status, std::string(info.title),
          error.detail(),         error.field(),    info.retryable};
}

bool leaves_doubt(const OperationReport& report) {
  return std::any_of(report.charges.begin(), report.charges.end(),
                     [](const Evidence& one) { return one.state == IDSW_CHARGE_UNKNOWN; });
}

Error no_route(const config::Tenant& tenant, std::uint32_t method, std::uint32_t checks) {
  std::string known;
  for (const config::Route& route : tenant.routes) {
    known += (known.empty() ? "" : ", ") + std::string(method_word(route.method)) + " with " +
             checks_text(route.checks);
  }
  return Error(Errc::unsupported_combination,
               "tenant " + tenant.name + " has no route for " + std::string(method_word(method)) +
                   " with " + checks_text(checks) + "; it has: " + (known.empty() ? "none" : known),
               "/checks");
}

Problem problem_of_start(const OperationReport& last, bool deadline_passed, bool in_doubt) {
  const std::uint32_t error_class = last.attempt.error_class;
  if (error_class == IDSW_ERROR_INVALID_REQUEST) {
    const plugin::FailStep* fail = last.fail();
    return to_problem(Error(Errc::vendor_rejected,
                            said_by_vendor(last.attempt) + ": correct the data and start again",
                            fail == nullptr ? "" : fail->field));
  }
  if (in_doubt) {
    return to_problem(
        Error(Errc::vendor_outcome_unknown,
              "a vendor got the request and gave no readable answer; it may charge for "
              "it, so its hold stands. "
              "Start a new verification, with a new Idempotency-Key, when a "
              "second charge is acceptable"));
  }
  if (deadline_passed) {
    return to_problem(
        Error(Errc::deadline_exceeded,
              "no vendor answered within the route's deadline; see attempts, try again"));
  }
  return to_problem(Error(Errc::no_vendor_available,
                          "every account of the route failed; see attempts for each cause, and try "
                          "again later with a new Idempotency-Key"));
}

void end_without_answer(Verification& verification) {
  verification.status = Status::completed;
  verification.verdict = IDSW_VERDICT_INCONCLUSIVE;
  verification.reason = IDSW_REASON_VENDOR_INTERNAL;
  verification.action = {};
}

Error error_of(const OperationReport& report) {
  if (report.refused) return *report.refused;
  const plugin::FailStep* fail = report.fail();
  // A result can be asked for again; a video is handed over once.
  if (report.attempt.operation == IDSW_OP_SUBMIT && leaves_doubt(report)) {
    return Error(
        Errc::vendor_outcome_unknown,
        report.attempt.account +
            " got the video and gave no readable answer; it may charge for it, so the hold "
            "stands. Start a new verification");
  }
  switch (report.attempt.error_class) {
    case IDSW_ERROR_INVALID_REQUEST:
      return Error(Errc::vendor_rejected, said_by_vendor(report.attempt),
                   fail == nullptr ? "" : fail->field);
    case IDSW_ERROR_UNKNOWN_OUTCOME:
      return Error(
          Errc::vendor_outcome_unknown,
          report.attempt.account +
              " got the request and gave no answer; it may charge for it, the hold stands");
    default:
      return Error(Errc::no_vendor_available,
                   said_by_vendor(report.attempt) + " [" +
                       std::string(error_class_word(report.attempt.error_class)) +
                       "]; try again later");
  }
}

}  // namespace idswitch::engine

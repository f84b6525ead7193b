#pragma once

// The one closed list of expected failures, and the one table that says what each means to a
// caller. Not for broken invariants (those abort) and not for vendor failures of an attempt (see
// model/attempt.hpp). Plain values; any thread.

#include <cstdint>
#include <string>
#include <string_view>

namespace idswitch {

enum class Errc : std::uint8_t {
  internal,                 // a bug: the answer that should never be seen
  bad_request,              // not readable as the HTTP we speak
  malformed_json,           // the body is not one JSON object
  missing_field,            // a required member is absent
  invalid_field,            // a member has the wrong type or an impossible value
  unknown_field,            // a member we do not know; probably misspelt
  unsupported_combination,  // no account of this tenant offers this method with these checks
  return_url_not_allowed,   // not on the tenant's list
  unauthorized,             // no API key, or not one of ours
  not_found,
  method_not_allowed,
  conflict,              // the verification is not in a state that allows this
  idempotency_mismatch,  // this Idempotency-Key was used with another body
  idempotency_running,   // the first request with this Idempotency-Key is still running
  payload_too_large,
  unsupported_media_type,
  vendor_rejected,         // the vendor says that the data given is wrong
  no_vendor_available,     // every account was tried or filtered; see attempts
  vendor_outcome_unknown,  // sent, and nobody knows whether it happened; see attempts
  deadline_exceeded,       // the request's deadline passed
  overloaded,
  budget_exhausted,  // a budget of the configuration has no room for it
  shutting_down,
  storage_failed,     // nothing durable could be written, so nothing was claimed
  config_invalid,     // start-up: the configuration
  plugin_refused,     // start-up: a plugin file
  too_many_requests,  // this caller has as many of these under way as it may
};

struct ErrcInfo {
  std::string_view name;   // the `code` member of problem+json
  std::string_view title;  // one line for people, the same for every occurrence
  int http_status;
  bool retryable;  // may the same request succeed later, unchanged?
};

// Never fails; every Errc has a row.
const ErrcInfo& describe(Errc code);

// An expected failure: what, said in one sentence that tells what to do, and where. Never holds
// personal data, secrets or a vendor's raw body. Not an aggregate, and default-constructible, as
// boost::system::result needs.
class Error {
 public:
  Error() = default;

  explicit Error(Errc code, std::string detail = {}, std::string field = {})
      : code_(code), detail_(std::move(detail)), field_(std::move(field)) {}

  Errc code() const { return code_; }

  const std::string& detail() const { return detail_; }

  // JSON pointer into the request ("/person/name"), or file:line:column of a config; may be empty.
  const std::string& field() const { return field_; }

 private:
  Errc code_ = Errc::internal;
  std::string detail_;
  std::string field_;
};

[[noreturn]] void throw_exception_from_error(const Error& error, const void* location);

}  // namespace idswitch

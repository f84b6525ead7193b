#include "base/error.hpp"

#include <array>
#include <cstdlib>
#include <iterator>

namespace idswitch {
namespace {

constexpr ErrcInfo k_table[] = {
    {"internal", "Internal error", 500, true},
    {"bad_request", "The request is not readable", 400, false},
    {"malformed_json", "The body is not valid JSON", 400, false},
    {"missing_field", "A required field is missing", 422, false},
    {"invalid_field", "A field has an invalid value", 422, false},
    {"unknown_field", "A field is not known", 422, false},
    {"unsupported_combination", "No account offers this method with these checks", 422, false},
    {"return_url_not_allowed", "The return_url is not on the tenant's list", 422, false},
    {"unauthorized", "The API key is missing or wrong", 401, false},
    {"not_found", "Not found", 404, false},
    {"method_not_allowed", "The HTTP method is not allowed here", 405, false},
    {"conflict", "The verification's status does not allow this", 409, false},
    {"idempotency_mismatch", "The Idempotency-Key was used with another body", 422, false},
    {"idempotency_running", "The first request with this Idempotency-Key is still running", 409,
     true},
    {"payload_too_large", "The body is too large", 413, false},
    {"unsupported_media_type", "The Content-Type is not supported", 415, false},
    {"vendor_rejected", "The vendor rejected the data", 422, false},
    {"no_vendor_available", "No vendor could do it", 503, true},
    {"vendor_outcome_unknown", "The vendor did not answer and may have acted", 502, false},
    {"deadline_exceeded", "The deadline passed", 504, true},
    {"overloaded", "Too many requests at once", 503, true},
    {"budget_exhausted", "A budget is used up", 402, false},
    {"shutting_down", "The switch is stopping", 503, true},
    {"storage_failed", "The result could not be made durable", 503, true},
    {"config_invalid", "The configuration is invalid", 500, false},
    {"plugin_refused", "A plugin was refused", 500, false},
    {"too_many_requests", "Too many requests of yours at once", 429, true},
};
static_assert(std::size(k_table) == static_cast<std::size_t>(Errc::too_many_requests) + 1);

}  // namespace

const ErrcInfo& describe(Errc code) {
  const auto index = static_cast<std::size_t>(code);
  return index < std::size(k_table) ? k_table[index] : k_table[0];
}

void throw_exception_from_error(const Error&, const void*) {
  // value() on an error is a broken invariant, not a failure to handle.
  std::abort();
}

}  // namespace idswitch

#include "refusal.hpp"

#include <algorithm>

#include "product.hpp"

namespace idswitch::megvii {
namespace {

using sdk::Json;
using sdk::Result;
using sdk::view;

// "AUTHORIZATION_ERROR: INVALID_SIGN" in two; the second part may be empty.
struct ErrorText {
  std::string_view word, detail;
};

ErrorText split(std::string_view error) {
  const auto colon = error.find(':');
  if (colon == std::string_view::npos) return {sdk::trim(error), {}};
  return {sdk::trim(error.substr(0, colon)), sdk::trim(error.substr(colon + 1))};
}

// The row of this error word, whatever HTTP status it came with: the documents disagree about
// those.
const idsw_code* find_error(std::string_view word) {
  const idsw_code* const end = k_faceid_v5.codes + k_faceid_v5.code_count;
  const idsw_code* const row = std::find_if(k_faceid_v5.codes, end, [&](const idsw_code& code) {
    return code.error_class != IDSW_ERROR_NONE && view(code.word) == word;
  });
  return row == end ? nullptr : row;
}

// The member of our own request that a parameter of theirs comes from.
struct Parameter {
  std::string_view name, pointer;
};

constexpr Parameter k_parameters[] = {
    {"uuid", "/person/id"},
    {"idcard_name", "/person/name"},
    {"idcard_number", "/person/id_number"},
    {"image_ref", "/images/ref1"},
    {"liveness_id", "/vendor_options/megvii~1faceid_v5/liveness_id"},
    {"verify_id", "/vendor_options/megvii~1faceid_v5/verify_id"},
    {"biz_token", ""},
    {"sign", ""},
    {"sign_version", ""},
    {"data_type", ""},
    {"comparison_type", ""},
    {"encryption_type", ""},
};

const Parameter* find_parameter(std::string_view name) {
  const auto found =
      std::find_if(std::begin(k_parameters), std::end(k_parameters),
                   [&](const Parameter& parameter) { return parameter.name == name; });
  return found == std::end(k_parameters) ? nullptr : found;
}

}  // namespace

std::string_view showable(std::string_view word) {
  const bool plain = word.size() <= 48 && std::all_of(word.begin(), word.end(), [](char c) {
                       return (c >= 'A' && c <= 'Z') || c == '_';
                     });
  return plain ? word : std::string_view();
}

std::string_view reference_of(const std::optional<Json>& json) {
  const std::string_view id = json ? (*json)["request_id"].text() : std::string_view();
  return sdk::is_plain_token(id) ? id : std::string_view();
}

Result refusal(const sdk::Reply& reply, const std::optional<Json>& json) {
  const auto [word, detail] = split(json ? (*json)["error"].text() : std::string_view());
  const idsw_code* row = find_error(std::string(word) + ":" + std::string(detail));
  if (row == nullptr) row = find_error(word);
  // Plain text, not JSON, and perhaps from a proxy on the way: the status tells.
  if (row == nullptr && reply.status() == 413) row = find_error("Request Entity Too Large");
  const Parameter* parameter = row == nullptr ? nullptr : find_parameter(detail);
  std::string message(row == nullptr ? showable(word) : view(row->word));
  if (parameter != nullptr) message += ": " + std::string(parameter->name);
  return Result::failed(row == nullptr ? sdk::class_of_status(reply.status()) : row->error_class)
      .code(std::to_string(reply.status()), message)
      .field(parameter == nullptr ? std::string_view() : parameter->pointer)
      .retry_after_ms(reply.retry_after_ms())
      .reference(reference_of(json));
}

bool is_answer(const sdk::Reply& reply, const std::optional<Json>& json) {
  return reply.status() == 200 && json && json->root().is(Json::Kind::object) && !(*json)["error"];
}

bool refuses_token(const std::optional<Json>& json) {
  const auto [word, detail] = split(json ? (*json)["error"].text() : std::string_view());
  return word == "BAD_ARGUMENTS" && detail == "biz_token";
}

}  // namespace idswitch::megvii

#include "refusal.hpp"

#include <algorithm>

#include "product.hpp"

namespace idswitch::aliyun_faceid {
namespace {

using sdk::Json;
using sdk::Result;
using sdk::view;

// The first row that fits and says what a refused request means. The device's rows speak of the
// app, not of a request.
template <class Fits>
const idsw_code* find_row(const idsw_product& product, Fits fits) {
  const idsw_code* const end = product.codes + product.code_count;
  const idsw_code* const row = std::find_if(product.codes, end, [&](const idsw_code& code) {
    return code.operations != 0 && code.verdict == IDSW_VERDICT_NONE &&
           code.error_class != IDSW_ERROR_NONE && fits(code);
  });
  return row == end ? nullptr : row;
}

// ---- the service's own words -----------------------------------------------------------------

// "AUTHORIZATION_ERROR: INVALID_SIGN" in two; the second part may be empty.
struct ErrorText {
  std::string_view word, detail;
};

ErrorText split(std::string_view error) {
  const auto colon = error.find(':');
  if (colon != std::string_view::npos)
    return {sdk::trim(error.substr(0, colon)), sdk::trim(error.substr(colon + 1))};
  // The document prints this one without a colon: INVALID_IMAGE_SIZE<param>.
  static constexpr std::string_view k_size = "INVALID_IMAGE_SIZE";
  if (error.starts_with(k_size)) return {k_size, sdk::trim(error.substr(k_size.size()))};
  return {sdk::trim(error), {}};
}

// The row of this word, whatever HTTP status it came with: the documents disagree about those.
const idsw_code* find_error(const idsw_product& product, std::string_view word) {
  return find_row(product,
                  [&](const idsw_code& code) { return !word.empty() && view(code.word) == word; });
}

// The member of our own request that a parameter of theirs comes from. "*" stands for the product's
// options.
struct Parameter {
  std::string_view name, pointer;
};

constexpr Parameter k_parameters[] = {
    {"idcard_name", "/person/name"},
    {"idcard_number", "/person/id_number"},
    {"uuid", "/person/id"},
    {"image_ref1", "/images/ref1"},
    {"image_ref2", "/images/ref2"},
    {"return_url", "/return_url"},
    {"liveness_timeout", "*"},
    {"liveness_action_count", "*"},
    {"security_level", "*"},
    {"force_compare", "*"},
    {"multi_oriented_detection", "*"},
    {"idcard_threshold", "*"},
    {"idcard_retry_time", "*"},
    {"idcard_side", "*"},
    {"liveness_preferences", "*"},
    {"liveness_retry_count", "*"},
    // Ours to get right.
    {"liveness_type", ""},
    {"biz_no", ""},
    {"biz_token", ""},
    {"verbose", ""},
    {"notify_url", ""},
    {"group", ""},
    {"comparison_type", ""},
};

const Parameter* find_parameter(std::string_view name) {
  if (name.size() > 2 && name.front() == '<' && name.back() == '>')
    name = name.substr(1, name.size() - 2);
  const auto found =
      std::find_if(std::begin(k_parameters), std::end(k_parameters),
                   [&](const Parameter& parameter) { return parameter.name == name; });
  return found == std::end(k_parameters) ? nullptr : found;
}

std::string pointer_of(const idsw_product& product, const Parameter& parameter) {
  if (parameter.pointer != "*") return std::string(parameter.pointer);
  std::string id(view(product.id));
  id.replace(id.find('/'), 1, "~1");
  return "/vendor_options/" + id + "/" + std::string(parameter.name);
}

// ---- the gateway -----------------------------------------------------------------------------

bool starts_with_words(std::string_view text, std::string_view words) {
  if (text.size() < words.size() || !sdk::same_name(text.substr(0, words.size()), words))
    return false;
  if (text.size() == words.size()) return true;
  const char next = text[words.size()];
  return !((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') ||
           (next >= '0' && next <= '9'));
}

// "B403MQ": a letter, three digits, two letters or digits.
bool is_gateway_code(std::string_view code) {
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  return code.size() == 6 && letter(code[0]) && digit(code[1]) && digit(code[2]) &&
         digit(code[3]) && (letter(code[4]) || digit(code[4])) &&
         (letter(code[5]) || digit(code[5]));
}

const idsw_code* find_gateway_row(const idsw_product& product, const sdk::Reply& reply) {
  const std::string_view code = reply.header("X-Ca-Error-Code");
  if (is_gateway_code(code)) {
    return find_row(
        product, [&](const idsw_code& row) { return row.word.len == 0 && view(row.code) == code; });
  }
  const std::string_view message = reply.header("X-Ca-Error-Message");
  if (message.empty()) return nullptr;
  // The words of the service have underscores, so no row of theirs can be met here.
  return find_row(product, [&](const idsw_code& row) {
    return row.word.len != 0 && starts_with_words(message, view(row.word));
  });
}

}  // namespace

bool is_answer(const sdk::Reply& reply, const std::optional<Json>& json) {
  return reply.status() == 200 && json && json->root().is(Json::Kind::object) && !(*json)["error"];
}

std::string_view showable(std::string_view word) {
  const bool plain = word.size() <= 48 && std::all_of(word.begin(), word.end(), [](char c) {
                       return (c >= 'A' && c <= 'Z') || c == '_';
                     });
  return plain ? word : std::string_view();
}

std::string_view reference_of(const sdk::Reply& reply, const std::optional<Json>& json) {
  const std::string_view id = json ? (*json)["request_id"].text() : std::string_view();
  if (sdk::is_plain_token(id)) return id;
  const std::string_view gateway_id = reply.header("X-Ca-Request-Id");
  return sdk::is_plain_token(gateway_id) ? gateway_id : std::string_view();
}

Result refusal(const idsw_product& product, const sdk::Reply& reply,
               const std::optional<Json>& json) {
  const auto [word, detail] = split(json ? (*json)["error"].text() : std::string_view());
  const idsw_code* row = find_error(product, std::string(word) + ":" + std::string(detail));
  if (row == nullptr) row = find_error(product, word);
  const bool from_gateway = row == nullptr && reply.status() != 200;
  if (from_gateway) row = find_gateway_row(product, reply);
  // Plain text, not JSON: the status tells.
  if (row == nullptr && reply.status() == 413)
    row = find_error(product, "Request Entity Too Large");
  const Parameter* parameter = row == nullptr || from_gateway ? nullptr : find_parameter(detail);
  const std::string_view gateway_code = reply.header("X-Ca-Error-Code");
  const bool has_code = from_gateway && is_gateway_code(gateway_code);
  std::string message(row == nullptr ? showable(word) : view(row->word));
  if (parameter != nullptr) message += ": " + std::string(parameter->name);
  return Result::failed(row == nullptr ? sdk::class_of_status(reply.status()) : row->error_class)
      .code(has_code ? std::string(gateway_code) : std::to_string(reply.status()), message)
      .field(parameter == nullptr ? std::string() : pointer_of(product, *parameter))
      .retry_after_ms(reply.retry_after_ms())
      .reference(reference_of(reply, json));
}

}  // namespace idswitch::aliyun_faceid

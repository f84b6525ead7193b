#include "api/json_body.hpp"

#include <algorithm>

namespace idswitch::api {

namespace json = boost::json;

namespace {

std::string join(std::span<const std::string_view> names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "" : ", ") + std::string(name);
  return text;
}

}  // namespace

std::string_view kind_word(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null: return "null";
    case json::kind::bool_: return "a boolean";
    case json::kind::string: return "a string";
    case json::kind::array: return "an array";
    case json::kind::object: return "an object";
    default: return "a number";
  }
}

Result<const json::object*> object_of(const json::value& value, const std::string& field) {
  if (value.is_object()) return &value.get_object();
  return Error(Errc::invalid_field, "must be an object, found " + std::string(kind_word(value)),
               field);
}

Result<void> only(const json::object& object, const std::string& field,
                  std::span<const std::string_view> known) {
  for (const auto& member : object) {
    if (std::find(known.begin(), known.end(), std::string_view(member.key())) == known.end()) {
      return Error(Errc::unknown_field, "known members here are: " + join(known),
                   field + "/" + std::string(member.key()).substr(0, 64));
    }
  }
  return {};
}

Result<std::string> text_of(const json::object& object, std::string_view name,
                            const std::string& field) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return std::string();
  if (!value->is_string()) {
    return Error(Errc::invalid_field, "must be a string, found " + std::string(kind_word(*value)),
                 field + "/" + std::string(name));
  }
  return std::string(value->get_string());
}

Result<json::value> parse_body(std::string_view body) {
  boost::system::error_code failure;
  json::stream_parser parser;
  parser.write(body.data(), body.size(), failure);
  if (!failure) parser.finish(failure);
  if (failure) {
    return Error(Errc::malformed_json, "the body is not valid JSON (" + failure.message() +
                                           "); send one object in UTF-8");
  }
  json::value value = parser.release();
  if (!value.is_object()) {
    return Error(Errc::malformed_json,
                 "the body must be a JSON object, found " + std::string(kind_word(value)));
  }
  return value;
}

}  // namespace idswitch::api

#include "wire/json_text.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>

namespace idswitch::sandbox {
namespace {

namespace json = boost::json;

void append(std::string& text, const json::value& value) {
  if (value.is_double()) {
    std::array<char, 400> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value.get_double(),
                                   std::chars_format::fixed)
                         .ptr;
    text.append(digits.data(), end);
  } else if (value.is_array()) {
    char joint = '[';
    if (value.get_array().empty()) text += '[';
    for (const json::value& element : value.get_array()) {
      text += joint;
      append(text, element);
      joint = ',';
    }
    text += ']';
  } else if (value.is_object()) {
    char joint = '{';
    if (value.get_object().empty()) text += '{';
    for (const auto& [key, member] : value.get_object()) {
      text += joint + json::serialize(json::value(key)) + ':';
      append(text, member);
      joint = ',';
    }
    text += '}';
  } else {
    text += json::serialize(value);
  }
}

}  // namespace

std::string json_text(const json::value& value) {
  std::string text;
  append(text, value);
  return text;
}

}  // namespace idswitch::sandbox

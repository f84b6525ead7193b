#include "config/yaml/core_schema.hpp"

namespace idswitch::config {
namespace {

bool is_plain(const YamlNode& node) {
  return node.kind == YamlNode::Kind::scalar && !node.quoted;
}

// Removes the digits at the front; false when there are none.
bool skip_digits(std::string_view& rest) {
  const auto end = rest.find_first_not_of("0123456789");
  if (end == 0 || rest.empty()) return false;
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end);
  return true;
}

// Removes the integer part of a JSON number at the front; false when there is none.
bool skip_integer(std::string_view& rest) {
  if (rest.starts_with('-')) rest.remove_prefix(1);
  if (rest.starts_with('0')) {
    rest.remove_prefix(1);
    return true;
  }
  return skip_digits(rest);
}

std::string shortened(std::string_view text) {
  constexpr std::size_t k_characters_max = 40;
  std::string out;
  std::size_t characters = 0;
  for (const char c : text) {
    const bool starts_character = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (starts_character && ++characters > k_characters_max) return out + "...";
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out;
}

}  // namespace

bool is_true(const YamlNode& node) {
  return is_plain(node) && (node.text == "true" || node.text == "True" || node.text == "TRUE");
}

bool is_false(const YamlNode& node) {
  return is_plain(node) && (node.text == "false" || node.text == "False" || node.text == "FALSE");
}

bool is_integer(const YamlNode& node) {
  std::string_view rest = node.text;
  return is_plain(node) && skip_integer(rest) && rest.empty();
}

bool is_number(const YamlNode& node) {
  std::string_view rest = node.text;
  if (!is_plain(node) || !skip_integer(rest)) return false;
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    if (!skip_digits(rest)) return false;
  }
  if (rest.starts_with('e') || rest.starts_with('E')) {
    rest.remove_prefix(1);
    if (rest.starts_with('-') || rest.starts_with('+')) rest.remove_prefix(1);
    if (!skip_digits(rest)) return false;
  }
  return rest.empty();
}

bool is_text(const YamlNode& node) {
  return node.kind == YamlNode::Kind::scalar && !is_true(node) && !is_false(node) &&
         !is_number(node);
}

std::string quoted(std::string_view text) {
  return "\"" + shortened(text) + "\"";
}

std::string in_words(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::nothing: return "nothing";
    case YamlNode::Kind::list: return "a list";
    case YamlNode::Kind::mapping: return "a mapping";
    case YamlNode::Kind::scalar: break;
  }
  if (is_text(node)) return "the text " + quoted(node.text);
  return (is_number(node) ? "the number " : "the truth value ") + shortened(node.text);
}

}  // namespace idswitch::config

#include "config/yaml/json_of_yaml.hpp"

#include <charconv>
#include <string_view>

#include "base/text/json_text.hpp"
#include "config/yaml/core_schema.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {
namespace {

std::string below(const std::string& path, std::string_view step) {
  std::string whole = path + "/";
  whole += step;
  return whole;
}

class Writer {
 public:
  explicit Writer(std::map<std::string, Position>& positions) : positions_(positions) {}

  void mapping(const Value& value, const std::string& path, std::string& out) {
    json_text::Object object(out);
    for (const auto& [key, member] : Section(value).members()) {
      const std::string member_path = below(path, key);
      positions_[member_path] = member.key_position();
      any(member, member_path, object.member(key));
    }
  }

 private:
  void any(const Value& value, const std::string& path, std::string& out) {
    switch (value.node().kind) {
      case YamlNode::Kind::nothing: out += "null"; break;
      case YamlNode::Kind::scalar: scalar(value, out); break;
      case YamlNode::Kind::list: list(value, path, out); break;
      case YamlNode::Kind::mapping: mapping(value, path, out); break;
    }
  }

  void list(const Value& value, const std::string& path, std::string& out) {
    out += '[';
    const auto items = value.list("a list");
    for (std::size_t i = 0; i < items.size(); ++i) {
      const std::string item_path = below(path, std::to_string(i));
      positions_[item_path] = items[i].key_position();
      if (i > 0) out += ',';
      any(items[i], item_path, out);
    }
    out += ']';
  }

  void scalar(const Value& value, std::string& out) {
    const YamlNode& node = value.node();
    if (is_true(node) || is_false(node)) {
      out += is_true(node) ? "true" : "false";
    } else if (is_number(node)) {
      number(value, out);
    } else {
      json_text::append_string(out, node.text);
    }
  }

  void number(const Value& value, std::string& out) {
    const std::string& text = value.node().text;
    std::int64_t whole = 0;
    if (is_integer(value.node()) &&
        std::from_chars(text.data(), text.data() + text.size(), whole).ec != std::errc()) {
      value.complain("a number too large to keep all its digits: put it in quotes");
    }
    out += text;
  }

  std::map<std::string, Position>& positions_;
};

}  // namespace

std::string json_of_yaml(const Value& value, const std::string& prefix,
                         std::map<std::string, Position>& positions) {
  std::string out;
  Writer(positions).mapping(value, prefix, out);
  return out;
}

}  // namespace idswitch::config

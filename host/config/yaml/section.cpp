#include "config/yaml/section.hpp"

#include <algorithm>

#include "base/text/nearest_word.hpp"

namespace idswitch::config {
namespace {

// The key as it may stand in a path: a quoted key can hold anything.
std::string printable(std::string_view key) {
  constexpr std::size_t k_bytes_max = 64;
  std::string out(key.substr(0, k_bytes_max));
  std::replace_if(
      out.begin(), out.end(), [](unsigned char c) { return c < 0x20; }, '?');
  return key.size() > k_bytes_max ? out + "..." : out;
}

}  // namespace

bool is_name(std::string_view text, bool dots_allowed) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           (dots_allowed && c == '.');
  });
}

Section::Section(Value value) : value_(std::move(value)) {
  if (is_mapping()) {
    index();
  } else {
    value_.complain_wanted("a mapping");
  }
}

void Section::index() {
  for (const YamlMember& member : value_.node().members) {
    const auto [first, is_new] = first_.emplace(member.key, &member);
    if (is_new) continue;
    value_.reading().complain(member.where, value_of(member).path(),
                              "repeated: it stands already in line " +
                                  std::to_string(first->second->where.line) + "; keep one");
  }
}

Value Section::value_of(const YamlMember& member) const {
  const std::string prefix = value_.path().empty() ? "" : value_.path() + ".";
  return Value(value_.reading(), prefix + printable(member.key), member.where, member.value);
}

bool Section::has_value(const Value& value) const {
  if (value.node().kind != YamlNode::Kind::nothing) return true;
  value.complain("has no value: give it one, or remove the key");
  return false;
}

std::optional<Value> Section::find(std::string_view key) {
  known_.emplace_back(key);
  const auto found = first_.find(key);
  if (found == first_.end()) return {};
  Value value = value_of(*found->second);
  if (!has_value(value)) return {};
  return value;
}

std::optional<Value> Section::require(std::string_view key, std::string_view wanted) {
  auto value = find(key);
  if (!value && is_mapping() && !first_.contains(key)) {
    const std::string prefix = value_.path().empty() ? "" : value_.path() + ".";
    value_.reading().complain(value_.key_mark(), prefix + std::string(key),
                              "missing: wanted " + std::string(wanted));
  }
  return value;
}

void Section::refuse(std::string_view key, std::string_view text) {
  refused_.emplace_back(key);
  const auto found = first_.find(key);
  if (found == first_.end()) return;
  const YamlMember& member = *found->second;
  value_.reading().complain(member.where, value_of(member).path(), std::string(text));
}

void Section::finish() {
  const auto holds = [](const std::vector<std::string>& keys, const std::string& key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  };
  for (const YamlMember& member : value_.node().members) {
    if (holds(known_, member.key) || holds(refused_, member.key)) continue;
    value_.reading().complain(member.where, value_of(member).path(),
                              "unknown key: " + suggestion(member.key, known_));
  }
}

std::vector<std::pair<std::string, Value>> Section::members() const {
  std::vector<std::pair<std::string, Value>> members;
  for (const YamlMember& member : value_.node().members) {
    const Value value = value_of(member);
    // A repeated key was complained about already; once is enough for what follows.
    if (has_value(value) && first_.at(member.key) == &member) {
      members.emplace_back(member.key, value);
    }
  }
  return members;
}

std::vector<std::pair<std::string, Value>> Section::entries(bool dots_allowed) const {
  auto entries = members();
  std::erase_if(entries, [&](const auto& entry) {
    const auto& [name, value] = entry;
    if (is_name(name, dots_allowed)) return false;
    value.reading().complain(value.key_mark(), value.path(),
                             std::string("not a name: wanted 1 to 64 of a-z, 0-9, _ and -") +
                                 (dots_allowed ? " and ." : ""));
    return true;
  });
  return entries;
}

}  // namespace idswitch::config

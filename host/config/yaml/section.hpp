#pragma once

// Section: a mapping of the file, read key by key. Repeated keys are complained about when it
// opens; a key that was asked for becomes known, and finish() complains about every key nobody
// asked for. With entries() or members() instead: a mapping whose keys are the file's own. Refers
// to the tree and the Reading. [startup]

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/yaml/value.hpp"

namespace idswitch::config {

class Section {
 public:
  // Complains when the value is no mapping; then every key is absent, and none is missed.
  explicit Section(Value value);

  bool is_mapping() const { return value_.node().kind == YamlNode::Kind::mapping; }

  const Value& value() const { return value_; }

  Position key_position() const { return value_.key_position(); }

  // The key's value when it stands there; complains about a key without a value.
  std::optional<Value> find(std::string_view key);

  // As find; complains when the key is missing. wanted is a noun phrase, "the product's id".
  std::optional<Value> require(std::string_view key, std::string_view wanted);

  // find, and true when it gave a value that convert (a member of Value) accepted into out.
  template <class Out, class Convert>
  bool read(std::string_view key, Out& out, Convert convert);

  // Complains with text when the key stands there; the key is never suggested for another.
  void refuse(std::string_view key, std::string_view text);

  // Complains about the keys that were neither asked for nor refused.
  void finish();

  // Every member that has a value, under any key; complains about the others.
  std::vector<std::pair<std::string, Value>> members() const;

  // Every member whose key is a name of at most 64 letters a-z, digits, '_' and '-' (or, when dots
  // are allowed, '.'); complains about the others and about names without a value.
  std::vector<std::pair<std::string, Value>> entries(bool dots_allowed = false) const;

 private:
  Value value_of(const YamlMember& member) const;
  bool has_value(const Value& value) const;
  void index();

  Value value_;
  std::map<std::string_view, const YamlMember*> first_;  // by key; of a repeated one the first
  std::vector<std::string> known_;
  std::vector<std::string> refused_;
};

// True for 1-64 letters a-z, digits, '_' and '-' (and '.', when allowed).
bool is_name(std::string_view text, bool dots_allowed = false);

template <class Out, class Convert>
bool Section::read(std::string_view key, Out& out, Convert convert) {
  const auto value = find(key);
  if (!value) return false;
  const auto converted = convert(*value);
  if (converted) out = static_cast<Out>(*converted);
  return converted.has_value();
}

}  // namespace idswitch::config

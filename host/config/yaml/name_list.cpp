#include "config/yaml/name_list.hpp"

#include <algorithm>

#include "base/text/nearest_word.hpp"
#include "config/yaml/core_schema.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {
namespace {

bool holds(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<Value> items_of(const Value& value, std::string_view wanted) {
  auto items = value.list(wanted);
  if (value.node().kind == YamlNode::Kind::list && value.node().items.empty()) {
    value.complain("an empty list: wanted " + std::string(wanted));
  }
  return items;
}

bool is_first(const Value& value, const std::vector<std::string>& names, std::string_view name) {
  if (!holds(names, name)) return true;
  value.complain(quoted(name) + " stands in the list already");
  return false;
}

std::vector<std::string> read_names(const Value& value, std::string_view wanted) {
  std::vector<std::string> names;
  for (const Value& item : items_of(value, wanted)) {
    const auto name = item.name();
    if (name && is_first(item, names, *name)) names.push_back(*name);
  }
  return names;
}

bool is_known(const Value& value, std::string_view name, std::string_view what,
              const std::vector<std::string>& known) {
  if (holds(known, name)) return true;
  value.complain(quoted(name) + " is no " + std::string(what) + ": " + suggestion(name, known));
  return false;
}

std::vector<std::string> read_known_names(const Value& value, std::string_view wanted,
                                          std::string_view what,
                                          const std::vector<std::string>& known) {
  std::vector<std::string> names;
  for (const Value& item : items_of(value, wanted)) {
    const auto name = item.word("a name");
    if (name && is_known(item, *name, what, known) && is_first(item, names, *name)) {
      names.push_back(*name);
    }
  }
  return names;
}

}  // namespace idswitch::config

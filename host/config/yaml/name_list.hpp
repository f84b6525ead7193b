#pragma once

// Lists of names, each once. [startup]

#include <string>
#include <string_view>
#include <vector>

#include "config/yaml/value.hpp"

namespace idswitch::config {

// The list's items; complains also about an empty list. wanted is a noun phrase, "a list of
// checks".
std::vector<Value> items_of(const Value& value, std::string_view wanted);

// True when name is not yet in names; else complains about value, where it stands again.
bool is_first(const Value& value, const std::vector<std::string>& names, std::string_view name);

// Names of at most 64 letters a-z, digits, '_' and '-'.
std::vector<std::string> read_names(const Value& value, std::string_view wanted);

// True when name is one of known; else complains: "x" is no `what`, and the nearest one.
bool is_known(const Value& value, std::string_view name, std::string_view what,
              const std::vector<std::string>& known);

// Names that are all among known.
std::vector<std::string> read_known_names(const Value& value, std::string_view wanted,
                                          std::string_view what,
                                          const std::vector<std::string>& known);

}  // namespace idswitch::config

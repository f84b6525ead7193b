#pragma once

// JsonOfYaml: a mapping of the file as the text of a JSON object. Quoted scalars stay texts; plain
// ones become numbers and truth values as core_schema.hpp reads them. [startup]

#include <map>
#include <string>

#include "config/yaml/value.hpp"

namespace idswitch::config {

// "{}" when value is no mapping, with a complaint. Complains about repeated keys, keys without a
// value and whole numbers beyond 64 bits. Adds the position of every key and list item below it to
// positions, by its path ("settings/auth", "settings/limits/0"), where prefix ("settings") stands
// for value itself.
std::string json_of_yaml(const Value& value, const std::string& prefix,
                         std::map<std::string, Position>& positions);

}  // namespace idswitch::config

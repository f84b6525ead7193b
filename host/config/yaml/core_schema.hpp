#pragma once

// What a plain scalar means: YAML 1.2's core schema, narrowed to what JSON can write. So yes, no,
// on and off are texts, and so are 0777, 0x1f, 1_000, +1, .5 and 12:30, which other readers turn
// into something else. Pure.

#include <string>
#include <string_view>

#include "config/yaml/yaml_tree.hpp"

namespace idswitch::config {

bool is_true(const YamlNode& node);
bool is_false(const YamlNode& node);

// A plain scalar that is a JSON number without fraction or exponent: "0", "-12".
bool is_integer(const YamlNode& node);

// A plain scalar that is a JSON number: "-12", "0.8", "1e3".
bool is_number(const YamlNode& node);

// A scalar that is none of the above.
bool is_text(const YamlNode& node);

// The text in quotes for a message: on one line, and not longer than anybody reads.
std::string quoted(std::string_view text);

// The node in words for a message: "the number 5", "the text \"yes\"", "a list".
std::string in_words(const YamlNode& node);

}  // namespace idswitch::config

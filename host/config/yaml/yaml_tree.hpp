#pragma once

// YamlTree: a YAML file as a tree with a position on every key and value, in the file's order,
// repeated keys included. Of YAML it takes mappings, lists and scalars; anchors, aliases, tags and
// further documents are refused, because each lets a file say something other than what it shows.
// The only file that knows yaml-cpp is yaml_tree.cpp. Plain values.

#include <cstdint>
#include <string>
#include <vector>

namespace idswitch::config {

// Where something stands; both from 1, columns in characters.
struct Mark {
  int line = 1;
  int column = 1;
};

struct YamlMember;

struct YamlNode {
  enum class Kind : std::uint8_t { nothing, scalar, list, mapping };

  Kind kind = Kind::nothing;  // nothing: left out, "~" or "null"
  bool quoted = false;        // scalar: in quotes or a block, so certainly a text
  std::string text;           // scalar
  Mark where;
  std::vector<YamlNode> items;      // list
  std::vector<YamlMember> members;  // mapping
};

struct YamlMember {
  std::string key;
  Mark where;
  YamlNode value;
};

struct YamlFault {
  Mark where;
  std::string text;
};

struct YamlTree {
  YamlNode root;                  // meaningful only without faults
  std::vector<YamlFault> faults;  // what makes the text no YAML, or YAML that is not taken
};

YamlTree read_yaml(const std::string& text);

}  // namespace idswitch::config

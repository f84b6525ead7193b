#pragma once

// Choice: one of a few words, each standing for a value of the program. [startup]

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "config/yaml/value.hpp"

namespace idswitch::config {

template <class T>
struct Choice {
  std::string_view word;
  T meaning;
};

// What the word that stands there means; complains with all choices about any other.
template <class T>
std::optional<T> choice(const Value& value, std::initializer_list<Choice<T>> choices) {
  std::string wanted;
  for (const Choice<T>& one : choices) {
    if (value.node().kind == YamlNode::Kind::scalar && value.node().text == one.word) {
      return one.meaning;
    }
    if (!wanted.empty()) wanted += &one == choices.end() - 1 ? " or " : ", ";
    wanted += one.word;
  }
  value.complain_wanted(wanted);
  return {};
}

}  // namespace idswitch::config

#pragma once

// What a vendor, a proxy or an attacker may send instead of a reply. Made from a good reply's JSON
// object. Deterministic.

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/plugin_driver.hpp"

namespace idswitch::test {

// Bodies that are not one acceptable JSON object: HTML, nothing, a wrong top level, bytes that are
// not UTF-8, each top-level member twice, deep nesting, text after the end, and the good body cut
// at every byte.
std::vector<Answer> unreadable_replies(const std::string& good_body);

// The good body with each of its members, at any depth, replaced by a value of another type.
std::vector<std::string> wrong_types(const std::string& good_body);

// One to four random edits: a flipped bit, a changed digit, bytes taken out, doubled or put in.
std::string mutated(std::string body, std::mt19937& random);

}  // namespace idswitch::test

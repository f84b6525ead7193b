#pragma once

// What the plugins of the FaceID service must make of its replies, whoever sells it: told from the
// documents alone. Pure.

#include <string>

#include "support/plugin_driver.hpp"

namespace idswitch::test {

// The outcome of an answer that is no acceptable JSON object.
std::string class_of(const Answer& answer);

// A pass in the vendor's own words, read by another parser.
bool says_passed(const std::string& body);

}  // namespace idswitch::test

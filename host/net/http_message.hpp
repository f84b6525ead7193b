#pragma once

// HTTP messages as plain values, the same for client and server. No I/O.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace idswitch::net {

struct Header {
  std::string name;
  std::string value;
};

// ASCII letters compare without case.
bool equal_ignoring_case(std::string_view a, std::string_view b);

// The first header with this name, without case; empty when there is none.
std::string_view find_header(const std::vector<Header>& headers, std::string_view name);

// True for a name that is a token and a value without CR, LF, NUL or other controls.
bool is_valid_header(std::string_view name, std::string_view value);

// The reason phrase of a status ("Not Found"); "Unknown" for others.
std::string_view reason_phrase(int status);

}  // namespace idswitch::net

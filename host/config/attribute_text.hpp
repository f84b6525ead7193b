#pragma once

// What a text may be that stands for an attribute, in the file and in a request. Pure.

#include <string>
#include <string_view>

namespace idswitch::config {

inline constexpr std::size_t k_attribute_text_bytes_max = 64;

// Empty when text can be an attribute's value; else what is wrong with it, "longer than 64 bytes".
std::string attribute_text_fault(std::string_view text);

}  // namespace idswitch::config

#pragma once

// UTF-8 by RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. Pure; any thread.

#include <cstddef>
#include <string_view>

namespace idswitch::utf8 {

// Bytes of the valid sequence that text begins with (1-4), or 0 when it begins with none.
std::size_t sequence_length(std::string_view text);

bool is_valid(std::string_view text);

// Code points in valid text.
std::size_t length(std::string_view text);

}  // namespace idswitch::utf8

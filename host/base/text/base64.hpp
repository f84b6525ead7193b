#pragma once

// Base64 (RFC 4648 section 4). Pure; any thread.

#include <optional>
#include <string>
#include <string_view>

namespace idswitch {

std::string base64_encode(std::string_view bytes);

// Nothing for text that is not base64; line breaks and missing padding are accepted.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace idswitch

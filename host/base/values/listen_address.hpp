#pragma once

// ListenAddress: "address:port" with an IP address, "127.0.0.1:8080", "[::1]:8080", "0.0.0.0:0".
// Pure.

#include <string_view>

namespace idswitch {

bool is_listen_address(std::string_view text);

}  // namespace idswitch

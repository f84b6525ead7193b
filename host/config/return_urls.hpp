#pragma once

// ReturnUrls: which pages people may be sent back to. A tenant's list holds three kinds of entries:
//   "https://shop.example"        an origin: every page there
//   "https://shop.example/kyc/"   a prefix, ending in '/': every page below it
//   anything else                 one page, its query included
// https only; http for localhost, 127.0.0.1 and [::1]. No wildcards. Both sides are compared in
// normal form: case of scheme and host, default ports, dot segments, percent-encoding. Pure; any
// thread.

#include <string>
#include <string_view>

#include "config/config.hpp"

namespace idswitch::config {

// Empty when entry can stand on a list; else one sentence with what is wrong. It does not repeat
// entry.
std::string return_url_entry_fault(std::string_view entry);

// False for whatever is not certainly on the list, also for what is no URL at all.
bool return_url_allowed(const Tenant& tenant, std::string_view url);

}  // namespace idswitch::config

#pragma once

// UrlNormalForm: the syntax-based normalisation of RFC 3986, section 6.2.2, for parts of a URL that
// are already known to be well formed. Boost.URL 1.81 has one too, but it decodes reserved
// characters: it makes "/a%2Fb" into "/a/b" and "?x=a%26b" into "?x=a&b", which are other pages.
// Pure.

#include <string>
#include <string_view>

namespace idswitch {

// Percent-encoded letters, digits, '-', '.', '_' and '~' decoded; what stays encoded in upper case.
std::string normal_octets(std::string_view text);

// The path with "." and ".." segments applied (RFC 3986, section 5.2.4). path begins with '/'.
std::string without_dot_segments(std::string_view path);

}  // namespace idswitch

#include "base/values/web_url.hpp"

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/values/url_normal_form.hpp"

namespace idswitch {
namespace {

constexpr std::size_t k_bytes_max = 2048;

Error refused(std::string why) {
  return Error(Errc::invalid_field, std::move(why));
}

// Browsers drop tabs and line ends inside a URL, read '\' as '/', and translate other alphabets:
// what they would then see is not what a parser by the RFC sees.
std::string character_fault(std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte == ' ') return "a URL holds no blanks";
    if (byte < 0x20 || byte == 0x7F) return "a URL holds no control characters";
    if (byte >= 0x80) {
      return "a URL is plain ASCII: write the host in punycode, percent-encode the rest";
    }
    if (byte == '\\') return "a URL holds no backslashes";
  }
  return {};
}

bool is_host_name(std::string_view host) {
  return !host.empty() && host.front() != '.' && host.find("..") == std::string_view::npos &&
         std::all_of(host.begin(), host.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
                  c == '_';
         });
}

// What a server may decode once more after everyone who checked it.
bool has_hidden_segments(std::string_view path) {
  for (const std::string_view hidden : {"%2F", "%5C", "%00", "%25"}) {
    if (path.find(hidden) != std::string_view::npos) return true;
  }
  for (std::size_t start = 0; start < path.size();) {
    const std::size_t end = std::min(path.find('/', start + 1), path.size());
    // "..;x" is "..", with a parameter, to some servers.
    const std::string_view segment = path.substr(start + 1, end - start - 1);
    const std::string_view name = segment.substr(0, segment.find(';'));
    if (name == "." || name == "..") return true;
    start = end;
  }
  return false;
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
  return out;
}

std::string authority_fault(const boost::urls::url_view& url) {
  if (!url.has_authority()) return "a URL begins with \"https://\" and a host";
  if (url.has_userinfo()) return "a URL here has no user name or password";
  if (url.host_type() == boost::urls::host_type::none || url.encoded_host().empty()) {
    return "a URL needs a host";
  }
  if (url.host_type() == boost::urls::host_type::name && !is_host_name(lower(url.encoded_host()))) {
    return "a host is a name of letters, digits, '-' and '.', or an IP address";
  }
  if (url.host_type() == boost::urls::host_type::ipvfuture) {
    return "this kind of address is unknown";
  }
  if (!url.port().empty() && url.port_number() == 0) return "a port is 1 to 65535";
  return {};
}

}  // namespace

bool WebUrl::is_loopback() const {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

bool WebUrl::same_origin(const WebUrl& other) const {
  return scheme == other.scheme && host == other.host && port == other.port;
}

Result<WebUrl> parse_web_url(std::string_view text) {
  if (text.empty()) return refused("a URL is missing");
  if (text.size() > k_bytes_max) return refused("a URL has at most 2048 bytes");
  if (std::string fault = character_fault(text); !fault.empty()) return refused(std::move(fault));
  const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (!parsed) return refused("not a URL: wanted \"https://host/path\"");
  const boost::urls::url_view& url = *parsed;
  WebUrl out;
  out.scheme = lower(url.scheme());
  if (out.scheme != "https" && out.scheme != "http") {
    return refused("a URL begins with \"https://\"");
  }
  if (std::string fault = authority_fault(url); !fault.empty()) return refused(std::move(fault));
  if (url.has_fragment()) return refused("a URL here has no fragment (\"#...\")");
  out.host = lower(url.encoded_host());
  const std::uint16_t default_port = out.scheme == "https" ? 443 : 80;
  out.port = url.port().empty() ? default_port : url.port_number();
  out.path = without_dot_segments(normal_octets(url.encoded_path()));
  if (out.path.empty()) out.path = "/";
  out.has_query = url.has_query();
  out.query = normal_octets(url.encoded_query());
  if (has_hidden_segments(out.path)) {
    return refused("a path holds no \"..\" and no encoded '/', '\\' or '%'");
  }
  return out;
}

}  // namespace idswitch

#include "base/values/listen_address.hpp"

#include <algorithm>
#include <boost/url/authority_view.hpp>
#include <boost/url/parse.hpp>

namespace idswitch {

bool is_listen_address(std::string_view text) {
  const auto authority = boost::urls::parse_authority({text.data(), text.size()});
  if (!authority || authority->has_userinfo()) return false;
  if (authority->host_type() != boost::urls::host_type::ipv4 &&
      authority->host_type() != boost::urls::host_type::ipv6) {
    return false;
  }
  // port_number() is 0 for a port out of range; 0 itself asks the system to choose.
  return !authority->port().empty() && (authority->port_number() != 0 || authority->port() == "0");
}

}  // namespace idswitch

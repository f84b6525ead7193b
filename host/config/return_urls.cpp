#include "config/return_urls.hpp"

#include <algorithm>

#include "base/values/web_url.hpp"

namespace idswitch::config {
namespace {

bool is_safe_scheme(const WebUrl& url) {
  return url.scheme == "https" || url.is_loopback();
}

bool matches(const WebUrl& entry, const WebUrl& url) {
  if (!entry.same_origin(url)) return false;
  if (!entry.has_query && entry.path.ends_with('/')) return url.path.starts_with(entry.path);
  return url.path == entry.path && url.has_query == entry.has_query && url.query == entry.query;
}

}  // namespace

std::string return_url_entry_fault(std::string_view entry) {
  if (entry.find('*') != std::string_view::npos) {
    return "wildcards are not taken: whoever gets one matching host or page would be sent the "
           "people; list each origin, like \"https://shop.example\"";
  }
  const auto url = parse_web_url(entry);
  if (!url) return url.error().detail();
  if (!is_safe_scheme(*url)) {
    return "http is taken for localhost, 127.0.0.1 and [::1] only: use https";
  }
  return {};
}

bool return_url_allowed(const Tenant& tenant, std::string_view url) {
  const auto wanted = parse_web_url(url);
  if (!wanted || !is_safe_scheme(*wanted)) return false;
  return std::any_of(tenant.return_urls.begin(), tenant.return_urls.end(),
                     [&](const std::string& entry) {
                       const auto allowed = parse_web_url(entry);
                       return allowed && matches(*allowed, *wanted);
                     });
}

}  // namespace idswitch::config

#include "api/routes.hpp"

#include <algorithm>

namespace idswitch::api {

bool matches(std::string_view pattern, std::string_view path, PathParts& parts) {
  std::size_t part = 0;
  for (;;) {
    const std::size_t brace = pattern.find('{');
    const std::string_view plain = pattern.substr(0, brace);
    if (!path.starts_with(plain)) return false;
    path.remove_prefix(plain.size());
    if (brace == std::string_view::npos) return path.empty();
    pattern.remove_prefix(pattern.find('}') + 1);
    const std::string_view value = path.substr(0, path.find_first_of("/:"));
    if (value.empty()) return false;
    parts.at(part++) = value;
    path.remove_prefix(value.size());
  }
}

RouteMatch find_route(std::string_view method, std::string_view path) {
  RouteMatch match;
  for (const Route& route : k_routes) {
    if (route.method != method || !matches(route.path, path, match.parts)) continue;
    match.route = &route;
    break;
  }
  return match;
}

std::string allowed_methods(std::string_view path) {
  std::vector<std::string_view> methods;
  PathParts parts;
  for (const Route& route : k_routes) {
    if (matches(route.path, path, parts)) methods.push_back(route.method);
  }
  std::sort(methods.begin(), methods.end());
  std::string text;
  for (const std::string_view method : methods) {
    if (!text.empty()) text += ", ";
    text += method;
  }
  return text;
}

}  // namespace idswitch::api

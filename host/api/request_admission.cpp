#include "api/request_admission.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "api/answers.hpp"

namespace idswitch::api {
namespace {

constexpr std::string_view k_verifications = "/v1/verifications";

constexpr std::array<std::string_view, 6> k_platform_paths = {
    k_verifications,      "/v1/billing/charges", "/v1/billing/summary",
    "/v1/billing/events", "/v1/routes:explain",  "/v1/accounts"};

constexpr std::array<std::string_view, 3> k_open_paths = {"/healthz", "/readyz", "/openapi.yaml"};

// What is asked of one verification; empty when nothing is, or when it is another path.
std::string_view action_of(std::string_view path) {
  if (!path.starts_with(k_verifications)) return {};
  const std::size_t begin = k_verifications.size() + 1;
  const std::size_t end = path.find_first_of(":/", begin);
  return end == std::string_view::npos ? std::string_view() : path.substr(end);
}

bool is_platform_path(std::string_view path) {
  if (std::find(k_platform_paths.begin(), k_platform_paths.end(), path) != k_platform_paths.end())
    return true;
  if (path == "/v1/experiments" || path.starts_with("/v1/experiments/")) return true;
  if (!path.starts_with(k_verifications) || path[k_verifications.size()] != '/') return false;
  const std::string_view action = action_of(path);
  return action.empty() || action == ":refresh" || action == ":cancel" || action == "/video";
}

bool takes_pictures(std::string_view method, std::string_view path) {
  if (method != "POST") return false;
  const std::string_view action = action_of(path);
  return path == k_verifications || action == ":refresh" || action == "/video";
}

}  // namespace

Result<net::BodyLimit> admit(const engine::KeyRing& keys, std::string_view method,
                             std::string_view path, std::string_view authorization) {
  if (path.starts_with("/v1/")) {
    if (const auto tenant = keys.tenant_of(authorization); !tenant) return tenant.error();
    if (!is_platform_path(path)) return no_such_path();
    return net::BodyLimit{takes_pictures(method, path) ? std::numeric_limits<std::size_t>::max()
                                                       : k_plain_body_bytes_max,
                          false};
  }
  if (path.starts_with("/admin/")) {
    if (const auto admin = keys.admin_of(authorization); !admin) return admin.error();
    return net::BodyLimit{k_plain_body_bytes_max, false};
  }
  if (path.starts_with("/return/") || path.starts_with("/callbacks/")) {
    return net::BodyLimit{k_plain_body_bytes_max, true};
  }
  // They take no body; whoever sends one is told so by the answer.
  if (std::find(k_open_paths.begin(), k_open_paths.end(), path) != k_open_paths.end()) {
    return net::BodyLimit{k_plain_body_bytes_max, true};
  }
  return no_such_path();
}

}  // namespace idswitch::api

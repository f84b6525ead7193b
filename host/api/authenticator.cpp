#include "api/authenticator.hpp"

#include <cstring>

#include "base/digest.hpp"

namespace idswitch::api {

std::size_t Authenticator::FirstBytes::operator()(const Digest& digest) const {
  std::size_t value = 0;
  std::memcpy(&value, digest.data(), sizeof value);
  return value;
}

Authenticator::Authenticator(const config::Config& config) {
  for (const auto& [name, tenant] : config.tenants) {
    for (const config::ApiKey& key : tenant.api_keys) tenants_.emplace(key.sha256, name);
  }
}

Result<std::string_view> Authenticator::tenant_of(std::string_view authorization) const {
  constexpr std::string_view k_scheme = "Bearer ";
  if (authorization.size() > k_scheme.size() && authorization.starts_with(k_scheme)) {
    const auto found = tenants_.find(sha256(authorization.substr(k_scheme.size())));
    if (found != tenants_.end()) return std::string_view(found->second);
  }
  return Error(Errc::unauthorized,
               "send the header `Authorization: Bearer KEY` with a key whose SHA-256 stands under "
               "api_keys of a tenant");
}

}  // namespace idswitch::api

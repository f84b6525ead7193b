#include "engine/setup/key_ring.hpp"

#include <cstring>

#include "base/digest.hpp"

namespace idswitch::engine {

std::size_t KeyRing::FirstBytes::operator()(const Digest& digest) const {
  std::size_t value = 0;
  std::memcpy(&value, digest.data(), sizeof value);
  return value;
}

KeyRing::KeyRing(const config::Config& config) {
  for (const auto& [name, tenant] : config.tenants) {
    for (const config::ApiKey& key : tenant.api_keys) tenants_.emplace(key.sha256, name);
  }
  for (const config::ApiKey& key : config.admin_keys) admins_.emplace(key.sha256, key.id);
}

namespace {

// Nothing when the header holds no key of these.
template <class Names>
const std::string* find(const Names& names, std::string_view authorization) {
  constexpr std::string_view k_scheme = "Bearer ";
  if (authorization.size() <= k_scheme.size() || !authorization.starts_with(k_scheme)) {
    return nullptr;
  }
  const auto found = names.find(sha256(authorization.substr(k_scheme.size())));
  return found == names.end() ? nullptr : &found->second;
}

}  // namespace

Result<std::string_view> KeyRing::tenant_of(std::string_view authorization) const {
  if (const std::string* tenant = find(tenants_, authorization)) return std::string_view(*tenant);
  return Error(Errc::unauthorized,
               "send the header `Authorization: Bearer KEY` with a key whose SHA-256 stands under "
               "api_keys of a tenant");
}

Result<std::string_view> KeyRing::admin_of(std::string_view authorization) const {
  if (const std::string* id = find(admins_, authorization)) return std::string_view(*id);
  return Error(Errc::unauthorized,
               "send the header `Authorization: Bearer KEY` with a key whose SHA-256 stands under "
               "api_keys of the config's section admin");
}

}  // namespace idswitch::engine

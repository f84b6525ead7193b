#pragma once

// KeyRing: whose API key this is. The config holds only hashes, so the key itself is hashed and
// looked up; a wrong key and a missing one look the same to the caller. Immutable; any thread.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.hpp"
#include "config/config.hpp"

namespace idswitch::engine {

class KeyRing {
 public:
  KeyRing() = default;
  explicit KeyRing(const config::Config& config);

  // authorization: the header's value, "Bearer KEY". The tenant's name, valid as long as this
  // object.
  Result<std::string_view> tenant_of(std::string_view authorization) const;

  // For /admin/: keys of the section `admin`, which are no tenant's. The key's id.
  Result<std::string_view> admin_of(std::string_view authorization) const;

 private:
  using Digest = std::array<std::uint8_t, 32>;

  struct FirstBytes {
    std::size_t operator()(const Digest& digest) const;
  };

  using Names = std::unordered_map<Digest, std::string, FirstBytes>;

  Names tenants_;
  Names admins_;
};

}  // namespace idswitch::engine

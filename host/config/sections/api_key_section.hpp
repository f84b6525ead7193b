#pragma once

// ApiKeyReader: the lists `api_keys` of admin and of all tenants. A key is named by an id and known
// by its SHA-256; the key itself never stands in the file. Messages never repeat a value, since it
// may be a key. [startup]

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {

class ApiKeyReader {
 public:
  // Complains about ids and hashes that stood in an earlier list too.
  std::vector<ApiKey> read(const Value& value);

 private:
  using Sha256 = std::array<std::uint8_t, 32>;

  std::optional<std::string> read_id(const Value& value);
  std::optional<Sha256> read_hash(const Value& value);

  std::map<std::string, int> lines_by_id_;
  std::map<Sha256, int> lines_by_hash_;
};

}  // namespace idswitch::config

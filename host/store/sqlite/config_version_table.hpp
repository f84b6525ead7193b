#pragma once

// Versions of the configuration in the file. One thread at a time; the database must outlive both
// classes.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "store/config_version.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

class ConfigVersionWriter {
 public:
  explicit ConfigVersionWriter(Database& database);

  // See Store::adopt_config.
  Result<std::int64_t> adopt(std::string_view text, const std::array<std::uint8_t, 32>& sha256,
                             std::int64_t now_unix_ms);

 private:
  Database* database_;
  Statement newest_;
  Statement add_;
};

class ConfigVersionReader {
 public:
  explicit ConfigVersionReader(Database& database);

  Result<std::optional<ConfigVersion>> find(std::int64_t number);

  // Newest first, with empty texts.
  Result<std::vector<ConfigVersion>> list(std::size_t limit);

 private:
  Result<std::vector<ConfigVersion>> read_all(Statement& statement);

  Database* database_;
  Statement find_;
  Statement list_;
};

}  // namespace idswitch::store

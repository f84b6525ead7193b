#include "store/sqlite/config_version_table.hpp"

#include <algorithm>

namespace idswitch::store {

ConfigVersionWriter::ConfigVersionWriter(Database& database)
    : database_(&database),
      newest_(database, "SELECT number, sha256 FROM config_version ORDER BY number DESC LIMIT 1"),
      add_(database,
           "INSERT INTO config_version (number, sha256, text, since_unix_ms)"
           " VALUES (?1,?2,?3,?4)") {}

Result<std::int64_t> ConfigVersionWriter::adopt(std::string_view text,
                                                const std::array<std::uint8_t, 32>& sha256,
                                                std::int64_t now_unix_ms) {
  std::int64_t newest = 0;
  {
    Rows rows(newest_.bind());
    if (rows.next()) {
      newest = newest_.integer(0);
      if (newest_.bytes(1) == Blob(sha256).bytes) return newest;
    }
    if (rows.failed()) return database_->error();
  }
  if (!add_.bind(newest + 1, Blob(sha256), text, now_unix_ms).run()) return database_->error();
  return newest + 1;
}

ConfigVersionReader::ConfigVersionReader(Database& database)
    : database_(&database),
      find_(database,
            "SELECT number, sha256, since_unix_ms, text FROM config_version WHERE number = ?1"),
      list_(database,
            "SELECT number, sha256, since_unix_ms, '' FROM config_version"
            " ORDER BY number DESC LIMIT ?1") {}

Result<std::optional<ConfigVersion>> ConfigVersionReader::find(std::int64_t number) {
  auto found = read_all(find_.bind(number));
  if (!found) return found.error();
  if (found->empty()) return std::optional<ConfigVersion>();
  return std::optional<ConfigVersion>(std::move(found->front()));
}

Result<std::vector<ConfigVersion>> ConfigVersionReader::list(std::size_t limit) {
  return read_all(list_.bind(limit));
}

Result<std::vector<ConfigVersion>> ConfigVersionReader::read_all(Statement& row) {
  std::vector<ConfigVersion> versions;
  Rows rows(row);
  while (rows.next()) {
    ConfigVersion& version = versions.emplace_back();
    version.number = row.integer(0);
    const std::string_view digest = row.bytes(1);
    if (digest.size() == version.sha256.size())
      std::copy(digest.begin(), digest.end(), version.sha256.begin());
    version.since_unix_ms = row.integer(2);
    version.text = row.text(3);
  }
  if (rows.failed()) return database_->error();
  return versions;
}

}  // namespace idswitch::store

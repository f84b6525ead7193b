#include "store/sqlite/database_file.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "store/sqlite/schema.hpp"

namespace idswitch::store {
namespace {

Error refused(const std::string& why) {
  return Error(Errc::storage_failed, why);
}

std::string reason() {
  return std::generic_category().message(errno);
}

Result<void> create_if_absent(const std::string& path) {
  // SQLite would create it with the umask's mode; its -wal and -shm files copy the mode of this
  // one.
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0)
    return refused("it cannot be opened for writing (" + reason() +
                   "): check its owner and permissions");
  ::close(descriptor);
  return {};
}

}  // namespace

Result<std::string> resolve_database_path(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (path.empty()) return refused("no file is given");
  // weakly_canonical alone leaves a relative path relative, and then without a parent.
  const fs::path absolute = fs::absolute(path, error);
  const fs::path resolved = error ? absolute : fs::weakly_canonical(absolute, error);
  if (error) return refused("the path cannot be resolved: " + error.message());
  const fs::path folder = resolved.parent_path();
  if (!fs::is_directory(folder, error)) {
    return refused("the folder " + folder.string() +
                   " does not exist: create it, or give another path");
  }
  if (fs::is_directory(resolved, error))
    return refused("it is a folder: give the path of a file in it");
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return refused("the folder " + folder.string() + " is not writable (" + reason() +
                   "): change its owner or permissions, or give another path");
  }
  return resolved.string();
}

Result<Database> open_for_writing(const std::string& path, const MigrationContext& context) {
  if (const auto created = create_if_absent(path); !created) return created.error();
  auto database = Database::open(path, Access::read_write);
  if (!database) return database;
  // Before anything is changed in a file that may be somebody else's.
  if (const auto ours = check_schema(*database); !ours) return ours.error();
  // page_size counts only before the first table; the rest is for this connection.
  const auto set = database->execute(
      "PRAGMA page_size = 4096;"
      "PRAGMA synchronous = FULL;"
      "PRAGMA cache_size = -32768;"
      "PRAGMA temp_store = MEMORY;"
      "PRAGMA secure_delete = ON;"
      "PRAGMA foreign_keys = OFF;"
      "PRAGMA recursive_triggers = ON;"
      "PRAGMA trusted_schema = OFF;"
      "PRAGMA wal_autocheckpoint = 0;"
      "PRAGMA journal_size_limit = 67108864;");
  if (!set) return set.error();
  const auto mode = database->text("PRAGMA journal_mode = WAL");
  if (!mode) return mode.error();
  if (*mode != "wal") {
    return refused(
        "its file system does not allow SQLite's WAL (shared memory is missing): give a path on a "
        "local disk");
  }
  if (const auto migrated = migrate_schema(*database, context); !migrated) return migrated.error();
  return database;
}

Result<StoreKey> read_store_key(Database& database) {
  Statement row(database, "SELECT bytes FROM store_key");
  Rows rows(row);
  if (!rows.next()) return database.error();
  StoreKey key{};
  const std::string_view bytes = row.bytes(0);
  if (bytes.size() != key.size()) {
    return Error(Errc::storage_failed,
                 "the key that was made with it is damaged: restore the file from a backup");
  }
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

Result<Database> open_for_reading(const std::string& path) {
  auto database = Database::open(path, Access::read_only);
  if (!database) return database;
  const auto set = database->execute(
      "PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;");
  if (!set) return set.error();
  return database;
}

}  // namespace idswitch::store

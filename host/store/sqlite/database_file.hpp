#pragma once

// Opening the one file: creates it, refuses what is not ours, brings it up to date, sets how it is
// written and read. Not the process lock: see FileLock.

#include <string>

#include "base/result.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

// The path with its links resolved, so that two names of one file are one.
// Error: storage_failed when the folder is missing or cannot be written to.
Result<std::string> resolve_database_path(const std::string& path);

// A connection for writing to a current schema; creates the file (mode 0600) when it is absent.
// Error: storage_failed.
Result<Database> open_for_writing(const std::string& path, const MigrationContext& context = {});

// What the file has been given when it was made.
Result<StoreKey> read_store_key(Database& database);

// A further connection to a file that is open for writing.
Result<Database> open_for_reading(const std::string& path);

}  // namespace idswitch::store

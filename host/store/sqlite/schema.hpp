#pragma once

// The tables of the file, and how an older file becomes a current one: numbered steps, each applied
// once, all in one transaction. Steps are never edited after a release; a change is a new step.

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.hpp"
#include "store/sqlite/sqlite.hpp"
#include "store/store_key.hpp"

namespace idswitch::store {

// "idsw": tells our files from other people's databases.
inline constexpr std::int64_t k_application_id = 0x69647377;

// The schema this program writes. A file with a higher one is refused.
std::int64_t schema_version();

// Refuses a database that is not ours or newer than this program; changes nothing.
Result<void> check_schema(Database& database);

// What an older file does not say by itself.
struct MigrationContext {
  std::function<int(std::string_view account)> utc_offset_min = {};  // of its contract; null: 0
};

// Brings a file that check_schema accepted, or an empty one, to schema_version().
Result<void> migrate_schema(Database& database, const MigrationContext& context = {});

}  // namespace idswitch::store

#pragma once

// The fourth step of the schema: work apart from progress, claims by name, counts, the writer's
// lane. See schema.hpp.

#include "store/sqlite/schema.hpp"

namespace idswitch::store {

extern const char* const k_schema_4;

// What SQL cannot say of it.
Result<void> fill_schema_4(Database& database, const MigrationContext& context);

}  // namespace idswitch::store

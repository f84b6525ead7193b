#pragma once

// The sections `server`, `store`, `log`, `statistics` and `plugins`. Each reads what it finds and
// complains about the rest to the value's Reading. [startup]

#include "config/config.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {

Server read_server(const Value& value);
StoreFile read_store(const Value& value);
log::Level read_log_level(const Value& value);
Statistics read_statistics(const Value& value);
Plugins read_plugins(const Value& value);

}  // namespace idswitch::config

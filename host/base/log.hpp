#pragma once

// The log: one JSON object a line on standard error. Fields are named and typed; there is no way to
// log a Secret, and callers pass ids, codes and numbers, never names, ID numbers, URLs with tokens
// or bodies. Any thread; a line is written whole.

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace idswitch::log {

enum class Level : std::uint8_t { debug, info, warn, error, off };

struct Field {
  std::string_view name;
  std::variant<std::string_view, std::int64_t, bool> value;

  Field(std::string_view n, std::string_view v) : name(n), value(v) {}

  Field(std::string_view n, const char* v) : name(n), value(std::string_view(v)) {}

  Field(std::string_view n, std::int64_t v) : name(n), value(v) {}

  Field(std::string_view n, int v) : name(n), value(std::int64_t{v}) {}

  Field(std::string_view n, bool v) : name(n), value(v) {}
};

// Lines below the level cost one comparison. Set once at start-up; info until then.
void set_level(Level level);
bool enabled(Level level);

// event: a short stable name in snake_case, "attempt_failed".
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});

}  // namespace idswitch::log

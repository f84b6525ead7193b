#pragma once

// Conditions over a request's attributes, and the attributes themselves as a request writes them.
// Pure; nothing is allocated to match.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.hpp"
#include "config/config.hpp"
#include "routing/situation.hpp"

namespace idswitch::routing {

// attributes: by index of Tenant::attributes; shorter means absent.
bool matches(const config::Condition& condition, std::span<const AttributeValue> attributes);

// The same for one that is no all, any or none, and its attribute's value.
bool is_satisfied(const config::Condition& test, const AttributeValue& value);

// An attribute's value as JSON has it.
struct AttributeInput {
  enum class Kind : std::uint8_t { text, number, truth };
  Kind kind = Kind::text;
  std::string_view text;  // number: the decimal as it was written, "0.9"; truth: "true" or "false"
};

// Error: invalid_field with what the attribute may be; it never repeats the value, which came from
// outside.
Result<AttributeValue> attribute_value(const config::Attribute& attribute,
                                       const AttributeInput& input);

// The attribute's index in the tenant. Error: unknown_field with the nearest known name.
Result<std::uint32_t> attribute_index(const config::Tenant& tenant, std::string_view name);

}  // namespace idswitch::routing

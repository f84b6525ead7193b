#pragma once

// The mapping `attributes` of a tenant: what its requests may say about themselves. [startup]

#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {

// Those that every tenant has: channel, region, risk, amount, account_age_days.
const std::vector<Attribute>& built_in_attributes();

// Adds the declared ones to attributes, which hold the built-in ones, or narrows those.
void read_attributes(const Value& value, std::vector<Attribute>& attributes);

// The indices of the text attributes that split a tenant's statistics.
std::vector<std::uint32_t> read_segment_by(const Value& value,
                                           const std::vector<Attribute>& attributes);

// The attribute's index; complains about an unknown name at where it stands. also: words that could
// have been meant besides.
std::optional<std::uint32_t> attribute_index(const Value& value, std::string_view name,
                                             const std::vector<Attribute>& attributes,
                                             std::vector<std::string> also = {});

// "a text", "a number", "a truth value".
std::string_view in_words(AttributeType type);

}  // namespace idswitch::config

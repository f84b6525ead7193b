#pragma once

// The text in which routing's counts are stored: nested JSON arrays without the zeros at their
// ends. Pure; any thread.

#include <boost/json/fwd.hpp>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "routing/situation.hpp"

namespace idswitch::engine {

void append_counts(std::string& out, const routing::Counts& counts);

// Prices by SKU and end, in the same form.
void append_prices(std::string& out, const decltype(routing::AccountNow::price_micros)& prices);

// Throws (std::exception) when the value has another form.
routing::Counts counts_of(const boost::json::value& value);
void read_prices(const boost::json::value& value, decltype(routing::AccountNow::price_micros)& out);

// Error: invalid_field.
Result<routing::Counts> read_counts(std::string_view text);

}  // namespace idswitch::engine

#pragma once

// Reads what an adapter finished or failed with into our own values, cautiously: an unknown verdict
// is inconclusive, an unknown reason is vendor.unknown_code, text is cut and made clean. Pure.

#include <string>

#include "plugin/exchange.hpp"

namespace idswitch::plugin {

// Valid UTF-8 without control characters, at most bytes_max long; what does not fit is dropped.
std::string clean_text(const idsw_str& text, std::size_t bytes_max);

// Answers with what is wrong ("finishes RESULT with an open session"), or empty and step is filled.
std::string read_outcome(const idsw_outcome& outcome, std::uint32_t operation, FinishStep& step);

FailStep read_failure(const idsw_failure& failure);

}  // namespace idswitch::plugin

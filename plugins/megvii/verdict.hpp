#pragma once

// From result_code 1000 to a pass: nothing else in the reply may contradict it. Pure; any thread.

#include <optional>

#include "idswitch/sdk.hpp"

namespace idswitch::megvii {

// The names of the thresholds: false accept rates, loosest first.
inline constexpr std::string_view k_rates[] = {"1e-3", "1e-4", "1e-5", "1e-6"};

// A score or threshold written as a JSON number from 0 to 100; else nothing.
std::optional<double> percent(sdk::Json::Value value);

sdk::Result pass_unless_contradicted(const sdk::Json& json);

}  // namespace idswitch::megvii

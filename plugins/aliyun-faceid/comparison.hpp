#pragma once

// A comparison of two faces as the vendor reports it: a confidence and the thresholds to hold it
// against. Pure; any thread.

#include <cstdint>
#include <optional>
#include <string_view>

#include "idswitch/sdk.hpp"

namespace idswitch::aliyun_faceid {

// False accept rates, by security level, loosest first; the names of the thresholds.
inline constexpr std::string_view k_rates[] = {"1e-3", "1e-4", "1e-5", "1e-6"};

// A number from low to high, written as a JSON number; else nothing.
std::optional<double> number_in(sdk::Json::Value value, double low, double high);

// A confidence or threshold: "取值 [0, 100]".
std::optional<double> percent(sdk::Json::Value value);

enum class Comparison { absent, same, different, unreadable };

// Confidence against the threshold of a security level.
Comparison compare(sdk::Json::Value block, std::int64_t level);

// The block "idcard", "ref1" or "ref2" of a result; missing when there is none.
sdk::Json::Value block_of(const sdk::Json& json, std::string_view name);

}  // namespace idswitch::aliyun_faceid

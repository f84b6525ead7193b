#pragma once

// Money: integer micro-units of a currency, never a floating-point number. Plain value; any thread.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace idswitch {

// 1 CNY = 1,000,000 micro-units: a price of 0.000001 is the smallest that can be written.
struct Money {
  std::int64_t micros = 0;

  // Reads "0.30", "12", "-1.5"; at most six decimals, no exponent, no separators, no sign '+'.
  // Error: invalid_field, saying what a price looks like.
  static Result<Money> parse(std::string_view text);

  // The shortest decimal with at least two decimals: "0.30", "0.0125", "-1.50".
  std::string text() const;

  friend auto operator<=>(const Money&, const Money&) = default;

  friend Money operator+(Money a, Money b) { return {a.micros + b.micros}; }

  friend Money operator-(Money a, Money b) { return {a.micros - b.micros}; }
};

// True for three upper-case letters ("CNY"). The list of ISO 4217 is not consulted.
bool is_currency(std::string_view text);

}  // namespace idswitch

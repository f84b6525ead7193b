#pragma once

// Money: integer micro-units of a currency, never a floating-point number. A sum past what can be
// counted is a broken invariant and aborts; where amounts come from a file or a statement, add_to
// asks first. Plain value; any thread.

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/invariant.hpp"
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

  friend Money operator+(Money a, Money b) {
    require(!__builtin_add_overflow(a.micros, b.micros, &a.micros), k_too_much);
    return a;
  }

  friend Money operator-(Money a, Money b) {
    require(!__builtin_sub_overflow(a.micros, b.micros, &a.micros), k_too_much);
    return a;
  }

 private:
  static constexpr std::string_view k_too_much = "a sum of money is past what can be counted";
};

// Adds to a sum; false, and the sum is as it was, when that is past what can be counted.
[[nodiscard]] inline bool add_to(Money& sum, Money amount) {
  std::int64_t micros = 0;
  if (__builtin_add_overflow(sum.micros, amount.micros, &micros)) return false;
  sum.micros = micros;
  return true;
}

// True for three upper-case letters ("CNY"). The list of ISO 4217 is not consulted.
bool is_currency(std::string_view text);

}  // namespace idswitch

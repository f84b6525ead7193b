#include "base/values/money.hpp"

#include <algorithm>
#include <limits>

namespace idswitch {
namespace {

constexpr std::int64_t k_micros = 1'000'000;

Error not_a_price(std::string_view text) {
  return Error(Errc::invalid_field,
               "\"" + std::string(text.substr(0, 40)) +
                   "\" is not an amount: write digits with at most six decimals, like \"0.30\"");
}

}  // namespace

Result<Money> Money::parse(std::string_view text) {
  std::string_view rest = text;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (negative) rest.remove_prefix(1);
  const auto dot = rest.find('.');
  const std::string_view whole = rest.substr(0, dot);
  const std::string_view decimals = dot == std::string_view::npos ? "" : rest.substr(dot + 1);
  const auto digits = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
  };
  // Twelve digits before the point are a tenth of what fits in 64 bits.
  if (whole.empty() || whole.size() > 12 || decimals.size() > 6 || !digits(whole) ||
      !digits(decimals) || (dot != std::string_view::npos && decimals.empty())) {
    return not_a_price(text);
  }
  std::int64_t micros = 0;
  for (const char c : whole) micros = micros * 10 + (c - '0');
  std::int64_t fraction = 0;
  for (std::size_t i = 0; i < 6; ++i) {
    fraction = fraction * 10 + (i < decimals.size() ? decimals[i] - '0' : 0);
  }
  micros = micros * k_micros + fraction;
  return Money{negative ? -micros : micros};
}

std::string Money::text() const {
  const bool negative = micros < 0;
  const auto absolute =
      negative ? 0 - static_cast<std::uint64_t>(micros) : static_cast<std::uint64_t>(micros);
  std::string decimals = std::to_string(absolute % k_micros + k_micros).substr(1);
  while (decimals.size() > 2 && decimals.back() == '0') decimals.pop_back();
  return (negative ? "-" : "") + std::to_string(absolute / k_micros) + "." + decimals;
}

bool is_currency(std::string_view text) {
  return text.size() == 3 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace idswitch

#include "world/money.hpp"

namespace idswitch::sandbox {

std::optional<Micros> parse_amount(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction =
      point == std::string_view::npos ? std::string_view("0") : text.substr(point + 1);
  if (whole.empty() || whole.size() > 7 || fraction.empty() || fraction.size() > 6) {
    return std::nullopt;
  }
  Micros amount = 0;
  for (const char c : whole) {
    if (c < '0' || c > '9') return std::nullopt;
    amount = amount * 10 + (c - '0');
  }
  Micros parts = 0;
  for (const char c : fraction) {
    if (c < '0' || c > '9') return std::nullopt;
    parts = parts * 10 + (c - '0');
  }
  for (std::size_t i = fraction.size(); i < 6; ++i) parts *= 10;
  amount = amount * 1'000'000 + parts;
  if (amount > 1'000'000'000'000) return std::nullopt;
  return amount;
}

std::string format_amount(Micros amount) {
  std::string fraction = std::to_string(1'000'000 + amount % 1'000'000).substr(1);
  while (fraction.size() > 2 && fraction.back() == '0') fraction.pop_back();
  return std::to_string(amount / 1'000'000) + '.' + fraction;
}

}  // namespace idswitch::sandbox

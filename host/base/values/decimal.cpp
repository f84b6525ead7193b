#include "base/values/decimal.hpp"

#include "base/values/money.hpp"

namespace idswitch {

std::optional<std::int64_t> parse_decimal(std::string_view text) {
  // An amount is the same decimal, in the same millionths.
  const auto amount = Money::parse(text);
  if (!amount) return {};
  return amount->micros;
}

std::string decimal_text(std::int64_t millionths) {
  std::string text = Money{millionths}.text();
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

std::optional<std::uint32_t> parse_share(std::string_view text) {
  const bool is_percent = text.ends_with('%');
  if (is_percent) text.remove_suffix(1);
  const auto decimal = parse_decimal(text);
  if (!decimal || text.front() == '-') return {};
  const std::int64_t divisor = is_percent ? 100 : 1;
  if (*decimal % divisor != 0 || *decimal / divisor > std::int64_t{1'000'000}) return {};
  return static_cast<std::uint32_t>(*decimal / divisor);
}

}  // namespace idswitch

#include "base/values/duration.hpp"

#include <charconv>
#include <cstdint>

namespace idswitch {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ms;
};

// Largest first.
constexpr Unit k_units[] = {{"h", 3'600'000}, {"m", 60'000}, {"s", 1'000}, {"ms", 1}};
constexpr std::int64_t k_year_ms = 366LL * 24 * 3'600'000;

}  // namespace

std::optional<std::chrono::milliseconds> parse_duration(std::string_view text) {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc()) return {};
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : k_units) {
    if (name != unit.name) continue;
    const std::int64_t ms = std::int64_t{count} * unit.ms;
    if (ms > k_year_ms) return {};
    return std::chrono::milliseconds(ms);
  }
  return {};
}

std::string duration_text(std::chrono::milliseconds duration) {
  for (const Unit& unit : k_units) {
    if (duration.count() % unit.ms == 0 && (duration.count() != 0 || unit.name == "s")) {
      return std::to_string(duration.count() / unit.ms) + std::string(unit.name);
    }
  }
  return {};
}

}  // namespace idswitch

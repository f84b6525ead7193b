#include "base/values/byte_size.hpp"

#include <charconv>

namespace idswitch {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};

// Largest first.
constexpr Unit k_units[] = {{"GiB", 1u << 30}, {"MiB", 1u << 20}, {"KiB", 1u << 10}, {"B", 1}};
constexpr std::uint64_t k_bytes_max = std::uint64_t{1} << 40;

}  // namespace

std::optional<std::uint64_t> parse_byte_size(std::string_view text) {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc()) return {};
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const Unit& unit : k_units) {
    if (name != unit.name) continue;
    const std::uint64_t bytes = std::uint64_t{count} * unit.bytes;
    if (bytes > k_bytes_max) return {};
    return bytes;
  }
  return {};
}

std::string byte_size_text(std::uint64_t bytes) {
  for (const Unit& unit : k_units) {
    if (bytes % unit.bytes == 0 && bytes != 0) {
      return std::to_string(bytes / unit.bytes) + std::string(unit.name);
    }
  }
  return "0B";
}

}  // namespace idswitch

#include "engine/webhooks/webhook_schedule.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <string>

namespace idswitch::engine {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_retry_after_max = std::chrono::hours(24);

// splitmix64's finisher.
std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E37'79B9'7F4A'7C15;
  x = (x ^ (x >> 30)) * 0xBF58'476D'1CE4'E5B9;
  x = (x ^ (x >> 27)) * 0x94D0'49BB'1331'11EB;
  return x ^ (x >> 31);
}

}  // namespace

std::optional<milliseconds> retry_delay(const std::vector<milliseconds>& retries,
                                        std::uint32_t attempt, std::uint64_t seed) {
  if (attempt == 0 || attempt > retries.size()) return {};
  const std::int64_t delay_ms = retries[attempt - 1].count();
  const auto per_mille = static_cast<std::int64_t>(900 + mixed(seed ^ mixed(attempt)) % 201);
  return milliseconds(delay_ms / 1000 * per_mille + delay_ms % 1000 * per_mille / 1000);
}

std::optional<milliseconds> retry_after(std::string_view header, std::int64_t now_unix_ms) {
  if (header.empty()) return {};
  std::int64_t seconds = 0;
  const char* end = header.data() + header.size();
  const auto [at, error] = std::from_chars(header.data(), end, seconds);
  if (at == end && error == std::errc::result_out_of_range) return k_retry_after_max;
  if (at == end && error == std::errc()) {
    if (seconds < 0) return {};
    const auto limit = std::chrono::duration_cast<std::chrono::seconds>(k_retry_after_max);
    return std::chrono::seconds(std::min<std::int64_t>(seconds, limit.count()));
  }
  std::tm utc{};
  const std::string text(header);
  const char* rest = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  if (rest == nullptr || *rest != '\0') return {};
  const auto until = milliseconds(static_cast<std::int64_t>(::timegm(&utc)) * 1000 - now_unix_ms);
  return std::clamp(until, milliseconds(0), k_retry_after_max);
}

}  // namespace idswitch::engine

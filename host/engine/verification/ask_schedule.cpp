#include "engine/verification/ask_schedule.hpp"

#include <algorithm>

namespace idswitch::engine {
namespace {

constexpr std::int64_t k_minute_ms = 60'000;
constexpr std::int64_t k_hour_ms = 60 * k_minute_ms;
constexpr std::int64_t k_give_up_ms = 90 * 24 * k_hour_ms;
// Long enough for the answer, short enough that nobody can still finish and not be seen.
constexpr std::int64_t k_before_death_ms = 10'000;
constexpr std::int64_t k_after_death_ms = 2'000;

}  // namespace

bool is_given_up(const AskCase& ask, std::int64_t now_unix_ms) {
  return now_unix_ms - ask.created_unix_ms >= k_give_up_ms;
}

std::int64_t next_ask_unix_ms(const AskCase& ask, std::int64_t now_unix_ms) {
  const bool is_open = !is_final(ask.status) || ask.has_open_charge;
  if (!is_open || is_given_up(ask, now_unix_ms)) return 0;
  const std::int64_t dies = ask.expires_unix_ms;
  // Where the vendor cannot be asked, only the session's own end is waited for.
  if (!ask.can_ask) {
    if (is_final(ask.status) || dies == 0) return 0;
    return std::max(dies + k_after_death_ms, now_unix_ms + k_after_death_ms);
  }
  const std::int64_t interval = std::max<std::int64_t>(ask.interval.count(), 1'000);
  if (dies == 0 || now_unix_ms < dies) {
    const std::int64_t age = now_unix_ms - ask.created_unix_ms;
    const std::int64_t usual = now_unix_ms + std::clamp(age / 4, interval, 10 * k_minute_ms);
    if (dies == 0) return usual;
    const std::int64_t last = dies - k_before_death_ms;
    if (now_unix_ms < last) return std::min(usual, last);
    return dies + k_after_death_ms;
  }
  const std::int64_t dead_for = now_unix_ms - dies;
  return now_unix_ms + std::clamp(dead_for, interval, k_hour_ms);
}

}  // namespace idswitch::engine

#include "engine/verification/retention.hpp"

#include <optional>
#include <utility>

namespace idswitch::engine {
namespace {

using store::Retain;
using store::RetentionKind;

// The highest id of a verification that began before an instant; ids begin with their time.
std::uint64_t last_id_before(std::int64_t unix_ms) {
  return unix_ms <= 0 ? 0 : (static_cast<std::uint64_t>(unix_ms) << 20) - 1;
}

Result<void> retain(store::Verifications& verifications, RetentionKind kind, std::uint64_t up_to,
                    const std::function<bool()>& goes_on) {
  Retain step;
  step.kind = kind;
  step.up_to = up_to;
  // Those that were left before come first: what this round leaves was just looked at.
  for (step.looks_at_left = true; goes_on();) {
    const auto last = verifications.retain(step);
    if (!last) return last.error();
    if (*last == 0) break;
    step.left_after = *last;
  }
  for (step.looks_at_left = false; goes_on();) {
    const auto looked_at = verifications.retain(step);
    if (!looked_at) return looked_at.error();
    if (*looked_at == 0) break;
  }
  return {};
}

}  // namespace

Result<void> retain(store::Store& store, const config::Retention& retention,
                    std::int64_t now_unix_ms, const std::function<bool()>& goes_on) {
  const std::pair<RetentionKind, const std::optional<config::Days>&> kinds[] = {
      {RetentionKind::pictures, retention.pictures},
      {RetentionKind::states_and_actions, retention.states_and_actions},
      {RetentionKind::attempts_and_decisions, retention.attempts_and_decisions},
      {RetentionKind::person_ids, retention.person_ids},
      {RetentionKind::verifications, retention.verifications}};
  for (const auto& [kind, days] : kinds) {
    if (!days) continue;
    const auto age = std::chrono::duration_cast<std::chrono::milliseconds>(*days);
    const std::uint64_t up_to = last_id_before(now_unix_ms - age.count());
    if (auto done = retain(store.verifications(), kind, up_to, goes_on); !done) return done;
  }
  return {};
}

}  // namespace idswitch::engine

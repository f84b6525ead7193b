#include "report/ledger_watch.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace idswitch::engine {
namespace {

constexpr std::chrono::hours k_every{24};
constexpr int k_looks_per_full = 7;
constexpr std::chrono::minutes k_again{10};  // after it could not be read
constexpr int k_rest_per_look = 20;          // at most 5 % of the time
constexpr std::size_t k_logged = 20;         // faults

void log_faults(const store::LedgerFaults& faults) {
  for (std::size_t i = 0; i < std::min(faults.listed.size(), k_logged); ++i) {
    const store::LedgerFault& fault = faults.listed[i];
    log::write(log::Level::error, "ledger_fault",
               {{"fault", store::name_of(fault.kind)},
                {"sequence", static_cast<std::int64_t>(fault.sequence)},
                {"detail", store::meaning_of(fault.kind)}});
  }
}

}  // namespace

void LedgerWatch::look(std::function<bool()> goes_on) {
  using SteadyClock = std::chrono::steady_clock;
  const SteadyClock::time_point begin = SteadyClock::now();
  if (begin < next_look_) return;
  const std::int64_t now = clock_.now_unix_ms();
  store::LedgerCheck check;
  check.goes_on = std::move(goes_on);
  if (looks_since_full_ < k_looks_per_full) check.after = sound_up_to_;
  Result<store::LedgerFaults> faults = store_.ledger().verify(check);
  if (!faults && faults.error().code() == Errc::shutting_down) return;
  const SteadyClock::time_point end = SteadyClock::now();
  if (!faults) {
    next_look_ = end + std::max<SteadyClock::duration>(k_again, (end - begin) * k_rest_per_look);
    log::write(log::Level::error, "ledger_not_verified", {{"detail", faults.error().detail()}});
    return;
  }
  next_look_ = end + std::max<SteadyClock::duration>(k_every, (end - begin) * k_rest_per_look);
  const bool is_clean = faults->total() == 0;
  looks_since_full_ = check.after.sequence == 0 ? 1 : looks_since_full_ + 1;
  sound_up_to_ = {};
  if (is_clean) sound_up_to_ = {faults->last_sequence, faults->last_chain};
  log::write(is_clean ? log::Level::info : log::Level::error, "ledger_verified",
             {{"entries", static_cast<std::int64_t>(faults->entries)},
              {"charges", static_cast<std::int64_t>(faults->charges)},
              {"faults", static_cast<std::int64_t>(faults->total())}});
  log_faults(*faults);
  const std::lock_guard lock(mutex_);
  last_ = LedgerFinding{std::move(*faults), now};
}

std::optional<LedgerFinding> LedgerWatch::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

}  // namespace idswitch::engine

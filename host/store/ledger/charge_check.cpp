#include "store/ledger/charge_check.hpp"

#include <algorithm>

namespace idswitch::store {
namespace {

__extension__ using Wide = __int128;

constexpr std::int64_t k_hold = static_cast<std::int64_t>(EntryKind::hold);
constexpr std::int64_t k_capture = static_cast<std::int64_t>(EntryKind::capture);
constexpr std::int64_t k_void = static_cast<std::int64_t>(EntryKind::void_);
constexpr std::int64_t k_adjust = static_cast<std::int64_t>(EntryKind::adjust);

bool slot_fits(const LedgerLine& line) {
  if (line.kind == k_hold) return line.slot == 0;
  return line.kind == k_adjust ? line.slot >= 2 : line.slot == 1;
}

bool amount_fits(const LedgerLine& line) {
  if (line.kind == k_adjust) return true;
  return line.kind == k_void ? line.amount_micros == 0 : line.amount_micros >= 0;
}

}  // namespace

void add_fault(LedgerFaults& faults, const LedgerCheck& check, LedgerFaultKind kind,
               const LedgerLine& line) {
  ++faults.counts[static_cast<std::size_t>(kind)];
  if (faults.listed.size() >= check.listed_max) return;
  faults.listed.push_back({kind,
                           static_cast<std::uint64_t>(line.sequence),
                           {static_cast<std::uint64_t>(line.verification),
                            static_cast<std::uint64_t>(line.verification_low)},
                           std::string(line.account),
                           std::string(line.sku),
                           std::string(line.event),
                           static_cast<std::uint32_t>(line.call)});
}

void ChargeCheck::fault(LedgerFaultKind kind, const LedgerLine& line) {
  add_fault(*faults_, *check_, kind, line);
}

bool ChargeCheck::begins(const LedgerLine& line) const {
  return !any_ || line.verification != verification_ || line.call != call_ ||
         line.event != event_ || line.sku != sku_ || line.account != account_;
}

void ChargeCheck::take(const LedgerLine& line) {
  if (begins(line)) {
    end();
    any_ = true;
    verification_ = line.verification;
    verification_low_ = line.verification_low;
    tenant_ = line.tenant;
    account_ = line.account;
    sku_ = line.sku;
    event_ = line.event;
    call_ = line.call;
    currency_ = line.currency;
    first_sequence_ = line.sequence;
    ++faults_->charges;
  } else if (line.slot == last_slot_) {
    fault(LedgerFaultKind::slot_taken, line);
  }
  last_slot_ = line.slot;
  first_sequence_ = std::min(first_sequence_, line.sequence);
  check_alone(line);
  if (line.kind == k_hold && hold_sequence_ == 0) hold_sequence_ = line.sequence;
  if (line.kind == k_capture || line.kind == k_void) resolved_ = true;
  if (line.kind == k_capture || (line.kind == k_adjust && line.amount_micros != 0))
    changes_.push_back({line.sequence, line.amount_micros});
}

void ChargeCheck::check_alone(const LedgerLine& line) {
  if (line.kind < k_hold || line.kind > k_adjust) {
    fault(LedgerFaultKind::kind_unknown, line);
    return;
  }
  if (!slot_fits(line)) fault(LedgerFaultKind::slot_wrong, line);
  if (!amount_fits(line)) fault(LedgerFaultKind::amount_wrong, line);
  if (line.currency != currency_) fault(LedgerFaultKind::currency_differs, line);
  if (line.tenant != tenant_ || line.verification_low != verification_low_)
    fault(LedgerFaultKind::tenant_differs, line);
}

void ChargeCheck::end() {
  if (!any_) return;
  if (hold_sequence_ == 0) {
    fault(LedgerFaultKind::hold_missing, charge(first_sequence_));
  } else if (first_sequence_ != hold_sequence_) {
    fault(LedgerFaultKind::hold_late, charge(hold_sequence_));
  }
  check_balance();
  any_ = resolved_ = false;
  hold_sequence_ = 0;
  changes_.clear();
}

void ChargeCheck::check_balance() {
  // Slots of adjustments grow with time, the capture's does not.
  std::sort(changes_.begin(), changes_.end(),
            [](const Change& a, const Change& b) { return a.sequence < b.sequence; });
  Wide balance = 0;
  for (const Change& change : changes_) {
    const bool was_negative = balance < 0;
    balance += change.micros;
    if (balance < 0 && !was_negative)
      fault(LedgerFaultKind::balance_negative, charge(change.sequence));
  }
  if (!resolved_ && balance != 0)
    fault(LedgerFaultKind::balance_open, charge(changes_.back().sequence));
}

LedgerLine ChargeCheck::charge(std::int64_t sequence) const {
  LedgerLine line;
  line.sequence = sequence;
  line.verification = verification_;
  line.verification_low = verification_low_;
  line.tenant = tenant_;
  line.account = account_;
  line.sku = sku_;
  line.event = event_;
  line.call = call_;
  return line;
}

}  // namespace idswitch::store

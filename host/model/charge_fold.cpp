#include "model/charge_fold.hpp"

#include <algorithm>

namespace idswitch {
namespace {

bool tells(const LedgerEntry& entry, Adjust adjust) {
  if (entry.kind == EntryKind::hold || entry.evidence == IDSW_CHARGE_HELD) return false;
  // The contract, or a person, took it away: nobody told us that it is not charged.
  return adjust != Adjust::freed && adjust != Adjust::by_hand;
}

}  // namespace

Adjust adjust_of(const ChargeFold& fold, const LedgerEntry& entry) {
  if (entry.kind != EntryKind::adjust || entry.adjust != Adjust::legacy) return entry.adjust;
  // A correction names a rule, also where it changes no amount.
  if (entry.amount == Money{} && entry.rule.empty()) {
    const bool contradicts =
        fold.charged ? is_free(entry.evidence) : entry.evidence == IDSW_CHARGE_CAPTURED;
    return contradicts ? Adjust::dispute : Adjust::remark;
  }
  const bool takes_all = fold.charged && fold.balance.micros == -entry.amount.micros;
  // What is given back names the rule of its price; another price names another rule.
  if (takes_all && is_free(entry.evidence) && entry.rule == fold.rule) return Adjust::released;
  const bool is_the_contracts = entry.evidence == IDSW_CHARGE_NOT_CHARGED && !entry.rule.empty();
  if (takes_all && is_the_contracts) return Adjust::freed;
  return Adjust::priced;
}

void ChargeFold::take_adjust(const LedgerEntry& entry, Adjust adjust) {
  if (adjust == Adjust::remark || adjust == Adjust::dispute) return;
  const bool was_charged = charged;
  charged = adjust == Adjust::priced ||
            (adjust == Adjust::by_hand && entry.evidence == IDSW_CHARGE_CAPTURED);
  if (charged) price = balance;
  if (charged && !was_charged) ruled_at_unix_ms = entry.at_unix_ms;
  if (entry.place >= 0) place = entry.place;
  if (entry.rule.empty()) return;
  version = entry.contract_version;
  rule = entry.rule;
}

void ChargeFold::take(const LedgerEntry& entry) {
  if (is_empty) {
    is_empty = false;
    verification = entry.verification;
    name = {entry.account, entry.sku, entry.event, entry.call};
    hold = {{}, entry.currency, entry.at_unix_ms, entry.utc_offset_min};
  }
  const std::string& reference = entry.vendor_reference;
  if (!reference.empty()) {
    vendor_reference = reference;
    if (std::find(references.begin(), references.end(), reference) == references.end()) {
      references.push_back(reference);
    }
  }
  const Adjust adjust = adjust_of(*this, entry);
  const Told said{known_state(entry.evidence), entry.source, entry.vendor_code};
  if (tells(entry, adjust) && std::find(told.begin(), told.end(), said) == told.end()) {
    told.push_back(said);
  }
  if (entry.kind != EntryKind::hold) is_countable = add_to(balance, entry.amount) && is_countable;
  switch (entry.kind) {
    case EntryKind::hold:
      is_held = true;
      hold = {entry.amount, entry.currency, entry.at_unix_ms, entry.utc_offset_min};
      hold_version = entry.contract_version;
      hold_rule = entry.rule;
      break;
    case EntryKind::capture:
    case EntryKind::void_:
      resolution = entry.kind;
      charged = entry.kind == EntryKind::capture;
      if (charged) price = balance;
      ruled_at_unix_ms = entry.at_unix_ms;
      place = entry.place;
      version = entry.contract_version;
      rule = entry.rule;
      break;
    case EntryKind::adjust: take_adjust(entry, adjust); break;
  }
  if (adjust == Adjust::by_hand) {
    is_by_hand = true;
    told_before_hand = told.size();
  }
}

ChargeState ChargeFold::state() const {
  if (resolution) return charged ? ChargeState::captured : ChargeState::voided;
  return is_unknown() ? ChargeState::unknown : ChargeState::held;
}

bool ChargeFold::is_told(std::uint32_t state) const {
  return std::any_of(told.begin(), told.end(), [&](const Told& one) { return one.state == state; });
}

bool ChargeFold::is_disputed() const {
  if (!is_by_hand) {
    return is_told(IDSW_CHARGE_CAPTURED) &&
           (is_told(IDSW_CHARGE_RELEASED) || is_told(IDSW_CHARGE_NOT_CHARGED));
  }
  return std::any_of(told.begin() + static_cast<std::ptrdiff_t>(told_before_hand), told.end(),
                     [&](const Told& one) {
                       return charged ? is_free(one.state) : one.state == IDSW_CHARGE_CAPTURED;
                     });
}

Charge ChargeFold::charge() const {
  Charge charge;
  charge.account = name.account;
  charge.sku = name.sku;
  charge.event = name.event;
  charge.call = name.call;
  charge.state = state();
  charge.amount_micros = amount().micros;
  charge.currency = hold.currency;
  charge.vendor_reference = vendor_reference;
  charge.disputed = is_disputed();
  return charge;
}

ChargeFold fold_charge(std::span<const LedgerEntry> entries) {
  ChargeFold fold;
  for (const LedgerEntry& entry : entries) fold.take(entry);
  return fold;
}

}  // namespace idswitch

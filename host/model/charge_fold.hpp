#pragma once

// ChargeFold: what all entries of one charge come to, taken in one after another. The one reading
// of a charge: the charge book, the API, reports, the ledger's check and reconciliation ask here.
// It judges no entry: what does not fit together is taken as well as it can be. Pure; one thread.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "idswitch/verification.hpp"
#include "model/charge_key.hpp"
#include "model/evidence.hpp"
#include "model/ledger_entry.hpp"

namespace idswitch {

// What somebody said about a charge.
struct Told {
  std::uint32_t state = 0;   // IDSW_CHARGE_*, never HELD
  std::uint32_t source = 0;  // IDSW_SOURCE_*
  std::string vendor_code;

  friend bool operator==(const Told&, const Told&) = default;
};

// The hold of a charge, as its later entries are counted by.
struct Hold {
  Money amount;
  std::string currency;
  std::int64_t at_unix_ms = 0;
  std::optional<int> utc_offset_min;  // of the contract's time then; nothing = not written down
};

struct ChargeFold {
  VerificationId verification;
  ChargeName name;
  bool is_empty = true;  // nothing was taken in
  bool is_held = false;  // its hold is among the entries
  Hold hold;             // of a charge without one: its first entry, and no amount
  std::string hold_version, hold_rule;
  std::string vendor_reference;         // the latest
  std::vector<std::string> references;  // each once

  std::vector<Told> told;               // no two are the same
  std::optional<EntryKind> resolution;  // capture or void
  bool charged = false;                 // after all corrections
  Money balance;                        // capture and adjusts
  bool is_countable = true;             // false: the balance is past what can be counted
  std::optional<Money> price;           // of the last time it was charged
  std::int64_t ruled_at_unix_ms = 0;    // its resolution, or when a correction charged it after all
  std::string version, rule;            // that set the price, or that says it is not charged
  std::int64_t place = -1;              // that the price was by; -1 = none
  bool is_by_hand = false;              // a person's word is the last
  std::size_t told_before_hand = 0;     // so much the person knew

  void take(const LedgerEntry& entry);

  ChargeState state() const;

  // One source says it is charged, another that it is not; a person's word ends it.
  bool is_disputed() const;

  bool is_told(std::uint32_t state) const;

  // Nothing but guesses, and no end.
  bool is_unknown() const { return !resolution && is_told(IDSW_CHARGE_UNKNOWN); }

  // Held or unknown: the hold. Else what it comes to.
  Money amount() const { return resolution ? balance : hold.amount; }

  // As the API shows it.
  Charge charge() const;

 private:
  void take_adjust(const LedgerEntry& entry, Adjust adjust);
};

// entries: of one charge, in the ledger's order.
ChargeFold fold_charge(std::span<const LedgerEntry> entries);

// What an adjust is, also when it was made before that was written down. fold: of the entries
// before it.
Adjust adjust_of(const ChargeFold& fold, const LedgerEntry& entry);

}  // namespace idswitch

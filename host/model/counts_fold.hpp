#pragma once

// CountsFold: what all counts must be, as the ledger's entries say. Every commit moves the counts
// beside its entries; this computes them anew from the entries alone, for the ledger's check, for
// tests, and for a file that has no counts yet. It knows no configuration. One thread.

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "model/charge_fold.hpp"
#include "model/counts.hpp"
#include "model/ledger_entry.hpp"

namespace idswitch {

// How far an account's contract time is from UTC, in minutes: for entries that do not say.
using OffsetOf = std::function<int(std::string_view account)>;

// The day and the month of an instant, as keys of counts have them.
std::string day_of(std::int64_t at_unix_ms, int utc_offset_min);
std::string month_of(std::int64_t at_unix_ms, int utc_offset_min);

// A capture that is one of the units that volumes count, and that a person is charged once for.
bool is_unit(const LedgerEntry& entry);

// What an entry changes for budgets, on the day of its hold. Amounts of two currencies are never
// added: what a capture costs in another currency than its hold, no budget spends.
SpendCount spend_of(const LedgerEntry& entry, const Hold& hold);

// Moves usage and spend by one entry.
//   hold: a unit is open, its amount reserved. capture: the unit is open no more; it counts with
//   the month and day of its capture, when it is a unit of the volume, and so does its money; what
//   was held is reserved no more, and what it costs is spent on the day of the hold. void: neither
//   open nor reserved. adjust: money, in the day and month of the adjust, spent on the day of the
//   hold.
// hold: of the entry's charge.
void count_entry(const LedgerEntry& entry, const Hold& hold, const OffsetOf& offset_of,
                 Counts& counts);

class CountsFold {
 public:
  explicit CountsFold(OffsetOf offset_of) : offset_of_(std::move(offset_of)) {}

  // entries: all of one charge, its hold first. Charges come in any order. person: whose it is; 0 =
  // nobody's, or not known.
  void take(std::span<const LedgerEntry> entries, std::uint64_t person = 0);

  // What is zero may be missing in the store, and the other way round.
  const std::map<UsageKey, UsageCount>& usage() const { return usage_; }

  const std::map<SpendKey, SpendCount>& spend() const { return spend_; }

  // Of every SKU, also those that are not charged once a person.
  const std::map<PersonKey, std::int64_t>& persons() const { return persons_; }

  // reserved and spent of a budget; the rest is the store's.
  SpendCount sum(const BudgetScope& scope) const;

 private:
  OffsetOf offset_of_;
  std::map<UsageKey, UsageCount> usage_;
  std::map<SpendKey, SpendCount> spend_;
  std::map<PersonKey, std::int64_t> persons_;
};

// The fold of entries in any order, whatever verifications they are of. person_of may be empty.
CountsFold fold_counts(std::span<const LedgerEntry> entries, OffsetOf offset_of,
                       const std::function<std::uint64_t(VerificationId)>& person_of = {});

// A spend is one of those that make up the scope.
bool is_in(const BudgetScope& scope, const SpendKey& key);

}  // namespace idswitch

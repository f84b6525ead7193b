#pragma once

// Booking: what is written to the ledger for a request that is about to leave, for what was seen of
// it, and for what a person says of it. The one door to charges and money: the store calls these
// inside the commit with the counts as they stand there, and keeps entries and counts together, or
// nothing of both. So each may be called again for the same commit, on a fresh copy of the book;
// the copy that was booked last takes the book's place when the commit is durable. Pure but for
// book and counts; one thread.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "billing/charge_book.hpp"
#include "billing/terms.hpp"
#include "model/counts.hpp"
#include "model/evidence.hpp"

namespace idswitch::billing {

struct Booked {
  std::vector<LedgerEntry> entries;
  std::optional<Exhausted> refused;  // no entries, and neither book nor counts have changed
  std::vector<BudgetWarning> warnings;
};

// Every count that a hold of this SKU may ask for, or all that the bookings below may. To be made
// with the instant that the booking is given.
Touch touch_of_hold(const ChargeBook& book, const Terms& terms, std::uint64_t person,
                    const std::string& sku, std::int64_t now_unix_ms);
Touch touch_of(const ChargeBook& book, const Terms& terms, std::uint64_t person,
               std::int64_t now_unix_ms);

// The hold for a request that is about to leave; nothing when it stands already. Refused when a
// budget has no room for it: then nothing may be sent. on_accept: see ChargeBook::call_for.
Booked book_hold(ChargeBook& book, const Terms& terms, std::uint64_t person, const std::string& sku,
                 const std::string& event, bool on_accept, std::int64_t now_unix_ms,
                 Counts& counts);

// What the evidence of one operation adds; ending: when it told the verification's end. Of several
// pieces about one charge the last counts: a first try that was refused for an expired token says
// "not charged" about the charge that the second try then captures. Never refused.
Booked book_evidence(ChargeBook& book, const Terms& terms, std::uint64_t person,
                     std::span<const Evidence> evidence, const std::optional<Ending>& ending,
                     std::int64_t now_unix_ms, Counts& counts);

// What a person says of a charge; see ChargeBook::settle. Error: not_found, when the book does not
// have the charge; invalid_field, when it is not said who says so and why, or the amount is
// negative. Nothing is added when the charge comes to that already.
Result<Booked> settle_by_hand(ChargeBook& book, const Terms& terms, std::uint64_t person,
                              const ChargeName& charge, const HandWritten& word,
                              std::int64_t now_unix_ms, Counts& counts);

// Why a configuration cannot be taken over in which the account charges in another currency, for
// people; nothing when it can. open_units: of the account, whatever the SKU, as the counts say.
std::optional<std::string> currency_refusal(std::string_view account, std::string_view currency,
                                            std::string_view next_currency,
                                            std::int64_t open_units);

}  // namespace idswitch::billing

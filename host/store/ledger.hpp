#pragma once

// Ledger: one of the store's four doors. The entries of charges, and what they come to. Reads run
// on the calling thread; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "model/ledger_entry.hpp"
#include "store/counted.hpp"
#include "store/ledger_faults.hpp"
#include "store/ledger_report.hpp"

namespace idswitch::store {

struct EntryQuery {
  std::string tenant;       // empty = any
  std::string account;      // empty = any
  std::uint64_t after = 0;  // sequence
  std::size_t limit = 1000;
};

// A page of the entries that an EntryQuery asks for.
struct EntryPage {
  std::vector<LedgerEntry> entries;
  std::uint64_t next = 0;  // EntryQuery::after of the next page
  bool is_last = false;    // nothing more for the time being
};

class Ledger {
 public:
  virtual ~Ledger() = default;

  virtual Result<std::vector<LedgerEntry>> of(VerificationId id) = 0;
  virtual Result<std::vector<LedgerEntry>> entries(const EntryQuery& query) = 0;

  // The same in bounded time however few entries fit: a page looks at 100,000 entries at most, so
  // it may be empty and not the last.
  virtual Result<EntryPage> page(const EntryQuery& query) = 0;

  // A sequence such that every entry from unix_ms or later comes after it; some of the last hour
  // before may do so too. For EntryQuery::after. Clocks that were set back by more than an hour can
  // hide entries.
  virtual Result<std::uint64_t> sequence_at(std::int64_t unix_ms) = 0;

  // Whether the ledger is whole and consistent as far as it reaches now. Reads all of it, in
  // bounded memory and in steps that hold no writer up. [blocking], seconds for a million entries.
  virtual Result<LedgerFaults> verify(const LedgerCheck& check) = 0;

  // What came of the charges of a period. Reads the period's entries only. Error: invalid_field
  // when more rows would come out than query.rows_max. [blocking]
  virtual Result<std::vector<ReportRow>> report(const ReportQuery& query) = 0;

  // Holds that nothing has resolved, in the order of their verifications. With unknown_only a
  // look-up; without, it reads the index of all older charges until the page is full. [blocking]
  virtual Result<std::vector<AgedHold>> aged_holds(const AgedQuery& query) = 0;

  // Counts as the last commit left them, from memory where they are known. For guesses; a price
  // asks in a Booking.
  virtual Result<Counted> look(const Touch& touch) = 0;

  // What ChargePerson said last.
  virtual Result<std::optional<std::int64_t>> person_charged_at(std::string_view account,
                                                                std::string_view sku,
                                                                std::uint64_t person) = 0;
};

}  // namespace idswitch::store

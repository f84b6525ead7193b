#pragma once

// LedgerDoor: Ledger over one SQLite file. Any thread.

#include "store/ledger.hpp"
#include "store/sqlite/opened.hpp"

namespace idswitch::store {

class LedgerDoor final : public Ledger {
 public:
  // opened must outlive it.
  explicit LedgerDoor(Opened& opened) : opened_(opened) {}

  Result<std::vector<LedgerEntry>> of(VerificationId id) override;
  Result<std::vector<LedgerEntry>> entries(const EntryQuery& query) override;
  Result<EntryPage> page(const EntryQuery& query) override;
  Result<std::uint64_t> sequence_at(std::int64_t unix_ms) override;
  Result<LedgerFaults> verify(const LedgerCheck& check) override;
  Result<std::vector<ReportRow>> report(const ReportQuery& query) override;
  Result<std::vector<AgedHold>> aged_holds(const AgedQuery& query) override;
  Result<Counted> look(const Touch& touch) override;
  Result<std::optional<std::int64_t>> person_charged_at(std::string_view account,
                                                        std::string_view sku,
                                                        std::uint64_t person) override;

 private:
  Opened& opened_;
};

}  // namespace idswitch::store

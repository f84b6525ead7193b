#pragma once

// ChargeBook: the charges of one verification, as its ledger entries say, and what new evidence
// adds to them. Pure: it decides which entries to append, never edits one, and the same evidence
// twice adds nothing. One thread at a time.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "billing/evidence.hpp"
#include "billing/pricer.hpp"
#include "idswitch/verification.hpp"
#include "model/ledger_entry.hpp"

namespace idswitch::billing {

// What an entry changes for the budgets: `held` of the hold's period becomes `final_amount`.
struct Settlement {
  std::string account;
  std::string currency;
  Money held;
  std::int64_t held_at_unix_ms = 0;
  Money final_amount;
};

class ChargeBook {
 public:
  ChargeBook(VerificationId verification, std::string tenant)
      : verification_(verification), tenant_(std::move(tenant)) {}

  // Takes in what the ledger has, oldest first.
  void replay(const std::vector<LedgerEntry>& entries);

  // The key under which a request that is about to leave is booked. on_accept: every such request
  // is an event of its own, so when the charge of this name is resolved or unknown already, the key
  // gets a number: "verify#2".
  std::string key_for(std::string_view account, std::string_view sku, std::string_view dedupe_key,
                      bool on_accept) const;

  // The key under which evidence for this name is booked: the latest of "verify", "verify#2", ...
  std::string latest_key(std::string_view account, std::string_view sku,
                         std::string_view dedupe_key) const;

  // A hold of this name has been made.
  bool has(std::string_view account, std::string_view sku, std::string_view dedupe_key) const;

  // The hold for a request that is about to leave, at the worst case; nothing when it stands
  // already. A SKU without a price (config is checked for that) is held at zero.
  std::optional<LedgerEntry> hold(Pricer& pricer, const std::string& sku,
                                  const std::string& dedupe_key, std::int64_t now_unix_ms);

  // The entries that this evidence adds: none, one, or a hold with its resolution. Evidence that
  // contradicts a resolution becomes a remark (adjust of zero), and the resolution stands.
  std::vector<LedgerEntry> apply(Pricer& pricer, const Evidence& evidence,
                                 std::int64_t now_unix_ms);

  // The entries that the end of the verification adds: an adjust with the difference for each
  // charge of the account that was captured before its end was known and has another price now, at
  // most one for a charge. Call it once, when the end becomes known, before the evidence that came
  // with it. Of calls that were charged again (verify, verify#2) the last one had this end.
  std::vector<LedgerEntry> end(Pricer& pricer, const Ending& ending, std::int64_t now_unix_ms);

  // What an entry of this book means for the budgets: nothing for a hold and for a remark. A
  // correction after the capture counts by itself, when it was made.
  std::optional<Settlement> settlement_of(const LedgerEntry& entry) const;

  const std::string& tenant() const { return tenant_; }

  // Some hold has neither capture nor void.
  bool has_open() const;

  // Some hold of this account is open and not marked unknown: asking the vendor may settle it.
  bool awaits_result(std::string_view account) const;

  // As the API shows them, in the order they were opened.
  std::vector<Charge> charges() const;

 private:
  struct Line {
    std::string account, sku, dedupe_key, currency, vendor_reference;
    Money held;
    std::int64_t held_at_unix_ms = 0;
    std::optional<EntryKind> resolution;
    Money captured;
    std::int64_t captured_at_unix_ms = 0;
    std::string captured_version, captured_rule;
    bool adjusted = false;      // an entry changed what was captured
    bool unknown = false;       // a remark says so
    bool contradicted = false;  // a remark says so
  };

  Line* find(std::string_view account, std::string_view sku, std::string_view dedupe_key);
  const Line* find(std::string_view account, std::string_view sku,
                   std::string_view dedupe_key) const;
  // A later call was booked under the next number of the key.
  bool is_superseded(const Line& line) const;
  LedgerEntry entry(EntryKind kind, const Pricer& pricer, const std::string& sku,
                    const std::string& dedupe_key, std::int64_t now_unix_ms) const;
  void take(const LedgerEntry& entry);

  VerificationId verification_;
  std::string tenant_;
  std::vector<Line> lines_;
};

}  // namespace idswitch::billing

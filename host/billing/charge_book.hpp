#pragma once

// ChargeBook: the charges of one verification, as its ledger entries say, and what new evidence
// adds to them. Pure: it decides which entries to append, never edits one, and the same evidence
// twice adds nothing. One thread at a time.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "idswitch/verification.hpp"
#include "model/ledger_entry.hpp"

namespace idswitch::billing {

// What an adapter saw, or the host concluded, about one charge.
struct Evidence {
  std::uint32_t state = 0;   // IDSW_CHARGE_*; 0 = nobody knows
  std::uint32_t source = 0;  // IDSW_SOURCE_*
  std::string sku;
  std::string dedupe_key;
  std::string vendor_reference;
  std::string vendor_code;
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

  // The hold for a request that is about to leave; nothing when it stands already. The contract
  // must price the SKU (config is checked for that); an unpriced one is held at zero.
  std::optional<LedgerEntry> hold(const std::string& account, const config::Contract& contract,
                                  const std::string& sku, const std::string& dedupe_key,
                                  std::int64_t now_unix_ms);

  // The entries that this evidence adds: none, one, or a hold with its resolution. Evidence that
  // contradicts a resolution becomes a remark (adjust of zero), and the resolution stands.
  std::vector<LedgerEntry> apply(const std::string& account, const config::Contract& contract,
                                 const Evidence& evidence, std::int64_t now_unix_ms);

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
    std::optional<EntryKind> resolution;
    Money captured;
    bool unknown = false;       // a remark says so
    bool contradicted = false;  // a remark says so
  };

  Line* find(std::string_view account, std::string_view sku, std::string_view dedupe_key);
  const Line* find(std::string_view account, std::string_view sku,
                   std::string_view dedupe_key) const;
  LedgerEntry entry(EntryKind kind, const std::string& account, const config::Contract& contract,
                    const std::string& sku, const std::string& dedupe_key, Money amount,
                    std::int64_t now_unix_ms) const;
  void take(const LedgerEntry& entry);

  VerificationId verification_;
  std::string tenant_;
  std::vector<Line> lines_;
};

}  // namespace idswitch::billing

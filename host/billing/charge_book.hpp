#pragma once

// ChargeBook: the charges of one verification, as its ledger entries say, and what new evidence
// adds to them. Pure: it decides which entries to append and never edits one. What a charge comes
// to is a function of the set of what was told about it: the order does not matter, and the same
// evidence twice adds nothing. One thread at a time.
//
// Of contradicting evidence the better source counts: the vendor's flag, then a result code, the
// documented rule, a guess; from equal sources "captured" counts, so that what we may owe is shown.
// What the contract says about an end takes the place of everything but the vendor's flag. The
// first definite evidence resolves the charge; whatever changes it later is an adjust with the
// signed difference, and what changes nothing but contradicts, a remark.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "billing/pricer.hpp"
#include "idswitch/verification.hpp"
#include "model/charge_key.hpp"
#include "model/evidence.hpp"
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

  // The call under which a request that is about to leave is booked. on_accept: every such request
  // is charged by itself, so when the latest call of the event is resolved or unknown already, it
  // is the next one; else the first.
  std::uint32_t call_for(std::string_view account, std::string_view sku, std::string_view event,
                         bool on_accept) const;

  // The call that evidence for this event is about: the latest; 1 when there is none yet.
  std::uint32_t latest_call(std::string_view account, std::string_view sku,
                            std::string_view event) const;

  // A hold of this name has been made.
  bool has(std::string_view account, std::string_view sku, std::string_view event,
           std::uint32_t call = 1) const;

  // The hold for a request that is about to leave, at the worst case; nothing when it stands
  // already. A SKU without a price (config is checked for that) is held at zero.
  std::optional<LedgerEntry> hold(Pricer& pricer, const std::string& sku, const std::string& event,
                                  std::int64_t now_unix_ms, std::uint32_t call = 1);

  // The entries that this evidence adds: none, one, or several: a hold with its resolution, a
  // correction, corrections of other calls of its session. A verdict or reason in it counts as the
  // verification's end at this account, until end() tells that.
  std::vector<LedgerEntry> apply(Pricer& pricer, const Evidence& evidence,
                                 std::int64_t now_unix_ms);

  // The entries that the end of the verification adds: for each charge of the account that comes to
  // something else now, its resolution or an adjust. Before or after the evidence, and as often as
  // one likes: the first end stays. Of several calls of one event the last one had this end, unless
  // they are grouped by session.
  std::vector<LedgerEntry> end(Pricer& pricer, const Ending& ending, std::int64_t now_unix_ms);

  // Tells a book that was made anew how its verification had ended: the ledger does not say it, and
  // later evidence is priced by it. Adds nothing.
  void ended(const std::string& account, const Ending& ending) { remember(account, ending, true); }

  // What an entry of this book means for the budgets: nothing for a hold and for a remark. A
  // correction after the capture counts by itself, when it was made.
  std::optional<Settlement> settlement_of(const LedgerEntry& entry) const;

  const std::string& tenant() const { return tenant_; }

  // Some hold has neither capture nor void.
  bool has_open() const;

  // Some hold of this account is open and not marked unknown: asking the vendor may settle it.
  bool awaits_result(std::string_view account) const;

  // Another call of the verification pays for the SKU, as the ledger says; for Group::session.
  bool is_session_charged(std::string_view account, std::string_view sku) const;

  // As the API shows them, in the order they were opened.
  std::vector<Charge> charges() const;

 private:
  // What somebody said about a charge.
  struct Told {
    std::uint32_t state = 0;   // IDSW_CHARGE_*, never HELD
    std::uint32_t source = 0;  // IDSW_SOURCE_*
    std::string vendor_code;

    bool operator==(const Told&) const = default;
  };

  struct Line {
    ChargeName name;
    std::string currency, vendor_reference;
    Money held;
    std::int64_t held_at_unix_ms = 0;
    std::vector<Told> told;  // no two are the same
    std::optional<EntryKind> resolution;
    bool charged = false;        // after all corrections
    Money balance;               // capture and adjusts
    std::optional<Money> price;  // of the last time it was charged
    std::int64_t ruled_at_unix_ms = 0;
    std::string version, rule;  // that set the price, or that says it is not charged
  };

  // What all that was told comes to.
  struct Standing {
    bool charged = false;
    std::vector<std::size_t> told;   // the pieces that decide, all from equally good sources
    std::optional<Reading> reading;  // the contract read the first of them
    std::optional<Priced> price;     // when charged
  };

  struct AccountEnding {
    std::string account;
    Ending ending;
    bool is_final = false;  // end() told it
  };

  Line* find(std::string_view account, std::string_view sku, std::string_view event,
             std::uint32_t call);
  const Line* find(std::string_view account, std::string_view sku, std::string_view event,
                   std::uint32_t call) const;
  const Line* find(const LedgerEntry& entry) const;
  // There is a later call of its event.
  bool is_superseded(const Line& line) const;
  static bool is_told(const Line& line, std::uint32_t state);
  static bool is_unknown(const Line& line);
  static bool is_news(const Line& line, const Told& told, Distinctions distinctions);
  void remember(const std::string& account, const Ending& ending, bool is_final);

  Ending ending_of(const Line& line, const Pricer& pricer, std::int64_t now_unix_ms) const;
  // Without its price. Nothing when no evidence is definite.
  std::optional<Standing> unpriced(const Line& line, const Pricer& pricer,
                                   std::int64_t now_unix_ms) const;
  std::optional<Standing> standing_of(const Line& line, const Pricer& pricer,
                                      std::int64_t now_unix_ms) const;
  // A charge before this one, by event and call, is charged and pays for the session.
  bool is_paid_by_another(const Line& line, const Pricer& pricer, std::int64_t now_unix_ms) const;
  Priced price_of(const Line& line, const Pricer& pricer, Circumstances seen,
                  std::int64_t now_unix_ms) const;

  // Appends what is missing for the line to be what its evidence says. news: what was just told.
  void settle(Pricer& pricer, const Line& line, const Evidence* news, std::int64_t now_unix_ms,
              std::vector<LedgerEntry>& entries);
  void correct(Pricer& pricer, const Line& line, const Standing& standing, const Evidence* news,
               std::int64_t now_unix_ms, std::vector<LedgerEntry>& entries);
  void settle_all(Pricer& pricer, const Line* first, const Evidence* news, std::int64_t now_unix_ms,
                  std::vector<LedgerEntry>& entries);
  static void name(LedgerEntry& entry, const Told& told);
  static Charged charged_of(const Line& line);
  void append(Pricer& pricer, LedgerEntry entry, std::vector<LedgerEntry>& entries);

  LedgerEntry entry(EntryKind kind, const Pricer& pricer, const ChargeName& name,
                    std::int64_t now_unix_ms) const;
  void take(const LedgerEntry& entry);
  static void take_adjust(Line& line, const LedgerEntry& entry, bool by_contract);

  VerificationId verification_;
  std::string tenant_;
  std::vector<Line> lines_;
  std::vector<AccountEnding> endings_;
};

}  // namespace idswitch::billing

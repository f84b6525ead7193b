#pragma once

// ChargeBook: the charges of one verification, as its ledger entries say, and what new evidence
// adds to them. A value that can be copied: a booking works on a copy, which is kept when its
// commit is durable. It decides which entries to append and never edits one. What a charge comes to
// is a function of the set of what was told about it: the order does not matter, and the same
// evidence twice adds nothing. One thread at a time.
//
// Of contradicting evidence the better source counts: the vendor's flag, then a result code, the
// documented rule, a guess; from equal sources "captured" counts, so that what we may owe is shown.
// What the contract says about an end takes the place of everything but the vendor's flag. The
// first definite evidence resolves the charge; whatever changes it later is an adjust with the
// signed difference, and what changes nothing but contradicts, a dispute. A person's word stands
// above them all: what evidence says after it is noted, and changes nothing.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "billing/pricer.hpp"
#include "idswitch/verification.hpp"
#include "model/charge_fold.hpp"
#include "model/charge_key.hpp"
#include "model/evidence.hpp"
#include "model/ledger_entry.hpp"

namespace idswitch::billing {

// What a person says of a charge.
struct HandWritten {
  std::optional<Money> charged;  // nothing = it is not charged
  std::string actor;             // who
  std::string note;              // why, and what it was read from
  std::string vendor_reference;  // of the line that was read; may be empty
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

  // The evidence adds nothing to this account's charges: it says that one is held, and one is.
  bool holds_already(std::string_view account, const Evidence& evidence) const;

  // What the evidence is about is marked unknown.
  bool is_unknown(std::string_view account, const Evidence& evidence) const;

  // The hold for a request that is about to leave, at the worst case: made, and not taken in yet.
  // A SKU without a price (config is checked for that) is held at zero. There is none of this name.
  LedgerEntry next_hold(const Pricer& pricer, const std::string& sku, const std::string& event,
                        std::uint32_t call, std::int64_t now_unix_ms) const;

  // Takes in what next_hold made.
  void keep(Pricer& pricer, const LedgerEntry& hold);

  // Both; nothing when it stands already.
  std::optional<LedgerEntry> hold(Pricer& pricer, const std::string& sku, const std::string& event,
                                  std::int64_t now_unix_ms, std::uint32_t call = 1);

  // The entries that this evidence adds: none, one, or several: a hold with its resolution, a
  // correction, corrections of other calls of its session. ending: counts as the verification's end
  // at this account, until end() tells that.
  std::vector<LedgerEntry> apply(Pricer& pricer, const Evidence& evidence, std::int64_t now_unix_ms,
                                 const Ending& ending = {});

  // The entries that the end of the verification adds: for each charge of the account that comes to
  // something else now, its resolution or an adjust. Before or after the evidence, and as often as
  // one likes: the first end stays. Of several calls of one event the last one had this end, unless
  // they are grouped by session.
  std::vector<LedgerEntry> end(Pricer& pricer, const Ending& ending, std::int64_t now_unix_ms);

  // Tells a book that was made anew how its verification had ended: the ledger does not say it, and
  // later evidence is priced by it. Adds nothing.
  void ended(const std::string& account, const Ending& ending) { remember(account, ending, true); }

  // The entry that a person's word adds: the resolution of an open charge, or an adjust of a
  // resolved one; none when it comes to that already, and nobody disputes it. charge: one of this
  // book, at the pricer's account.
  std::optional<LedgerEntry> settle(Pricer& pricer, const ChargeName& charge,
                                    const HandWritten& word, std::int64_t now_unix_ms);

  const std::string& tenant() const { return tenant_; }

  VerificationId verification() const { return verification_; }

  // In the order they were opened.
  const std::vector<ChargeFold>& lines() const { return lines_; }

  const ChargeFold* find(const ChargeName& charge) const;

  // Of the entry that was taken in last; 0 = there is none.
  std::uint32_t last_number() const { return last_number_; }

  // Some hold is open and not marked unknown: asking a vendor, or its session's end, may settle it.
  bool has_held() const;

  // Another call of the verification pays for the SKU, as the ledger says; for Group::session.
  bool is_session_charged(std::string_view account, std::string_view sku) const;

  // As the API shows them, in the order they were opened.
  std::vector<Charge> charges() const;

 private:
  using Line = ChargeFold;

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
  // Which charge the evidence is about; nullptr = there is none yet.
  const Line* line_of(std::string_view account, const Evidence& evidence) const;
  // There is a later call of its event.
  bool is_superseded(const Line& line) const;
  static bool is_news(const Line& line, const Told& told, Distinctions distinctions);
  void remember(std::string_view account, const Ending& ending, bool is_final);

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
  static Charged charged_of(const Line& line);

  // Appends what is missing for the line to be what its evidence says. news: what was just told.
  void settle(Pricer& pricer, const Line& line, const Evidence* news, std::int64_t now_unix_ms,
              std::vector<LedgerEntry>& entries);
  void correct(Pricer& pricer, const Line& line, const Standing& standing, const Evidence* news,
               std::int64_t now_unix_ms, std::vector<LedgerEntry>& entries);
  void note(Pricer& pricer, const Line& line, const Evidence& news, bool is_charged,
            std::int64_t now_unix_ms, std::vector<LedgerEntry>& entries);
  void settle_all(Pricer& pricer, const Line* first, const Evidence* news, std::int64_t now_unix_ms,
                  std::vector<LedgerEntry>& entries);
  static void name(LedgerEntry& entry, const Told& told);
  static void set_price(LedgerEntry& entry, const Priced& price);

  // line: nullptr for the hold that opens one.
  LedgerEntry entry(EntryKind kind, const Pricer& pricer, const ChargeName& name, const Line* line,
                    std::int64_t now_unix_ms) const;
  void append(Pricer& pricer, LedgerEntry entry, std::vector<LedgerEntry>& entries);
  void take(const LedgerEntry& entry);
  void require_sound(const LedgerEntry& entry) const;

  VerificationId verification_;
  std::string tenant_;
  std::uint32_t last_number_ = 0;  // of its entries
  std::vector<Line> lines_;
  std::vector<AccountEnding> endings_;
};

}  // namespace idswitch::billing

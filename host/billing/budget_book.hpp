#pragma once

// BudgetBook: what is spent and reserved of every budget. A charge counts from its hold on, at its
// worst case, in the period of the hold; its end corrects that. So a budget that stops is never
// overspent by charges that end within their hold, however many run at once. Not thread-safe: the
// caller locks, and a decision and its reservation are one call, reserve().

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "model/charge_key.hpp"
#include "model/ledger_entry.hpp"

namespace idswitch::billing {

// A budget refuses; nothing was reserved.
struct Exhausted {
  std::string budget;
  std::string period;  // "2026-11"
  Money limit;
  Money committed;  // spent and reserved so far
  std::int64_t ends_unix_ms = 0;
  std::string text;  // for people: which budget, and what to do
};

// A budget has reached its warning mark, or one that only warns has passed its limit. Told once in
// each period.
struct BudgetWarning {
  std::string budget;
  std::string period;
  bool is_over_limit = false;
  Money limit;
  Money committed;
  std::string text;
};

struct Reservation {
  std::optional<Exhausted> exhausted;
  std::vector<BudgetWarning> warnings;
};

// A budget in one period.
struct BudgetState {
  std::string budget;
  std::string period;
  std::string currency;
  bool stops = true;
  Money limit;
  Money spent;
  Money reserved;
  std::int64_t share_ppm = 0;  // spent and reserved, of the limit
};

class BudgetBook {
 public:
  // Offsets from UTC in minutes, by account; an account that is not among them counts in UTC.
  using Offsets = std::map<std::string, int, std::less<>>;

  BudgetBook(std::vector<config::Budget> budgets, Offsets utc_offset_min);

  // Takes over the sums of those budgets of `old` whose name, tenant, accounts, period and currency
  // are the same; limit and marks may differ. Also the holds that a replay remembers, and the
  // offsets of accounts that are gone. Returns the names of the other budgets: when there are any,
  // fill a new book with take() instead, for they know nothing of what is held and spent.
  std::vector<std::string> adopt(const BudgetBook& old);

  // Reserves the amount with every budget that counts it, or with none. An amount of 0 is never
  // refused.
  Reservation reserve(std::string_view tenant, std::string_view account, std::string_view currency,
                      Money amount, std::int64_t at_unix_ms);

  // Reserves whatever the limits say: for a hold that a reply made known after the fact.
  std::vector<BudgetWarning> reserve_anyway(std::string_view tenant, std::string_view account,
                                            std::string_view currency, Money amount,
                                            std::int64_t at_unix_ms);

  // A reserved amount ends as final_amount (0: it costs nothing, or the hold was never written).
  // The difference counts in the period of the hold.
  std::vector<BudgetWarning> settle(std::string_view tenant, std::string_view account,
                                    std::string_view currency, Money held,
                                    std::int64_t held_at_unix_ms, Money final_amount);

  // The budget that would refuse this amount now; empty = none. The view lives as long as the book.
  std::string_view exhausted_by(std::string_view tenant, std::string_view account,
                                std::string_view currency, Money amount,
                                std::int64_t at_unix_ms) const;

  // Takes in the ledger at start-up, in its order: holds reserve whatever the limits say; a
  // capture, void or adjust settles the hold that was read before it. Only for entries that neither
  // reserve() nor settle() was called for. What it would warn of counts as told.
  void take(const LedgerEntry& entry);

  // Each budget in the periods that contain the instant: one, or two around midnight when its
  // accounts' contracts are in different time zones.
  std::vector<BudgetState> states(std::int64_t at_unix_ms) const;

 private:
  struct Sums {
    Money spent;
    Money reserved;
    bool is_warned = false;  // of warn_at
    bool is_told_over = false;

    Money committed() const { return spent + reserved; }
  };

  struct Line {
    config::Budget budget;
    std::map<std::int64_t, Sums> periods;  // by period_number; the latest few
  };

  struct Charge {
    std::string_view tenant, account, currency;
    Money amount;
    std::int64_t at_unix_ms;
  };

  struct OpenHold {
    std::string currency;
    Money amount;
    std::int64_t at_unix_ms = 0;
  };

  using ChargeKey = std::pair<VerificationId, ChargeName>;

  static bool counts(const config::Budget& budget, const Charge& charge);
  static bool refuses(const Line& line, Money amount, std::int64_t period);
  // Null when the period is forgotten.
  static Sums* sums_of(Line& line, std::int64_t period);

  int offset_of(std::string_view account) const;
  Exhausted exhausted(const Line& line, const Charge& charge) const;
  void add(const Charge& charge, Money to_reserved, Money to_spent,
           std::vector<BudgetWarning>& warnings);
  void warn(const Line& line, const Charge& charge, Sums& sums,
            std::vector<BudgetWarning>& warnings) const;

  std::vector<Line> lines_;
  Offsets utc_offset_min_;
  std::map<ChargeKey, OpenHold> open_;  // of take()
};

}  // namespace idswitch::billing

#pragma once

// Reconciliation: what is to be said about a line of the vendor's statement beside a charge of
// ours. Finding the charge is line_matching's work. Pure; any thread.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "billing/period.hpp"
#include "idswitch/verification.hpp"
#include "model/ledger_entry.hpp"
#include "reconcile/statement.hpp"

namespace idswitch::billing {

enum class Verdict : std::uint8_t {
  matched,
  amount_differs,
  wrong_tier,   // their amount is the contract's price at another volume
  duplicate,    // the line's reference stands in more lines than we have charges with it
  only_theirs,  // also when we know the charge, but do not count it: see LedgerCharge::state
  only_ours,
};

inline constexpr std::size_t k_verdicts = 6;

// "matched", "amount differs", ...
std::string_view word(Verdict verdict);

// One charge as all its entries say, as far as a statement is held against it.
struct LedgerCharge {
  VerificationId verification;
  std::string sku;
  std::string event;
  std::uint32_t call = 1;
  std::string currency;
  ChargeState state = ChargeState::held;
  bool is_disputed = false;
  Money held;
  Money balance;  // captures and adjustments; 0 when nothing was captured
  std::int64_t held_at_unix_ms = 0;
  std::int64_t charged_at_unix_ms = 0;  // captured: since when it is charged
  std::vector<std::string> references;  // that the vendor gave, each once
  std::string contract_version;
  std::string rule;  // that priced it last

  bool is_resolved() const {
    return state == ChargeState::captured || state == ChargeState::voided;
  }

  // When it counts: when it was charged, or, where it is not, its hold.
  std::int64_t at_unix_ms() const {
    return state == ChargeState::captured ? charged_at_unix_ms : held_at_unix_ms;
  }
};

// "captured", "unknown", "voided (disputed)", ...
std::string state_text(const LedgerCharge& charge);

// entries: all of one charge that are known, in the ledger's order; at least one. Error: the
// adjustments add up to more than can be counted.
Result<LedgerCharge> charge_of(const std::vector<LedgerEntry>& entries);

// What a charge is to the statement of a period.
enum class Standing : std::uint8_t {
  due,        // charged in the period: the statement should have it
  open,       // held or unknown: the statement may tell
  elsewhere,  // charged in another period
  released,   // we say that it costs nothing
};

Standing standing_of(const LedgerCharge& charge, const std::optional<Period>& period);

struct Judgement {
  Verdict verdict = Verdict::matched;
  std::string note;  // for people; may be empty
};

// The line was found to be this charge.
Judgement judge(const StatementLine& line, const LedgerCharge& charge, Standing standing,
                const config::Contract& contract);

// Nothing of ours belongs to the line.
Judgement judge_alone(const StatementLine& line, const std::optional<Period>& period);

// No line belongs to a charge that is due.
Judgement judge_missing(const LedgerCharge& charge);

// What the verdicts come to. Amounts by currency.
struct Tally {
  struct Sums {
    Money ours;
    Money theirs;
  };

  std::int64_t count = 0;
  std::map<std::string, Sums> sums;

  // False when the amounts add up to more than can be counted.
  [[nodiscard]] bool add(const StatementLine* line, const LedgerCharge* counted_charge);
};

using Tallies = std::array<Tally, k_verdicts>;  // by Verdict

}  // namespace idswitch::billing

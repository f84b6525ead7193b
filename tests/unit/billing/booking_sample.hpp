#pragma once

// Books charges as a store does: by counts of which only the touched may be asked for.

#include <gtest/gtest.h>

#include "billing/booking.hpp"
#include "contract.hpp"

namespace idswitch::billing {

inline constexpr std::uint64_t k_person = 77;

inline config::Budget budget(std::int64_t limit_micros) {
  config::Budget budget;
  budget.name = "all";
  budget.limit = Money{limit_micros};
  budget.currency = "CNY";
  return budget;
}

// Books as a store does: under a touch that was made beforehand.
class Booking : public testing::Test {
 protected:
  void adopt(std::int64_t limit_micros) {
    office_.budgets = Budgets({budget(limit_micros)}, {{"baidu", 0}});
    office_.counts.adopt(office_.budgets.limits());
  }

  Booked hold(ChargeBook& book, const std::string& event = "verify", bool on_accept = false,
              std::int64_t at = 1, std::uint64_t person = k_person) {
    const Touch touch = touch_of_hold(book, office_.terms(), person, "verify", at);
    TouchedCounts counts(office_.counts, touch);
    return book_hold(book, office_.terms(), person, "verify", event, on_accept, at, counts);
  }

  Booked tell(ChargeBook& book, const std::vector<Evidence>& evidence,
              const std::optional<Ending>& ending = {}, std::int64_t at = 2,
              std::uint64_t person = k_person) {
    const Touch touch = touch_of(book, office_.terms(), person, at);
    TouchedCounts counts(office_.counts, touch);
    return book_evidence(book, office_.terms(), person, evidence, ending, at, counts);
  }

  Result<Booked> settle(ChargeBook& book, const HandWritten& word, std::int64_t at = 3,
                        const std::string& event = "verify") {
    const Touch touch = touch_of(book, office_.terms(), k_person, at);
    TouchedCounts counts(office_.counts, touch);
    return settle_by_hand(book, office_.terms(), k_person, {"baidu", "verify", event, 1}, word, at,
                          counts);
  }

  BudgetCount budget_count(std::int64_t at = 1) {
    const auto touched = office_.budgets.of({"shop", "baidu", "CNY", at, 0});
    return office_.counts.budget(touched.at(0).key);
  }

  static ChargeBook book(std::uint64_t id = 1) { return {VerificationId{id, 0}, "shop"}; }

  Office office_;
};

}  // namespace idswitch::billing

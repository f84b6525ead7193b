#include "engine/verification/passed_over.hpp"

#include <gtest/gtest.h>

namespace idswitch::engine {
namespace {

using routing::Filter;
using routing::Refusal;

struct Situation {
  config::Route route;
  routing::TableRoute row;
  Decision decision;

  Situation() {
    route.accounts = {"a", "b"};
    row.route = &route;
    decision.route = &row;
    decision.accounts.resize(2);
    decision.at_unix_ms = 1'000'000;
  }
};

TEST(PassedOver, WithoutAnybodySaysThatThereIsNobody) {
  const Problem problem = PassedOver().problem();
  EXPECT_EQ(problem.code, "no_vendor_available");
  EXPECT_TRUE(problem.retryable);
}

TEST(PassedOver, NamesTheBudgetThatHasNoRoom) {
  Situation situation;
  situation.decision.accounts[0].budget = "monthly-shop";
  situation.decision.accounts[0].budget_detail = "budget \"monthly-shop\" has no room for 1.00 CNY";
  PassedOver passed;
  passed.add(situation.decision, {0, Filter::budget});
  passed.add(situation.decision, {1, Filter::full});
  EXPECT_EQ(passed.problem().code, "budget_exhausted");
  EXPECT_EQ(passed.problem().http_status, 402);
  EXPECT_NE(passed.problem().detail.find("monthly-shop"), std::string::npos);
}

TEST(PassedOver, KeepsTheBudgetsOwnWordsWhenItRefusedLate) {
  PassedOver passed;
  passed.add("a", Error(Errc::budget_exhausted, "budget `day` of 2026-11-21 is used up"));
  EXPECT_EQ(passed.problem().detail, "budget `day` of 2026-11-21 is used up");
}

TEST(PassedOver, NamesEveryBudgetOnce) {
  Situation situation;
  situation.decision.accounts[0].budget = "near";
  situation.decision.accounts[1].budget = "near";
  PassedOver passed;
  passed.add(situation.decision, {0, Filter::budget});
  passed.add(situation.decision, {1, Filter::budget});
  passed.add("c", Error(Errc::budget_exhausted, "budget `all` is used up"));
  const std::string detail = passed.problem().detail;
  EXPECT_EQ(detail.find("near"), detail.rfind("near"));
  EXPECT_NE(detail.find("`all`"), std::string::npos);
}

TEST(PassedOver, SaysWhenABusyVendorMayBeAskedAgain) {
  Situation situation;
  situation.decision.accounts[0].until_unix_ms = 1'030'500;
  situation.decision.accounts[1].until_unix_ms = 1'007'001;
  PassedOver passed;
  passed.add(situation.decision, {0, Filter::throttled});
  passed.add(situation.decision, {1, Filter::throttled});
  EXPECT_EQ(passed.problem().code, "overloaded");
  EXPECT_EQ(passed.problem().retry_after_s, 8);  // the earlier one, rounded up
}

TEST(PassedOver, TellsBusyFromBroken) {
  struct Row {
    Refusal first, second;
    const char* code;
  };

  const Row rows[] = {
      {Refusal::full, Refusal::over_rate, "overloaded"},
      {Refusal::throttled, Refusal::full, "overloaded"},
      {Refusal::full, Refusal::open, "no_vendor_available"},
      {Refusal::tripped, Refusal::open, "no_vendor_available"},
  };
  for (const Row& row : rows) {
    PassedOver passed;
    passed.add("a", row.first);
    passed.add("b", row.second);
    EXPECT_EQ(passed.problem().code, row.code);
    EXPECT_NE(passed.problem().detail.find("a "), std::string::npos);
    EXPECT_NE(passed.problem().detail.find("b "), std::string::npos);
  }
}

}  // namespace
}  // namespace idswitch::engine

// A slot whose value an operation obtains: a request waits for it, goes on with it, and gives it
// up.

#include <gtest/gtest.h>

#include "scripted_plugin.hpp"

namespace idswitch::test {
namespace {

using plugin::NeedSlotStep;
using plugin::SendStep;
using plugin::Step;

// The literal parts live in the step only: what waits must be the host's own copy.
StepBody sends_token() {
  return [](const idsw_event&, const idsw_sink& sink) {
    const std::string path = "/v1/with?token=";
    const idsw_segment target[] = {bytes(path),
                                   {IDSW_SEGMENT_SECRET, {}, k_token_slot, nullptr, 0}};
    GoodRequest good;
    good.request.target = {target, 2};
    return sink.send(sink.ctx, &good.request);
  };
}

StepBody drops_and_sends_token() {
  return [](const idsw_event& event, const idsw_sink& sink) {
    const idsw_status status = sink.drop(sink.ctx, k_token_slot);
    return status == IDSW_OK ? sends_token()(event, sink) : status;
  };
}

TEST(DynamicSlot, MakesTheRequestWaitAndGoOn) {
  ScriptedExchange exchange({sends_token(), finishes(opened())});
  const Step waiting = exchange.start();
  EXPECT_EQ(std::get<NeedSlotStep>(waiting).slot, k_token_slot);
  exchange.account().grant(k_token_slot, "t0ken", 3600);
  const Step step = exchange.resume();
  EXPECT_EQ(std::get<SendStep>(step).target, "/v1/with?token=t0ken");
  EXPECT_EQ(std::get<SendStep>(step).headers, "X-Vendor: yes\r\n");
  EXPECT_EQ(std::get<SendStep>(step).body, "{}");
  EXPECT_TRUE(std::holds_alternative<plugin::FinishStep>(exchange.reply()));
}

TEST(DynamicSlot, IsSharedByTheAccountsExchanges) {
  const auto account = scripted_account();
  account->grant(k_token_slot, "t0ken", 3600);
  ScriptedExchange exchange({sends_token()}, IDSW_OP_RESULT, account);
  EXPECT_TRUE(std::holds_alternative<SendStep>(exchange.start()));
}

TEST(DynamicSlot, ThatStaysEmptyIsNotAskedForForEver) {
  ScriptedExchange exchange({sends_token()});
  (void)exchange.start();
  Step step = exchange.resume();
  EXPECT_FALSE(std::holds_alternative<SendStep>(step));
  if (std::holds_alternative<NeedSlotStep>(step)) step = exchange.resume();
  EXPECT_NE(refusal_of(step).find("still has no value"), std::string::npos) << refusal_of(step);
}

TEST(DynamicSlot, CannotBeResumedWhenNothingWaits) {
  ScriptedExchange exchange({sends_good_request()});
  (void)exchange.start();
  EXPECT_NE(refusal_of(exchange.resume()), "");
}

TEST(DynamicSlot, IsForgottenATenthOfItsLifeEarlyButAtMostAMinute) {
  const struct {
    std::uint64_t lifetime_s;
    std::int64_t good_ms;
  } rows[] = {{1, 900}, {10, 9'000}, {600, 540'000}, {3600, 3'540'000}, {2'592'000, 2'591'940'000}};

  ManualClock clock(k_now);
  const auto account = scripted_account("{}", &clock);
  for (const auto& row : rows) {
    account->grant(k_token_slot, "t", row.lifetime_s);
    clock.advance(std::chrono::milliseconds(row.good_ms - 1));
    EXPECT_TRUE(account->slot(k_token_slot)) << row.lifetime_s;
    clock.advance(std::chrono::milliseconds(1));
    EXPECT_FALSE(account->slot(k_token_slot)) << row.lifetime_s;
  }
}

TEST(DynamicSlot, LivesAsLongWhateverTheWallClockIsSetTo) {
  for (const int hours : {-24, -1, 1, 24}) {
    ManualClock clock(k_now);
    const auto account = scripted_account("{}", &clock);
    account->grant(k_token_slot, "t", 600);
    clock.set_by(std::chrono::hours(hours));
    clock.advance(std::chrono::milliseconds(539'999));
    EXPECT_TRUE(account->slot(k_token_slot)) << hours;
    clock.advance(std::chrono::milliseconds(1));
    EXPECT_FALSE(account->slot(k_token_slot)) << hours;
  }
}

TEST(DynamicSlot, SurvivesAnAbsurdLifetime) {
  ManualClock clock(k_now);
  const auto account = scripted_account("{}", &clock);
  account->grant(k_token_slot, "t", ~std::uint64_t{0});
  clock.advance(std::chrono::hours(24));
  EXPECT_TRUE(account->slot(k_token_slot));
}

TEST(DynamicSlot, AllAreDroppedTogetherAndNothingElseIs) {
  const auto account = scripted_account();
  account->grant(k_token_slot, "t", 3600);
  account->drop_all();
  EXPECT_FALSE(account->slot(k_token_slot));
  EXPECT_TRUE(account->slot(k_api_key_slot));
}

TEST(DynamicSlot, IsDroppedAndAskedForAgain) {
  ScriptedExchange exchange({sends_token(), drops_and_sends_token()});
  exchange.account().grant(k_token_slot, "old", 3600);
  (void)exchange.start();
  EXPECT_TRUE(std::holds_alternative<NeedSlotStep>(exchange.reply()));
  exchange.account().grant(k_token_slot, "new", 3600);
  const Step step = exchange.resume();
  EXPECT_EQ(std::get<SendStep>(step).target, "/v1/with?token=new");
}

// Two exchanges learn that the old value is dead; the second one must not throw the new one away.
TEST(DynamicSlot, DropLeavesANewerValueAlone) {
  ScriptedExchange exchange({sends_token(), drops_and_sends_token()});
  exchange.account().grant(k_token_slot, "old", 3600);
  (void)exchange.start();
  exchange.account().grant(k_token_slot, "new", 3600);
  const Step step = exchange.reply();
  ASSERT_TRUE(std::holds_alternative<SendStep>(step));
  EXPECT_EQ(std::get<SendStep>(step).target, "/v1/with?token=new");
}

TEST(DynamicSlot, OnlyDynamicSlotsAreDropped) {
  for (const std::uint32_t slot : {k_api_key_slot, 40u}) {
    const Step step = step_of([&](const idsw_event& event, const idsw_sink& sink) {
      EXPECT_EQ(sink.drop(sink.ctx, slot), IDSW_E_DENIED);
      return sends_good_request()(event, sink);
    });
    EXPECT_NE(refusal_of(step), "");
  }
}

// A request that waits is checked again when it goes on.
TEST(DynamicSlot, WithALineEndInItsValueIsRefused) {
  ScriptedExchange exchange({[](const idsw_event&, const idsw_sink& sink) {
    GoodRequest good;
    good.header_value = {IDSW_SEGMENT_SECRET, {}, k_token_slot, nullptr, 0};
    return sink.send(sink.ctx, &good.request);
  }});
  EXPECT_TRUE(std::holds_alternative<NeedSlotStep>(exchange.start()));
  exchange.account().grant(k_token_slot, "a\r\nEvil: yes", 3600);
  EXPECT_NE(refusal_of(exchange.resume()).find("control character"), std::string::npos);
}

}  // namespace
}  // namespace idswitch::test

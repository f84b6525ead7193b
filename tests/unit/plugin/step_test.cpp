// What one step may do: exactly one action, charges beside it, and what the host reads out of them.

#include <gtest/gtest.h>

#include "scripted_plugin.hpp"

namespace idswitch::test {
namespace {

using plugin::FailStep;
using plugin::FinishStep;
using plugin::GrantStep;
using plugin::SendStep;
using plugin::Step;

bool gave_up(const Step& step, std::string_view why) {
  const auto* fail = std::get_if<FailStep>(&step);
  return fail != nullptr && fail->error_class == IDSW_ERROR_PROTOCOL &&
         fail->detail.find(why) != std::string::npos;
}

TEST(Step, WithoutAnActionIsGivenUp) {
  EXPECT_TRUE(gave_up(step_of([](auto&, auto&) { return IDSW_OK; }), "no action"));
}

TEST(Step, WithTwoActionsIsGivenUp) {
  const Step step = step_of([](const idsw_event&, const idsw_sink& sink) {
    const idsw_outcome outcome = opened();
    EXPECT_EQ(sink.finish(sink.ctx, &outcome), IDSW_OK);
    EXPECT_EQ(sink.finish(sink.ctx, &outcome), IDSW_E_STATE);
    return IDSW_OK;
  });
  EXPECT_TRUE(gave_up(step, "two actions"));
}

TEST(Step, ThatAnswersAnErrorIsGivenUpWhateverItDid) {
  const Step step = step_of([](const idsw_event&, const idsw_sink& sink) {
    const idsw_outcome outcome = opened();
    sink.finish(sink.ctx, &outcome);
    return IDSW_E_INTERNAL;
  });
  EXPECT_TRUE(gave_up(step, "-1"));
}

TEST(Step, OfAnExchangeThatCouldNotBeOpenedIsAFailure) {
  plugin::OperationInput input;
  input.kind = IDSW_OP_START;
  plugin::Exchange exchange(scripted_account(), input);  // the stub has no script for it
  EXPECT_TRUE(gave_up(exchange.start(k_now), "could not open"));
}

TEST(Finish, FitsTheOperation) {
  const struct {
    std::uint32_t operation;
    std::uint32_t outcome;
    bool fits;
  } rows[] = {
      {IDSW_OP_START, IDSW_OUTCOME_OPENED, true},
      {IDSW_OP_START, IDSW_OUTCOME_COMPLETED, false},
      {IDSW_OP_START, IDSW_OUTCOME_PENDING, false},
      {IDSW_OP_START, IDSW_OUTCOME_NONE, false},
      {IDSW_OP_RESULT, IDSW_OUTCOME_PENDING, true},
      {IDSW_OP_RESULT, IDSW_OUTCOME_COMPLETED, true},
      {IDSW_OP_RESULT, IDSW_OUTCOME_EXPIRED, true},
      {IDSW_OP_RESULT, IDSW_OUTCOME_OPENED, false},
      {IDSW_OP_RESULT, IDSW_OUTCOME_HINT, false},
      {IDSW_OP_RESULT, 77, false},
      {IDSW_OP_SUBMIT, IDSW_OUTCOME_COMPLETED, true},
      {IDSW_OP_SUBMIT, IDSW_OUTCOME_OPENED, false},
      {IDSW_OP_CALLBACK, IDSW_OUTCOME_HINT, true},
      {IDSW_OP_CALLBACK, IDSW_OUTCOME_COMPLETED, false},
      {IDSW_OP_TOKEN, IDSW_OUTCOME_COMPLETED, false},
  };

  for (const auto& row : rows) {
    idsw_outcome outcome = opened();
    outcome.kind = row.outcome;
    const Step step = step_of(finishes(outcome), row.operation);
    EXPECT_EQ(std::holds_alternative<FinishStep>(step), row.fits)
        << row.operation << " with " << row.outcome << ": " << refusal_of(step);
  }
}

TEST(Finish, ReadsVerdictsCautiously) {
  const struct {
    std::uint32_t verdict, reason, read_verdict, read_reason;
  } rows[] = {
      {IDSW_VERDICT_PASS, 0, IDSW_VERDICT_PASS, 0},
      {IDSW_VERDICT_FAIL, IDSW_REASON_FACE_MISMATCH, IDSW_VERDICT_FAIL, IDSW_REASON_FACE_MISMATCH},
      {IDSW_VERDICT_NONE, 0, IDSW_VERDICT_INCONCLUSIVE, IDSW_REASON_VENDOR_UNKNOWN_CODE},
      {4, 0, IDSW_VERDICT_INCONCLUSIVE, IDSW_REASON_VENDOR_UNKNOWN_CODE},
      {0xFFFFFFFF, IDSW_REASON_FACE_MISMATCH, IDSW_VERDICT_INCONCLUSIVE,
       IDSW_REASON_VENDOR_UNKNOWN_CODE},
      {IDSW_VERDICT_FAIL, 12345, IDSW_VERDICT_FAIL, IDSW_REASON_VENDOR_UNKNOWN_CODE},
      {IDSW_VERDICT_FAIL, 0, IDSW_VERDICT_FAIL, IDSW_REASON_VENDOR_UNKNOWN_CODE},
      {IDSW_VERDICT_INCONCLUSIVE, 0, IDSW_VERDICT_INCONCLUSIVE, IDSW_REASON_VENDOR_UNKNOWN_CODE},
  };

  for (const auto& row : rows) {
    const Step step = step_of(finishes(completed(row.verdict, row.reason)), IDSW_OP_RESULT);
    const auto& finish = std::get<FinishStep>(step);
    EXPECT_EQ(finish.verdict, row.read_verdict) << row.verdict << " " << row.reason;
    EXPECT_EQ(finish.reason, row.read_reason) << row.verdict << " " << row.reason;
  }
}

TEST(Finish, KeepsNoMoreStateThanItMay) {
  const std::string state(4097, 's');
  idsw_outcome outcome = opened();
  outcome.state = {reinterpret_cast<const std::uint8_t*>(state.data()), 4096};
  EXPECT_EQ(std::get<FinishStep>(step_of(finishes(outcome))).state.size(), 4096u);
  outcome.state.len = 4097;
  EXPECT_TRUE(gave_up(step_of(finishes(outcome)), "4096"));
}

TEST(Finish, OpensOnlyWithAnActionAPersonCanTake) {
  const struct {
    std::uint32_t kind;
    std::string_view url, token, component, code;
    bool good;
  } rows[] = {
      {IDSW_ACTION_REDIRECT, "https://vendor.example/x", "", "", "", true},
      {IDSW_ACTION_REDIRECT, "", "", "", "", false},
      {IDSW_ACTION_REDIRECT, "javascript:alert(1)", "", "", "", false},
      {IDSW_ACTION_SDK, "", "t", "kind", "", true},
      {IDSW_ACTION_SDK, "", "t", "", "", false},
      {IDSW_ACTION_SDK, "", "", "kind", "", false},
      {IDSW_ACTION_MINI_PROGRAM, "", "t", "c", "", true},
      {IDSW_ACTION_SPEAK_CODE, "", "", "", "0123", true},
      {IDSW_ACTION_SPEAK_CODE, "", "", "", "", false},
      {IDSW_ACTION_NONE, "https://vendor.example/x", "t", "c", "1", false},
      {99, "https://vendor.example/x", "t", "c", "1", false},
  };

  for (const auto& row : rows) {
    idsw_outcome outcome = opened();
    outcome.action = {row.kind,      0, 0, text(row.url), text(row.token), text(row.component),
                      text(row.code)};
    EXPECT_EQ(std::holds_alternative<FinishStep>(step_of(finishes(outcome))), row.good)
        << row.kind << " " << row.url << row.token;
  }
}

TEST(Finish, CleansTheVendorsText) {
  const std::string message = "a\r\nb\xFF\xE4\xBA\xBA" + std::string(600, 'x');
  idsw_outcome outcome = opened();
  outcome.vendor_message = text(message);
  outcome.vendor_code = {nullptr, 9};
  const Step step = step_of(finishes(outcome));
  const auto& finish = std::get<FinishStep>(step);
  EXPECT_EQ(finish.vendor_message.substr(0, 5), "ab\xE4\xBA\xBA");
  EXPECT_LE(finish.vendor_message.size(), 512u);
  EXPECT_EQ(finish.vendor_code, "");
}

TEST(Finish, TakesPicturesWhateverTheyAre) {
  const idsw_image images[] = {
      {text("face_best"), IDSW_IMAGE_BASE64, 0, {reinterpret_cast<const std::uint8_t*>("/9j/"), 4}},
      {text("broken"), IDSW_IMAGE_BASE64, 0, {reinterpret_cast<const std::uint8_t*>("!!!!"), 4}},
      {text("link"), IDSW_IMAGE_URL, 0, {reinterpret_cast<const std::uint8_t*>("file:///etc"), 11}},
      {text("null"), IDSW_IMAGE_RAW, 0, {nullptr, 40}},
  };
  idsw_outcome outcome = completed(IDSW_VERDICT_PASS, 0);
  outcome.images = images;
  outcome.image_count = std::size(images);
  const Step step = step_of(finishes(outcome), IDSW_OP_RESULT);
  const auto& finish = std::get<FinishStep>(step);
  ASSERT_EQ(finish.images.size(), 1u);
  EXPECT_EQ(finish.images[0].bytes, "\xFF\xD8\xFF");
  EXPECT_EQ(finish.images[0].media_type, "image/jpeg");
}

TEST(Finish, IsRefusedWhenItIsTooShort) {
  idsw_outcome outcome = opened();
  outcome.struct_size = 8;
  EXPECT_TRUE(gave_up(step_of(finishes(outcome)), "too short"));
}

TEST(Fail, ReadsAnUnknownClassAsProtocol) {
  for (const std::uint32_t error_class : {0u, 10u, 0xFFFFFFFFu}) {
    const Step step = step_of([&](const idsw_event&, const idsw_sink& sink) {
      idsw_failure failure{};
      failure.struct_size = sizeof failure;
      failure.error_class = error_class;
      failure.retry_after_ms = 30;
      return sink.fail(sink.ctx, &failure);
    });
    EXPECT_EQ(std::get<FailStep>(step).error_class, IDSW_ERROR_PROTOCOL);
    EXPECT_EQ(std::get<FailStep>(step).retry_after_ms, 30u);
    EXPECT_EQ(std::get<FailStep>(step).detail, "");
  }
}

TEST(Grant, IsForTheTokenOperationAlone) {
  const auto grants = [](std::string_view value, std::uint64_t lifetime_s) {
    return [=](const idsw_event&, const idsw_sink& sink) {
      const idsw_bytes bytes{reinterpret_cast<const std::uint8_t*>(value.data()), value.size()};
      return sink.grant(sink.ctx, &bytes, lifetime_s);
    };
  };
  EXPECT_EQ(std::get<GrantStep>(step_of(grants("abc", 5), IDSW_OP_TOKEN)).value, "abc");
  EXPECT_TRUE(gave_up(step_of(grants("abc", 5), IDSW_OP_START), "grants"));
  EXPECT_TRUE(gave_up(step_of(grants("", 5), IDSW_OP_TOKEN), "grants"));
  EXPECT_TRUE(gave_up(step_of(grants({nullptr, 0}, 5), IDSW_OP_TOKEN), "grants"));
  EXPECT_TRUE(gave_up(step_of(grants("abc", 0), IDSW_OP_TOKEN), "grants"));
}

// ---- charges -----------------------------------------------------------------------------------

StepBody charges_then_finishes(idsw_charge evidence) {
  return [evidence](const idsw_event&, const idsw_sink& sink) {
    if (const idsw_status status = sink.charge(sink.ctx, &evidence); status != IDSW_OK)
      return status;
    const idsw_outcome outcome = opened();
    return sink.finish(sink.ctx, &outcome);
  };
}

TEST(Charge, IsTakenInOrderAndOnce) {
  ScriptedExchange exchange(
      {sends_billed(IDSW_BILLABLE_ON_ACCEPT), charges_then_finishes(charge(IDSW_CHARGE_CAPTURED))});
  (void)exchange.start();
  EXPECT_TRUE(exchange.charges().empty());
  EXPECT_TRUE(std::holds_alternative<FinishStep>(exchange.reply()));
  const std::vector<Evidence> charges = exchange.charges();
  ASSERT_EQ(charges.size(), 1u);
  EXPECT_EQ(charges[0].state, IDSW_CHARGE_CAPTURED);
  EXPECT_EQ(charges[0].source, IDSW_SOURCE_VENDOR_FLAG);
  EXPECT_EQ(charges[0].event, "k1");
  EXPECT_TRUE(exchange.charges().empty());
}

TEST(Charge, ReadsUnknownCodesCautiously) {
  idsw_charge evidence = charge(99);
  evidence.source = 99;
  ScriptedExchange exchange({charges_then_finishes(evidence)});
  (void)exchange.start();
  const std::vector<Evidence> charges = exchange.charges();
  ASSERT_EQ(charges.size(), 1u);
  EXPECT_EQ(charges[0].state, IDSW_CHARGE_UNKNOWN);
  EXPECT_EQ(charges[0].source, IDSW_SOURCE_INFERRED);
}

TEST(Charge, NeedsADeclaredSkuAndAKey) {
  idsw_charge undeclared = charge(IDSW_CHARGE_CAPTURED);
  undeclared.sku = text("gold");
  idsw_charge keyless = charge(IDSW_CHARGE_CAPTURED, "");
  idsw_charge null_key = charge(IDSW_CHARGE_CAPTURED);
  null_key.dedupe_key = {nullptr, 4};
  idsw_charge short_one = charge(IDSW_CHARGE_CAPTURED);
  short_one.struct_size = 4;
  for (const idsw_charge& wrong : {undeclared, keyless, null_key, short_one}) {
    EXPECT_TRUE(gave_up(step_of(charges_then_finishes(wrong)), "charge"));
  }
}

TEST(Charge, IsUnknownWhenAnAcceptBilledRequestGotNoReply) {
  for (const std::uint32_t transport :
       {IDSW_TRANSPORT_SENT_NO_REPLY, IDSW_TRANSPORT_REPLY_TOO_BIG, IDSW_TRANSPORT_REPLY_BROKEN}) {
    for (const std::uint32_t said :
         {unsigned{IDSW_CHARGE_NOT_CHARGED}, unsigned{IDSW_CHARGE_CAPTURED}, 0xFFu}) {
      ScriptedExchange exchange(
          {sends_billed(IDSW_BILLABLE_ON_ACCEPT),
           said == 0xFF ? finishes(opened()) : charges_then_finishes(charge(said))});
      (void)exchange.start();
      (void)exchange.transport(transport);
      const std::vector<Evidence> charges = exchange.charges();
      ASSERT_EQ(charges.size(), 1u) << transport << " " << said;
      EXPECT_EQ(charges[0].state, IDSW_CHARGE_UNKNOWN) << transport << " " << said;
      EXPECT_EQ(charges[0].event, "k1");
    }
  }
}

// A look-up after the silence must not make the silent request's charge disappear.
TEST(Charge, IsUnknownAlsoWhenTheAdapterGoesOnWithAnotherRequest) {
  ScriptedExchange exchange(
      {sends_billed(IDSW_BILLABLE_ON_ACCEPT), sends_good_request(), finishes(opened())});
  (void)exchange.start();
  EXPECT_TRUE(std::holds_alternative<SendStep>(exchange.transport(IDSW_TRANSPORT_SENT_NO_REPLY)));
  const std::vector<Evidence> charges = exchange.charges();
  ASSERT_EQ(charges.size(), 1u);
  EXPECT_EQ(charges[0].state, IDSW_CHARGE_UNKNOWN);
  EXPECT_EQ(charges[0].event, "k1");
  EXPECT_TRUE(std::holds_alternative<FinishStep>(exchange.reply()));
}

TEST(Charge, IsWhatTheAdapterSaysWhenNothingWasSent) {
  ScriptedExchange exchange({sends_billed(IDSW_BILLABLE_ON_ACCEPT),
                             charges_then_finishes(charge(IDSW_CHARGE_NOT_CHARGED))});
  (void)exchange.start();
  (void)exchange.transport(IDSW_TRANSPORT_NOT_SENT);
  const std::vector<Evidence> charges = exchange.charges();
  ASSERT_EQ(charges.size(), 1u);
  EXPECT_EQ(charges[0].state, IDSW_CHARGE_NOT_CHARGED);
}

TEST(Charge, IsUnknownWhenTheAdapterBreaksAfterABilledRequest) {
  for (const std::uint32_t billable : {IDSW_BILLABLE_ON_ACCEPT, IDSW_BILLABLE_ON_RESULT}) {
    ScriptedExchange exchange(
        {sends_billed(billable), [](auto&, auto&) { return IDSW_E_INTERNAL; }});
    (void)exchange.start();
    EXPECT_TRUE(std::holds_alternative<FailStep>(exchange.reply()));
    const std::vector<Evidence> charges = exchange.charges();
    ASSERT_EQ(charges.size(), 1u);
    EXPECT_EQ(charges[0].state, IDSW_CHARGE_UNKNOWN);
  }
}

// The session's charge was made before; whoever misbehaves while asking about it says nothing of
// it.
TEST(Charge, IsLeftAsItWasWhenTheAdapterBreaksWhileAsking) {
  const StepBody breaks = [](auto&, auto&) { return IDSW_E_INTERNAL; };
  for (const std::uint32_t billable : {IDSW_BILLABLE_NEVER, IDSW_BILLABLE_ON_RESULT}) {
    ScriptedExchange exchange({sends_billed(billable), breaks}, IDSW_OP_RESULT);
    (void)exchange.start();
    EXPECT_TRUE(std::holds_alternative<FailStep>(exchange.reply()));
    EXPECT_TRUE(exchange.charges().empty()) << billable;
  }
  // An asking that costs by itself is another matter.
  ScriptedExchange paid({sends_billed(IDSW_BILLABLE_ON_ACCEPT), breaks}, IDSW_OP_RESULT);
  (void)paid.start();
  (void)paid.reply();
  const std::vector<Evidence> charges = paid.charges();
  ASSERT_EQ(charges.size(), 1u);
  EXPECT_EQ(charges[0].state, IDSW_CHARGE_UNKNOWN);
}

TEST(Charge, IsNothingWhenTheAdapterBreaksOverARequestThatDidNotLeave) {
  ScriptedExchange exchange(
      {sends_billed(IDSW_BILLABLE_ON_ACCEPT), [](auto&, auto&) { return IDSW_E_INTERNAL; }});
  (void)exchange.start();
  EXPECT_TRUE(std::holds_alternative<FailStep>(exchange.transport(IDSW_TRANSPORT_NOT_SENT)));
  EXPECT_TRUE(exchange.charges().empty());
}

TEST(Charge, IsNothingWhenTheBilledRequestNeverReachedTheHost) {
  const auto send = sends_billed(IDSW_BILLABLE_ON_ACCEPT);
  ScriptedExchange exchange({[&](const idsw_event& event, const idsw_sink& sink) {
    EXPECT_EQ(send(event, sink), IDSW_OK);
    return IDSW_E_INTERNAL;
  }});
  EXPECT_TRUE(std::holds_alternative<FailStep>(exchange.start()));
  EXPECT_TRUE(exchange.charges().empty());
}

// ---- services ----------------------------------------------------------------------------------

TEST(Services, ComputeDigestsAndMacs) {
  (void)step_of([](const idsw_event&, const idsw_sink& sink) {
    const idsw_segment abc = bytes("abc");
    const idsw_segment missing{IDSW_SEGMENT_SECRET, {}, k_spare_slot, nullptr, 0};
    const idsw_rope rope{&abc, 1};
    const idsw_rope broken{&missing, 1};
    std::uint8_t out[64] = {};
    std::uint64_t length = sizeof out;
    EXPECT_EQ(sink.digest(sink.ctx, IDSW_DIGEST_SHA256, &rope, out, &length), IDSW_OK);
    EXPECT_EQ(length, 32u);
    EXPECT_EQ(out[0], 0xBA);
    length = 31;
    EXPECT_EQ(sink.digest(sink.ctx, IDSW_DIGEST_SHA256, &rope, out, &length), IDSW_E_LIMIT);
    length = sizeof out;
    EXPECT_EQ(sink.digest(sink.ctx, 99, &rope, out, &length), IDSW_E_UNSUPPORTED);
    EXPECT_EQ(sink.digest(sink.ctx, IDSW_DIGEST_SHA1, nullptr, out, &length), IDSW_E_ARGUMENT);
    EXPECT_EQ(sink.digest(sink.ctx, IDSW_DIGEST_SHA1, &rope, nullptr, &length), IDSW_E_ARGUMENT);
    EXPECT_EQ(sink.digest(sink.ctx, IDSW_DIGEST_SHA1, &rope, out, nullptr), IDSW_E_ARGUMENT);
    EXPECT_EQ(sink.digest(sink.ctx, IDSW_DIGEST_SHA1, &broken, out, &length), IDSW_E_DENIED);
    EXPECT_EQ(sink.mac(sink.ctx, IDSW_MAC_HMAC_SHA1, k_api_key_slot, &rope, out, &length), IDSW_OK);
    EXPECT_EQ(length, 20u);
    EXPECT_EQ(sink.mac(sink.ctx, IDSW_MAC_HMAC_SHA1, k_spare_slot, &rope, out, &length),
              IDSW_E_DENIED);
    EXPECT_EQ(sink.mac(sink.ctx, IDSW_MAC_HMAC_SHA1, 50, &rope, out, &length), IDSW_E_DENIED);
    return IDSW_OK;
  });
}

}  // namespace
}  // namespace idswitch::test

// What an adapter may ask to be sent, and what the host makes of it.

#include <gtest/gtest.h>

#include "scripted_plugin.hpp"

namespace idswitch::test {
namespace {

using plugin::FailStep;
using plugin::SendStep;
using plugin::Step;

// A good request with one thing changed.
Step sent(const std::function<void(GoodRequest&)>& change,
          std::uint32_t operation = IDSW_OP_START) {
  return step_of(
      [&](const idsw_event&, const idsw_sink& sink) {
        GoodRequest good;
        change(good);
        return sink.send(sink.ctx, &good.request);
      },
      operation);
}

TEST(Send, PutsTheRequestTogether) {
  const Step step = sent([](GoodRequest& good) {
    static const idsw_segment with_key[] = {bytes("Key "),
                                            {IDSW_SEGMENT_SECRET, {}, k_api_key_slot, nullptr, 0}};
    good.header = {text("Authorization"), {with_key, 2}};
    good.request.replay = IDSW_REPLAY_SAFE;
    good.request.timeout_hint_ms = 1500;
  });
  const auto& send = std::get<SendStep>(step);
  EXPECT_EQ(send.method, "POST");
  EXPECT_EQ(send.target, "/v1/check?a=b");
  EXPECT_EQ(send.headers, "Authorization: Key k3y\r\n");
  EXPECT_EQ(send.body, "{}");
  EXPECT_EQ(send.step, "check");
  EXPECT_EQ(send.billable, IDSW_BILLABLE_NEVER);
  EXPECT_TRUE(send.resend_safe);
  EXPECT_EQ(send.timeout_hint_ms, 1500u);
}

TEST(Send, IsNotResentUnlessTheAdapterSaysSo) {
  EXPECT_FALSE(std::get<SendStep>(sent([](GoodRequest&) {})).resend_safe);
  EXPECT_FALSE(
      std::get<SendStep>(sent([](GoodRequest& good) { good.request.replay = 9; })).resend_safe);
}

TEST(Send, ThatDoesNotSayWhatItCostsCountsAsBilledOnAcceptance) {
  for (const std::uint32_t billable : {0u, 9u}) {
    const Step step = sent([&](GoodRequest& good) {
      good.request.billable = billable;
      good.request.sku = text("verify");
      good.request.dedupe_key = text("k1");
    });
    EXPECT_EQ(std::get<SendStep>(step).billable, IDSW_BILLABLE_ON_ACCEPT);
  }
  EXPECT_NE(refusal_of(sent([](GoodRequest& good) { good.request.billable = 0; })).find("SKU"),
            std::string::npos);
}

struct Wrong {
  std::string_view says;  // a part of the refusal
  std::function<void(GoodRequest&)> change;
};

void bill(GoodRequest& good) {
  good.request.billable = IDSW_BILLABLE_ON_ACCEPT;
  good.request.sku = text("verify");
  good.request.dedupe_key = text("k1");
}

const Wrong k_wrong[] = {
    {"too short", [](GoodRequest& good) { good.request.struct_size = 8; }},
    {"HTTP method", [](GoodRequest& good) { good.request.method = 0; }},
    {"HTTP method", [](GoodRequest& good) { good.request.method = 99; }},
    {"origin", [](GoodRequest& good) { good.request.origin = 1; }},
    {"step name", [](GoodRequest& good) { good.request.step = text(""); }},
    {"step name", [](GoodRequest& good) { good.request.step = text("two words"); }},
    {"step name",
     [](GoodRequest& good) {
       good.request.step = {nullptr, 4};
     }},
    {"too many headers", [](GoodRequest& good) { good.request.header_count = 65; }},
    {"header", [](GoodRequest& good) { good.request.headers = nullptr; }},
    {"header", [](GoodRequest& good) { good.header.name = text(""); }},
    {"header",
     [](GoodRequest& good) {
       good.header.name = {nullptr, 3};
     }},
    {"header", [](GoodRequest& good) { good.header.name = text("X Y"); }},
    {"header", [](GoodRequest& good) { good.header.name = text("X\r\nY"); }},
    {"header", [](GoodRequest& good) { good.header.name = text("X:"); }},
    {"host's to send", [](GoodRequest& good) { good.header.name = text("Host"); }},
    {"host's to send", [](GoodRequest& good) { good.header.name = text("content-LENGTH"); }},
    {"host's to send", [](GoodRequest& good) { good.header.name = text("Transfer-Encoding"); }},
    {"host's to send", [](GoodRequest& good) { good.header.name = text("Connection"); }},
    {"host's to send", [](GoodRequest& good) { good.header.name = text("Upgrade"); }},
    {"host's to send", [](GoodRequest& good) { good.header.name = text("Expect"); }},
    {"control character", [](GoodRequest& good) { good.header_value = bytes("a\r\nEvil: yes"); }},
    {"control character", [](GoodRequest& good) { good.header_value = bytes("a\nb"); }},
    {"control character",
     [](GoodRequest& good) {
       good.header_value = bytes({"a\0b", 3});
     }},
    {"control character",
     [](GoodRequest& good) {
       good.header_value = {IDSW_SEGMENT_SECRET, {}, k_bad_text_slot, nullptr, 0};
     }},
    {"not a path", [](GoodRequest& good) { good.target = bytes("v1/check"); }},
    {"not a path", [](GoodRequest& good) { good.target = bytes(""); }},
    {"not a path", [](GoodRequest& good) { good.target = bytes("http://elsewhere/"); }},
    {"not a path", [](GoodRequest& good) { good.target = bytes("/a b"); }},
    {"not a path", [](GoodRequest& good) { good.target = bytes("/a HTTP/1.1\r\nX: y"); }},
    {"not a path",
     [](GoodRequest& good) {
       good.request.target = {nullptr, 0};
     }},
    {"slot",
     [](GoodRequest& good) {
       good.body = {IDSW_SEGMENT_SECRET, {}, k_spare_slot, nullptr, 0};
     }},
    {"slot",
     [](GoodRequest& good) {
       good.body = {IDSW_SEGMENT_SECRET, {}, 44, nullptr, 0};
     }},
    {"blob",
     [](GoodRequest& good) {
       good.body = {IDSW_SEGMENT_BLOB, {}, 1, nullptr, 0};
     }},
    {"no sense", [](GoodRequest& good) { good.body.kind = 9; }},
    {"no sense",
     [](GoodRequest& good) {
       good.request.body = {nullptr, 3};
     }},
    {"SKU",
     [](GoodRequest& good) {
       bill(good);
       good.request.sku = text("gold");
     }},
    {"SKU",
     [](GoodRequest& good) {
       bill(good);
       good.request.sku = text("");
     }},
    {"dedupe key",
     [](GoodRequest& good) {
       bill(good);
       good.request.dedupe_key = text("");
     }},
    {"dedupe key",
     [](GoodRequest& good) {
       bill(good);
       good.request.dedupe_key = {nullptr, 5};
     }},
    {"dedupe key",
     [](GoodRequest& good) {
       static const std::string long_key(129, 'k');
       bill(good);
       good.request.dedupe_key = text(long_key);
     }},
};

TEST(Send, IsRefusedWhenItBreaksARule) {
  for (const Wrong& wrong : k_wrong) {
    const Step step = sent(wrong.change);
    const auto* fail = std::get_if<FailStep>(&step);
    ASSERT_NE(fail, nullptr) << wrong.says;
    EXPECT_EQ(fail->error_class, IDSW_ERROR_PROTOCOL);
    EXPECT_NE(fail->detail.find(wrong.says), std::string::npos)
        << wrong.says << ": " << fail->detail;
  }
}

TEST(Send, MayNotBeBilledWhereNothingIsForSale) {
  for (const std::uint32_t operation : {IDSW_OP_TOKEN, IDSW_OP_CALLBACK}) {
    EXPECT_NE(refusal_of(sent(bill, operation)).find("costs nothing"), std::string::npos);
  }
}

TEST(Send, MustNotGrowWithoutEnd) {
  static const std::string big(33 * 1024, 'x');
  const Step header = sent([](GoodRequest& good) { good.header_value = bytes(big); });
  EXPECT_NE(refusal_of(header).find("more bytes"), std::string::npos);
  const Step body = sent([](GoodRequest& good) { good.body = bytes(big); });
  EXPECT_EQ(std::get<SendStep>(body).body.size(), big.size());
}

TEST(Send, HappensAtMostSixteenTimes) {
  ScriptedExchange exchange(std::vector<StepBody>(20, sends_good_request()));
  Step step = exchange.start();
  int sends = 0;
  while (std::holds_alternative<SendStep>(step)) {
    ASSERT_LE(++sends, 16);
    step = exchange.reply();
  }
  EXPECT_EQ(sends, 16);
  EXPECT_NE(refusal_of(step).find("16"), std::string::npos);
}

TEST(Send, MayNameABlobOfTheOperation) {
  const std::vector<Image> media = {{"ref1", "image/jpeg", "JPEG", ""}};
  ScriptedExchange exchange({[](const idsw_event&, const idsw_sink& sink) {
                              GoodRequest good;
                              good.body = {IDSW_SEGMENT_BLOB, {IDSW_ENCODE_BASE64}, 1, nullptr, 0};
                              return sink.send(sink.ctx, &good.request);
                            }},
                            IDSW_OP_START, scripted_account(), &media);
  const Step step = exchange.start();
  EXPECT_EQ(std::get<SendStep>(step).body, "SlBFRw==");
}

}  // namespace
}  // namespace idswitch::test

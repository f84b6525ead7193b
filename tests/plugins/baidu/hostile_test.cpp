// Replies that no honest vendor sends, and what must never happen then: a pass, a crash, a leak.

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <optional>
#include <stdexcept>

#include "account.hpp"
#include "support/documented_codes.hpp"
#include "support/hostile_replies.hpp"

namespace idswitch::test::baidu {
namespace {

namespace json = boost::json;

double number(const json::value* value) {
  if (value == nullptr) return -1;
  const std::string text =
      value->is_string() ? std::string(value->get_string().c_str()) : json::serialize(*value);
  char* end = nullptr;
  const double parsed = std::strtod(text.c_str(), &end);
  return end == text.c_str() || *end != '\0' ? -1 : parsed;
}

const json::value* member(const json::value* value, std::string_view name) {
  return value == nullptr || !value->is_object() ? nullptr : value->get_object().if_contains(name);
}

bool same_digits(const json::value* code) {
  const json::value* create = member(code, "create");
  const json::value* identify = member(code, "identify");
  return create != nullptr && identify != nullptr && *create == *identify;
}

// The documents' own words for a pass, read by another parser: no code but zero, a score at or
// above its threshold, digits alike.
bool says_passed(const std::string& body) {
  boost::system::error_code failure;
  const json::value root = json::parse(body, failure);
  if (failure || !root.is_object()) return false;
  for (const auto name : {"error_code", "err_no", "error_no"}) {
    const json::value* code = member(&root, name);
    if (code != nullptr && !code->is_null() && number(code) != 0) return false;
  }
  const json::value* result = member(&root, "result");
  const double threshold = number(member(member(result, "thresholds"), "frr_1e-2"));
  const double score = number(member(result, "score"));
  const json::value* code = member(result, "code");
  const double similarity = number(member(code, "similarity"));
  return threshold > 0 && score >= threshold && score <= 1 && threshold <= 1 &&
         (similarity >= 0.75 || same_digits(code));
}

TEST(BaiduHostile, RepliesOfNoKnownShapeNeverPass) {
  for (const Answer& answer : unreadable_replies(verify_reply())) {
    const OperationRun run = driver().run(submit(), {answer});
    ASSERT_TRUE(run.fail) << answer.body;
    EXPECT_EQ(outcome_of(run), answer.status == 413   ? "invalid_request"
                               : answer.status >= 500 ? "unavailable"
                                                      : "protocol")
        << answer.body;
    ASSERT_EQ(run.charges.size(), 1u);
    EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_UNKNOWN});
    EXPECT_EQ(run.fail->field, answer.status == 413 ? "/video" : "");
  }
}

TEST(BaiduHostile, RepliesToSessioncodeLeaveTheChargeUnknown) {
  for (const Answer& answer : unreadable_replies(code_reply())) {
    const OperationRun run = driver().run(start(), {answer});
    ASSERT_TRUE(run.fail) << answer.body;
    EXPECT_EQ(outcome_of(run), answer.status >= 500 ? "unavailable" : "protocol") << answer.body;
    ASSERT_EQ(run.charges.size(), 1u);
    EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_UNKNOWN});
  }
}

TEST(BaiduHostile, RepliesToTheTokenGrantNothing) {
  plugin::OperationInput token = start();
  token.kind = IDSW_OP_TOKEN;
  token.slot = k_token_slot;
  for (const Answer& answer : unreadable_replies(token_reply())) {
    EXPECT_TRUE(bare_driver().run(token, {answer}).fail) << answer.body;
  }
}

TEST(BaiduHostile, BareThrottlingIsThrottling) {
  const OperationRun run = driver().run(submit(), {{"slow down", 429, {{"Retry-After", "3"}}}});
  EXPECT_EQ(outcome_of(run), "throttled");
  EXPECT_EQ(run.fail->retry_after_ms, 3000u);
}

TEST(BaiduHostile, WrongTypesNeverPassUnlessTheReplySaysSo) {
  int passed = 0;
  for (const std::string& body : wrong_types(verify_reply())) {
    const OperationRun run = driver().run(submit(), {{body}});
    ASSERT_EQ(run.charges.size(), 1u) << body;
    passed += run.passed() ? 1 : 0;
    if (run.passed()) {
      EXPECT_TRUE(says_passed(body)) << body;
    }
  }
  EXPECT_GT(passed, 10);  // members that do not matter may be anything
  for (const std::string& body : wrong_types(code_reply())) {
    const OperationRun run = driver().run(start(), {{body}});
    EXPECT_EQ(run.charges.size(), 1u) << body;
  }
}

// Nothing when the reply says that the access token is refused, so that more than one answer is
// needed.
std::optional<OperationRun> run_with(PluginDriver& account, const plugin::OperationInput& input,
                                     const std::string& body) {
  try {
    return account.run(input, {{body}});
  } catch (const std::runtime_error&) {
    account.account().grant(k_token_slot, std::string(k_access_token), 3600);
    return {};
  }
}

TEST(BaiduHostile, NoMutationTurnsAnythingIntoAPass) {
  std::mt19937 random(20250619);
  PluginDriver account = driver();
  int judged = 0;
  const std::string bases[] = {
      error("216500"),
      error("223120"),
      error("216501"),
      verify_reply("0.1"),
      verify_reply("0.99", R"({"create":"5789","identify":"1234","similarity":0.1})"),
      verify_reply("0.99", R"({"create":"5789","identify":"1234"})"),
      verify_reply("null"),
  };
  for (const std::string& base : bases) {
    for (int i = 0; i < 4000; ++i) {
      const std::string body = mutated(base, random);
      const auto run = run_with(account, submit(), body);
      if (!run) continue;
      ASSERT_EQ(run->charges.size(), 1u);
      judged += run->finish ? 1 : 0;
      if (run->passed()) {
        EXPECT_TRUE(says_passed(body)) << body;
      }
    }
  }
  EXPECT_GT(judged, 4000);  // else the mutations are too wild to prove anything
}

TEST(BaiduHostile, NoMutationOpensWithoutASessionAndDigits) {
  std::mt19937 random(20250620);
  PluginDriver account = driver();
  for (int i = 0; i < 10'000; ++i) {
    const auto run = run_with(account, start(), mutated(code_reply(), random));
    if (!run) continue;
    ASSERT_EQ(run->charges.size(), 1u);
    if (run->finish) {
      EXPECT_FALSE(run->finish->state.empty());
      EXPECT_EQ(run->finish->action.code.find_first_not_of("0123456789"), std::string::npos);
    }
  }
}

// ---- secrets ----------------------------------------------------------------------------------

std::string all_but_target(const plugin::SendStep& sent) {
  return sent.headers + sent.body + sent.step + sent.sku + sent.dedupe_key;
}

plugin::AccountSettings canary_account() {
  plugin::AccountSettings settings = account();
  settings.secrets["api_key"] = Secret("canary-key");
  settings.secrets["secret_key"] = Secret("canary-secret");
  return settings;
}

TEST(BaiduSecrets, AppearOnlyWhereTheVendorNeedsThem) {
  const std::string replies[] = {code_reply(), verify_reply(), error("6"), "<html>"};
  for (const std::string& reply : replies) {
    for (const bool is_start : {true, false}) {
      PluginDriver one("baidu", k_product, canary_account());
      const OperationRun run =
          one.run(is_start ? start() : submit(), {{token_reply("canary-token")}, {reply}});
      ASSERT_EQ(run.sent.size(), 2u);
      EXPECT_TRUE(
          run.sent[0].target.ends_with("&client_id=canary-key&client_secret=canary-secret"));
      EXPECT_TRUE(run.sent[1].target.ends_with("?access_token=canary-token"));
      EXPECT_EQ(run.sent[1].target.find("canary-key"), std::string::npos);
      EXPECT_EQ(run.sent[1].target.find("canary-secret"), std::string::npos);
      EXPECT_EQ(all_but_target(run.sent[0]).find("canary"), std::string::npos);
      EXPECT_EQ(all_but_target(run.sent[1]).find("canary"), std::string::npos);
      EXPECT_EQ(all_text(run).find("canary"), std::string::npos);
    }
  }
}

TEST(BaiduSecrets, AreNotRepeatedFromTheTokensError) {
  PluginDriver one("baidu", k_product, canary_account());
  const std::string echo =
      R"({"error":"invalid_client","error_description":"unknown client id canary-key"})";
  const OperationRun run = one.run(start(), {{echo}});
  ASSERT_TRUE(run.token_fail);
  EXPECT_EQ(run.token_fail->vendor_message.find("canary"), std::string::npos);
}

}  // namespace
}  // namespace idswitch::test::baidu

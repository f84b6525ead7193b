#include "present/verification_json.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <ctime>
#include <functional>

#include "../api/hostile_texts.hpp"
#include "base/text/base64.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::api {
namespace {

namespace json = boost::json;

json::object parsed(const std::string& text) {
  boost::system::error_code failure;
  json::value value = json::parse(text, failure);
  EXPECT_FALSE(failure) << failure.message() << ": " << text.substr(0, 300);
  if (failure || !value.is_object()) return {};
  return value.get_object();
}

std::string text_at(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  return value == nullptr || !value->is_string() ? "(none)" : std::string(value->get_string());
}

json::object written(const Verification& verification) {
  std::string text;
  append_verification(text, verification);
  return parsed(text);
}

Verification completed() {
  Verification verification;
  verification.id = "ver_0t401s1tfg0005m81j9nspbk4m";
  verification.tenant = "shop";
  verification.status = Status::completed;
  verification.method = IDSW_METHOD_SDK;
  verification.checks = IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH;
  verification.person_id = "person-1";
  verification.reference = "case-1";
  verification.account = "aliyun-main";
  verification.product = "aliyun-faceid/sdk_v1_2";
  verification.verdict = IDSW_VERDICT_FAIL;
  verification.reason = IDSW_REASON_FACE_MISMATCH;
  verification.vendor_code = "2000";
  verification.vendor_message = "DIFFERENT";
  verification.vendor_reference = "1795300069,abc";
  verification.scores = {{"face.confidence", "12.5"}};
  Attempt attempt;
  attempt.account = "aliyun-main";
  attempt.operation = IDSW_OP_RESULT;
  attempt.http_status = 200;
  attempt.step = "get_result";
  attempt.vendor_code = "2000";
  attempt.vendor_message = "DIFFERENT";
  attempt.detail = "x";
  attempt.started_unix_ms = 1'763'717'400'007;
  attempt.latency_us = 1234;
  verification.attempts = {attempt};
  verification.charges = {{"aliyun-main", "face_verify", "biz_token", 2, ChargeState::captured,
                           1'000'000, "CNY", "ref"}};
  verification.images = {{"face_best", "image/jpeg", "\xFF\xD8", {}}};
  verification.document = {{"name", "沙箱人"}};
  verification.created_unix_ms = 1'763'717'400'000;
  verification.updated_unix_ms = 1'763'717'401'999;
  verification.expires_unix_ms = 1'763'721'000'050;
  return verification;
}

TEST(VerificationJson, SaysAllThereIs) {
  const json::object found = written(completed());
  EXPECT_EQ(text_at(found, "id"), "ver_0t401s1tfg0005m81j9nspbk4m");
  EXPECT_EQ(text_at(found, "status"), "completed");
  EXPECT_EQ(text_at(found, "method"), "sdk");
  EXPECT_EQ(found.at("checks"), (json::array{"liveness", "id_match"}));
  EXPECT_EQ(text_at(found, "person_id"), "person-1");
  EXPECT_EQ(text_at(found, "reference"), "case-1");
  EXPECT_EQ(text_at(found, "account"), "aliyun-main");
  EXPECT_EQ(text_at(found, "product"), "aliyun-faceid/sdk_v1_2");
  EXPECT_TRUE(found.at("action").is_null());
  EXPECT_EQ(text_at(found, "verdict"), "fail");
  EXPECT_EQ(text_at(found, "reason"), "face.mismatch");
  EXPECT_EQ(
      found.at("vendor"),
      (json::object{{"code", "2000"}, {"message", "DIFFERENT"}, {"reference", "1795300069,abc"}}));
  EXPECT_EQ(found.at("scores"), (json::object{{"face.confidence", "12.5"}}));
  EXPECT_EQ(found.at("document"), (json::object{{"name", "沙箱人"}}));
  EXPECT_EQ(text_at(found, "created_at"), "2025-11-21T09:30:00.000Z");
  EXPECT_EQ(text_at(found, "updated_at"), "2025-11-21T09:30:01.999Z");
  EXPECT_EQ(text_at(found, "expires_at"), "2025-11-21T10:30:00.050Z");
  EXPECT_FALSE(found.contains("tenant")) << "the caller knows who it is";
  const json::object& attempt = found.at("attempts").at(0).as_object();
  EXPECT_TRUE(attempt.at("error_class").is_null());
  EXPECT_EQ(text_at(attempt, "operation"), "result");
  EXPECT_EQ(text_at(attempt, "transport"), "replied");
  EXPECT_EQ(attempt.at("http_status"), 200);
  EXPECT_EQ(attempt.at("latency_us"), 1234);
  EXPECT_EQ(text_at(attempt, "started_at"), "2025-11-21T09:30:00.007Z");
  EXPECT_EQ(found.at("charges").at(0), (json::object{{"account", "aliyun-main"},
                                                     {"sku", "face_verify"},
                                                     {"key", "biz_token"},
                                                     {"call", 2},
                                                     {"state", "captured"},
                                                     {"amount", "1.00"},
                                                     {"currency", "CNY"},
                                                     {"vendor_reference", "ref"}}));
  EXPECT_EQ(
      found.at("images").at(0),
      (json::object{{"name", "face_best"}, {"media_type", "image/jpeg"}, {"base64", "/9g="}}));
}

TEST(VerificationJson, LeavesOutWhatThereIsNot) {
  const json::object found = written(Verification{});
  for (const char* name : {"person_id", "reference", "account", "product", "scores", "images",
                           "document", "failure", "expires_at"}) {
    EXPECT_FALSE(found.contains(name)) << name;
  }
  for (const char* name : {"action", "verdict", "reason"})
    EXPECT_TRUE(found.at(name).is_null()) << name;
  EXPECT_TRUE(found.at("attempts").as_array().empty());
  EXPECT_TRUE(found.at("charges").as_array().empty());
}

TEST(VerificationJson, ShowsOfAnActionOnlyWhatItsKindHas) {
  struct Row {
    std::uint32_t kind;
    json::object expected;
  };

  const Row rows[] = {
      {IDSW_ACTION_REDIRECT, {{"type", "redirect"}, {"url", "https://v.example/?t=1"}}},
      {IDSW_ACTION_SDK, {{"type", "sdk"}, {"kind", "native"}, {"token", "T"}}},
      {IDSW_ACTION_MINI_PROGRAM,
       {{"type", "mini_program"},
        {"component", "native"},
        {"token", "T"},
        {"url", "https://v.example/?t=1"}}},
      {IDSW_ACTION_SPEAK_CODE, {{"type", "speak_code"}, {"code", "4711"}}},
      {99, {{"type", "unknown"}}},
  };
  for (const Row& row : rows) {
    Verification verification;
    verification.action = {row.kind, 0, "https://v.example/?t=1", "T", "native", "4711"};
    EXPECT_EQ(written(verification).at("action"), row.expected);
  }
}

// Every text of a verification, one after the other.
std::vector<std::function<std::string&(Verification&)>> texts() {
  using V = Verification;
  return {
      [](V& v) -> std::string& { return v.id; },
      [](V& v) -> std::string& { return v.person_id; },
      [](V& v) -> std::string& { return v.reference; },
      [](V& v) -> std::string& { return v.account; },
      [](V& v) -> std::string& { return v.product; },
      [](V& v) -> std::string& { return v.vendor_code; },
      [](V& v) -> std::string& { return v.vendor_message; },
      [](V& v) -> std::string& { return v.vendor_reference; },
      [](V& v) -> std::string& { return v.scores[0].name; },
      [](V& v) -> std::string& { return v.scores[0].value; },
      [](V& v) -> std::string& { return v.attempts[0].account; },
      [](V& v) -> std::string& { return v.attempts[0].step; },
      [](V& v) -> std::string& { return v.attempts[0].vendor_code; },
      [](V& v) -> std::string& { return v.attempts[0].vendor_message; },
      [](V& v) -> std::string& { return v.attempts[0].detail; },
      [](V& v) -> std::string& { return v.charges[0].sku; },
      [](V& v) -> std::string& { return v.charges[0].event; },
      [](V& v) -> std::string& { return v.charges[0].vendor_reference; },
      [](V& v) -> std::string& { return v.images[0].name; },
      [](V& v) -> std::string& { return v.images[0].media_type; },
      [](V& v) -> std::string& { return v.images[0].url; },
      [](V& v) -> std::string& { return v.document[0].name; },
      [](V& v) -> std::string& { return v.document[0].value; },
      [](V& v) -> std::string& { return v.action.url; },
      [](V& v) -> std::string& { return v.action.token; },
      [](V& v) -> std::string& { return v.action.component; },
      [](V& v) -> std::string& { return v.failure.detail; },
      [](V& v) -> std::string& { return v.failure.field; },
  };
}

TEST(VerificationJson, IsValidWhateverTheTextsAre) {
  for (const auto& text_of : texts()) {
    for (const std::string& text : hostile_texts()) {
      Verification verification = completed();
      verification.failure.code = "no_vendor_available";
      verification.action.kind = IDSW_ACTION_MINI_PROGRAM;
      text_of(verification) = text;
      const json::object found = written(verification);
      EXPECT_EQ(text_at(found, "verdict"), "fail") << text.substr(0, 60);
      EXPECT_EQ(text_at(found, "status"), "completed");
    }
  }
}

TEST(VerificationJson, KeepsValidTextAsItIs) {
  Verification verification = completed();
  verification.vendor_message = "\"王\\小\n明\x01\"";
  EXPECT_EQ(text_at(written(verification).at("vendor").as_object(), "message"),
            verification.vendor_message);
}

TEST(VerificationJson, RoundTripsEveryByteOfAPicture) {
  Verification verification = completed();
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += static_cast<char>(i * 7);
  verification.images[0].bytes = bytes;
  const json::object found = written(verification);
  EXPECT_EQ(base64_decode(std::string(found.at("images").at(0).at("base64").as_string())), bytes);
}

TEST(VerificationJson, WritesWordsThatTheVocabularyDoesNotKnowAsUnknown) {
  Verification verification = completed();
  verification.method = 77;
  verification.verdict = 77;
  verification.reason = 7777;
  const json::object found = written(verification);
  EXPECT_EQ(text_at(found, "method"), "unknown");
  EXPECT_EQ(text_at(found, "verdict"), "unknown");
  EXPECT_EQ(text_at(found, "reason"), "unknown");
}

TEST(VerificationJson, WritesTimesInUtcWithMilliseconds) {
  EXPECT_EQ(timestamp(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(timestamp(999), "1970-01-01T00:00:00.999Z");
  EXPECT_EQ(timestamp(1000), "1970-01-01T00:00:01.000Z");
  EXPECT_EQ(timestamp(1'709'164'799'001), "2024-02-28T23:59:59.001Z");
  EXPECT_EQ(timestamp(1'709'164'800'010), "2024-02-29T00:00:00.010Z");
  // The same second again, from the cache.
  EXPECT_EQ(timestamp(1'709'164'800'100), "2024-02-29T00:00:00.100Z");
}

TEST(VerificationJson, AStartedOneIs201AndAFailedOneItsProblem) {
  Verification verification = completed();
  verification.status = Status::awaiting_user;
  EXPECT_EQ(render_started(verification).http_status, 201);
  EXPECT_EQ(render_found(verification).http_status, 200);
  verification.status = Status::failed;
  verification.failure = {"no_vendor_available", 503, "No vendor", "see attempts", "", true};
  const auto answer = render_started(verification);
  EXPECT_EQ(answer.http_status, 503);
  const json::object problem = parsed(answer.body);
  EXPECT_EQ(text_at(problem, "code"), "no_vendor_available");
  EXPECT_EQ(text_at(problem, "verification"), verification.id);
  EXPECT_EQ(problem.at("attempts").as_array().size(), 1u);
  EXPECT_EQ(problem.at("charges").as_array().size(), 1u);
  // Found later it is a verification that failed, not a failed request.
  const auto found = render_found(verification);
  EXPECT_EQ(found.http_status, 200);
  EXPECT_EQ(text_at(parsed(found.body).at("failure").as_object(), "code"), "no_vendor_available");
}

TEST(Timestamp, IsUtcWithMilliseconds) {
  EXPECT_EQ(timestamp(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(timestamp(1), "1970-01-01T00:00:00.001Z");
  EXPECT_EQ(timestamp(-1), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(timestamp(951'868'799'999), "2000-02-29T23:59:59.999Z");
  EXPECT_EQ(timestamp(951'868'800'000), "2000-03-01T00:00:00.000Z");
  EXPECT_EQ(timestamp(253'402'300'799'999), "9999-12-31T23:59:59.999Z");
}

TEST(Timestamp, SaysWhatTheSystemsCalendarSays) {
  for (std::int64_t ms = 0; ms < 4'102'444'800'000; ms += 7'777'777'777) {
    const std::time_t seconds = ms / 1000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[40] = {};
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", &utc);
    ASSERT_EQ(timestamp(ms).substr(0, 20), text);
  }
}

// The list of charges once had a writer of its own, which had lost `disputed`.
TEST(ListedCharge, SaysAllThatTheChargeOfItsVerificationSays) {
  Verification verification = completed();
  Charge charge;
  charge.account = "aliyun-main";
  charge.sku = "face_verify";
  charge.event = "verify";
  charge.amount_micros = 1'200'000;
  charge.currency = "CNY";
  charge.vendor_reference = "ref-1";
  charge.disputed = true;
  verification.charges = {charge};
  verification.created_unix_ms = 1'795'300'069'000;
  const json::value listed = json::parse(charges_json({verification})).as_array().at(0);
  const json::object shown = written(verification).at("charges").as_array().at(0).as_object();
  for (const auto& member : shown) EXPECT_EQ(listed.at(member.key()), member.value());
  EXPECT_EQ(listed.at("disputed"), true);
  EXPECT_EQ(listed.at("verification"), verification.id.c_str());
  EXPECT_EQ(listed.at("opened_at").as_string(), timestamp(verification.created_unix_ms));
  EXPECT_EQ(listed.as_object().size(), shown.size() + 2);
  EXPECT_EQ(charges_json({}), "[]");
}

}  // namespace
}  // namespace idswitch::api

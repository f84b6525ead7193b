// verify: what it sends, and how a judged video becomes a verdict.

#include <gtest/gtest.h>

#include "account.hpp"
#include "support/documented_codes.hpp"

namespace idswitch::test::baidu {
namespace {

std::string body(std::string_view options, std::string_view state = k_state) {
  return driver().run(submit(options, state), {{verify_reply()}}).sent.at(0).body;
}

// "pass", "fail liveness.attack", "inconclusive vendor.internal".
std::string judged(const std::string& reply, std::string_view options = "{}",
                   std::string_view state = k_state) {
  const OperationRun run = driver().run(submit(options, state), {{reply}});
  EXPECT_EQ(run.charges.size(), 1u);
  EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_CAPTURED});
  EXPECT_EQ(run.charges.at(0).source, std::uint32_t{IDSW_SOURCE_DOCUMENTED_RULE});
  const std::string reason = reason_of(run);
  return outcome_of(run) + (reason.empty() ? "" : " " + reason);
}

const std::string k_undecided = "inconclusive vendor.internal";

TEST(BaiduVerify, PostsTheVideoAsBase64InAForm) {
  const OperationRun run = driver().run(submit(), {{verify_reply()}});
  ASSERT_EQ(run.sent.size(), 1u);
  EXPECT_EQ(run.sent[0].method, "POST");
  EXPECT_EQ(run.sent[0].target,
            "/rest/2.0/face/v1/faceliveness/verify?access_token=" + std::string(k_access_token));
  EXPECT_EQ(run.sent[0].headers, "Content-Type: application/x-www-form-urlencoded\r\n");
  EXPECT_EQ(run.sent[0].body,
            "type_identify=voice&session_id=S59faeeebb9111890355690&video_base64=%2B%2F%2B%2F");
  EXPECT_EQ(run.sent[0].billable, std::uint32_t{IDSW_BILLABLE_ON_ACCEPT});
  EXPECT_FALSE(run.sent[0].resend_safe);
  EXPECT_EQ(run.sent[0].sku, "verify");
  EXPECT_EQ(run.sent[0].dedupe_key, "verify");
}

TEST(BaiduVerify, SendsEveryParameter) {
  const std::string session = "&session_id=S59faeeebb9111890355690";
  const std::string video = "&video_base64=%2B%2F%2B%2F";
  for (const std::string mode : {"OFF", "COMMON", "STRICT"}) {
    EXPECT_EQ(body(R"({"lip_identify":")" + mode + "\"}"),
              "type_identify=voice" + session + "&lip_identify=" + mode + video);
  }
  EXPECT_EQ(body(R"({"face_field":"spoofing"})"),
            "type_identify=voice" + session + "&face_field=spoofing" + video);
  // The kind was settled with the code; lips have nothing to say to movements.
  EXPECT_EQ(body(R"({"type_identify":"voice","lip_identify":"STRICT"})", k_action_state),
            "type_identify=action" + session + video);
}

TEST(BaiduVerify, RefusesAVideoThatCannotBe) {
  plugin::OperationInput input = submit();
  std::vector<Image> media;
  const auto refused_field = [&] {
    input.media = media.empty() ? nullptr : &media;
    const OperationRun run = driver().run(input, {});
    EXPECT_EQ(outcome_of(run), "invalid_request");
    EXPECT_TRUE(run.charges.empty());
    return run.fail->field;
  };
  EXPECT_EQ(refused_field(), "/video");
  media.push_back({"ref1", "image/jpeg", "x", {}});
  EXPECT_EQ(refused_field(), "/video");
  media.push_back({"video", "video/mp4", "", {}});
  EXPECT_EQ(refused_field(), "/video");
  media.back().bytes.assign(20u * 1024 * 1024 + 1, 'v');
  EXPECT_EQ(refused_field(), "/video");
  media.back().bytes.pop_back();
  EXPECT_TRUE(driver().run(input, {{verify_reply()}}).passed());
}

TEST(BaiduVerify, RefusesAStateThatIsNotItsOwn) {
  for (const std::string_view state : {"", "x", "session=", "type=voice", "\xFF", "session=%zz"}) {
    EXPECT_EQ(outcome_of(driver().run(submit("{}", state), {})), "protocol") << state;
  }
}

TEST(BaiduVerdict, HoldsTheScoreAgainstTheReturnedThreshold) {
  const auto with = [](std::string_view score, const std::string& threshold = "") {
    return judged(verify_reply(score),
                  threshold.empty() ? "{}" : R"({"liveness_threshold":")" + threshold + "\"}");
  };
  EXPECT_EQ(with("0.9"), "pass");
  EXPECT_EQ(with("1"), "pass");
  EXPECT_EQ(with("\"0.95\""), "pass");
  EXPECT_EQ(with("0.8999"), "fail liveness.not_passed");
  EXPECT_EQ(with("0"), "fail liveness.not_passed");
  EXPECT_EQ(with("0.9", "frr_1e-2"), "pass");
  EXPECT_EQ(with("0.3", "frr_1e-3"), "pass");
  EXPECT_EQ(with("0.29", "frr_1e-3"), "fail liveness.not_passed");
  EXPECT_EQ(with("0.05", "frr_1e-4"), "pass");
  EXPECT_EQ(with("0.04", "frr_1e-4"), "fail liveness.not_passed");
}

TEST(BaiduVerdict, IsUndecidedWithoutAScoreOrItsThreshold) {
  for (const std::string_view score : {"null", "-0.1", "1.1", "true", "\"\"", "\"nan\"", "\"inf\"",
                                       "\"high\"", "[0.99]", "{}", "1e999", "98"}) {
    EXPECT_EQ(judged(verify_reply(score)), k_undecided) << score;
  }
  const std::string code = R"("code":{"create":"1234","identify":"1234"})";
  const std::string results[] = {
      "{" + code + "}",
      R"({"score":0.99,)" + code + "}",
      R"({"score":0.99,"thresholds":{},)" + code + "}",
      R"({"score":0.99,"thresholds":{"frr_1e-4":0.05,"frr_1e-3":0.3},)" + code + "}",
      R"({"score":0.99,"thresholds":{"frr_1e-2":0},)" + code + "}",
      R"({"score":0.99,"thresholds":{"frr_1e-2":-1},)" + code + "}",
      R"({"score":0.99,"thresholds":{"frr_1e-2":null},)" + code + "}",
      R"({"thresholds":{"frr_1e-2":0.9},)" + code + "}",
      "{}",
      "null",
      "[]",
  };
  for (const std::string& result : results) {
    EXPECT_EQ(judged(R"({"err_no":0,"result":)" + result + "}"), k_undecided) << result;
  }
  EXPECT_EQ(judged(R"({"err_no":0})"), k_undecided);
}

TEST(BaiduVerdict, NeedsTheSpokenDigits) {
  const auto with = [](std::string_view code, std::string_view options = "{}") {
    return judged(verify_reply("0.99", code), options);
  };
  EXPECT_EQ(with(R"({"create":"5789","identify":"578","similarity":0.75})"), "pass");
  EXPECT_EQ(with(R"({"create":"5789","identify":"5","similarity":0.74})"),
            "fail liveness.code_mismatch");
  EXPECT_EQ(with(R"({"create":"5789","identify":"5789","similarity":"0.8"})"), "pass");
  EXPECT_EQ(with(R"({"similarity":0.8})", R"({"code_similarity_min":0.9})"),
            "fail liveness.code_mismatch");
  EXPECT_EQ(with(R"({"similarity":0.5})", R"({"code_similarity_min":0.5})"), "pass");
  EXPECT_EQ(with(R"({"similarity":7})"), k_undecided);
  EXPECT_EQ(with(R"({"similarity":"nan"})"), k_undecided);
  EXPECT_EQ(with(R"({"similarity":true})"), k_undecided);
  // Older replies have no similarity.
  EXPECT_EQ(with(R"({"create":"0789","identify":"0789"})"), "pass");
  EXPECT_EQ(with(R"({"create":"0789","identify":"789"})"), "fail liveness.code_mismatch");
  EXPECT_EQ(with(R"({"create":"0789","identify":""})"), "fail liveness.code_mismatch");
  EXPECT_EQ(with(R"({"create":"0789","identify":"0789","similarity":null})"), "pass");
  EXPECT_EQ(with(R"({"create":"","identify":""})"), k_undecided);
  EXPECT_EQ(with(R"({"create":"5789"})"), k_undecided);
  EXPECT_EQ(with(R"({"identify":"5789"})"), k_undecided);
  EXPECT_EQ(with("{}"), k_undecided);
  EXPECT_EQ(with("null"), k_undecided);
}

TEST(BaiduVerdict, NeedsTheLipsOnlyWhenAsked) {
  const auto with = [](const std::string& lips, std::string_view options) {
    const std::string more = lips.empty() ? "" : ",\"lip_language\":" + lips;
    return judged(verify_reply("0.99", R"({"similarity":1})", more), options);
  };
  const std::string_view common = R"({"lip_identify":"COMMON"})";
  const std::string_view strict = R"({"lip_identify":"STRICT"})";
  EXPECT_EQ(with("\"pass\"", common), "pass");
  EXPECT_EQ(with("\"pass\"", strict), "pass");
  EXPECT_EQ(with("\"fail\"", common), "fail liveness.lip_mismatch");
  EXPECT_EQ(with("\"fail\"", strict), "fail liveness.lip_mismatch");
  EXPECT_EQ(with("", common), k_undecided);
  EXPECT_EQ(with("\"maybe\"", strict), k_undecided);
  EXPECT_EQ(with("true", strict), k_undecided);
  EXPECT_EQ(with("", "{}"), "pass");
  EXPECT_EQ(with("", R"({"lip_identify":"OFF"})"), "pass");
  EXPECT_EQ(with("\"fail\"", "{}"), "fail liveness.lip_mismatch");
}

TEST(BaiduVerdict, NeedsTheMovementsOfAnActionVideo) {
  const auto with = [](const std::string& action) {
    const std::string more = action.empty() ? "" : ",\"action_verify\":" + action;
    return judged(verify_reply("0.99", "null", more), "{}", k_action_state);
  };
  EXPECT_EQ(with("\"pass\""), "pass");
  EXPECT_EQ(with("\"fail\""), "fail liveness.action_mismatch");
  EXPECT_EQ(with(""), k_undecided);
  EXPECT_EQ(with("\"PASS\""), k_undecided);
  EXPECT_EQ(with("1"), k_undecided);
}

TEST(BaiduVerdict, PrefersWhatSpeaksAgainstThePerson) {
  const std::string wrong_code = R"({"create":"1234","identify":"9"})";
  EXPECT_EQ(judged(verify_reply("null", wrong_code)), "fail liveness.code_mismatch");
  EXPECT_EQ(judged(verify_reply("0.1", "null")), "fail liveness.not_passed");
  EXPECT_EQ(judged(verify_reply("0.1", wrong_code)), "fail liveness.not_passed");
}

TEST(BaiduVerdict, KeepsTheScores) {
  const OperationRun run = driver().run(submit(), {{verify_reply()}});
  std::string scores;
  for (const Pair& score : run.finish->scores) scores += score.name + "=" + score.value + " ";
  EXPECT_EQ(scores,
            "liveness.score=0.984654366 liveness.threshold=0.9 liveness.max_spoofing=0.01 "
            "liveness.spoofing=0.008 code.similarity=1 ");
  EXPECT_EQ(run.finish->vendor_code, "0");
  EXPECT_EQ(run.finish->vendor_reference, "2248375729");
}

TEST(BaiduVerdict, ShowsThePictureOnlyWhenAsked) {
  EXPECT_TRUE(driver().run(submit(), {{verify_reply()}}).finish->images.empty());
  plugin::OperationInput input = submit();
  input.want_images = true;
  const OperationRun run = driver().run(input, {{verify_reply()}});
  ASSERT_EQ(run.finish->images.size(), 1u);
  EXPECT_EQ(run.finish->images[0].name, "face_best");
  EXPECT_TRUE(run.finish->images[0].bytes.starts_with("\xFF\xD8\xFF"));
}

TEST(BaiduVerdict, IsDecidedOnTheBodyWhateverTheStatus) {
  for (const int status : {200, 400, 403, 500}) {
    EXPECT_TRUE(driver().run(submit(), {{verify_reply(), status}}).passed());
    EXPECT_EQ(reason_of(driver().run(submit(), {{error("216500"), status}})),
              "liveness.code_mismatch");
  }
}

TEST(BaiduVerdict, KeepsTheSessionOutOfMessages) {
  const std::string echo =
      R"({"error_code":216502,"error_msg":"session S59faeeebb9111890355690 lapsed"})";
  const OperationRun run = driver().run(submit(), {{echo}});
  EXPECT_EQ(outcome_of(run), "expired");
  EXPECT_EQ(run.finish->vendor_message, "");
}

}  // namespace
}  // namespace idswitch::test::baidu

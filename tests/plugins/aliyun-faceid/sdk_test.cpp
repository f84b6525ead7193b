// SDK v1.2: every parameter, its limits, what is refused before anything is sent, how a session
// goes on.

#include <gtest/gtest.h>

#include "account.hpp"
#include "base/text/base64.hpp"

namespace idswitch::test::aliyun_faceid {
namespace {

constexpr std::uint32_t k_with_pictures =
    IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH | IDSW_CHECK_FACE_MATCH;

TEST(AliyunSdkStart, SendsEveryParameterOfTheDocument) {
  const std::vector<Image> media = {{"ref1", "image/jpeg", "one", {}},
                                    {"ref2", "image/png", "two", {}}};
  plugin::OperationInput input = sdk_start(k_with_pictures);
  input.media = &media;
  input.options =
      R"({"liveness_timeout":90,"liveness_action_count":2,"security_level":3,"force_compare":0,
                      "multi_oriented_detection":0})";
  const plugin::SendStep sent = driver(k_sdk).run(input, {{token_reply()}}).sent.at(0);
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.target, "/face/v1.2/sdk/get_biz_token");
  EXPECT_EQ(header_of(sent, "Content-Type"), "application/x-www-form-urlencoded; charset=UTF-8");
  const std::map<std::string, std::string> expected = {{"liveness_type", "meglive"},
                                                       {"idcard_name", std::string(k_name)},
                                                       {"idcard_number", std::string(k_number)},
                                                       {"biz_no", std::string(k_verification)},
                                                       {"liveness_timeout", "90"},
                                                       {"liveness_action_count", "2"},
                                                       {"security_level", "3"},
                                                       {"force_compare", "0"},
                                                       {"multi_oriented_detection", "0"},
                                                       {"image_ref1", base64_encode("one")},
                                                       {"image_ref2", base64_encode("two")}};
  EXPECT_EQ(fields_of(sent.body), expected);
}

TEST(AliyunSdkStart, LeavesOutWhatIsNotSaid) {
  const plugin::SendStep sent = driver(k_sdk).run(sdk_start(), {{token_reply()}}).sent.at(0);
  EXPECT_EQ(sent.body,
            "liveness_type=meglive&biz_no=ver_01jxaliyun0000000000000000"
            "&idcard_name=%E6%9E%97%E5%B0%8F%E6%BB%A1&idcard_number=11010119900307876X");
}

TEST(AliyunSdkStart, TakesDefaultsFromTheSettings) {
  plugin::OperationInput input = sdk_start();
  input.options = R"({"security_level":1})";
  const auto fields = fields_of(driver(k_sdk, R"({"security_level":4,"liveness_timeout":30})")
                                    .run(input, {{token_reply()}})
                                    .sent.at(0)
                                    .body);
  EXPECT_EQ(fields.at("security_level"), "1");
  EXPECT_EQ(fields.at("liveness_timeout"), "30");
}

TEST(AliyunSdkStart, OpensTheSdkForAnHour) {
  const OperationRun run = driver(k_sdk).run(sdk_start(), {{token_reply()}});
  ASSERT_TRUE(run.finish);
  EXPECT_EQ(run.finish->action.kind, std::uint32_t{IDSW_ACTION_SDK});
  EXPECT_EQ(run.finish->action.component, "megvii-faceid-zfac");
  EXPECT_EQ(run.finish->action.token, k_token);
  EXPECT_EQ(run.finish->action.expires_unix_ms, k_expires_unix_ms + 250);
  EXPECT_EQ(run.finish->vendor_reference, k_request_id);
  ASSERT_EQ(run.charges.size(), 1u);
  EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_HELD});
  EXPECT_EQ(run.charges[0].source, std::uint32_t{IDSW_SOURCE_DOCUMENTED_RULE});
  EXPECT_EQ(run.charges[0].sku, "face_verify");
  EXPECT_EQ(run.charges[0].vendor_reference, k_request_id);
}

TEST(AliyunSdkStart, KeepsPicturesBackThatNobodyAskedToCompare) {
  const std::vector<Image> media = {{"ref1", "image/jpeg", "one", {}}};
  plugin::OperationInput input = sdk_start();
  input.media = &media;
  EXPECT_FALSE(fields_of(driver(k_sdk).run(input, {{token_reply()}}).sent.at(0).body)
                   .contains("image_ref1"));
}

TEST(AliyunSdkStart, NeedsThePersonAndThePicture) {
  plugin::OperationInput input = sdk_start();
  input.person_id_number = {};
  EXPECT_EQ(driver(k_sdk).run(input, {}).fail->field, "/person/id_number");
  input.person_name = {};
  const OperationRun run = driver(k_sdk).run(input, {});
  EXPECT_EQ(outcome_of(run), "invalid_request");
  EXPECT_EQ(run.fail->field, "/person/name");
  EXPECT_TRUE(run.charges.empty());
  EXPECT_EQ(driver(k_sdk).run(sdk_start(k_with_pictures), {}).fail->field, "/images/ref1");
}

TEST(AliyunSdkStart, RefusesPicturesOfMoreThan2Mb) {
  std::vector<Image> media = {{"ref1", "image/jpeg", std::string(2 << 20, 'x'), {}}};
  plugin::OperationInput input = sdk_start(k_with_pictures);
  input.media = &media;
  EXPECT_EQ(outcome_of(driver(k_sdk).run(input, {{token_reply()}})), "ok");
  media.push_back({"ref2", "image/jpeg", std::string((2 << 20) + 1, 'x'), {}});
  const OperationRun run = driver(k_sdk).run(input, {});
  EXPECT_EQ(outcome_of(run), "invalid_request");
  EXPECT_EQ(run.fail->field, "/images/ref2");
}

TEST(AliyunSdkStart, RefusesWhatItCannotProve) {
  for (const std::uint32_t checks :
       {std::uint32_t{IDSW_CHECK_LIVENESS}, std::uint32_t{IDSW_CHECK_FACE_MATCH},
        std::uint32_t{IDSW_CHECK_ID_MATCH | IDSW_CHECK_ID_OCR}}) {
    EXPECT_EQ(outcome_of(driver(k_sdk).run(sdk_start(checks), {})), "unsupported");
  }
}

TEST(AliyunSdkStart, CostsNothingWithoutAReply) {
  for (std::uint32_t transport = 1; transport <= 4; ++transport) {
    const OperationRun run = driver(k_sdk).run(sdk_start(), {Answer::no_reply(transport)});
    EXPECT_EQ(outcome_of(run), transport <= 2 ? "unavailable" : "protocol");
    EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_NOT_CHARGED});
  }
}

TEST(AliyunSdkResult, IsAskedForWithTheNumbers) {
  const plugin::SendStep sent =
      driver(k_sdk).run(result(), {{reply("9000", "LIVING_NOT_START")}}).sent.at(0);
  EXPECT_EQ(sent.method, "GET");
  EXPECT_EQ(sent.target,
            "/face/v1.2/sdk/"
            "get_result?biz_token=1532485677%2Cfb241f74-e4e0-4396-ad74-eb8c1764aa1b&verbose=1");
  EXPECT_EQ(sent.body, "");
  EXPECT_EQ(header_of(sent, "Content-Type"), "");
}

TEST(AliyunSdkResult, WithoutAReplyChangesNothing) {
  for (std::uint32_t transport = 1; transport <= 4; ++transport) {
    const OperationRun run = driver(k_sdk).run(result(), {Answer::no_reply(transport)});
    EXPECT_EQ(outcome_of(run), transport <= 2 ? "unavailable" : "protocol");
    EXPECT_TRUE(run.charges.empty());
  }
}

TEST(AliyunSdkResult, IsPendingUntilTheGraceAfterTheTokensHourIsOver) {
  for (const std::string word : {"LIVING_NOT_START", "LIVING_IN_PROGRESS", "LIVING_OVERTIME"}) {
    PluginDriver one = driver(k_sdk);
    OperationRun run;
    for (const std::int64_t late_ms : {std::int64_t{1}, sdk::k_unfinished_grace_ms}) {
      one.now_unix_ms = k_expires_unix_ms + late_ms - 250;  // the reply comes 250 ms later
      run = one.run(result(), {{reply("9000", word)}});
      EXPECT_EQ(outcome_of(run), "pending") << word;
      EXPECT_TRUE(run.charges.empty());
    }
    one.now_unix_ms = k_expires_unix_ms + sdk::k_unfinished_grace_ms;
    run = one.run(result(), {{reply("9000", word)}});
    EXPECT_EQ(outcome_of(run), "expired") << word;
    EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_RELEASED});
    EXPECT_EQ(run.charges.at(0).source, std::uint32_t{IDSW_SOURCE_DOCUMENTED_RULE});
  }
}

TEST(AliyunSdkResult, IsWaitedForAsLongAsTheFlowMayTake) {
  PluginDriver one = driver(k_sdk);
  plugin::OperationInput input = result();
  input.options = R"({"liveness_timeout":600})";
  for (const auto& [late_ms, outcome] :
       {std::pair{600'000, "pending"}, std::pair{600'001, "expired"}}) {
    one.now_unix_ms = k_expires_unix_ms + late_ms - 250;
    EXPECT_EQ(outcome_of(one.run(input, {{reply("9000", "LIVING_IN_PROGRESS")}})), outcome);
  }
}

TEST(AliyunSdkResult, MayComeAfterTheTokensHour) {
  PluginDriver one = driver(k_sdk);
  one.now_unix_ms = k_expires_unix_ms + 3'600'000;
  EXPECT_TRUE(one.run(result(), {{reply("1000", "SUCCESS")}}).passed());
}

TEST(AliyunSdkResult, OfAnotherSessionIsNoResult) {
  for (const std::string other :
       {R"({"result_code":1000,"result_message":"SUCCESS","biz_token":"1,other"})",
        R"({"result_code":1000,"result_message":"SUCCESS","biz_no":"ver_other"})"}) {
    const OperationRun run = driver(k_sdk).run(result(), {{other}});
    EXPECT_EQ(outcome_of(run), "protocol") << other;
    EXPECT_TRUE(run.charges.empty());
  }
}

TEST(AliyunSdkState, IsWhatStartLeft) {
  PluginDriver one = driver(k_sdk);
  const OperationRun opened = one.run(sdk_start(), {{token_reply()}});
  plugin::OperationInput input = result();
  input.state = opened.finish->state;
  EXPECT_TRUE(one.run(input, {{reply("1000", "SUCCESS", verification("83.2"))}}).passed());
}

TEST(AliyunState, ThatIsNotOursIsRefused) {
  for (const std::string_view product : {k_sdk, k_lite}) {
    for (const std::string bad :
         {"", "{}", "x", R"({"v":2})", R"({"v":1,"biz_token":"a b","expires":1})"}) {
      EXPECT_EQ(outcome_of(driver(product).run(result(bad), {})), "protocol") << bad;
    }
  }
}

}  // namespace
}  // namespace idswitch::test::aliyun_faceid

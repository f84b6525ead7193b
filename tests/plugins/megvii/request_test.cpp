// What is sent: every parameter, its limits, and what is refused before anything is sent.

#include <gtest/gtest.h>

#include "account.hpp"
#include "multipart_parts.hpp"
#include "support/documented_codes.hpp"

namespace idswitch::test::megvii {
namespace {

TEST(MegviiStart, SendsEveryParameterOfTheDocument) {
  const OperationRun run = driver().run(start(), {{token_reply()}});
  const plugin::SendStep& sent = run.sent.at(0);
  EXPECT_EQ(sent.method, "POST");
  EXPECT_EQ(sent.target, "/faceid/v5/sdk/get_biz_token");
  EXPECT_EQ(sent.step, "get_biz_token");
  EXPECT_EQ(sent.billable, std::uint32_t{IDSW_BILLABLE_ON_RESULT});
  EXPECT_FALSE(sent.resend_safe);
  const auto parts = parts_of(sent);
  ASSERT_EQ(parts.size(), 4u);
  EXPECT_FALSE(parts.at("sign").value.empty());
  EXPECT_EQ(parts.at("sign_version").value, "hmac_sha1");
  EXPECT_EQ(parts.at("liveness_id").value, "live-scene-1");
  EXPECT_EQ(parts.at("uuid").value, "person-7");
}

TEST(MegviiStart, OpensTheSdkForAnHour) {
  const OperationRun run = driver().run(start(), {{token_reply()}});
  ASSERT_TRUE(run.finish);
  EXPECT_EQ(run.finish->action.kind, std::uint32_t{IDSW_ACTION_SDK});
  EXPECT_EQ(run.finish->action.component, "megvii-meglive-still");
  EXPECT_EQ(run.finish->action.token, k_token);
  EXPECT_EQ(run.finish->action.expires_unix_ms, k_expires_unix_ms + 250);
  EXPECT_EQ(run.finish->vendor_reference, k_request_id);
  ASSERT_EQ(run.charges.size(), 1u);
  EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_HELD});
  EXPECT_EQ(run.charges[0].vendor_reference, k_request_id);
}

TEST(MegviiStart, LeavesUuidOutWithoutAPersonId) {
  plugin::OperationInput input = start();
  input.person_id = {};
  EXPECT_FALSE(parts_of(driver().run(input, {{token_reply()}}).sent.at(0)).contains("uuid"));
}

TEST(MegviiStart, TakesUuidsOf128BytesAndNoMore) {
  plugin::OperationInput input = start();
  const std::string longest(128, 'u'),
      chinese = "人" + std::string(126, 'u');  // 129 bytes, 127 characters
  input.person_id = longest;
  EXPECT_EQ(parts_of(driver().run(input, {{token_reply()}}).sent.at(0)).at("uuid").value, longest);
  input.person_id = chinese;
  const OperationRun run = driver().run(input, {});
  EXPECT_EQ(outcome_of(run), "invalid_request");
  EXPECT_EQ(run.fail->field, "/person/id");
}

TEST(MegviiStart, TakesTheSceneOfTheCaller) {
  plugin::OperationInput input = start();
  input.options = R"({"liveness_id":"other-scene"})";
  EXPECT_EQ(parts_of(driver().run(input, {{token_reply()}}).sent.at(0)).at("liveness_id").value,
            "other-scene");
}

TEST(MegviiStart, RefusesWhatItCannotProve) {
  for (const std::uint32_t checks :
       {IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_OCR,
        IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH | IDSW_CHECK_FACE_MATCH}) {
    const OperationRun run = driver().run(start(checks), {});
    EXPECT_EQ(outcome_of(run), "unsupported");
    EXPECT_TRUE(run.charges.empty());
  }
}

TEST(MegviiStart, CostsNothingWithoutAReply) {
  for (std::uint32_t transport = 1; transport <= 4; ++transport) {
    const OperationRun run = driver().run(start(), {Answer::no_reply(transport)});
    EXPECT_EQ(outcome_of(run), transport <= 2 ? "unavailable" : "protocol");
    ASSERT_EQ(run.charges.size(), 1u);
    EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_NOT_CHARGED});
  }
}

TEST(MegviiStart, OpensNothingWithoutAUsableToken) {
  for (const std::string token :
       {"null", "\"\"", "7", "true", "[\"a\"]", "\"a b\"", "\"a\\nb\"", "\"a\\\"b\"", "\"令\""}) {
    const OperationRun run =
        driver().run(start(), {{R"({"request_id":"1,a","biz_token":)" + token + "}"}});
    EXPECT_EQ(outcome_of(run), "protocol") << token;
    EXPECT_EQ(run.charges.at(0).state, std::uint32_t{IDSW_CHARGE_NOT_CHARGED});
  }
  const std::string too_long = R"({"biz_token":")" + std::string(257, 'a') + "\"}";
  EXPECT_EQ(outcome_of(driver().run(start(), {{too_long}})), "protocol");
}

TEST(MegviiVerify, ComparesWithTheAuthorityByNameAndNumber) {
  const OperationRun run = driver().run(result(), {{reply("1000", "SUCCESS", k_same)}});
  const plugin::SendStep& sent = run.sent.at(0);
  EXPECT_EQ(sent.target, "/faceid/v5/sdk/verify");
  EXPECT_EQ(sent.step, "verify");
  EXPECT_EQ(sent.billable, std::uint32_t{IDSW_BILLABLE_ON_RESULT});
  EXPECT_EQ(sent.dedupe_key, "biz_token");
  EXPECT_FALSE(sent.resend_safe);
  const auto parts = parts_of(sent);
  ASSERT_EQ(parts.size(), 9u);
  EXPECT_EQ(parts.at("sign_version").value, "hmac_sha1");
  EXPECT_EQ(parts.at("comparison_type").value, "1");
  EXPECT_EQ(parts.at("idcard_name").value, "林小満");
  EXPECT_EQ(parts.at("idcard_number").value, "11010119900307876X");
  EXPECT_EQ(parts.at("data_type").value, "0");
  EXPECT_EQ(parts.at("biz_token").value, k_token);
  EXPECT_EQ(parts.at("verify_id").value, "verify-scene-1");
  EXPECT_EQ(parts.at("encryption_type").value, "0");
}

TEST(MegviiVerify, ComparesWithTheReferencePicture) {
  const std::vector<Image> media = {{"ref1", "image/jpeg", "\xFF\xD8\xFFpicture", {}}};
  plugin::OperationInput input = result(IDSW_CHECK_LIVENESS | IDSW_CHECK_FACE_MATCH);
  input.media = &media;
  input.options = R"({"verify_id":"other-scene"})";
  const OperationRun run = driver().run(input, {{reply("1000", "SUCCESS")}});
  EXPECT_EQ(run.sent.at(0).target, "/faceid/v5/sdk/verify");
  const auto parts = parts_of(run.sent.at(0));
  ASSERT_EQ(parts.size(), 8u);
  EXPECT_EQ(parts.at("comparison_type").value, "0");
  EXPECT_EQ(parts.at("image_ref").value, "\xFF\xD8\xFFpicture");
  EXPECT_NE(parts.at("image_ref").head.find("Content-Type: image/jpeg"), std::string::npos);
  EXPECT_EQ(parts.at("verify_id").value, "other-scene");
  EXPECT_FALSE(parts.contains("idcard_name"));
}

TEST(MegviiVerify, KeepsAPicturesTypeOutOfTheHeadWhenItIsStrange) {
  const std::vector<Image> media = {{"ref1", "image/x\r\nEvil: 1", "picture", {}}};
  plugin::OperationInput input = result(IDSW_CHECK_FACE_MATCH);
  input.media = &media;
  const auto parts = parts_of(driver().run(input, {{reply("9000", "X")}}).sent.at(0));
  EXPECT_EQ(parts.at("image_ref").head.find("Evil"), std::string::npos);
}

TEST(MegviiVerify, AsksForThePersonWhereItIsNotGiven) {
  plugin::OperationInput input = result();
  input.person_id_number = {};
  EXPECT_EQ(driver().run(input, {}).fail->field, "/person/id_number");
  input.person_name = {};
  const OperationRun run = driver().run(input, {});
  EXPECT_EQ(outcome_of(run), "invalid_request");
  EXPECT_EQ(run.fail->field, "/person/name");
  EXPECT_TRUE(run.charges.empty());
  input = result(IDSW_CHECK_LIVENESS | IDSW_CHECK_FACE_MATCH);
  EXPECT_EQ(driver().run(input, {}).fail->field, "/images/ref1");
}

TEST(MegviiLiveness, SendsNothingOfThePerson) {
  const OperationRun run = driver().run(result(IDSW_CHECK_LIVENESS), {{reply("1000", "SUCCESS")}});
  const plugin::SendStep& sent = run.sent.at(0);
  EXPECT_EQ(sent.target, "/faceid/v5/sdk/liveness");
  EXPECT_EQ(sent.step, "liveness");
  const auto parts = parts_of(sent);
  ASSERT_EQ(parts.size(), 6u);
  for (const auto* name :
       {"sign", "sign_version", "data_type", "biz_token", "verify_id", "encryption_type"}) {
    EXPECT_TRUE(parts.contains(name)) << name;
  }
  EXPECT_TRUE(run.passed());
}

TEST(MegviiSettings, NameWhatToChange) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"verify_id":"v"})", "liveness_id"},
      {R"({"liveness_id":"l"})", "verify_id"},
      {R"({"liveness_id":"","verify_id":"v"})", "liveness_id"},
      {R"({"liveness_id":"l","verify_id":"v","encryption_type":1})", "encryption_type"},
      {R"({"liveness_id":"l","verify_id":"v","encryption_type":2})", "RSA"},
      {R"({"liveness_id":"l","verify_id":"v","encryption_type":3})", "encryption_type"},
      {R"({"liveness_id":"l","verify_id":"v","sign_validity_s":-1})", "sign_validity_s"},
      {R"({"liveness_id":"l","verify_id":"v","sign_validity_s":86401})", "sign_validity_s"},
      {R"({"liveness_id":"l","verify_id":"v","livness_id":"x"})", "livness_id"}};
  for (const auto& [settings, named] : cases) {
    const auto opened = PluginDriver::open("megvii", k_product, account(settings));
    ASSERT_FALSE(opened) << settings;
    EXPECT_NE((opened.error().detail() + opened.error().field()).find(named), std::string::npos)
        << opened.error().detail();
  }
  EXPECT_TRUE(PluginDriver::open(
      "megvii", k_product,
      account(
          R"({"liveness_id":"l","verify_id":"v","encryption_type":0,"sign_validity_s":86400})")));
}

TEST(MegviiSettings, NeedBothSecrets) {
  for (const char* missing : {"api_key", "api_secret"}) {
    plugin::AccountSettings settings = account();
    settings.secrets.erase(missing);
    const auto opened = PluginDriver::open("megvii", k_product, settings);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().detail().find(missing), std::string::npos);
  }
}

TEST(MegviiOptions, AreCheckedByTheirSchema) {
  PluginDriver one = driver();
  for (const std::string options :
       {R"({"liveness_id":""})", R"({"verify_id":7})", R"({"sign_validity_s":1})",
        R"({"encryption_type":0})", R"({"uuid":"x"})"}) {
    EXPECT_FALSE(one.account().options(options)) << options;
  }
  EXPECT_TRUE(one.account().options(R"({"liveness_id":"a","verify_id":"b"})"));
}

}  // namespace
}  // namespace idswitch::test::megvii

// What result sends, and what it makes of the reply beyond its code.

#include <gtest/gtest.h>

#include "account.hpp"
#include "idswitch/sdk/request.hpp"
#include "support/documented_codes.hpp"

namespace idswitch::test::jumdata {
namespace {

const std::string k_passed =
    R"({"code":200,"msg":"活体检测通过","taskNo":"143439882226367117195699",)"
    R"("data":{"faceImageUrl":"https://img.example.com/face.jpg"}})";

TEST(JumdataResult, PostsTheTokenForNothing) {
  PluginDriver account = driver();
  account.now_unix_ms = 1'555'378'976'238;
  const OperationRun run = account.run(result(), {{k_passed}});
  ASSERT_EQ(run.sent.size(), 1u);
  EXPECT_EQ(run.sent[0].target, "/lifecheck/h5/v2-1/result");
  EXPECT_EQ(run.sent[0].body,
            "appId=xyzxy2121zxyz&timestamp=1555378976238"
            "&sign=6ddcdc405743c576cb6d34b17b47ed56e2b9b6670fae1fe85ed01244fd31558b"
            "&productCode=life_check_v2&token=e146524ee4b8415e8bebc9f739ee67da");
  EXPECT_EQ(run.sent[0].billable, std::uint32_t{IDSW_BILLABLE_NEVER});
  EXPECT_TRUE(run.sent[0].resend_safe);
}

TEST(JumdataResult, SettlesUnderTheReferenceOfInit) {
  const OperationRun run = driver().run(result(), {{k_passed}});
  EXPECT_TRUE(run.passed());
  EXPECT_EQ(run.finish->vendor_reference, "143439882226367117195699");
  ASSERT_EQ(run.charges.size(), 1u);
  EXPECT_EQ(run.charges[0].state, std::uint32_t{IDSW_CHARGE_CAPTURED});
  EXPECT_EQ(run.charges[0].source, std::uint32_t{IDSW_SOURCE_RESULT_CODE});
  EXPECT_EQ(run.charges[0].vendor_reference, k_task);
}

TEST(JumdataResult, UsesTheStateThatInitLeft) {
  PluginDriver account = driver();
  const std::string odd = R"({"code":200,"taskNo":"t&1","data":{"token":"a=b&c%d é",)"
                          R"("checkUrl":"https://h5.example.com/"}})";
  const OperationRun opened = account.run(start(), {{odd}});
  ASSERT_TRUE(opened.finish);
  const OperationRun run = account.run(result(opened.finish->state), {{k_passed}});
  EXPECT_EQ(sdk::form_value(run.sent[0].body, "token"), "a=b&c%d é");
  EXPECT_EQ(run.charges.at(0).vendor_reference, "t&1");
}

TEST(JumdataResult, SettlesNothingWhenInitWasFree) {
  PluginDriver account = driver();
  const OperationRun opened = account.run(start(), {{init_reply(",\"charge\":false")}});
  const OperationRun run = account.run(result(opened.finish->state), {{k_passed}});
  EXPECT_TRUE(run.passed());
  EXPECT_TRUE(run.charges.empty());
}

TEST(JumdataResult, ShowsThePictureOnlyWhenAsked) {
  EXPECT_TRUE(driver().run(result(), {{k_passed}}).finish->images.empty());
  plugin::OperationInput input = result();
  input.want_images = true;
  const OperationRun run = driver().run(input, {{k_passed}});
  ASSERT_EQ(run.finish->images.size(), 1u);
  EXPECT_EQ(run.finish->images[0].name, "face_best");
  EXPECT_EQ(run.finish->images[0].url, "https://img.example.com/face.jpg");
}

TEST(JumdataResult, IsPendingUntilThePersonIsDone) {
  const OperationRun run = driver().run(result(), {{reply("201")}});
  EXPECT_EQ(outcome_of(run), "pending");
  EXPECT_FALSE(run.finish->processing);
  EXPECT_TRUE(run.charges.empty());
}

TEST(JumdataResult, LeavesTheHoldWhenNoReplyComes) {
  for (const std::uint32_t transport :
       {IDSW_TRANSPORT_NOT_SENT, IDSW_TRANSPORT_SENT_NO_REPLY, IDSW_TRANSPORT_REPLY_BROKEN}) {
    const OperationRun run = driver().run(result(), {Answer::no_reply(transport)});
    EXPECT_TRUE(run.fail);
    EXPECT_TRUE(run.charges.empty());
  }
}

TEST(JumdataResult, RefusesAStateThatIsNotItsOwn) {
  for (const std::string_view state : {"", "x", "token=", "task=1", "\xFF\xFE", "token=%zz"}) {
    const OperationRun run = driver().run(result(state), {});
    EXPECT_EQ(outcome_of(run), "protocol") << state;
  }
}

TEST(JumdataResult, KeepsTheTokenOutOfMessages) {
  const std::string echo = R"({"code":500,"msg":"bad token e146524ee4b8415e8bebc9f739ee67da"})";
  EXPECT_EQ(driver().run(result(), {{echo}}).fail->vendor_message, "");
}

}  // namespace
}  // namespace idswitch::test::jumdata

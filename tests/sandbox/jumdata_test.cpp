#include "vendors/jumdata.hpp"

#include <gtest/gtest.h>

#include "vendor_client.hpp"
#include "vendors/errors.hpp"
#include "wire/digest.hpp"

namespace idswitch::sandbox::test {
namespace {

using namespace std::chrono_literals;

TEST(JumdataSignature, AgreesWithVectorJ1) {
  const std::string sign = "6ddcdc405743c576cb6d34b17b47ed56e2b9b6670fae1fe85ed01244fd31558b";
  const auto check = [&](std::string_view timestamp, std::string_view text) {
    return jumdata::is_signed("xyzxy2121zxyz", "efcefcef1121cefcefc1212121", timestamp, text);
  };
  EXPECT_TRUE(check("1555378976238", sign));
  EXPECT_FALSE(check("1555378976239", sign));
  EXPECT_FALSE(check("1555378976238", sign.substr(1)));
  EXPECT_FALSE(check("1555378976238", ""));
}

TEST(Jumdata, InitAnswersAsDocumented) {
  VendorClient client;
  const Reply reply = client.jumdata("init", {{"returnUrl", "http://a.example"}});
  EXPECT_EQ(member(reply, "code"), "200");
  EXPECT_EQ(member(reply, "charge"), "true");
  EXPECT_EQ(member(reply, "taskNo").size(), 24u);
  EXPECT_EQ(
      member(reply, "data.checkUrl"),
      "https://localhost/lifecheck/v2-1/check/capture.html?token=" + member(reply, "data.token"));
}

TEST(Jumdata, ChecksEveryInitParameter) {
  const Fields good = {{"returnUrl", "https://a.example/"}};
  const std::tuple<const char*, std::string, const char*> cases[] = {
      {"appId", "other", "601"},
      {"timestamp", "155537897623", "400"},
      {"timestamp", "x", "400"},
      {"sign", std::string(64, '0'), "400"},
      {"productCode", "life_check", "400"},
      {"returnUrl", "", "400"},
      {"returnUrl", "ftp://a.example", "400"},
      {"returnUrl", "https://a.example/" + std::string(238, 'a'), "200"},
      {"returnUrl", "https://a.example/" + std::string(239, 'a'), "400"},
      {"returnUrl", "replace: http://a.example", "200"},
      {"returnUrl", "replace:/pages", "400"},
      {"returnUrl", "wx.redirect:/pages/result", "200"},
      {"returnUrl", "wx.redirect:", "400"},
      {"returnUrl", "wx.history", "200"},
      {"returnUrl", "app:notifyResult", "200"},
      {"returnUrl", "app:", "400"},
      {"returnUrl", "app:alert(1)", "400"},
      {"returnUrl", "scheme:weixin://dl", "200"},
      {"returnUrl", "scheme:weixin", "400"},
      {"actionStyle", "0", "400"},
      {"actionStyle", "-1", "200"},
      {"actionStyle", "2", "200"},
      {"actionStyle", "3", "400"},
      {"actions", "Dance", "400"},
      {"actionMutex", "2", "400"},
      {"antiCameraHack", "yes", "400"},
      {"title", std::string(32, 't'), "200"},
      {"title", std::string(33, 't'), "400"},
  };
  VendorClient client;
  for (const auto& [name, value, expected] : cases) {
    EXPECT_EQ(member(client.jumdata("init", with(good, name, value)), "code"), expected)
        << name << '=' << value;
  }
}

TEST(Jumdata, TitleIsCountedInCharacters) {
  VendorClient client;
  std::string title;
  for (int i = 0; i < 32; ++i) title += "活";
  const Fields good = {{"returnUrl", "https://a.example/"}};
  EXPECT_EQ(member(client.jumdata("init", with(good, "title", title)), "code"), "200");
  EXPECT_EQ(member(client.jumdata("init", with(good, "title", title + "活")), "code"), "400");
}

TEST(Jumdata, CustomActionsNeedTheirSequence) {
  VendorClient client;
  const Fields custom = {{"returnUrl", "https://a.example/"}, {"actionStyle", "3"}};
  const auto code = [&](const char* actions) {
    return member(client.jumdata("init", with(custom, "actions", actions)), "code");
  };
  EXPECT_EQ(code("BlinkEye,NodHead"), "200");
  EXPECT_EQ(code("BlinkEye,"), "400");
}

TEST(Jumdata, OnlyFormsArePostedToIt) {
  VendorClient client;
  Request request;
  request.method = "POST";
  request.path = "/lifecheck/h5/v2-1/init";
  request.headers = {{"Content-Type", "application/json"}};
  request.body = "{}";
  const Reply reply = client.send(request);
  EXPECT_EQ(reply.status, 200u);
  EXPECT_EQ(member(reply, "code"), "400");
  EXPECT_EQ(member(client.get("/lifecheck/h5/v2-1/init"), "code"), "400");
  EXPECT_EQ(member(client.get("/lifecheck/h5/v3/init"), "code"), "404");
}

TEST(Jumdata, EveryDocumentedResultCanBeProduced) {
  VendorClient client;
  for (const DocumentedOutcome& row : documented_outcomes(Product::jumdata)) {
    const std::string token = client.jumdata_token("sandbox:" + std::string(row.code));
    const Reply reply = client.jumdata("result", {{"token", token}});
    EXPECT_EQ(member(reply, "code"), row.code);
    EXPECT_EQ(member(reply, "msg"), row.word);
    EXPECT_EQ(member(reply, "data.faceImageUrl").empty(), row.code != "200");
  }
  for (const DocumentedError& error : documented_errors(Product::jumdata)) {
    const std::string token = client.jumdata_token("sandbox:" + std::string(error.code));
    EXPECT_EQ(client.jumdata_result(token), error.code);
  }
}

TEST(Jumdata, ATokenNobodyUsedSays201ThenExpires) {
  VendorClient client;
  const std::string token = client.jumdata_token();
  EXPECT_EQ(client.jumdata_result(token), "201");
  client.sandbox().clock.advance(2h - 1s);
  EXPECT_EQ(client.jumdata_result(token), "201");
  client.sandbox().clock.advance(1s);
  EXPECT_EQ(client.jumdata_result(token), "301");
  EXPECT_EQ(client.jumdata_result("unknown"), "400");
}

TEST(Jumdata, TheChargeFollowsTheResult) {
  const std::tuple<const char*, ChargeState> cases[] = {{"200", ChargeState::captured},
                                                        {"202", ChargeState::captured},
                                                        {"201", ChargeState::held},
                                                        {"203", ChargeState::refunded},
                                                        {"301", ChargeState::refunded}};
  for (const auto& [code, expected] : cases) {
    VendorClient client;
    const std::string token = client.jumdata_token(std::string("sandbox:") + code);
    ASSERT_EQ(client.sandbox().charges.all().size(), 1u);
    EXPECT_EQ(client.sandbox().charges.all()[0].state, ChargeState::held);
    static_cast<void>(client.jumdata_result(token));
    static_cast<void>(client.jumdata_result(token));
    ASSERT_EQ(client.sandbox().charges.all().size(), 1u);
    EXPECT_EQ(client.sandbox().charges.all()[0].state, expected) << code;
  }
}

TEST(Jumdata, AnUnfinishedTokensChargeIsRefundedWhenItDies) {
  VendorClient client;
  static_cast<void>(client.jumdata_token());
  client.sandbox().clock.advance(2h);
  refund_expired(client.sandbox());
  EXPECT_EQ(client.sandbox().charges.all()[0].state, ChargeState::refunded);
}

TEST(JumdataPage, ShowsAButtonForEachOutcome) {
  VendorClient client;
  const std::string token = client.jumdata_token("<b>title");
  const Reply page = client.get("/lifecheck/v2-1/check/capture.html?token=" + token);
  EXPECT_EQ(page.status, 200u);
  EXPECT_NE(page.body.find("&lt;b&gt;title"), std::string::npos);
  for (const DocumentedOutcome& row : documented_outcomes(Product::jumdata)) {
    EXPECT_NE(page.body.find("outcome=" + std::string(row.code)), std::string::npos) << row.code;
  }
}

TEST(JumdataPage, EndsTheSessionAndGoesBack) {
  VendorClient client;
  const std::string token = client.jumdata_token();
  const std::string page = "/lifecheck/v2-1/check/capture.html?token=" + token;
  const Reply reply = client.get(page + "&outcome=202");
  EXPECT_EQ(reply.status, 303u);
  EXPECT_EQ(reply.header("location"), "https://shop.example/back?token=" + token + "&passed=false");
  EXPECT_EQ(client.jumdata_result(token), "202");
  EXPECT_EQ(client.get(page).status, 400u) << "a token is good for one run";
}

TEST(JumdataPage, KeepsTheReturnAddressQueryAndFragment) {
  VendorClient client;
  const std::string token = member(
      client.jumdata("init", {{"returnUrl", "https://shop.example/?a=1#top"}}), "data.token");
  const Reply reply = client.get("/lifecheck/v2-1/check/capture.html?outcome=200&token=" + token);
  EXPECT_EQ(reply.header("location"),
            "https://shop.example/?a=1&token=" + token + "&passed=true#top");
}

TEST(JumdataPage, ShowsWhatOtherPrefixesWouldDo) {
  const std::pair<const char*, const char*> cases[] = {
      {"replace:http://a.example/x", "window.location.replace"},
      {"wx.redirect:/pages/result", "wx.miniProgram.redirectTo"},
      {"wx.history", "wx.miniProgram.navigateBack()"},
      {"app:notifyResult", "handleLive.notifyResult"},
      {"scheme:weixin://dl", "weixin://dl?token="}};
  for (const auto& [return_url, expected] : cases) {
    VendorClient client;
    const std::string token =
        member(client.jumdata("init", {{"returnUrl", return_url}}), "data.token");
    const Reply reply = client.get("/lifecheck/v2-1/check/capture.html?outcome=200&token=" + token);
    EXPECT_EQ(reply.status, 200u);
    EXPECT_NE(reply.body.find(expected), std::string::npos) << return_url << reply.body;
  }
}

TEST(JumdataPage, AMagicPersonGoesStraightBack) {
  VendorClient client;
  const std::string token = client.jumdata_token("sandbox:200");
  const Reply reply = client.get("/lifecheck/v2-1/check/capture.html?token=" + token);
  EXPECT_EQ(reply.header("location"), "https://shop.example/back?token=" + token + "&passed=true");
}

}  // namespace
}  // namespace idswitch::sandbox::test

#include "api/return_page.hpp"

#include <gtest/gtest.h>

namespace idswitch::api {
namespace {

Answer page_for(const Result<engine::ReturnTarget>& target) {
  Answer reply = return_page(target);
  EXPECT_NE(reply.headers.find("Referrer-Policy: no-referrer\r\n"), std::string::npos);
  EXPECT_NE(reply.headers.find("Cache-Control: no-store\r\n"), std::string::npos);
  return reply;
}

engine::ReturnTarget target(std::string url) {
  engine::ReturnTarget target;
  target.url = std::move(url);
  target.verification.id = "ver_0t401s1tfg0005m81j9nspbk4m";
  target.verification.status = Status::completed;
  target.verification.verdict = 1;
  target.verification.person_id = "person-1";
  return target;
}

TEST(ReturnPage, SendsThePersonBackWithIdAndStatusAndNothingElse) {
  const auto reply = page_for(target("https://shop.example/done?from=kyc"));
  EXPECT_EQ(reply.status, 303);
  EXPECT_NE(reply.headers.find("Location: https://shop.example/done?from=kyc&verification_id="
                               "ver_0t401s1tfg0005m81j9nspbk4m&status=completed\r\n"),
            std::string::npos)
      << reply.headers;
  EXPECT_TRUE(reply.body.empty());
}

TEST(ReturnPage, ThanksThePersonWhoHasNowhereToGo) {
  const auto reply = page_for(target(""));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "text/html; charset=utf-8");
  EXPECT_NE(reply.body.find("Thank you"), std::string::npos);
  EXPECT_EQ(reply.body.find("ver_"), std::string::npos);
}

TEST(ReturnPage, TellsAStrangerNothing) {
  const auto reply = page_for(Error(Errc::not_found, "no such page: secret detail"));
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body.find("secret detail"), std::string::npos);
}

TEST(ReturnPage, AsksToTryAgainWhenTheStoreFails) {
  const auto reply = page_for(Error(Errc::storage_failed, "/var/lib/idswitch.db"));
  EXPECT_EQ(reply.status, 503);
  EXPECT_NE(reply.body.find("try again"), std::string::npos);
  EXPECT_EQ(reply.body.find("/var/lib"), std::string::npos);
}

}  // namespace
}  // namespace idswitch::api

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/http_api.hpp"
#include "hostile_texts.hpp"
#include "present/verification_json.hpp"

namespace idswitch::api {
namespace {

namespace json = boost::json;

TEST(ProblemJson, HasTheMembersOfRfc9457AndOurs) {
  std::string text;
  append_problem(
      text,
      {"missing_field", 422, "A required field is missing", "name whom", "/person/name", false},
      nullptr);
  EXPECT_EQ(json::parse(text), (json::value{{"type", "urn:idswitch:problem:missing_field"},
                                            {"title", "A required field is missing"},
                                            {"status", 422},
                                            {"detail", "name whom"},
                                            {"code", "missing_field"},
                                            {"field", "/person/name"},
                                            {"retryable", false}}));
}

TEST(ProblemJson, IsValidWhateverTheTextsAre) {
  for (const std::string& hostile : hostile_texts()) {
    std::string text;
    append_problem(text, {"c", 500, hostile, hostile, hostile, true}, nullptr);
    boost::system::error_code failure;
    const json::value problem = json::parse(text, failure);
    ASSERT_FALSE(failure) << hostile.substr(0, 60);
    EXPECT_EQ(problem.at("code").as_string(), "c");
  }
}

TEST(ProblemJson, IsTheFormOfWhatTheServerRefusesItself) {
  net::OutgoingReply reply;
  HttpApi::write_error(Error(Errc::bad_request, "send HTTP/1.1"), 431, reply);
  EXPECT_EQ(reply.status, 431);
  EXPECT_EQ(reply.content_type, "application/problem+json");
  EXPECT_EQ(json::parse(reply.body).at("code").as_string(), "bad_request");
  EXPECT_EQ(json::parse(reply.body).at("status").as_int64(), 431);
}

TEST(ProblemJson, OfWhatMayBeTriedAgainSaysWhen) {
  net::OutgoingReply reply;
  HttpApi::write_error(Error(Errc::overloaded, "later"), 503, reply);
  EXPECT_NE(reply.headers.find("Retry-After: "), std::string::npos);
  net::OutgoingReply plain;
  HttpApi::write_error(Error(Errc::payload_too_large, "smaller"), 413, plain);
  EXPECT_EQ(plain.headers.find("Retry-After: "), std::string::npos);
}

}  // namespace
}  // namespace idswitch::api

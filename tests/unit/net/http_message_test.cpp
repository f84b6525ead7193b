#include "net/http_message.hpp"

#include <gtest/gtest.h>

namespace idswitch::net {
namespace {

TEST(HttpMessage, FindsHeadersWithoutCase) {
  const std::vector<Header> headers{{"Content-Type", "a"}, {"X-Id", "1"}, {"x-id", "2"}};
  EXPECT_EQ(find_header(headers, "content-type"), "a");
  EXPECT_EQ(find_header(headers, "X-ID"), "1");
  EXPECT_EQ(find_header(headers, "X-I"), "");
}

TEST(HttpMessage, RefusesHeadersThatCouldBreakOut) {
  EXPECT_TRUE(is_valid_header("X-Trace_1", "a b\tc \xC3\xA9"));
  EXPECT_TRUE(is_valid_header("X", ""));
  EXPECT_FALSE(is_valid_header("", "a"));
  EXPECT_FALSE(is_valid_header("X Y", "a"));
  EXPECT_FALSE(is_valid_header("X:", "a"));
  EXPECT_FALSE(is_valid_header("X", "a\r\nB: c"));
  EXPECT_FALSE(is_valid_header("X", "a\nb"));
  EXPECT_FALSE(is_valid_header("X", std::string_view("a\0b", 3)));
  EXPECT_FALSE(is_valid_header("X", "a\x7F"));
}

TEST(HttpMessage, KnowsReasonPhrases) {
  EXPECT_EQ(reason_phrase(404), "Not Found");
  EXPECT_EQ(reason_phrase(299), "Unknown");
}

}  // namespace
}  // namespace idswitch::net

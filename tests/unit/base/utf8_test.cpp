#include "base/text/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace idswitch::utf8 {
namespace {

using namespace std::string_literals;

TEST(Utf8, AcceptsEveryLengthAtItsEdges) {
  const std::pair<std::string, std::size_t> cases[] = {
      {"\0"s, 1},
      {"\x7F", 1},
      {"\xC2\x80", 2},
      {"\xDF\xBF", 2},
      {"\xE0\xA0\x80", 3},
      {"\xED\x9F\xBF", 3},  // last before the surrogates
      {"\xEE\x80\x80", 3},  // first after them
      {"\xEF\xBF\xBF", 3},
      {"\xF0\x90\x80\x80", 4},
      {"\xF4\x8F\xBF\xBF", 4},  // U+10FFFF
  };
  for (const auto& [text, length] : cases) {
    EXPECT_EQ(sequence_length(text), length);
    EXPECT_EQ(sequence_length(text + "rest"), length);
    EXPECT_TRUE(is_valid(text));
    EXPECT_EQ(utf8::length(text), 1u);
  }
}

TEST(Utf8, RefusesWhatRfc3629Refuses) {
  for (const std::string& text : {// lone continuation
                                  "\x80"s, "\xBF"s,
                                  // overlong in two, three and four bytes
                                  "\xC0\x80"s, "\xC1\xBF"s, "\xE0\x80\x80"s, "\xE0\x9F\xBF"s,
                                  "\xF0\x80\x80\x80"s, "\xF0\x8F\xBF\xBF"s,
                                  // surrogates
                                  "\xED\xA0\x80"s, "\xED\xBF\xBF"s,
                                  // above U+10FFFF, and bytes that never occur
                                  "\xF4\x90\x80\x80"s, "\xF5\x80\x80\x80"s, "\xFE"s, "\xFF"s,
                                  // cut off, broken inside
                                  "\xC2"s, "\xE5\x90"s, "\xF0\x9F\x98"s, "\xC2 "s, "\xE5\x90 "s,
                                  "\xE5 \x8D"s, "\xF0\x9F\x98 "s}) {
    EXPECT_EQ(sequence_length(text), 0u);
    EXPECT_FALSE(is_valid(text));
    EXPECT_FALSE(is_valid("before" + text + "after"));
  }
  EXPECT_EQ(sequence_length(""), 0u);
  EXPECT_TRUE(is_valid(""));
}

TEST(Utf8, CountsCodePoints) {
  EXPECT_EQ(length(""), 0u);
  EXPECT_EQ(length("abc"), 3u);
  EXPECT_EQ(length("\xE5\xBC\xA0\xE4\xB8\x89"), 2u);
  EXPECT_EQ(length("a\xF0\x9F\x98\x80z"), 3u);
}

}  // namespace
}  // namespace idswitch::utf8

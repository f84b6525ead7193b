#include "base/text/json_text.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <limits>
#include <random>

#include "base/text/utf8.hpp"

namespace idswitch::json_text {
namespace {

using namespace std::string_literals;
using namespace std::string_view_literals;

std::string json_of(std::string_view text) {
  std::string out;
  append_string(out, text);
  return out;
}

TEST(JsonText, Escapes) {
  const std::pair<std::string, std::string> cases[] = {
      {"", R"("")"},
      {"plain", R"("plain")"},
      {"a\"b\\c/d", R"("a\"b\\c/d")"},
      {"\n\r\t", R"("\n\r\t")"},
      {"\0\x01\x1F\x7F"s, "\"\\u0000\\u0001\\u001f\x7F\""},
      {"\xE5\xBC\xA0", "\"\xE5\xBC\xA0\""},
      {"a\xFFz", "\"a\xEF\xBF\xBDz\""},
      {"\xE5\xBC", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
      {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
  };
  for (const auto& [text, json] : cases) EXPECT_EQ(json_of(text), json);
}

TEST(JsonText, AppendsToWhatIsThere) {
  std::string out = "x";
  append_escaped(out, "a\"b");
  EXPECT_EQ(out, "xa\\\"b");
}

std::string random_bytes_text(std::mt19937& random) {
  std::string text(random() % 40, '\0');
  for (char& c : text) {
    // Half of them from what needs care, else almost nothing would be valid UTF-8.
    constexpr std::string_view k_special = "\"\\\x00\x1F\x7F\x80\xBF\xC2\xE5\xED\xF0\xF4 a"sv;
    c = random() % 2 == 0 ? static_cast<char>(random()) : k_special[random() % k_special.size()];
  }
  return text;
}

TEST(JsonText, IsValidJsonForAnyBytes) {
  std::mt19937 random(1);
  for (int i = 0; i < 50'000; ++i) {
    const std::string text = random_bytes_text(random);
    boost::system::error_code error;
    const boost::json::value value = boost::json::parse(json_of(text), error);
    ASSERT_FALSE(error) << error.message();
    ASSERT_TRUE(value.is_string());
    if (utf8::is_valid(text)) {
      ASSERT_EQ(std::string_view(value.get_string()), text);
    }
  }
}

TEST(JsonObject, WritesMembersInOrder) {
  std::string out;
  {
    Object object(out);
    object.text("a\"", "b\n")
        .text_if("left out", "")
        .text_if("kept", "x")
        .number("least", std::numeric_limits<std::int64_t>::min())
        .boolean("yes", true)
        .boolean("no", false)
        .null("none")
        .raw("list", "[1,2]");
    Object inner(object.member("inner"));
    inner.number("n", 0);
  }
  EXPECT_EQ(out, R"({"a\"":"b\n","kept":"x","least":-9223372036854775808,"yes":true,"no":false,)"
                 R"("none":null,"list":[1,2],"inner":{"n":0}})");
  boost::system::error_code error;
  boost::json::parse(out, error);
  EXPECT_FALSE(error);
}

TEST(JsonObject, ClosesOnce) {
  std::string out;
  {
    Object object(out);
    object.close();
    object.close();
  }
  EXPECT_EQ(out, "{}");
}

// Whatever stands at whatever place among eight bytes that are looked at together.
TEST(JsonText, EscapesTheSameAtEveryPlace) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    std::string alone;
    json_text::append_escaped(alone, one);
    for (std::size_t before = 0; before < 20; ++before) {
      for (const std::size_t after : {0U, 1U, 7U, 8U, 17U}) {
        std::string out;
        json_text::append_escaped(out, std::string(before, 'a') + one + std::string(after, '~'));
        EXPECT_EQ(out, std::string(before, 'a') + alone + std::string(after, '~')) << byte;
      }
    }
  }
}

}  // namespace
}  // namespace idswitch::json_text

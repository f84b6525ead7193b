#include "wire/form.hpp"

#include <gtest/gtest.h>

#include "wire/arguments.hpp"
#include "wire/digest.hpp"
#include "wire/multipart.hpp"

namespace idswitch::sandbox {
namespace {

TEST(Form, DecodesPlusAndPercent) {
  const auto form = parse_urlencoded("a=1+2%2B&name=%E5%BC%A0&empty=&bare");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->text("a"), "1 2+");
  EXPECT_EQ(form->text("name"), "张");
  EXPECT_NE(form->find("empty"), nullptr);
  EXPECT_NE(form->find("bare"), nullptr);
  EXPECT_EQ(form->find("absent"), nullptr);
}

TEST(Form, RefusesABrokenEscape) {
  EXPECT_FALSE(parse_urlencoded("a=%4"));
  EXPECT_FALSE(parse_urlencoded("a=%zz"));
}

TEST(Form, CountsCharactersNotBytes) {
  EXPECT_EQ(count_characters("活体a"), 3u);
  EXPECT_EQ(count_characters("\xF0\x9F\x98\x80"), 1u);
  EXPECT_FALSE(count_characters("\xE6\xB4"));
  EXPECT_FALSE(count_characters("\xFF"));
}

TEST(Form, PercentEncodingIsReadBack) {
  const std::string text = "{\"a\":\"张 +&=%\"}";
  EXPECT_EQ(parse_urlencoded("x=" + percent_encode(text))->text("x"), text);
}

TEST(Multipart, ReadsFieldsAndFiles) {
  const auto form =
      parse_multipart("multipart/form-data; charset=utf-8; boundary=\"x y\"",
                      "--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n2\r\n"
                      "--x y\r\ncontent-disposition: form-data; name=\"f\"; filename=\"p.jpg\"\r\n"
                      "Content-Type: image/jpeg\r\n\r\n\xFF\xD8\r\n--x y--\r\n");
  ASSERT_TRUE(form);
  EXPECT_EQ(form->text("a"), "1\r\n2");
  EXPECT_FALSE(form->find("a")->is_file);
  EXPECT_EQ(form->text("f"), "\xFF\xD8");
  EXPECT_TRUE(form->find("f")->is_file);
}

TEST(Multipart, RefusesWhatIsNotWhole) {
  const std::string part = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n";
  const std::string type = "multipart/form-data; boundary=b";
  EXPECT_TRUE(parse_multipart(type, part + "--b--"));
  EXPECT_FALSE(parse_multipart(type, part));
  EXPECT_FALSE(parse_multipart("multipart/form-data", part + "--b--"));
  EXPECT_FALSE(parse_multipart(type, "--b\r\nContent-Type: text/plain\r\n\r\n1\r\n--b--"));
  EXPECT_FALSE(parse_multipart(type, ""));
}

TEST(Base64, IsStrict) {
  EXPECT_EQ(base64_decode("YWI="), "ab");
  EXPECT_EQ(base64_decode("YQ=="), "a");
  EXPECT_EQ(base64_decode(""), "");
  for (const char* bad : {"YWI", "YW I=", "YWI=\n", "data:YWI=", "YW-_", "=YWI", "Y==="}) {
    EXPECT_FALSE(base64_decode(bad)) << bad;
  }
}

TEST(Arguments, ReportTheFirstFailureInTableOrder) {
  const auto form = parse_urlencoded("b=9&c=x&d=1.5");
  Arguments arguments(*form);
  arguments.integer("b", 1, 9).one_of("c", {"x"}).fraction("d").require("a");
  ASSERT_TRUE(arguments.failure());
  EXPECT_EQ(arguments.failure()->key, "d");
  EXPECT_EQ(arguments.failure()->kind, ArgumentFailure::Kind::bad);
}

TEST(Arguments, ReadIntegersStrictly) {
  EXPECT_EQ(parse_integer("-12"), -12);
  for (const char* bad : {"", "1 ", " 1", "1.0", "+1", "0x1", "99999999999999999999"}) {
    EXPECT_FALSE(parse_integer(bad)) << bad;
  }
}

}  // namespace
}  // namespace idswitch::sandbox

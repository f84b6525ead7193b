// The SDK's ropes and bodies, as the host puts them together, and its small readers.

#include <gtest/gtest.h>

#include "idswitch/sdk.hpp"
#include "plugin/rope.hpp"

namespace idswitch::test {
namespace {

using sdk::Encode;
using sdk::Rope;

std::string assembled(const Rope& rope) {
  plugin::RopeSources sources;
  sources.slot = [](std::uint64_t slot) -> std::optional<std::string_view> {
    return slot == 0 ? "s&\"t" : "other";
  };
  sources.blob = [](std::uint64_t) -> std::optional<std::string_view> { return "\xFB\xFF"; };
  std::string out;
  EXPECT_EQ(plugin::assemble(rope.view(), sources, 1 << 20, out), plugin::RopeError::none);
  return out;
}

TEST(SdkRope, JoinsPlainTextIntoOneSegment) {
  Rope rope;
  rope.add("a").add("").add("b");
  EXPECT_EQ(rope.view().count, 1u);
  rope.secret(0).add("c").add("d", {Encode::hex}).add("e");
  EXPECT_EQ(rope.view().count, 5u);
  EXPECT_EQ(assembled(rope), "abs&\"tc64e");
}

TEST(SdkRope, MayBeAppendedToItsOwnCopyAndNested) {
  Rope inner;
  inner.add("x", {Encode::hex}).secret(0);
  Rope rope("<");
  rope.rope(inner, {Encode::base64}).append(inner);
  rope.append(Rope(rope));
  EXPECT_EQ(assembled(rope), "<NzhzJiJ078s&\"t<NzhzJiJ078s&\"t");
}

TEST(SdkForm, EncodesNamesValuesSecretsAndBlobs) {
  sdk::Form form;
  form.field("a b", "1+2=3&")
      .field_if("none", "")
      .secret("key", 0)
      .blob_base64("video", 1)
      .rope("sign", Rope("x y"));
  EXPECT_EQ(assembled(form.rope()), "a+b=1%2B2%3D3%26&key=s%26%22t&video=%2B%2F8%3D&sign=x+y");
}

TEST(SdkJsonBody, EscapesWhatItIsGiven) {
  sdk::JsonBody json;
  json.field("a\"b", "c\\d\n")
      .number("n", -5)
      .secret("key", 0)
      .blob_base64("v", 1)
      .rope("o", Rope("{}"));
  EXPECT_EQ(assembled(json.rope()), R"({"a\"b":"c\\d\n","n":-5,"key":"s&\"t","v":"+/8=","o":{}})");
  EXPECT_EQ(assembled(sdk::JsonBody().rope()), "{}");
}

TEST(SdkMultipart, HasABoundaryFromTheEntropyAndNoLineEndsInNames) {
  const std::array<std::uint8_t, 32> entropy{0xAB};
  sdk::Multipart parts(entropy);
  parts.field("a\"\r\nb", "1").file("photo", "p.jpg", "image/jpeg", 1);
  EXPECT_EQ(parts.media_type(),
            "multipart/form-data; boundary=idswitch-ab000000000000000000000000000000");
  const std::string boundary = "--idswitch-ab000000000000000000000000000000";
  EXPECT_EQ(assembled(parts.rope()),
            boundary + "\r\nContent-Disposition: form-data; name=\"ab\"\r\n\r\n1\r\n" + boundary +
                "\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"p.jpg\"\r\n"
                "Content-Type: image/jpeg\r\n\r\n\xFB\xFF\r\n" +
                boundary + "--\r\n");
}

TEST(SdkFormValue, DecodesTheFirstFieldOfThatName) {
  EXPECT_EQ(sdk::form_value("a=1&b=x+y%26&b=2", "b"), "x y&");
  EXPECT_EQ(sdk::form_value("a&b", "a"), "");
  EXPECT_EQ(sdk::form_value("a=%zz", "a"), std::nullopt);
  EXPECT_EQ(sdk::form_value("a=%2", "a"), std::nullopt);
  EXPECT_EQ(sdk::form_value("a=%41", "a"), "A");
  EXPECT_EQ(sdk::form_value("", "a"), std::nullopt);
  EXPECT_EQ(sdk::form_value("&&=&", "a"), std::nullopt);
}

TEST(SdkText, EncodesAsTheHostDoes) {
  const std::uint8_t bytes[] = {0xFB, 0xFF, 0x00};
  EXPECT_EQ(sdk::hex(bytes), "fbff00");
  EXPECT_EQ(sdk::base64(bytes), "+/8A");
  EXPECT_EQ(sdk::base64(std::span(bytes).first(1)), "+w==");
  EXPECT_TRUE(sdk::same_name("Retry-After", "retry-aFTER"));
  EXPECT_FALSE(sdk::same_name("Retry-After", "Retry-Afte"));
  EXPECT_EQ(sdk::trim(" \t a b\r\n"), "a b");
}

TEST(SdkText, IsAPlainTokenWithoutAnythingToEscape) {
  EXPECT_TRUE(sdk::is_plain_token("1532485677,fb241f74-e4e0_.Z"));
  EXPECT_TRUE(sdk::is_plain_token(std::string(256, 'a')));
  for (const std::string& bad : {std::string(), std::string(257, 'a'), std::string("a b"),
                                 std::string("a/b"), std::string("a\"b"), std::string("令")}) {
    EXPECT_FALSE(sdk::is_plain_token(bad)) << bad;
  }
}

TEST(SdkCodes, AreChargedByTheRuleWhereNoRowListsThem) {
  const idsw_str captured[] = {sdk::to_abi("1000")}, released[] = {sdk::to_abi("4100")};
  idsw_sku sku{};
  sku.captured_on = captured;
  sku.captured_on_count = 1;
  sku.released_on = released;
  sku.released_on_count = 1;
  EXPECT_EQ(sdk::charge_by_rule(sku, "1000"), std::uint32_t{IDSW_CHARGE_CAPTURED});
  EXPECT_EQ(sdk::charge_by_rule(sku, "4100"), std::uint32_t{IDSW_CHARGE_RELEASED});
  EXPECT_EQ(sdk::charge_by_rule(sku, "100"), std::uint32_t{IDSW_CHARGE_UNKNOWN});
}

TEST(SdkMessage, ReadsRetryAfterOnlyAsSeconds) {
  const auto after = [](std::string_view value) {
    const idsw_pair header{{"retry-after", 11}, sdk::to_abi(value)};
    const idsw_response response{sizeof(idsw_response), 429, &header, 1, {nullptr, 0}};
    return sdk::Message(&response).retry_after_ms();
  };
  EXPECT_EQ(after("3"), 3000u);
  EXPECT_EQ(after(" 7 "), 7000u);
  EXPECT_EQ(after("999999"), 86'400'000u);
  EXPECT_EQ(after("9999999"), 0u);
  EXPECT_EQ(after("-1"), 0u);
  EXPECT_EQ(after("Wed, 21 Oct 2015 07:28:00 GMT"), 0u);
}

}  // namespace
}  // namespace idswitch::test

#include "api/request_json.hpp"

#include <gtest/gtest.h>

#include "hostile_texts.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::api {
namespace {

TEST(RequestJson, ReadsAStart) {
  const auto request = parse_start(R"({
    "method": "sdk", "checks": ["liveness", "face_match"],
    "person": {"id": "p1", "name": "王小明", "id_number": "11010519491231002X"},
    "reference": "case-1", "return_url": "https://shop.example/done",
    "images": {"ref1": {"base64": "/9g=", "media_type": "image/png"}, "ref2": {"base64": "/9g="}},
    "vendor_options": {"baidu/voice_code": {"min_code_length": 4}}})");
  ASSERT_TRUE(request) << request.error().detail();
  EXPECT_EQ(request->method, std::uint32_t{IDSW_METHOD_SDK});
  EXPECT_EQ(request->checks, std::uint32_t{IDSW_CHECK_LIVENESS | IDSW_CHECK_FACE_MATCH});
  EXPECT_EQ(request->person.id, "p1");
  EXPECT_EQ(request->person.name, "王小明");
  EXPECT_EQ(request->person.id_number, "11010519491231002X");
  EXPECT_EQ(request->reference, "case-1");
  EXPECT_EQ(request->return_url, "https://shop.example/done");
  ASSERT_EQ(request->images.size(), 2u);
  EXPECT_EQ(request->images[0].name, "ref1");
  EXPECT_EQ(request->images[0].media_type, "image/png");
  EXPECT_EQ(request->images[0].bytes, "\xFF\xD8");
  EXPECT_EQ(request->images[1].media_type, "image/jpeg");
  EXPECT_EQ(request->vendor_options, R"({"baidu/voice_code":{"min_code_length":4}})");
  EXPECT_TRUE(request->tenant.empty());
  EXPECT_TRUE(request->idempotency_key.empty());
}

TEST(RequestJson, NeedsNoMoreThanMethodAndChecks) {
  EXPECT_TRUE(parse_start(R"({"method":"h5","checks":["liveness"]})"));
  EXPECT_TRUE(parse_start(
      R"({"method":"h5","checks":["liveness"],"person":{"id":null},"reference":null})"));
}

struct Row {
  const char* name;
  const char* body;
  Errc code;
  const char* field;
};

class StartBody : public testing::TestWithParam<Row> {};

TEST_P(StartBody, IsRefusedAndTheMemberIsNamed) {
  const auto request = parse_start(GetParam().body);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code(), GetParam().code);
  EXPECT_EQ(request.error().field(), GetParam().field);
  EXPECT_FALSE(request.error().detail().empty());
}

const Row k_rows[] = {
    {"Empty", "", Errc::malformed_json, ""},
    {"Text", "method=h5", Errc::malformed_json, ""},
    {"CutOff", R"({"method":"h5","checks":["liveness"])", Errc::malformed_json, ""},
    {"TwoValues", R"({"method":"h5","checks":["liveness"]}{})", Errc::malformed_json, ""},
    {"Array", "[]", Errc::malformed_json, ""},
    {"Null", "null", Errc::malformed_json, ""},
    {"Comment", R"({"method":"h5",/**/"checks":["liveness"]})", Errc::malformed_json, ""},
    {"TrailingComma", R"({"method":"h5","checks":["liveness"],})", Errc::malformed_json, ""},
    {"NotUtf8", "{\"method\":\"\xC3(\"}", Errc::malformed_json, ""},
    {"NoMethod", R"({"checks":["liveness"]})", Errc::missing_field, "/method"},
    {"EmptyMethod", R"({"method":"","checks":["liveness"]})", Errc::missing_field, "/method"},
    {"MethodIsANumber", R"({"method":1,"checks":["liveness"]})", Errc::invalid_field, "/method"},
    {"UnknownMethod", R"({"method":"H5","checks":["liveness"]})", Errc::invalid_field, "/method"},
    {"NoChecks", R"({"method":"h5"})", Errc::missing_field, "/checks"},
    {"ChecksIsText", R"({"method":"h5","checks":"liveness"})", Errc::invalid_field, "/checks"},
    {"ChecksIsEmpty", R"({"method":"h5","checks":[]})", Errc::invalid_field, "/checks"},
    {"UnknownCheck", R"({"method":"h5","checks":["liveness","iris"]})", Errc::invalid_field,
     "/checks/1"},
    {"CheckIsANumber", R"({"method":"h5","checks":[1]})", Errc::invalid_field, "/checks/0"},
    {"CheckTwice", R"({"method":"h5","checks":["liveness","liveness"]})", Errc::invalid_field,
     "/checks/1"},
    {"UnknownMember", R"({"method":"h5","checks":["liveness"],"callback":"x"})",
     Errc::unknown_field, "/callback"},
    {"PersonIsText", R"({"method":"h5","checks":["liveness"],"person":"p1"})", Errc::invalid_field,
     "/person"},
    {"PersonNameIsANumber", R"({"method":"h5","checks":["liveness"],"person":{"name":7}})",
     Errc::invalid_field, "/person/name"},
    {"UnknownPersonMember", R"({"method":"h5","checks":["liveness"],"person":{"Name":"x"}})",
     Errc::unknown_field, "/person/Name"},
    {"ReferenceIsANumber", R"({"method":"h5","checks":["liveness"],"reference":7})",
     Errc::invalid_field, "/reference"},
    {"ReturnUrlIsAList", R"({"method":"h5","checks":["liveness"],"return_url":[]})",
     Errc::invalid_field, "/return_url"},
    {"ImagesIsAList", R"({"method":"h5","checks":["liveness"],"images":[]})", Errc::invalid_field,
     "/images"},
    {"ImageIsText", R"({"method":"h5","checks":["liveness"],"images":{"ref1":"/9g="}})",
     Errc::invalid_field, "/images/ref1"},
    {"ImageIsNotBase64",
     R"({"method":"h5","checks":["liveness"],"images":{"ref1":{"base64":"%%"}}})",
     Errc::invalid_field, "/images/ref1/base64"},
    {"ImageIsADataUrl",
     R"({"method":"h5","checks":["liveness"],"images":{"ref1":{"base64":"data:image/png;base64,/9g="}}})",
     Errc::invalid_field, "/images/ref1/base64"},
    {"ImageIsEmpty", R"({"method":"h5","checks":["liveness"],"images":{"ref1":{"base64":""}}})",
     Errc::invalid_field, "/images/ref1/base64"},
    {"UnknownImageMember", R"({"method":"h5","checks":["liveness"],"images":{"ref1":{"url":"x"}}})",
     Errc::unknown_field, "/images/ref1/url"},
    {"AttributesIsAList", R"({"method":"h5","checks":["liveness"],"attributes":[]})",
     Errc::invalid_field, "/attributes"},
    {"AttributeIsNull", R"({"method":"h5","checks":["liveness"],"attributes":{"risk":null}})",
     Errc::invalid_field, "/attributes/risk"},
    {"AttributeIsAnObject",
     R"({"method":"h5","checks":["liveness"],"attributes":{"risk":{"risk":1}}})",
     Errc::invalid_field, "/attributes/risk"},
    {"AttributeIsAnArray", R"({"method":"h5","checks":["liveness"],"attributes":{"risk":[1]}})",
     Errc::invalid_field, "/attributes/risk"},
    {"AttributeTwice",
     R"({"method":"h5","checks":["liveness"],"attributes":{"risk":1,"vip":true,"risk":1}})",
     Errc::invalid_field, "/attributes/risk"},
    {"AttributeTwiceInOtherWriting",
     R"({"method":"h5","checks":["liveness"],"attributes":{"risk":1,"r\u0069sk":2}})",
     Errc::invalid_field, "/attributes/risk"},
    {"AttributesTwice",
     R"({"attributes":{"risk":1},"method":"h5","checks":["liveness"],"attributes":{"vip":true}})",
     Errc::invalid_field, "/attributes"},
    {"NumberWithAnExponent", R"({"method":"h5","checks":["liveness"],"attributes":{"risk":8e-1}})",
     Errc::invalid_field, "/attributes/risk"},
    {"NumberWithSevenDecimals",
     R"({"method":"h5","checks":["liveness"],"attributes":{"risk":0.8000001}})",
     Errc::invalid_field, "/attributes/risk"},
    {"NumberWithThirteenDigits",
     R"({"method":"h5","checks":["liveness"],"attributes":{"amount":1000000000000}})",
     Errc::invalid_field, "/attributes/amount"},
    {"NumberLargerThanAnyInteger",
     R"({"method":"h5","checks":["liveness"],"attributes":{"amount":123456789012345678901234567890}})",
     Errc::invalid_field, "/attributes/amount"},
    {"OptionsIsText", R"({"method":"h5","checks":["liveness"],"vendor_options":"x"})",
     Errc::invalid_field, "/vendor_options"},
};

INSTANTIATE_TEST_SUITE_P(Table, StartBody, testing::ValuesIn(k_rows),
                         [](const auto& row) { return std::string(row.param.name); });

struct Attribute {
  const char* json;
  RequestAttribute::Type type;
  const char* value;
};

TEST(RequestJson, KeepsAttributesAsTheyWereWritten) {
  using Type = RequestAttribute::Type;
  for (const Attribute& one : {
           Attribute{"0", Type::number, "0"},
           Attribute{"-0.5", Type::number, "-0.5"},
           Attribute{"0.1", Type::number, "0.1"},
           Attribute{"0.850000", Type::number, "0.850000"},
           Attribute{"999999999999.999999", Type::number, "999999999999.999999"},
           Attribute{"123456789012", Type::number, "123456789012"},
           Attribute{"true", Type::truth, "true"},
           Attribute{"false", Type::truth, "false"},
           Attribute{"\"\"", Type::text, ""},
           Attribute{"\"1e5\"", Type::text, "1e5"},
           Attribute{"\"a\\\"b\\u00e9\"", Type::text, "a\"b\xC3\xA9"},
       }) {
    const auto request = parse_start(
        R"({"vendor_options":{"attributes":{"x":1e9}},"attributes": {"first":"1", "it" : )" +
        std::string(one.json) +
        R"(,"last":7}, "person":{"id":"attributes"},"method":"h5","checks":["liveness"]})");
    ASSERT_TRUE(request) << one.json << ": " << request.error().detail();
    ASSERT_EQ(request->attributes.size(), 3u) << one.json;
    EXPECT_EQ(request->attributes[0].name, "first");
    EXPECT_EQ(request->attributes[0].value, "1");
    EXPECT_EQ(request->attributes[1].name, "it");
    EXPECT_EQ(request->attributes[1].type, one.type) << one.json;
    EXPECT_EQ(request->attributes[1].value, one.value) << one.json;
    EXPECT_EQ(request->attributes[2].value, "7") << one.json;
  }
}

TEST(RequestJson, NeverRepeatsTheValueOfAnAttribute) {
  for (const char* value : {"31415926535897e3", "3.14159265", "[\"secret-314\"]"}) {
    const auto request =
        parse_start(R"({"method":"h5","checks":["liveness"],"attributes":{"risk":)" +
                    std::string(value) + "}}");
    ASSERT_FALSE(request);
    EXPECT_EQ(request.error().detail().find("314"), std::string::npos) << request.error().detail();
  }
}

TEST(RequestJson, SurvivesDeepNesting) {
  std::string body = R"({"method":"h5","checks":["liveness"],"vendor_options":)";
  for (int i = 0; i < 100'000; ++i) body += "[";
  const auto request = parse_start(body);
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().code(), Errc::malformed_json);
}

TEST(RequestJson, NeverPutsWhatItReadIntoItsErrors) {
  const auto request =
      parse_start(R"({"method":"h5","checks":["liveness"],"person":{"name":["王小明"]}})");
  ASSERT_FALSE(request);
  EXPECT_EQ(request.error().detail().find("王小明"), std::string::npos);
  for (const std::string& text : hostile_texts())
    EXPECT_FALSE(parse_start(text)) << text.substr(0, 60);
}

TEST(RequestJson, CutsTheNameOfAnUnknownMemberShort) {
  const auto request = parse_start("{\"" + std::string(10'000, 'x') + "\":1}");
  ASSERT_FALSE(request);
  EXPECT_LE(request.error().field().size(), 65u);
}

TEST(RequestJson, ReadsARefresh) {
  const auto empty = parse_refresh("");
  ASSERT_TRUE(empty);
  EXPECT_TRUE(empty->ask_vendor_now);
  const auto request = parse_refresh(
      R"({"person":{"name":"x","id_number":"y"},"images":{"ref1":{"base64":"/9g="}}})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->person.name, "x");
  EXPECT_EQ(request->images.size(), 1u);
  EXPECT_EQ(parse_refresh(R"({"method":"h5"})").error().code(), Errc::unknown_field);
  EXPECT_EQ(parse_refresh("[]").error().code(), Errc::malformed_json);
}

}  // namespace
}  // namespace idswitch::api

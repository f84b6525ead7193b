// The SDK's JSON reader: what it takes, what it refuses, and that nothing makes it fall over.

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <random>

#include "idswitch/sdk/json.hpp"

namespace idswitch::test {
namespace {

using sdk::Json;

TEST(JsonReader, TakesWhatIsJson) {
  for (const std::string_view text :
       {"{}", "[]", " {\"a\" : [1, 2.5, -0, 1e9, 1E-2] }\r\n\t", "\"x\"", "0", "-1.25e+3", "true",
        "null", R"({"":1})", R"({"a":{"a":{"a":[]}}})", "\"\xE4\xBA\xBA\"", "\"\xF0\x9F\x98\x80\"",
        R"("\u0000")", R"("\ud83d\ude00")"}) {
    EXPECT_TRUE(Json::parse(text)) << text;
  }
}

TEST(JsonReader, RefusesWhatIsNot) {
  for (const std::string_view text : {"",
                                      " ",
                                      "{",
                                      "}",
                                      "[",
                                      "[1",
                                      "[1,]",
                                      "[,1]",
                                      "[1 2]",
                                      "{\"a\"}",
                                      "{\"a\":}",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "{'a':1}",
                                      "{\"a\" 1}",
                                      "{1:2}",
                                      "\"",
                                      "\"a",
                                      "\"\\",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\u12g4\"",
                                      "01",
                                      "+1",
                                      ".5",
                                      "1.",
                                      "1e",
                                      "1e+",
                                      "--1",
                                      "-",
                                      "NaN",
                                      "Infinity",
                                      "tru",
                                      "True",
                                      "nul",
                                      "{} {}",
                                      "{}x",
                                      "//c\n{}",
                                      "{\"a\":1 /*c*/}",
                                      "\xEF\xBB\xBF{}",
                                      "\"\t\"",
                                      "\"a\nb\"",
                                      "\"\x7F\xFF\"",
                                      "\"\xC0\x80\"",
                                      "\"\xED\xA0\x80\"",
                                      "\"\xF5\x80\x80\x80\"",
                                      "\"\xE4\xBA\"",
                                      R"("\ud83d")",
                                      R"("\ude00")",
                                      R"("\ud83dA")",
                                      R"("\ud83dx")"}) {
    EXPECT_FALSE(Json::parse(text)) << text;
  }
  EXPECT_FALSE(Json::parse(std::string_view("\0", 1)));
  EXPECT_FALSE(Json::parse(std::string_view("{}\0", 3)));
}

TEST(JsonReader, RefusesRepeatedKeysAlsoWhenTheyAreSpeltDifferently) {
  EXPECT_FALSE(Json::parse(R"({"a":1,"a":1})"));
  EXPECT_FALSE(Json::parse(R"({"a":1,"\u0061":2})"));
  EXPECT_FALSE(Json::parse(R"({"x":{"a":1,"b":[{"c":1}],"a":2}})"));
  EXPECT_TRUE(Json::parse(R"({"a":{"a":1},"b":{"a":1}})"));
}

TEST(JsonReader, RefusesDepthAndNumbersOfValuesWithoutEnd) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + "1" + std::string(depth, ']');
  };
  EXPECT_TRUE(Json::parse(nested(32)));
  EXPECT_FALSE(Json::parse(nested(33)));
  EXPECT_FALSE(Json::parse(std::string(1'000'000, '[')));
  EXPECT_FALSE(Json::parse(std::string(1'000'000, '{')));
  std::string many = "[0";
  for (int i = 0; i < 25'000; ++i) many += ",0";
  EXPECT_FALSE(Json::parse(many + "]"));
  std::string members = "{\"k\":0";
  for (int i = 0; i < 600; ++i) members += ",\"k" + std::to_string(i) + "\":0";
  EXPECT_FALSE(Json::parse(members + "}"));
}

TEST(JsonReader, KeepsTheTextOfNumbers) {
  const auto json = Json::parse(R"({"id":9007199254740993123,"s":0.10,"e":1E2,"big":1e400})");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["id"].scalar(), "9007199254740993123");
  EXPECT_FALSE((*json)["e"].integer());
  EXPECT_EQ((*json)["s"].scalar(), "0.10");
  EXPECT_EQ((*json)["s"].decimal(), 0.1);
  EXPECT_EQ((*json)["e"].decimal(), 100.0);
  EXPECT_FALSE((*json)["big"].decimal());
  EXPECT_EQ((*json)["id"].text(), "");
}

TEST(JsonReader, ReadsWholeNumbersOnlyWhenTheyFit) {
  const struct {
    std::string_view text;
    std::optional<std::int64_t> value;
  } rows[] = {
      {"5", 5},
      {"-5", -5},
      {"\"5\"", 5},
      {"\"-5\"", -5},
      {"\"\"", {}},
      {"\"5x\"", {}},
      {"\" 5\"", {}},
      {"5.0", {}},
      {"5e0", {}},
      {"true", {}},
      {"null", {}},
      {"[5]", {}},
      {"9223372036854775807", INT64_MAX},
      {"9223372036854775808", {}},
  };

  for (const auto& row : rows)
    EXPECT_EQ(Json::parse(row.text)->root().integer(), row.value) << row.text;
}

TEST(JsonReader, DecodesEscapes) {
  const auto json =
      Json::parse(R"(["\"\\\/\b\f\n\r\t","\u4eBA","\ud83d\ude00","a\u0000b","plain"])");
  ASSERT_TRUE(json);
  EXPECT_EQ(json->root().at(0).text(), "\"\\/\b\f\n\r\t");
  EXPECT_EQ(json->root().at(1).text(), "\xE4\xBA\xBA");
  EXPECT_EQ(json->root().at(2).text(), "\xF0\x9F\x98\x80");
  EXPECT_EQ(json->root().at(3).text(), std::string_view("a\0b", 3));
  EXPECT_EQ(json->root().at(4).text(), "plain");
}

TEST(JsonReader, AnswersEveryQuestionAboutWhatIsNotThere) {
  const auto json = Json::parse(R"({"a":{"b":[10,{"c":"x"}]},"n":null,"t":true})");
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["a"]["b"].at(1)["c"].text(), "x");
  EXPECT_EQ((*json)["a"]["b"].size(), 2u);
  EXPECT_EQ((*json)["a"]["b"].at(0).integer(), 10);
  EXPECT_EQ(json->root().name_at(2), "t");
  EXPECT_TRUE((*json)["t"].is_true());
  EXPECT_FALSE((*json)["n"]);
  const auto nothing = (*json)["x"]["y"].at(3)["z"];
  EXPECT_TRUE(nothing.is(Json::Kind::missing));
  EXPECT_FALSE(nothing);
  EXPECT_EQ(nothing.text(), "");
  EXPECT_EQ(nothing.scalar(), "");
  EXPECT_EQ(nothing.size(), 0u);
  EXPECT_FALSE(nothing.integer());
  EXPECT_FALSE((*json)["a"]["b"].at(2));
  EXPECT_EQ(json->root().name_at(9), "");
}

// Views into decoded text must survive a move of the whole document.
TEST(JsonReader, MayBeMoved) {
  auto json = Json::parse(R"({"a":"x\ty"})");
  ASSERT_TRUE(json);
  const Json moved = std::move(*json);
  EXPECT_EQ(moved["a"].text(), "x\ty");
}

// Compares a value with what an independent reader made of the same text.
void expect_same(const Json::Value& ours, const boost::json::value& theirs) {
  if (const auto* object = theirs.if_object()) {
    ASSERT_EQ(ours.size(), object->size());
    for (const auto& member : *object)
      expect_same(ours[std::string_view(member.key())], member.value());
  } else if (const auto* array = theirs.if_array()) {
    ASSERT_EQ(ours.size(), array->size());
    for (std::size_t i = 0; i < array->size(); ++i) expect_same(ours.at(i), (*array)[i]);
  } else if (const auto* text = theirs.if_string()) {
    EXPECT_EQ(ours.text(), std::string_view(*text));
  } else if (theirs.is_int64()) {
    EXPECT_EQ(ours.integer(), theirs.get_int64());
  } else {
    EXPECT_EQ(ours.is(Json::Kind::null), theirs.is_null());
    if (theirs.is_bool()) {
      EXPECT_EQ(ours.is_true(), theirs.get_bool());
    }
  }
}

// Random edits of good documents: what we take, an independent strict reader takes too, and reads
// alike.
TEST(JsonReader, AgreesWithAnotherReaderOnMutatedText) {
  constexpr std::string_view k_seeds[] = {
      R"({"code":200,"msg":"\u6210功","data":{"token":"e1465","list":[1,-2,0.5,true,false,null]}})",
      R"([{"a":"\ud83d\ude00"},{"a":[[]]},"\\\"/",-0,12e3])"};
  constexpr std::string_view k_pieces[] = {"{",   "}",    "[",  "]",       "\"",
                                           ":",   ",",    "\\", "\\u00e9", "0",
                                           "1e5", "null", " ",  "\xFF",    "\"a\":1,"};
  std::mt19937 random(20250101);
  const auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  int taken = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string text(k_seeds[below(2)]);
    for (std::size_t edits = below(4); edits > 0 && !text.empty(); --edits) {
      const std::size_t at = below(text.size());
      switch (below(4)) {
        case 0: text[at] = static_cast<char>(random()); break;
        case 1: text.erase(at, 1 + below(5)); break;
        case 2: text.insert(at, text.substr(at, 1 + below(9))); break;
        default: text.insert(at, k_pieces[below(std::size(k_pieces))]);
      }
    }
    const auto ours = Json::parse(text);
    if (!ours) continue;
    ++taken;
    boost::system::error_code failure;
    const boost::json::value theirs = boost::json::parse(text, failure);
    ASSERT_FALSE(failure) << text;
    expect_same(ours->root(), theirs);
  }
  EXPECT_GT(taken, 5'000);
}

}  // namespace
}  // namespace idswitch::test

#include "world/outcomes.hpp"

#include <gtest/gtest.h>

#include <set>

namespace idswitch::sandbox {
namespace {

TEST(Outcomes, AreAsManyAsTheDocumentsList) {
  // Counted by hand: Jumdata's result table, SDK v1.2's step 3 table, Lite's result table.
  EXPECT_EQ(documented_outcomes(Product::jumdata).size(), 5u);
  EXPECT_EQ(documented_outcomes(Product::aliyun_sdk).size(), 41u);
  EXPECT_EQ(documented_outcomes(Product::aliyun_lite).size(), 29u);
}

TEST(Outcomes, AreListedOnce) {
  for (const Product product : all_products) {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const DocumentedOutcome& row : documented_outcomes(product)) {
      EXPECT_TRUE(seen.emplace(row.code, row.word).second) << name_of(product) << ' ' << row.word;
    }
  }
}

TEST(Outcomes, MagicNamesACodeAndAWord) {
  const auto plain = find_magic(Product::aliyun_sdk, "sandbox:2000");
  EXPECT_EQ(plain, (Outcome{"2000", "PASS_LIVING_NOT_THE_SAME"}));
  const auto worded = find_magic(Product::aliyun_sdk, "sandbox:4100:REPLACED_FACE_ATTACK");
  EXPECT_EQ(worded, (Outcome{"4100", "REPLACED_FACE_ATTACK"}));
}

TEST(Outcomes, MagicIsFoundInsideOtherText) {
  const auto inside = find_magic(Product::jumdata, "https://a.example/?x=sandbox:202&y=1");
  EXPECT_EQ(inside, (Outcome{"202", "活体检测未通过"}));
  EXPECT_EQ(find_magic(Product::baidu, "mp4 sandbox: sandbox:216501 more")->code, "216501");
}

TEST(Outcomes, OtherTextIsNotMagic) {
  for (const char* text : {"", "sandbox", "sandbox:", "sandbox:x", "SANDBOX:1000", "1000"}) {
    EXPECT_FALSE(find_magic(Product::megvii, text)) << text;
  }
}

TEST(Outcomes, AnUndocumentedCodeIsPlayedToo) {
  EXPECT_EQ(find_magic(Product::megvii, "sandbox:7777"), (Outcome{"7777", "UNDOCUMENTED"}));
  EXPECT_EQ(find_magic(Product::megvii, "sandbox:1000:NEW_WORD"), (Outcome{"1000", "NEW_WORD"}));
}

}  // namespace
}  // namespace idswitch::sandbox

#include "base/values/money.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <utility>

namespace idswitch {
namespace {

TEST(Money, ReadsDecimals) {
  const std::pair<const char*, std::int64_t> cases[] = {
      {"0", 0},
      {"0.30", 300'000},
      {"0.3", 300'000},
      {"12", 12'000'000},
      {"-1.5", -1'500'000},
      {"-0.000001", -1},
      {"0.000001", 1},
      {"007", 7'000'000},
      {"-0", 0},
      {"999999999999.999999", 999'999'999'999'999'999},
      {"-999999999999.999999", -999'999'999'999'999'999},
  };
  for (const auto& [text, micros] : cases) {
    const auto money = Money::parse(text);
    ASSERT_TRUE(money) << text;
    EXPECT_EQ(money->micros, micros) << text;
  }
}

TEST(Money, RefusesEverythingElse) {
  for (const char* text : {"",    "-",   ".",     "-.",           ".5",        "5.",
                           "+1",  "--1", "1-",    "1.0000001",    "0.0000000", "1000000000000",
                           "1e3", "1,5", "1 000", " 1",           "1 ",        "1.2.3",
                           "0x1", "NaN", "inf",   "\xEF\xBC\x91", "1\n"}) {
    const auto money = Money::parse(text);
    ASSERT_FALSE(money) << text;
    EXPECT_EQ(money.error().code(), Errc::invalid_field);
  }
  EXPECT_FALSE(Money::parse(std::string_view("1\0", 2)));
}

TEST(Money, RefusalQuotesOnlyTheBeginning) {
  const auto money = Money::parse(std::string(10'000, 'x'));
  ASSERT_FALSE(money);
  EXPECT_LT(money.error().detail().size(), 200u);
}

TEST(Money, WritesTheShortestDecimalWithTwoPlaces) {
  const std::pair<std::int64_t, const char*> cases[] = {
      {0, "0.00"},
      {300'000, "0.30"},
      {12'500, "0.0125"},
      {-1'500'000, "-1.50"},
      {-1, "-0.000001"},
      {1'000'000, "1.00"},
      {1'234'567, "1.234567"},
      {std::numeric_limits<std::int64_t>::max(), "9223372036854.775807"},
      {std::numeric_limits<std::int64_t>::min(), "-9223372036854.775808"},
  };
  for (const auto& [micros, text] : cases) EXPECT_EQ(Money{micros}.text(), text);
}

TEST(Money, ReadsWhatItWrites) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    // All magnitudes: short numbers are the frequent ones.
    const auto bound = std::uint64_t{1} << random() % 60;
    const auto micros = static_cast<std::int64_t>(random() % bound);
    const Money money{i % 2 == 0 ? micros : -micros};
    const auto back = Money::parse(money.text());
    ASSERT_TRUE(back) << money.text();
    ASSERT_EQ(*back, money);
  }
}

TEST(Money, AddsAndComparesExactly) {
  Money sum;
  for (int i = 0; i < 10; ++i) sum = sum + *Money::parse("0.10");
  EXPECT_EQ(sum, *Money::parse("1"));
  EXPECT_EQ((sum - *Money::parse("1.01")).text(), "-0.01");
  EXPECT_LT(*Money::parse("-2"), *Money::parse("-1.999999"));
}

TEST(Money, ASumThatCannotBeCountedIsNeverWrong) {
  const Money most{std::numeric_limits<std::int64_t>::max()};
  Money sum = most - Money{1};
  EXPECT_TRUE(add_to(sum, Money{1}));
  EXPECT_FALSE(add_to(sum, Money{1}));
  EXPECT_EQ(sum, most) << "it is as it was";
  EXPECT_TRUE(add_to(sum, Money{-1}));
}

TEST(MoneyDeathTest, ASumPastWhatCanBeCountedStops) {
  const Money most{std::numeric_limits<std::int64_t>::max()};
  EXPECT_DEATH(static_cast<void>(most + Money{1}), "past what can be counted");
  EXPECT_DEATH(static_cast<void>(Money{-2} - most), "past what can be counted");
}

TEST(Money, CurrencyIsThreeCapitalLetters) {
  for (const char* text : {"CNY", "USD", "XXX"}) EXPECT_TRUE(is_currency(text)) << text;
  for (const char* text : {"", "CN", "CNYY", "cny", "CN1", "CN ", "\xE5\x85\x83"}) {
    EXPECT_FALSE(is_currency(text)) << text;
  }
}

}  // namespace
}  // namespace idswitch

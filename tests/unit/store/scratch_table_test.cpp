#include "store/scratch_table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace idswitch::store {
namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

Rows rows_of(ScratchTable& table) {
  Rows rows;
  EXPECT_TRUE(table.scan([&](std::string_view key, std::string_view value) {
    rows.emplace_back(key, value);
    return true;
  }));
  return rows;
}

TEST(ScratchTable, GivesRowsInTheOrderOfTheirKeysBytes) {
  auto table = ScratchTable::make();
  ASSERT_TRUE(table);
  const std::string zero("a\0b", 3);
  table->add("b", "1");
  table->add("\xFF", "2");
  table->add("a", "3");
  table->add(zero, std::string("\0\n", 2));
  table->add("", "5");
  table->add("a", "6");
  EXPECT_EQ(rows_of(*table), (Rows{{"", "5"},
                                   {"a", "3"},
                                   {"a", "6"},
                                   {zero, std::string("\0\n", 2)},
                                   {"b", "1"},
                                   {"\xFF", "2"}}));
  EXPECT_EQ(table->size(), 6U);
  EXPECT_EQ(*table->value(3), "3");
  EXPECT_EQ(*table->value(6), "6");
}

TEST(ScratchTable, IsScannedAgainAndAddedToAfterwards) {
  auto table = ScratchTable::make();
  ASSERT_TRUE(table);
  table->add("b", "1");
  int seen = 0;
  table->add("c", "2");
  ASSERT_TRUE(table->scan([&](auto, auto) { return ++seen < 1; }));
  EXPECT_EQ(seen, 1);
  table->add("a", "3");
  EXPECT_EQ(rows_of(*table), (Rows{{"a", "3"}, {"b", "1"}, {"c", "2"}}));
}

TEST(ScratchTable, RemembersAFailure) {
  auto table = ScratchTable::make();
  ASSERT_TRUE(table);
  table->add("a", "1");
  EXPECT_FALSE(table->value(2));
  EXPECT_FALSE(table->scan([](auto, auto) { return true; }));
}

TEST(ScratchTable, SortsMoreThanItHoldsInMemory) {
  auto table = ScratchTable::make();
  ASSERT_TRUE(table);
  std::mt19937_64 random(5);
  std::multimap<std::string, std::string> expected;
  for (int i = 0; i < 60'000; ++i) {
    const std::string key = std::to_string(random() % 20'000);
    const std::string value = std::to_string(i) + std::string(200, 'x');
    table->add(key, value);
    expected.emplace(key, value);
  }
  EXPECT_EQ(rows_of(*table), Rows(expected.begin(), expected.end()));
}

}  // namespace
}  // namespace idswitch::store

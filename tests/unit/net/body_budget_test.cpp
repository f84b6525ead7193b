#include "net/body_budget.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <thread>
#include <vector>

namespace idswitch::net {
namespace {

TEST(BodyBudget, HoldsNoMoreThanThereIs) {
  BodyBudget budget(100);
  BodyBudget::Hold first;
  first.bind(budget);
  EXPECT_TRUE(first.grow_to(60));
  {
    BodyBudget::Hold second;
    second.bind(budget);
    EXPECT_FALSE(second.grow_to(41));
    EXPECT_EQ(second.bytes(), 0U);
    EXPECT_FALSE(second.grow_to(std::numeric_limits<std::size_t>::max()));
    EXPECT_TRUE(second.grow_to(40));
    EXPECT_FALSE(first.grow_to(61));
    EXPECT_EQ(first.bytes(), 60U);
  }
  EXPECT_TRUE(first.grow_to(100));
  EXPECT_TRUE(first.grow_to(1));  // never shrinks
  EXPECT_EQ(budget.held(), 100U);
  first.release();
  EXPECT_EQ(budget.held(), 0U);
}

TEST(BodyBudget, IsExactWhateverManyThreadsDo) {
  BodyBudget budget(1'000);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&budget] {
      for (int round = 0; round < 10'000; ++round) {
        BodyBudget::Hold hold;
        hold.bind(budget);
        hold.grow_to(400);
        EXPECT_LE(budget.held(), 1'000U);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget.held(), 0U);
}

}  // namespace
}  // namespace idswitch::net

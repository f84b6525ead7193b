#include "app/grace.hpp"

#include <gtest/gtest.h>

namespace idswitch::app {
namespace {

using std::chrono::milliseconds;

TEST(Grace, IsSpentOnceByAllWhoWaitInIt) {
  Grace::Clock::time_point now{};
  const Grace grace(milliseconds(5'000), [&] { return now; });
  milliseconds waited(0);
  for (int part = 0; part < 4; ++part) {
    const milliseconds wait = grace.left(milliseconds(3'000));
    waited += wait;
    now += wait;
  }
  EXPECT_EQ(waited, milliseconds(5'000));
  EXPECT_EQ(grace.end(), now);
}

TEST(Grace, IsNeverNegative) {
  Grace::Clock::time_point now{};
  const Grace grace(milliseconds(5), [&] { return now; });
  now += milliseconds(7);
  EXPECT_EQ(grace.left(), milliseconds(0));
  EXPECT_EQ(grace.left(milliseconds(2)), milliseconds(0));
}

}  // namespace
}  // namespace idswitch::app

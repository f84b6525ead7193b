#include "engine/verification/in_flight.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace idswitch::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(InFlight, LetsOneWorkOnAVerificationAtATime) {
  const auto in_flight = std::make_shared<InFlight>();
  EXPECT_FALSE(in_flight->is_working(7));
  {
    const InFlight::Guard first = in_flight->enter(7);
    EXPECT_TRUE(first);
    EXPECT_TRUE(in_flight->is_working(7));
    EXPECT_FALSE(in_flight->enter(7));
    EXPECT_TRUE(in_flight->is_working(7)) << "the refused one gave the right away";
    EXPECT_TRUE(in_flight->enter(8));
  }
  EXPECT_FALSE(in_flight->is_working(7));
  EXPECT_TRUE(in_flight->enter(7));
}

TEST(InFlight, MovesTheRightWithItsGuard) {
  const auto in_flight = std::make_shared<InFlight>();
  InFlight::Guard kept;
  EXPECT_FALSE(kept);
  {
    InFlight::Guard first = in_flight->enter(7);
    kept = std::move(first);
  }
  EXPECT_TRUE(in_flight->is_working(7));
  {
    const InFlight::Guard last(std::move(kept));
    EXPECT_TRUE(last);
  }
  EXPECT_FALSE(in_flight->is_working(7));
}

TEST(InFlight, OutlivesItsOwnerWhileSomebodyWorks) {
  auto in_flight = std::make_shared<InFlight>();
  const InFlight::Guard guard = in_flight->enter(7);
  const std::weak_ptr<InFlight> watched = in_flight;
  in_flight.reset();
  EXPECT_FALSE(watched.expired());
}

TEST(InFlight, OfManyThreadsOneEnters) {
  const auto in_flight = std::make_shared<InFlight>();
  std::atomic<int> inside{0};
  std::vector<InFlight::Guard> guards(8);
  std::vector<std::thread> threads;
  for (InFlight::Guard& guard : guards) {
    threads.emplace_back([&] {
      guard = in_flight->enter(7);
      if (guard) ++inside;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(inside, 1);
}

TEST(InFlight, AsksAVendorOncePerInterval) {
  const auto in_flight = std::make_shared<InFlight>();
  const InFlight::TimePoint begin{};
  EXPECT_TRUE(in_flight->may_ask(7, seconds(5), begin));
  EXPECT_FALSE(in_flight->may_ask(7, seconds(5), begin));
  EXPECT_FALSE(in_flight->may_ask(7, seconds(5), begin + milliseconds(4999)));
  EXPECT_TRUE(in_flight->may_ask(8, seconds(5), begin)) << "another verification";
  EXPECT_TRUE(in_flight->may_ask(7, seconds(5), begin + seconds(5)));
  EXPECT_FALSE(in_flight->may_ask(7, seconds(5), begin + seconds(9)));
  EXPECT_TRUE(in_flight->may_ask(7, milliseconds(0), begin + seconds(9)));
}

TEST(InFlight, ForgetsWhenItWasAskedRatherThanGrowWithoutEnd) {
  const auto in_flight = std::make_shared<InFlight>();
  const InFlight::TimePoint begin{};
  for (std::uint64_t id = 0; id < 100'000; ++id) {
    EXPECT_TRUE(in_flight->may_ask(id, seconds(5), begin));
  }
  EXPECT_FALSE(in_flight->may_ask(0, minutes(20), begin + minutes(11)));
  // The table is full: what is older than ten minutes goes.
  EXPECT_TRUE(in_flight->may_ask(100'000, seconds(5), begin + minutes(11)));
  EXPECT_TRUE(in_flight->may_ask(0, minutes(20), begin + minutes(11)));
  EXPECT_FALSE(in_flight->may_ask(100'000, seconds(5), begin + minutes(11)));
}

}  // namespace
}  // namespace idswitch::engine

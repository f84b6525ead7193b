#include "engine/setup/token_gate.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace idswitch::engine {
namespace {

namespace asio = boost::asio;
using std::chrono::hours;
using std::chrono::steady_clock;

// What each of those who want the slot was told, in the order they were told.
class Visitors {
 public:
  void enter(std::uint32_t slot, steady_clock::time_point deadline) {
    asio::co_spawn(context, visit(slot, deadline), asio::detached);
  }

  asio::io_context context;
  TokenGate gate;
  std::vector<bool> told;

 private:
  asio::awaitable<void> visit(std::uint32_t slot, steady_clock::time_point deadline) {
    const bool fetches = co_await gate.enter(slot, deadline);
    told.push_back(fetches);
  }
};

TEST(TokenGate, LetsOneFetchAndWakesTheOthers) {
  Visitors visitors;
  const auto deadline = steady_clock::now() + hours(1);
  for (int i = 0; i < 16; ++i) visitors.enter(3, deadline);
  visitors.context.poll();
  EXPECT_EQ(visitors.told, std::vector<bool>{true});
  visitors.gate.done(3);
  visitors.context.restart();
  visitors.context.run();
  EXPECT_EQ(visitors.told.size(), 16u);
  EXPECT_EQ(std::count(visitors.told.begin(), visitors.told.end(), true), 1);
}

TEST(TokenGate, IsOpenAgainOnceTheFetchIsDone) {
  Visitors visitors;
  const auto deadline = steady_clock::now() + hours(1);
  for (int round = 0; round < 3; ++round) {
    visitors.enter(3, deadline);
    visitors.context.restart();
    visitors.context.run();
    visitors.gate.done(3);
  }
  EXPECT_EQ(visitors.told, (std::vector<bool>{true, true, true}));
}

TEST(TokenGate, KeepsSlotsApart) {
  Visitors visitors;
  const auto deadline = steady_clock::now() + hours(1);
  visitors.enter(1, deadline);
  visitors.enter(2, deadline);
  visitors.context.run();
  EXPECT_EQ(visitors.told, (std::vector<bool>{true, true}));
}

TEST(TokenGate, LetsNobodyWaitBeyondTheirDeadline) {
  Visitors visitors;
  visitors.enter(3, steady_clock::now() + hours(1));
  visitors.enter(3, steady_clock::now() - hours(1));
  visitors.context.run();
  EXPECT_EQ(visitors.told, (std::vector<bool>{true, false}));
  visitors.gate.done(3);
}

TEST(TokenGate, DoneWithoutAFetchIsNothing) {
  TokenGate gate;
  gate.done(3);
}

}  // namespace
}  // namespace idswitch::engine

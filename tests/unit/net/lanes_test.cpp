#include "net/lanes.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <future>
#include <thread>

#include "net/deadlines.hpp"

namespace idswitch::net {
namespace {

TEST(Lanes, RunEachOnAThreadOfItsOwn) {
  Lanes lanes(2);
  EXPECT_FALSE(lanes.running());
  lanes.start();
  EXPECT_TRUE(lanes.running());
  std::promise<std::thread::id> first;
  std::promise<std::thread::id> second;
  boost::asio::post(lanes.at(0), [&] { first.set_value(std::this_thread::get_id()); });
  boost::asio::post(lanes.at(1), [&] { second.set_value(std::this_thread::get_id()); });
  EXPECT_NE(first.get_future().get(), second.get_future().get());
  lanes.stop();
  lanes.stop();
  EXPECT_FALSE(lanes.running());
}

TEST(Lanes, AreAsManyAsCoresUnlessTold) {
  EXPECT_EQ(Lanes(0).size(), std::max(1U, std::thread::hardware_concurrency()));
}

TEST(Lanes, StopWithoutStartAndWithWorkLeft) {
  Lanes lanes(1);
  boost::asio::post(lanes.at(0), [] { FAIL(); });
  lanes.stop();
}

class Waiting : public Deadlines::Entry {
 public:
  using Entry::Entry;

  void on_deadline() override {
    ++passed;
    if (owned) owned->reset();
  }

  int passed = 0;
  std::unique_ptr<Waiting>* owned = nullptr;
};

TEST(Deadlines, CallWhatHasPassedAndNothingElse) {
  boost::asio::io_context io;
  Deadlines deadlines(io);
  Waiting past(deadlines);
  auto removed = std::make_unique<Waiting>(deadlines);
  auto suicidal = std::make_unique<Waiting>(deadlines);
  Waiting future(deadlines);
  Waiting also_past(deadlines);
  suicidal->owned = &suicidal;
  const auto now = std::chrono::steady_clock::now();
  past.set_deadline(now);
  suicidal->set_deadline(now);
  also_past.set_deadline(now);
  future.set_deadline(now + std::chrono::hours(1));
  removed.reset();
  io.run_one();
  EXPECT_EQ(past.passed, 1);
  EXPECT_EQ(also_past.passed, 1);
  EXPECT_EQ(future.passed, 0);
  EXPECT_EQ(suicidal, nullptr);
  deadlines.expire_all();
  EXPECT_EQ(future.passed, 1);
}

TEST(Deadlines, LetTheLaneSleepWhenNothingWaits) {
  boost::asio::io_context io;
  Deadlines deadlines(io);
  { const Waiting gone(deadlines); }
  io.run();  // comes back
}

}  // namespace
}  // namespace idswitch::net

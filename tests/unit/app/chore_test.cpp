// Chores do not wait for each other, and end when they are told to.

#include "app/chore.hpp"

#include <gtest/gtest.h>

#include <future>

namespace idswitch::app {
namespace {

constexpr std::chrono::hours k_long_rest{24};

TEST(Chore, IsDoneAtOnceAndAgainAfterItsRest) {
  std::promise<void> third;
  int times = 0;
  Chore chore("chore", std::chrono::milliseconds(0), [&](const Chore::GoesOn&) {
    if (++times == 3) third.set_value();
  });
  chore.start();
  third.get_future().wait();
}

TEST(Chore, DoesNotWaitForAnotherThatTakesLong) {
  std::promise<void> begun;
  Chore reading("reading", k_long_rest, [&](const Chore::GoesOn& goes_on) {
    begun.set_value();
    while (goes_on()) std::this_thread::yield();
  });
  std::promise<void> looked;
  Chore looking("looking", k_long_rest, [&](const Chore::GoesOn&) { looked.set_value(); });
  reading.start();
  begun.get_future().wait();
  looking.start();
  looked.get_future().wait();  // although the other one is still at work
  reading.stop();
}

TEST(Chore, ThatTakesLongIsToldOfTheStop) {
  std::promise<void> begun;
  bool was_told = false;
  Chore chore("chore", k_long_rest, [&](const Chore::GoesOn& goes_on) {
    begun.set_value();
    while (goes_on()) std::this_thread::yield();
    was_told = true;
  });
  chore.start();
  begun.get_future().wait();
  chore.begin_stop();
  chore.stop();
  EXPECT_TRUE(was_told);
}

TEST(Chore, ThatRestsNeedNotFinishItsRest) {
  std::promise<void> done;
  Chore chore("chore", k_long_rest, [&](const Chore::GoesOn&) { done.set_value(); });
  chore.start();
  done.get_future().wait();
  chore.stop();
  chore.stop();  // again, which is nothing
}

TEST(Chore, ThatWasNeverStartedStops) {
  Chore chore("chore", k_long_rest, [](const Chore::GoesOn&) { FAIL(); });
  chore.stop();
}

}  // namespace
}  // namespace idswitch::app

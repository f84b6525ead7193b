// A call's completion is called exactly once, whatever becomes of its work.

#include "app/open_calls.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

namespace idswitch::app {
namespace {

using Time = std::chrono::steady_clock::time_point;

// Completions that count, and remember the last one's problem.
struct Caller {
  OpenCalls::Completion completion() {
    return [this](Outcome<Verification> outcome) {
      ++answers;
      code = outcome ? "" : outcome.problem().code;
    };
  }

  int answers = 0;
  std::string code;
};

TEST(OpenCalls, AnswersOnce) {
  OpenCalls calls;
  Caller caller;
  const auto call = calls.enter(caller.completion());
  EXPECT_FALSE(calls.wait_until(Time{}));
  call->answer(Verification{});
  call->answer(Verification{});
  EXPECT_EQ(caller.answers, 1);
  EXPECT_EQ(caller.code, "");
  EXPECT_TRUE(calls.wait_until(Time{}));
}

TEST(OpenCalls, AnswersAtTheDoorWhenItIsClosed) {
  OpenCalls calls;
  Caller caller;
  calls.close();
  EXPECT_EQ(calls.enter(caller.completion()), nullptr);
  EXPECT_EQ(caller.answers, 1);
  EXPECT_EQ(caller.code, "shutting_down");
}

TEST(OpenCalls, AnswersWhatIsCutOffAndNotAgainWhenItsWorkEnds) {
  OpenCalls calls;
  Caller caller;
  const auto call = calls.enter(caller.completion());
  calls.close();
  calls.cut_off();
  EXPECT_EQ(caller.code, "shutting_down");
  call->answer(Verification{});
  EXPECT_EQ(caller.answers, 1);
  EXPECT_TRUE(calls.wait_until(Time{}));
}

TEST(OpenCalls, AnswersWhenTheWorkIsDropped) {
  Caller caller;
  auto calls = std::make_unique<OpenCalls>();
  auto call = calls->enter(caller.completion());
  calls.reset();  // the switch may be gone by then
  call.reset();
  EXPECT_EQ(caller.answers, 1);
  EXPECT_EQ(caller.code, "internal");
}

TEST(OpenCalls, OutlivesACompletionThatThrows) {
  OpenCalls calls;
  const auto call =
      calls.enter([](Outcome<Verification>) { throw std::runtime_error("it must not"); });
  call->answer(Verification{});
  EXPECT_TRUE(calls.wait_until(Time{}));
}

TEST(OpenCalls, AnswersEachOfManyOnceWhileTheyAreCutOff) {
  constexpr int count = 2'000;
  OpenCalls calls;
  std::vector<std::atomic<int>> answers(count);
  std::vector<std::shared_ptr<OpenCalls::Call>> open;
  for (int i = 0; i < count; ++i) {
    open.push_back(calls.enter([&answers, i](Outcome<Verification>) { ++answers[i]; }));
  }
  std::thread worker([&] {
    for (const auto& call : open) call->answer(Verification{});
  });
  calls.close();
  calls.cut_off();
  worker.join();
  for (const auto& one : answers) EXPECT_EQ(one, 1);
}

}  // namespace
}  // namespace idswitch::app

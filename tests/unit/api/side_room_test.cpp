#include "api/side_room.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <future>
#include <optional>
#include <stdexcept>

namespace idswitch::api {
namespace {

namespace asio = boost::asio;

// A lane that the test turns by hand, and works that last until the test says so.
class SideRoomTest : public testing::Test {
 protected:
  struct Asked {
    std::promise<void> may_end;
    std::future<void> end = may_end.get_future();
    std::optional<Result<int>> answer;
  };

  // Begins a work that waits; what it is refused with, it knows at once.
  void begin(SideRoom& room, const std::string& caller, Asked& asked) {
    asio::co_spawn(
        lane_,
        [&room, caller, &asked]() -> asio::awaitable<void> {
          asked.answer = co_await room.run(caller, [&asked]() -> Result<int> {
            asked.end.wait();
            return 7;
          });
        },
        asio::detached);
    lane_.restart();
    lane_.poll();
  }

  void finish(Asked& asked) {
    asked.may_end.set_value();
    lane_.restart();
    while (!asked.answer) lane_.run_one();
  }

  static Errc refused(const Asked& asked) {
    return asked.answer && !*asked.answer ? asked.answer->error().code() : Errc::internal;
  }

  asio::io_context lane_;
};

TEST_F(SideRoomTest, RefusesASecondOfTheSameCaller) {
  SideRoom room({.threads = 2, .places = 8, .places_each = 1});
  Asked first, second, other, again;
  begin(room, "shop", first);
  begin(room, "shop", second);
  EXPECT_EQ(refused(second), Errc::too_many_requests);
  begin(room, "bank", other);
  EXPECT_FALSE(other.answer);
  finish(other);
  finish(first);
  EXPECT_EQ(first.answer->value(), 7);
  begin(room, "shop", again);
  finish(again);
  EXPECT_EQ(again.answer->value(), 7);
}

TEST_F(SideRoomTest, HasNoQueueWithoutAnEnd) {
  SideRoom room({.threads = 1, .places = 2, .places_each = 1});
  Asked works, waits, refusal;
  begin(room, "a", works);
  begin(room, "b", waits);
  begin(room, "c", refusal);
  EXPECT_EQ(refused(refusal), Errc::overloaded);
  finish(works);
  finish(waits);
  EXPECT_EQ(waits.answer->value(), 7);
}

// The answer of a work that was done stood in the queue of the threads once, behind the next work.
TEST_F(SideRoomTest, GivesAnAnswerWithoutWaitingForTheNextWork) {
  SideRoom room({.threads = 1, .places = 2, .places_each = 2});
  Asked done, next;
  begin(room, "ops", done);
  begin(room, "ops", next);
  finish(done);
  EXPECT_EQ(done.answer->value(), 7);
  EXPECT_FALSE(next.answer);
  finish(next);
}

TEST_F(SideRoomTest, LetsOrdersPassReportsThatTakeTheirTime) {
  SideRoom reports({.threads = 1, .places = 1, .places_each = 1});
  SideRoom orders({.threads = 1, .places = 2, .places_each = 2});
  Asked report, reload;
  begin(reports, "shop", report);
  begin(orders, "ops", reload);
  finish(reload);
  EXPECT_EQ(reload.answer->value(), 7);
  EXPECT_FALSE(report.answer);
  finish(report);
}

TEST_F(SideRoomTest, TakesAPlaceBackFromAWorkThatFailed) {
  SideRoom room({.threads = 1, .places = 1, .places_each = 1});
  int failures = 0;
  const auto fail = [&](auto work) {
    asio::co_spawn(
        lane_,
        [&room, &failures, work]() -> asio::awaitable<void> {
          try {
            const Result<int> answer = co_await room.run("shop", work);
            if (!answer && answer.error().code() == Errc::storage_failed) ++failures;
          } catch (const std::runtime_error&) {
            ++failures;
          }
        },
        asio::detached);
    lane_.restart();
    lane_.run();
  };
  fail([]() -> Result<int> { return Error(Errc::storage_failed, "the disk is full"); });
  fail([]() -> Result<int> { throw std::runtime_error("no memory"); });
  EXPECT_EQ(failures, 2);
  Asked next;
  begin(room, "shop", next);
  finish(next);
  EXPECT_EQ(next.answer->value(), 7);
}

}  // namespace
}  // namespace idswitch::api

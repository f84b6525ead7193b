#include "app/call_work.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <stdexcept>

namespace idswitch::app {
namespace {

namespace asio = boost::asio;

template <class Work>
Outcome<Verification> outcome(Work work) {
  asio::io_context io;
  std::optional<Outcome<Verification>> result;
  asio::co_spawn(
      io, [&]() -> asio::awaitable<void> { result = co_await outcome_of_work(work, 3); },
      [](const std::exception_ptr& thrown) { EXPECT_FALSE(thrown); });
  io.run();
  return std::move(*result);
}

TEST(CallWork, GivesWhatTheWorkGives) {
  const auto found = outcome([](std::size_t lane) -> asio::awaitable<Outcome<Verification>> {
    Verification verification;
    verification.id = "on lane " + std::to_string(lane);
    co_return verification;
  });
  ASSERT_TRUE(found);
  EXPECT_EQ(found.value().id, "on lane 3");
}

TEST(CallWork, AnswersAnExceptionWithAnInternalErrorAndKeepsItsTextToItself) {
  const auto failed = outcome([](std::size_t lane) -> asio::awaitable<Outcome<Verification>> {
    if (lane == 3) throw std::runtime_error("王小明");
    co_return Verification{};
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.problem().code, "internal");
  EXPECT_EQ(failed.problem().detail.find("王小明"), std::string::npos);
}

}  // namespace
}  // namespace idswitch::app

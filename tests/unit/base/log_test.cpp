#include "base/log.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

#include "base/secret.hpp"

namespace idswitch::log {
namespace {

static_assert(!std::is_constructible_v<Field, std::string_view, Secret>);

class Log : public testing::Test {
 protected:
  void SetUp() override { set_level(Level::debug); }

  void TearDown() override { set_level(Level::info); }

  // The lines that work writes, each parsed; fails the test when one is no JSON object.
  template <class Work>
  static std::vector<boost::json::object> lines_of(Work work) {
    testing::internal::CaptureStderr();
    work();
    std::istringstream stream(testing::internal::GetCapturedStderr());
    std::vector<boost::json::object> lines;
    for (std::string line; std::getline(stream, line);) {
      boost::system::error_code error;
      const boost::json::value value = boost::json::parse(line, error);
      EXPECT_FALSE(error) << line;
      if (value.is_object()) lines.push_back(value.get_object());
    }
    return lines;
  }
};

TEST_F(Log, LineIsOneJsonObject) {
  const auto lines = lines_of([] {
    write(Level::warn, "attempt_failed",
          {{"account", "jumdata-main"},
           {"status", 503},
           {"latency_us", std::int64_t{1} << 40},
           {"retried", false}});
  });
  ASSERT_EQ(lines.size(), 1u);
  const boost::json::object& line = lines[0];
  EXPECT_EQ(line.at("event"), "attempt_failed");
  EXPECT_EQ(line.at("level"), "warn");
  EXPECT_EQ(line.at("account"), "jumdata-main");
  EXPECT_EQ(line.at("status"), 503);
  EXPECT_EQ(line.at("latency_us"), std::int64_t{1} << 40);
  EXPECT_EQ(line.at("retried"), false);
  // "2026-01-02T03:04:05.678Z"
  const boost::json::string& time = line.at("time").as_string();
  ASSERT_EQ(time.size(), 24u);
  EXPECT_EQ(time[10], 'T');
  EXPECT_EQ(time[23], 'Z');
}

TEST_F(Log, FieldCannotForgeALine) {
  constexpr std::string_view k_hostile =
      "x\",\"level\":\"info\"}\n{\"event\":\"forged\"}%v {} \xFF";
  const auto lines = lines_of([&] { write(Level::error, "odd", {{"detail", k_hostile}}); });
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].at("event"), "odd");
  EXPECT_EQ(lines[0].at("detail"),
            "x\",\"level\":\"info\"}\n{\"event\":\"forged\"}%v {} \xEF\xBF\xBD");
}

TEST_F(Log, LinesBelowTheLevelAreLeftOut) {
  const auto events = [](Level level) {
    set_level(level);
    return lines_of([] {
             write(Level::debug, "d");
             write(Level::info, "i");
             write(Level::warn, "w");
             write(Level::error, "e");
           })
        .size();
  };
  EXPECT_EQ(events(Level::debug), 4u);
  EXPECT_EQ(events(Level::info), 3u);
  EXPECT_EQ(events(Level::warn), 2u);
  EXPECT_EQ(events(Level::error), 1u);
  EXPECT_EQ(events(Level::off), 0u);
  EXPECT_FALSE(enabled(Level::error));
}

TEST_F(Log, LinesOfThreadsStayWhole) {
  const auto lines = lines_of([] {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([i] {
        for (int n = 0; n < 100; ++n) write(Level::info, "tick", {{"thread", i}, {"n", n}});
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  EXPECT_EQ(lines.size(), 400u);
}

}  // namespace
}  // namespace idswitch::log

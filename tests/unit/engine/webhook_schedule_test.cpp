#include "engine/webhooks/webhook_schedule.hpp"

#include <gtest/gtest.h>

#include <set>

#include "config/config.hpp"

namespace idswitch::engine {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

TEST(WebhookSchedule, ByDefaultTriesTenTimesInAboutThreeDays) {
  const std::vector<milliseconds> retries = config::Webhook().retries;
  const std::vector<milliseconds> wanted = {5s, 5min, 30min, 2h, 5h, 10h, 14h, 20h, 24h};
  ASSERT_EQ(retries, wanted);
  milliseconds shortest{0};
  milliseconds longest{0};
  for (std::uint32_t attempt = 1; attempt <= retries.size(); ++attempt) {
    const milliseconds configured = retries[attempt - 1];
    milliseconds least = hours(1000);
    milliseconds most{0};
    for (std::uint64_t seed = 0; seed < 1000; ++seed) {
      const auto delay = retry_delay(retries, attempt, seed);
      ASSERT_TRUE(delay);
      EXPECT_GE(*delay, configured * 9 / 10);
      EXPECT_LE(*delay, configured * 11 / 10);
      least = std::min(least, *delay);
      most = std::max(most, *delay);
    }
    // The whole range is used.
    EXPECT_LT(least, configured * 91 / 100);
    EXPECT_GT(most, configured * 109 / 100);
    shortest += least;
    longest += most;
  }
  EXPECT_GT(shortest, hours(66));
  EXPECT_LT(longest, hours(84));
  EXPECT_FALSE(retry_delay(retries, 10, 0));
}

TEST(WebhookSchedule, IsTheSameForTheSameSeedAndSpreadsOthers) {
  const std::vector<milliseconds> retries = {hours(10), hours(10)};
  EXPECT_EQ(retry_delay(retries, 1, 7), retry_delay(retries, 1, 7));
  EXPECT_NE(retry_delay(retries, 1, 7), retry_delay(retries, 2, 7));
  std::set<milliseconds> delays;
  for (std::uint64_t seed = 0; seed < 100; ++seed) delays.insert(*retry_delay(retries, 1, seed));
  EXPECT_GT(delays.size(), 50u);
}

TEST(WebhookSchedule, HasNoAttemptBeforeTheFirstAndNoneWithoutRetries) {
  EXPECT_FALSE(retry_delay({hours(1)}, 0, 1));
  EXPECT_FALSE(retry_delay({}, 1, 1));
  EXPECT_TRUE(retry_delay({hours(1)}, 1, 1));
}

TEST(RetryAfter, IsSecondsOrADate) {
  constexpr std::int64_t k_now = 784'111'777'000;  // Sun, 06 Nov 1994 08:49:37 GMT

  struct Case {
    const char* header;
    std::optional<milliseconds> wanted;
  };

  const Case cases[] = {
      {"", {}},
      {"0", 0ms},
      {"120", 120s},
      {"86400", 24h},
      {"86401", 24h},
      {"99999999999999999999999", 24h},
      {"-5", {}},
      {"5 minutes", {}},
      {"soon", {}},
      {"Sun, 06 Nov 1994 08:50:37 GMT", 60s},
      {"Sun, 06 Nov 1994 08:49:36 GMT", 0ms},
      {"Wed, 09 Nov 1994 08:49:37 GMT", 24h},
      {"Sun, 06 Nov 1994 08:50:37 GMT or so", {}},
  };
  for (const Case& one : cases) EXPECT_EQ(retry_after(one.header, k_now), one.wanted) << one.header;
}

}  // namespace
}  // namespace idswitch::engine

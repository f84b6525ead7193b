#include "routing/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "rate_bounds.hpp"
#include "routing/latency.hpp"
#include "stored_slices.hpp"

namespace idswitch::routing {
namespace {

constexpr std::int64_t k_hour = 3'600'000;
constexpr std::chrono::milliseconds k_day{24 * k_hour};
constexpr std::int64_t k_now = 500'000 * k_hour;  // the beginning of a slice

constexpr auto k_pass = static_cast<std::size_t>(End::pass);

void start(Statistics& statistics, std::int64_t now, int count = 1,
           std::string_view segment = "s") {
  for (int i = 0; i < count; ++i) statistics.started("a", segment, now, false, 10'000);
}

std::uint32_t starts(Statistics& statistics, std::int64_t now) {
  return statistics.counts("a", now).starts;
}

std::uint32_t starts(Statistics& statistics, std::int64_t now, std::string_view segment) {
  return statistics.counts("a", segment, now).starts;
}

TEST(Statistics, CountsByAccountAndSegment) {
  Statistics statistics(k_day);
  statistics.started("a", "s", k_now, false, 20'000);
  statistics.started("a", "s", k_now, true, 20'000);
  statistics.started("a", "", k_now, false, 20'000);
  statistics.started("b", "s", k_now, true, 0);
  const std::uint32_t charged[] = {2, 0, 1};
  statistics.ended("a", "s", k_now, End::pass, charged);
  statistics.ended("a", "t", k_now, End::abandoned, {});

  Counts expected;
  expected.starts = 2;
  expected.starts_failed = 1;
  expected.latency[bucket_of(20'000)] = 1;
  expected.ended[k_pass] = 1;
  expected.charged[0][k_pass] = 2;
  expected.charged[2][k_pass] = 1;
  EXPECT_EQ(statistics.counts("a", "s", k_now), expected);

  expected.starts = 3;
  expected.latency[bucket_of(20'000)] = 2;
  expected.ended[static_cast<std::size_t>(End::abandoned)] = 1;
  EXPECT_EQ(statistics.counts("a", k_now), expected);

  EXPECT_EQ(statistics.counts("b", "s", k_now).starts_failed, 1u);
  EXPECT_EQ(statistics.counts("a", "", k_now), Counts{});
  EXPECT_EQ(statistics.counts("a", "nowhere", k_now), Counts{});
  EXPECT_EQ(statistics.counts("nobody", "s", k_now), Counts{});
  EXPECT_EQ(statistics.counts("nobody", k_now), Counts{});
}

TEST(Statistics, LeavesOutSkusThatDoNotFit) {
  Statistics statistics(k_day);
  const std::uint32_t charged[] = {1, 1, 1, 1, 9, 9};
  statistics.ended("a", "", k_now, End::fail, charged);
  for (const auto& by_end : statistics.counts("a", k_now).charged)
    EXPECT_EQ(by_end[static_cast<std::size_t>(End::fail)], 1u);
}

TEST(Statistics, ForgetsASliceAtATime) {
  Statistics statistics(k_day);
  start(statistics, k_now, 1);
  start(statistics, k_now + k_hour, 2);
  start(statistics, k_now + 3 * k_hour, 4);
  EXPECT_EQ(starts(statistics, k_now + 24 * k_hour - 1), 7u);
  EXPECT_EQ(starts(statistics, k_now + 24 * k_hour), 6u);
  EXPECT_EQ(starts(statistics, k_now + 24 * k_hour, "s"), 6u);
  EXPECT_EQ(starts(statistics, k_now + 25 * k_hour), 4u);
  EXPECT_EQ(starts(statistics, k_now + 27 * k_hour - 1), 4u);
  EXPECT_EQ(starts(statistics, k_now + 27 * k_hour), 0u);
  EXPECT_EQ(statistics.oldest_unix_ms(k_now + 24 * k_hour), k_now + k_hour);
  start(statistics, k_now + 1'000 * k_hour);
  EXPECT_EQ(starts(statistics, k_now + 1'000 * k_hour), 1u);
}

TEST(Statistics, ASmallStepBackLosesAndDoublesNothing) {
  Statistics statistics(k_day);
  start(statistics, k_now, 1);
  start(statistics, k_now - 2 * k_hour, 2);
  start(statistics, k_now - 23 * k_hour, 4);
  EXPECT_EQ(starts(statistics, k_now - 2 * k_hour), 7u);
  EXPECT_EQ(starts(statistics, k_now), 7u);
  EXPECT_EQ(starts(statistics, k_now + k_hour), 3u);
  EXPECT_EQ(starts(statistics, k_now + 22 * k_hour), 1u);
}

TEST(Statistics, ALargeStepBackMovesWhatIsKnownToThePresent) {
  Statistics statistics(k_day);
  Stored stored;
  const std::int64_t wrong = k_now + 9'000 * k_hour;
  start(statistics, wrong - k_hour, 1);
  start(statistics, wrong, 2);
  stored.upsert(statistics.take_changed());
  start(statistics, k_now + 5, 4);
  EXPECT_EQ(starts(statistics, k_now + 5), 7u);
  EXPECT_EQ(starts(statistics, k_now + 5, "s"), 7u);
  stored.upsert(statistics.take_changed());
  Statistics again = stored.reloaded(k_day);
  EXPECT_EQ(starts(again, k_now + k_hour), 7u);
  EXPECT_EQ(starts(again, k_now + 23 * k_hour), 7u);
  EXPECT_EQ(starts(again, k_now + 24 * k_hour), 0u);
  EXPECT_EQ(starts(statistics, k_now + 24 * k_hour), 0u);
}

TEST(Statistics, HasAtMostSoManySegments) {
  Statistics statistics(k_day);
  for (int i = 0; i < 300; ++i) start(statistics, k_now, 1, "segment=" + std::to_string(i));
  EXPECT_EQ(starts(statistics, k_now), 300u);
  EXPECT_EQ(starts(statistics, k_now, "segment=255"), 1u);
  EXPECT_EQ(starts(statistics, k_now, "segment=256"), 44u);
  EXPECT_EQ(starts(statistics, k_now, "segment=299"), 44u);
  EXPECT_EQ(starts(statistics, k_now, "never seen"), 44u);
  EXPECT_EQ(starts(statistics, k_now, Statistics::k_other_segment), 44u);
  EXPECT_EQ(statistics.take_changed().size(), 1u + 256u + 1u);
}

TEST(Statistics, ForgottenSegmentsMakeRoom) {
  Statistics statistics(k_day);
  for (int i = 0; i < 256; ++i) start(statistics, k_now, 1, "segment=" + std::to_string(i));
  const std::int64_t later = k_now + 10 * k_hour;
  for (int i = 0; i < 10; ++i) start(statistics, later, 1, "segment=" + std::to_string(i));
  start(statistics, later, 3, "new");
  EXPECT_EQ(starts(statistics, later, Statistics::k_other_segment), 3u);
  const std::int64_t much_later = k_now + 26 * k_hour;
  start(statistics, much_later, 5, "new");
  EXPECT_EQ(starts(statistics, much_later, "new"), 5u);
  EXPECT_EQ(starts(statistics, much_later, "segment=9"), 1u);
  EXPECT_EQ(starts(statistics, much_later, Statistics::k_other_segment), 3u);
}

TEST(Statistics, GivesOnlyWhatHasChangedAndWhole) {
  Statistics statistics(k_day);
  start(statistics, k_now, 2);
  start(statistics, k_now + k_hour, 1, "");
  EXPECT_EQ(statistics.take_changed().size(), 3u);
  EXPECT_TRUE(statistics.take_changed().empty());
  start(statistics, k_now + 5, 1);
  const auto changed = statistics.take_changed();
  ASSERT_EQ(changed.size(), 2u);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(changed[i].account, "a");
    EXPECT_EQ(changed[i].segment, i == 0 ? "" : "s");
    EXPECT_EQ(changed[i].begin_unix_ms, k_now);
    EXPECT_EQ(changed[i].counts.starts, 3u);
  }
}

TEST(Statistics, LoadingIsNotAChange) {
  Statistics statistics(k_day);
  statistics.load({"a", "s", k_now, Counts{.starts = 3}});
  EXPECT_TRUE(statistics.take_changed().empty());
  EXPECT_EQ(starts(statistics, k_now, "s"), 3u);
  EXPECT_EQ(starts(statistics, k_now), 0u);  // the whole row has slices of its own
  statistics.load({"a", "", k_now - 24 * k_hour, Counts{.starts = 3}});
  EXPECT_EQ(starts(statistics, k_now), 0u);
}

TEST(Statistics, SegmentsThatDoNotFitAreLoadedIntoTheOther) {
  Stored stored;
  Statistics writer(k_day);
  for (int i = 0; i < 256; ++i) start(writer, k_now, 1, "segment=" + std::to_string(i));
  stored.upsert(writer.take_changed());
  stored.upsert({{"a", "zz", k_now, Counts{.starts = 5}}});
  for (int restart = 0; restart < 3; ++restart) {
    Statistics statistics = stored.reloaded(k_day);
    EXPECT_EQ(starts(statistics, k_now, "zz"), 5u);
    EXPECT_EQ(starts(statistics, k_now, Statistics::k_other_segment), 5u);
    stored.upsert(statistics.take_changed());
  }
}

TEST(Statistics, ASmallerWindowKeepsTheNewest) {
  Statistics statistics(k_day);
  start(statistics, k_now, 1);
  start(statistics, k_now + 20 * k_hour, 2);
  start(statistics, k_now + 23 * k_hour, 4);
  statistics.set_window(std::chrono::hours(6));
  EXPECT_EQ(starts(statistics, k_now + 23 * k_hour), 6u);
  EXPECT_EQ(starts(statistics, k_now + 23 * k_hour, "s"), 6u);
  EXPECT_EQ(starts(statistics, k_now + 26 * k_hour), 4u);
}

TEST(Statistics, ALargerWindowKeepsEverything) {
  Statistics statistics(k_day);
  for (int i = 0; i < 24; ++i) start(statistics, k_now + i * k_hour);
  statistics.set_window(2 * k_day);
  EXPECT_EQ(starts(statistics, k_now + 23 * k_hour), 24u);
  EXPECT_EQ(starts(statistics, k_now + 47 * k_hour), 24u);
  EXPECT_EQ(starts(statistics, k_now + 48 * k_hour), 22u);
  EXPECT_EQ(starts(statistics, k_now + 96 * k_hour), 0u);
}

// Against a plain list of events: whatever comes, in time or a little out of it, through restarts
// and changes of the window, the counts are those of the events that the window still covers.
TEST(Statistics, AgreesWithAPlainList) {
  struct Event {
    std::int64_t begin;  // of the slice
    std::string segment;
  };

  std::mt19937_64 random(23);
  for (int round = 0; round < 20; ++round) {
    SCOPED_TRACE(round);
    Statistics statistics(k_day);
    Stored stored;
    std::vector<Event> events;
    std::int64_t now = k_now;
    std::int64_t length = k_hour;
    std::int64_t newest = now;
    for (int step = 0; step < 600; ++step) {
      now += static_cast<std::int64_t>(random() % (k_hour / 2)) - k_hour / 6;
      if (random() % 200 == 0) now += 30 * length;
      newest = std::max(newest, now / length * length);
      const std::string segment = "s" + std::to_string(random() % 3);
      start(statistics, now, 1, segment);
      events.push_back({now / length * length, segment});
      if (random() % 10 == 0) stored.upsert(statistics.take_changed());
      if (random() % 40 == 0) {
        std::erase_if(events,
                      [&](const Event& event) { return event.begin <= newest - 24 * length; });
        // A store that kept them would bring slices back that the larger window covers again.
        stored.forget_before(statistics.oldest_unix_ms(newest));
        // Only doubled or halved: then one slice is in one, or begins one.
        length = length == k_hour ? 2 * k_hour : k_hour;
        newest = newest / length * length;
        for (Event& event : events) event.begin = event.begin / length * length;
        // What was in an uncovered slice is gone, also when the window grows again.
        std::erase_if(events,
                      [&](const Event& event) { return event.begin <= newest - 24 * length; });
        statistics.set_window(std::chrono::milliseconds(24 * length));
        stored.upsert(statistics.take_changed());
        stored.forget_before(statistics.oldest_unix_ms(newest));
      }
      if (random() % 40 == 0) {
        stored.upsert(statistics.take_changed());
        statistics = stored.reloaded(std::chrono::milliseconds(24 * length));
      }
      newest = std::max(newest, now / length * length);
      std::erase_if(events,
                    [&](const Event& event) { return event.begin <= newest - 24 * length; });
      std::map<std::string, std::uint32_t> expected;
      for (const Event& event : events) ++expected[event.segment];
      ASSERT_EQ(starts(statistics, now), events.size()) << step;
      for (const auto& [name, count] : expected) ASSERT_EQ(starts(statistics, now, name), count);
    }
  }
}

TEST(Statistics, AReloadGivesTheSameCounts) {
  std::mt19937_64 random(29);
  Statistics statistics(k_day);
  Stored stored;
  std::int64_t now = k_now;
  for (int step = 0; step < 3'000; ++step) {
    now += static_cast<std::int64_t>(random() % 60'000);
    const std::string account = random() % 2 == 0 ? "a" : "b";
    const std::string segment = random() % 4 == 0 ? "" : "s" + std::to_string(random() % 5);
    if (random() % 2 == 0) {
      statistics.started(account, segment, now, random() % 5 == 0,
                         static_cast<std::int64_t>(random() % 3'000'000));
    } else {
      const std::uint32_t charged[] = {static_cast<std::uint32_t>(random() % 3), 1};
      statistics.ended(account, segment, now, static_cast<End>(random() % k_ends), charged);
    }
    if (step % 100 == 0) stored.upsert(statistics.take_changed());
  }
  stored.upsert(statistics.take_changed());
  Statistics again = stored.reloaded(k_day);
  for (const std::int64_t at : {now, now + 5 * k_hour, now + 23 * k_hour}) {
    for (const char* account : {"a", "b"}) {
      EXPECT_EQ(again.counts(account, at), statistics.counts(account, at));
      EXPECT_NE(again.counts(account, at), Counts{});
      for (int i = 0; i < 5; ++i) {
        const std::string segment = "s" + std::to_string(i);
        EXPECT_EQ(again.counts(account, segment, at), statistics.counts(account, segment, at));
      }
    }
  }
  EXPECT_TRUE(again.take_changed().empty());
}

// --- Rates ---

std::uint32_t sum_of(const Rates& rates) {
  return std::accumulate(rates.end_ppm.begin(), rates.end_ppm.end(), 0u);
}

TEST(Rates, WithoutDataAreThePrior) {
  for (const std::uint32_t weight : {0u, 1u, 20u}) {
    SCOPED_TRACE(weight);
    config::Prior prior;
    prior.weight = weight;
    Rates::Charged charged{};
    charged[1][k_pass] = 1'000'000;
    charged[0][0] = 333'333;
    const Rates found = rates({}, {}, prior, charged);
    EXPECT_EQ(found.start_fail_ppm, 10'000u);
    EXPECT_EQ(found.completion_rate_ppm, 850'000u);
    EXPECT_EQ(found.pass_rate_ppm, 850'000u);
    EXPECT_EQ(found.end_ppm, (std::array<std::uint32_t, k_ends>{150'000, 722'500, 127'500, 0}));
    EXPECT_EQ(found.charged_ppm, charged);
  }
}

TEST(Rates, ShrinkTheAccountToThePriorAndTheSegmentToTheAccount) {
  config::Prior prior;  // 850,000 complete, 850,000 of those pass; weight 20
  Counts account;
  account.ended[k_pass] = 80;
  // (80 + 20 * 0.7225) / 100 = 0.9445; (0 + 50 * 0.9445) / 50
  EXPECT_EQ(rates({}, account, prior, {}).end_ppm[k_pass], 944'500u);
  Counts segment;
  segment.ended[static_cast<std::size_t>(End::fail)] = 50;
  // (0 + 50 * 0.9445) / 100
  EXPECT_EQ(rates(segment, account, prior, {}).end_ppm[k_pass], 472'250u);
  Counts starts;
  starts.starts = 80;
  starts.starts_failed = 20;
  // (20 + 20 * 0.01) / 100
  EXPECT_EQ(rates({}, starts, prior, {}).start_fail_ppm, 202'000u);
  account.charged[0][k_pass] = 160;
  Rates::Charged charged{};
  charged[0][k_pass] = 1'000'000;
  // (160 + 20 * 1) / 100: two units a pass where it was seen
  EXPECT_EQ(rates({}, account, prior, charged).charged_ppm[0][k_pass], 1'800'000u);
}

TEST(Rates, WithWeightZeroAreTheData) {
  config::Prior prior;
  prior.weight = 0;
  Counts account;
  account.ended = {1, 1, 1, 0};
  const Rates found = rates({}, account, prior, {});
  EXPECT_EQ(found.end_ppm, (std::array<std::uint32_t, k_ends>{333'334, 333'333, 333'333, 0}));
  EXPECT_EQ(found.pass_rate_ppm, 500'000u);
  EXPECT_EQ(found.start_fail_ppm, 10'000u);  // no start was seen
}

TEST(Rates, PassRateIsThePriorsWhenNobodyCompletes) {
  config::Prior prior;
  prior.completion_rate_ppm = 0;
  EXPECT_EQ(rates({}, {}, prior, {}).pass_rate_ppm, 850'000u);
}

TEST(Rates, OfImpossiblePriorsAreStillProbabilities) {
  config::Prior prior;
  prior.start_rate_ppm = prior.completion_rate_ppm = prior.pass_rate_ppm = 4'000'000'000;
  const Rates found = rates({}, {}, prior, {});
  EXPECT_EQ(found.start_fail_ppm, 0u);
  EXPECT_EQ(sum_of(found), config::k_all_ppm);
  EXPECT_EQ(found.end_ppm[k_pass], config::k_all_ppm);
}

TEST(Rates, BearTheLargestCounts) {
  constexpr std::uint32_t k_most = 4'294'967'295;
  Counts counts;
  counts.starts = k_most;
  counts.starts_failed = k_most;
  counts.ended = {k_most, k_most, k_most, k_most};
  for (auto& by_end : counts.charged) by_end.fill(k_most);
  config::Prior prior;
  prior.weight = k_most;
  prior.completion_rate_ppm = 750'000;
  prior.pass_rate_ppm = 333'333;
  Rates::Charged charged{};
  for (auto& by_end : charged) by_end.fill(1'000'000);
  const Rates found = rates(counts, counts, prior, charged);
  EXPECT_EQ(sum_of(found), config::k_all_ppm);
  EXPECT_NEAR(found.pass_rate_ppm, 333'333, 1);
  EXPECT_NEAR(found.start_fail_ppm, config::k_all_ppm, 1);
  EXPECT_EQ(found.charged_ppm[3][3], 1'000'000u);
}

// Between the smallest and the largest of what the segment, the account and the prior say, and the
// ends sum to exactly one.
TEST(Rates, LieBetweenDataAndPrior) {
  std::mt19937_64 random(31);
  for (int round = 0; round < 3'000; ++round) {
    SCOPED_TRACE(round);
    const std::uint64_t most = std::array<std::uint64_t, 4>{0, 3, 200, 1'000'000}[random() % 4];
    const Counts account = draw_counts(random, most);
    const Counts segment = draw_counts(random, random() % 3 == 0 ? 0 : most / 2);
    config::Prior prior;
    prior.weight = random() % 4 == 0 ? 0 : up_to(random, 100);
    prior.start_rate_ppm = up_to(random, 1'000'000);
    prior.completion_rate_ppm = up_to(random, 1'000'000);
    prior.pass_rate_ppm = up_to(random, 1'000'000);
    Rates::Charged charged{};
    for (auto& by_end : charged) {
      for (std::uint32_t& ppm : by_end) ppm = up_to(random, 1'000'000);
    }
    const Rates found = rates(segment, account, prior, charged);
    ASSERT_EQ(sum_of(found), config::k_all_ppm);
    ASSERT_EQ(found.completion_rate_ppm, config::k_all_ppm - found.end_ppm[0]);

    expect_between(found.start_fail_ppm, {segment.starts_failed, segment.starts},
                   {account.starts_failed, account.starts}, 1'000'000 - prior.start_rate_ppm,
                   prior.weight);
    const auto all_of = [](const Counts& counts) {
      return std::accumulate(counts.ended.begin(), counts.ended.end(), std::uint64_t{0});
    };
    const Rates before = rates({}, {}, prior, charged);
    for (std::size_t end = 0; end < k_ends; ++end) {
      expect_between(found.end_ppm[end], {segment.ended[end], all_of(segment)},
                     {account.ended[end], all_of(account)}, before.end_ppm[end], prior.weight);
      for (std::size_t sku = 0; sku < k_skus_max; ++sku) {
        expect_between(found.charged_ppm[sku][end], {segment.charged[sku][end], segment.ended[end]},
                       {account.charged[sku][end], account.ended[end]}, charged[sku][end],
                       prior.weight);
      }
    }
    const auto completed = [&](const Counts& counts) { return all_of(counts) - counts.ended[0]; };
    expect_between(found.pass_rate_ppm, {segment.ended[k_pass], completed(segment)},
                   {account.ended[k_pass], completed(account)}, prior.pass_rate_ppm,
                   all_of(account) == 0 ? 1 : prior.weight,
                   // The prior share of passes is a whole millionth of all sessions.
                   1.001 + 1e6 / std::max(prior.completion_rate_ppm, 1u));
  }
}

}  // namespace
}  // namespace idswitch::routing

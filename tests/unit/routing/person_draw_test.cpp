#include "routing/person_draw.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace idswitch::routing {
namespace {

constexpr std::uint32_t k_all_ppm = 1'000'000;

std::vector<std::uint32_t> ordered(const PersonDraw& draw, const std::vector<DrawPart>& parts) {
  std::vector<DrawPlace> places(parts.size());
  draw.order(parts, places);
  std::vector<std::uint32_t> order;
  for (const DrawPlace& place : places) order.push_back(place.part);
  return order;
}

// Parts with these weights, named "p0", "p1", ...
std::vector<DrawPart> named(const std::vector<std::uint32_t>& weights) {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (int i = 0; i < 100; ++i) all.push_back("p" + std::to_string(i));
    return all;
  }();
  std::vector<DrawPart> parts;
  for (std::size_t i = 0; i < weights.size(); ++i) parts.push_back({names[i], weights[i]});
  return parts;
}

std::string user(int number) {
  return "user-" + std::to_string(number);
}

// The least share that covers the person: its first 64 bits, in millionths.
std::uint32_t coverage_needed(const PersonDraw& draw) {
  std::uint32_t low = 0, high = k_all_ppm;
  while (high - low > 1) {
    const std::uint32_t middle = (low + high) / 2;
    (draw.is_covered(middle) ? high : low) = middle;
  }
  return high;
}

// A chi-square statistic as a normal deviate (Wilson and Hilferty 1931).
double deviate(double chi_square, double degrees) {
  const double scale = 2 / (9 * degrees);
  return (std::cbrt(chi_square / degrees) - (1 - scale)) / std::sqrt(scale);
}

double chi_square(const std::vector<int>& counts, const std::vector<std::uint32_t>& weights) {
  const double people = std::accumulate(counts.begin(), counts.end(), 0.);
  const double all = std::accumulate(weights.begin(), weights.end(), 0.);
  double sum = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = people * weights[i] / all;
    sum += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  return sum;
}

// Computed by another program, with SHA-256 and exact logarithms. When this fails, the draw has
// changed and everybody in every running experiment would change arms: do not adapt the numbers.
TEST(PersonDraw, GivesTheSameForEver) {
  const std::vector<DrawPart> parts = {{"megvii", 5},  {"aliyun-faceid", 3},
                                       {"off", 0},     {"baidu", 1},
                                       {"jumdata", 4}, {"a longer name of a part", 2}};

  struct Row {
    std::string salt, person;
    std::uint32_t coverage_needed;
    std::vector<std::uint32_t> order;
  };

  const Row rows[] = {
      {"eu-cheap-1", "user-1", 733981, {5, 0, 4, 3, 1, 2}},
      {"eu-cheap-1", "user-2", 622740, {4, 0, 1, 3, 5, 2}},
      {"eu-cheap-2", "user-1", 787046, {4, 0, 1, 3, 5, 2}},
      {"", "", 430482, {0, 5, 1, 4, 3, 2}},
      {"s", "张三", 691151, {0, 4, 1, 5, 3, 2}},
      {"s", std::string(300, 'x'), 645797, {3, 4, 5, 0, 1, 2}},
  };
  for (const Row& row : rows) {
    const PersonDraw draw(row.salt, row.person);
    EXPECT_EQ(coverage_needed(draw), row.coverage_needed) << row.salt << " " << row.person;
    EXPECT_EQ(ordered(draw, parts), row.order) << row.salt << " " << row.person;
  }
  EXPECT_EQ(coverage_needed(PersonDraw::of_seed("eu-cheap-1", 0U)), 801096u);
  EXPECT_EQ(ordered(PersonDraw::of_seed("eu-cheap-1", 0U), parts),
            (std::vector<std::uint32_t>{4, 0, 5, 3, 1, 2}));
  EXPECT_EQ(coverage_needed(PersonDraw::of_seed("eu-cheap-1", 1U)), 713876u);
  EXPECT_EQ(ordered(PersonDraw::of_seed("eu-cheap-1", 1U), parts),
            (std::vector<std::uint32_t>{0, 1, 4, 5, 3, 2}));
  EXPECT_EQ(coverage_needed(PersonDraw::of_seed("eu-cheap-1", 18446744073709551615U)), 519765u);
  EXPECT_EQ(ordered(PersonDraw::of_seed("eu-cheap-1", 18446744073709551615U), parts),
            (std::vector<std::uint32_t>{0, 1, 3, 5, 4, 2}));
}

TEST(PersonDraw, HasSharesThatAreRandomAndNeitherOffNorTooEven) {
  const std::vector<std::uint32_t> weightings[] = {
      {1, 1}, {1, 4}, {500'000, 499'999, 1'000'000}, {1, 2, 3, 4, 5, 6}, std::vector(12, 1u)};
  constexpr int k_people = 200'000, k_block = 2'000;
  std::string (*const styles[])(int) = {
      [](int i) { return user(i); },
      [](int i) {
        std::string digits = std::to_string(i);
        return std::string(12 - digits.size(), '0') + digits;
      },
      [](int i) {  // a UUIDv7: time, a counter, random bits that are constant here
        std::array<char, 40> text;
        std::snprintf(text.data(), text.size(), "0190b2c4-%04x-7%03x-8000-0123456789ab", i >> 12,
                      i & 0xfff);
        return std::string(text.data());
      },
  };
  for (const auto& style : styles) {
    std::vector<PersonDraw> people;
    for (int i = 1; i <= k_people; ++i) people.emplace_back("salt", style(i));
    for (const auto& weights : weightings) {
      const auto parts = named(weights);
      const double degrees = static_cast<double>(weights.size()) - 1;
      std::vector<int> all(weights.size());
      double of_blocks = 0;
      for (int block = 0; block < k_people / k_block; ++block) {
        std::vector<int> counts(weights.size());
        for (int i = 0; i < k_block; ++i) ++counts[people[block * k_block + i].first(parts)];
        of_blocks += chi_square(counts, weights);
        for (std::size_t i = 0; i < counts.size(); ++i) all[i] += counts[i];
      }
      EXPECT_LT(deviate(chi_square(all, weights), degrees), 4) << style(1) << parts.size();
      // Too small would mean that people are dealt out in turn instead of drawn.
      EXPECT_LT(std::abs(deviate(of_blocks, degrees * k_people / k_block)), 4)
          << style(1) << parts.size();
    }
  }
}

TEST(PersonDraw, CoversTheShareAndOnlyAddsPeopleWhenItRises) {
  const std::uint32_t shares[] = {0, 1'000, 10'000, 250'000, 500'000, 999'000, k_all_ppm};
  std::array<int, std::size(shares)> covered{};
  constexpr int k_people = 100'000;
  for (int i = 0; i < k_people; ++i) {
    const PersonDraw draw("salt", user(i));
    bool before = false;
    for (std::size_t j = 0; j < std::size(shares); ++j) {
      const bool now = draw.is_covered(shares[j]);
      ASSERT_TRUE(now || !before) << user(i) << " left at " << shares[j];
      covered[j] += now;
      before = now;
    }
  }
  EXPECT_EQ(covered.front(), 0);
  EXPECT_EQ(covered.back(), k_people);
  for (std::size_t j = 0; j < std::size(shares); ++j) {
    const double share = shares[j] / 1e6;
    EXPECT_NEAR(covered[j], k_people * share, 4 * std::sqrt(k_people * share * (1 - share)) + 0.5);
  }
}

TEST(PersonDraw, OfTwoPartsMovesExactlyTheDifferenceAndOnlyTowardsTheHeavier) {
  const std::uint32_t shares[][2] = {{50, 60}, {10, 90}, {50, 51}, {99, 100}, {0, 5}};
  for (const auto& share : shares) {
    const auto before = named({100 - share[0], share[0]});
    const auto after = named({100 - share[1], share[1]});
    int moved = 0;
    constexpr int k_people = 100'000;
    for (int i = 0; i < k_people; ++i) {
      const PersonDraw draw("salt", user(i));
      const std::size_t from = draw.first(before), to = draw.first(after);
      moved += from != to;
      ASSERT_FALSE(from == 1 && to == 0) << user(i);
    }
    const double d = (share[1] - share[0]) / 100.;
    EXPECT_NEAR(moved, k_people * d, 4 * std::sqrt(k_people * d * (1 - d)));
  }
}

TEST(PersonDraw, OfManyPartsMovesNoMoreThanIsUnavoidable) {
  std::mt19937_64 random(7);
  constexpr int k_people = 10'000;
  for (int change = 0; change < 40; ++change) {
    const std::size_t parts = 2 + random() % 7;
    std::vector<std::uint32_t> before(parts), after(parts);
    for (auto& weight : before) weight = 1 + random() % 100;
    for (auto& weight : after) weight = random() % 3 == 0 ? 0 : 1 + random() % 100;
    after[0] += 1;
    const double all_before = std::accumulate(before.begin(), before.end(), 0.);
    const double all_after = std::accumulate(after.begin(), after.end(), 0.);
    double d = 0;
    for (std::size_t i = 0; i < parts; ++i) {
      d += std::abs(before[i] / all_before - after[i] / all_after) / 2;
    }
    int moved = 0;
    for (int i = 0; i < k_people; ++i) {
      const PersonDraw draw("change " + std::to_string(change), user(i));
      moved += draw.first(named(before)) != draw.first(named(after));
    }
    const double noise = 4 * std::sqrt(k_people * 0.25);
    EXPECT_LE(moved, k_people * 2 * d / (1 + d) + noise) << change;
    EXPECT_GE(moved, k_people * d - noise) << change;
  }
}

TEST(PersonDraw, MovesOnlyThePeopleOfAPartThatIsRemoved) {
  const std::vector<DrawPart> all = {{"a", 5}, {"b", 2}, {"c", 4}, {"d", 1}};
  for (int i = 0; i < 5'000; ++i) {
    const PersonDraw draw("salt", user(i));
    const auto order = ordered(draw, all);
    for (std::uint32_t removed = 0; removed < all.size(); ++removed) {
      auto rest = all;
      rest.erase(rest.begin() + removed);
      const auto& now = rest[draw.first(rest)].name;
      EXPECT_EQ(now, all[order[order[0] == removed ? 1 : 0]].name) << user(i) << removed;
    }
  }
}

TEST(PersonDraw, IsTheSameHoweverThePartsAreWrittenDown) {
  std::vector<DrawPart> parts = {{"a", 5}, {"b", 2}, {"c", 4}, {"d", 1}, {"e", 1}};
  std::mt19937_64 random(11);
  for (int i = 0; i < 2'000; ++i) {
    const PersonDraw draw("salt", user(i));
    const auto names = [&] {
      std::string text;
      for (const std::uint32_t part : ordered(draw, parts)) text += parts[part].name;
      return text;
    };
    const std::string before = names();
    std::swap(parts[random() % parts.size()], parts[random() % parts.size()]);
    EXPECT_EQ(names(), before);
    EXPECT_EQ(parts[draw.first(parts)].name, before.substr(0, 1));
  }
}

TEST(PersonDraw, PutsPartsWithoutWeightLastAsTheyAreGiven) {
  const std::vector<DrawPart> parts = {{"z", 0}, {"a", 1}, {"y", 0}, {"b", 1}, {"x", 0}};
  for (int i = 0; i < 200; ++i) {
    const PersonDraw draw("salt", user(i));
    const auto order = ordered(draw, parts);
    EXPECT_EQ((std::vector(order.begin() + 2, order.end())), (std::vector<std::uint32_t>{0, 2, 4}));
    EXPECT_EQ(draw.first(parts), order[0]);
  }
  EXPECT_EQ(PersonDraw("salt", "user").first(named({0, 0})), 0u);
}

TEST(PersonDraw, IsIndependentBetweenExperimentsAndOfTheCoverage) {
  const auto parts = named({1, 1});
  std::array<std::array<int, 2>, 2> salts{}, coverage{};
  constexpr int k_people = 100'000;
  for (int i = 0; i < k_people; ++i) {
    const PersonDraw one("experiment-1", user(i)), two("experiment-2", user(i));
    ++salts[one.first(parts)][two.first(parts)];
    ++coverage[one.is_covered(500'000)][one.first(parts)];
  }
  for (const auto& table : {salts, coverage}) {
    const double row = table[0][0] + table[0][1], column = table[0][0] + table[1][0];
    const double expected = row * column / k_people;
    const double off = table[0][0] - expected;
    const double variance = expected * (1 - row / k_people) * (1 - column / k_people);
    EXPECT_LT(off * off / variance, 16);  // chi-square of one degree of freedom
  }
}

TEST(PersonDraw, OfASeedHasTheSharesAndIsAnotherDrawForAnotherSeedOrSalt) {
  const std::vector<std::uint32_t> weights = {1, 2, 7};
  std::vector<int> counts(3);
  int same = 0;
  constexpr int k_draws = 100'000;
  for (int seed = 0; seed < k_draws; ++seed) {
    const std::size_t part = PersonDraw::of_seed("salt", seed).first(named(weights));
    ++counts[part];
    same += part == PersonDraw::of_seed("pepper", seed).first(named(weights));
  }
  EXPECT_LT(deviate(chi_square(counts, weights), 2), 4);
  EXPECT_NEAR(same, k_draws * 0.54, 4 * std::sqrt(k_draws * 0.54 * 0.46));
}

TEST(PersonDraw, KeepsSaltAndPersonApart) {
  EXPECT_NE(coverage_needed(PersonDraw("ab", "c")), coverage_needed(PersonDraw("a", "bc")));
  EXPECT_NE(coverage_needed(PersonDraw("salt", std::string(8, '\0'))),
            coverage_needed(PersonDraw::of_seed("salt", 0)));
}

TEST(PersonDraw, HonoursWeightsThatAreFarApart) {
  const auto parts = named({1, 4'000'000'000});
  int light = 0;
  for (int i = 0; i < 20'000; ++i) light += PersonDraw("salt", user(i)).first(parts) == 0;
  EXPECT_EQ(light, 0);
  const auto thousandth = named({1, 999});
  for (int i = 0; i < 200'000; ++i) light += PersonDraw("salt", user(i)).first(thousandth) == 0;
  EXPECT_NEAR(light, 200, 4 * std::sqrt(200));
}

}  // namespace
}  // namespace idswitch::routing

#include "model/verification_id.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <set>
#include <thread>
#include <vector>

namespace idswitch {
namespace {

constexpr std::uint64_t k_high_max = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t k_low_max = std::numeric_limits<std::uint64_t>::max();

TEST(VerificationId, TextIsPrefixAnd26Digits) {
  EXPECT_EQ((VerificationId{0, 0}.text()), "ver_00000000000000000000000000");
  EXPECT_EQ((VerificationId{0, 31}.text()), "ver_0000000000000000000000000z");
  EXPECT_EQ((VerificationId{0, 32}.text()), "ver_00000000000000000000000010");
  EXPECT_EQ((VerificationId{k_high_max, k_low_max}.text()), "ver_3zzzzzzzzzzzzzzzzzzzzzzzzz");
}

TEST(VerificationId, ReadsWhatItWrites) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const VerificationId id{random() & k_high_max, random()};
    EXPECT_EQ(VerificationId::parse(id.text()), id);
  }
}

TEST(VerificationId, RefusesWhatItDoesNotWrite) {
  for (const char* text : {
           "",
           "ver_",
           "ver_0000000000000000000000000",    // one short
           "ver_000000000000000000000000000",  // one long
           "ver-00000000000000000000000000",
           "VER_00000000000000000000000000",
           "00000000000000000000000000",
           "ver_0000000000000000000000000Z",  // upper case
           "ver_0000000000000000000000000i",  // not in Crockford's alphabet
           "ver_0000000000000000000000000l",
           "ver_0000000000000000000000000o",
           "ver_0000000000000000000000000u",
           "ver_0000000000000000000000000 ",
           "ver_0000000000000000000000000/",
           "ver_40000000000000000000000000",  // the 128th bit: no positive SQLite integer
           "ver_80000000000000000000000000",  // beyond 128 bits
           "ver_zzzzzzzzzzzzzzzzzzzzzzzzzz",
       }) {
    EXPECT_FALSE(VerificationId::parse(text)) << text;
  }
}

TEST(VerificationId, OrderOfTextsIsOrderOfIds) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 10'000; ++i) {
    const VerificationId a{random() & k_high_max, random()};
    const VerificationId b{i % 2 == 0 ? random() & k_high_max : a.high, random()};
    EXPECT_EQ(a < b, a.text() < b.text());
  }
}

TEST(VerificationIds, GrowAlsoWhenTheClockDoesNot) {
  VerificationIds ids;
  std::uint64_t last = 0;
  for (const std::int64_t now : {1'000, 1'000, 1'001, 999, 0, -5, 1'000, 2'000}) {
    const VerificationId id = ids.next(now);
    EXPECT_GT(id.high, last) << now;
    last = id.high;
  }
  EXPECT_EQ(last >> 20, 2'000u);
}

TEST(VerificationIds, BeginAfterWhatIsInUse) {
  const std::uint64_t in_use = std::uint64_t{5'000} << 20;
  VerificationIds ids(in_use);
  EXPECT_GT(ids.next(1'000).high, in_use);
}

TEST(VerificationIds, LeaveTheBitsOfOtherLanesAlone) {
  VerificationIds ids;
  constexpr std::uint64_t k_lanes = ((std::uint64_t{1} << 20) - 1) ^ ((std::uint64_t{1} << 10) - 1);
  std::uint64_t last = 0;
  for (int i = 0; i < 3'000; ++i) {
    const std::uint64_t high = ids.next(1'000).high;
    EXPECT_EQ(high & k_lanes, 0u);
    EXPECT_GT(high, last);
    last = high;
  }
  EXPECT_EQ(last >> 20, 1'002u);
  // An id of the form that had twenty bits of counter.
  VerificationIds later((std::uint64_t{5'000} << 20) | 123'456);
  EXPECT_EQ(later.next(1'000).high, std::uint64_t{5'001} << 20);
}

TEST(VerificationIds, FitIntoAPositiveIntegerForTwoCenturies) {
  VerificationIds ids;
  constexpr std::int64_t k_year_2200_ms = 7'258'118'400'000;
  EXPECT_LE(ids.next(k_year_2200_ms).high, k_high_max);
}

TEST(VerificationIds, AreUniqueAcrossThreads) {
  VerificationIds ids;
  std::vector<std::vector<std::uint64_t>> made(4);
  std::vector<std::thread> threads;
  for (auto& mine : made) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5'000; ++i) mine.push_back(ids.next(1'000).high);
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::set<std::uint64_t> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), 20'000u);
}

TEST(VerificationIds, LowHalfCannotBeGuessed) {
  VerificationIds ids;
  std::set<std::uint64_t> lows;
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(lows.insert(ids.next(1'000).low).second);
}

}  // namespace
}  // namespace idswitch

#include "base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <vector>

namespace idswitch {
namespace {

TEST(Random, NeverRepeatsAcrossBlocks) {
  std::set<std::array<std::uint8_t, 16>> seen;
  for (int i = 0; i < 2'000; ++i) EXPECT_TRUE((seen.insert(random_array<16>()).second));
}

TEST(Random, FillsAllItIsGiven) {
  // 64 zero bytes in a row would be no accident.
  for (const std::size_t size : {std::size_t{64}, std::size_t{4095}, std::size_t{4096}}) {
    std::vector<std::uint8_t> bytes(size);
    random_bytes(bytes);
    int zeros = 0;
    int most = 0;
    for (const std::uint8_t byte : bytes) most = std::max(most, zeros = byte == 0 ? zeros + 1 : 0);
    EXPECT_LT(most, 64);
  }
}

TEST(RandomDeathTest, RefusesMoreThanABlock) {
  std::vector<std::uint8_t> bytes(4097);
  EXPECT_DEATH(random_bytes(bytes), "");
}

}  // namespace
}  // namespace idswitch

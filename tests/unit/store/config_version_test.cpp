#include <gtest/gtest.h>

#include "samples.hpp"

namespace idswitch::store {
namespace {

std::array<std::uint8_t, 32> digest(std::uint8_t last) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.back() = last;
  return bytes;
}

TEST(ConfigVersion, IsNumberedFromOneAndComesBack) {
  const Folder folder;
  auto store = open_store(folder.file());
  EXPECT_TRUE(store->agreement().config_versions(10)->empty());
  EXPECT_FALSE((*store->agreement().config_version(1)).has_value());
  EXPECT_EQ(*store->agreement().adopt("tenants: \xe4\xb8\xad\n", digest(1), 1000), 1);
  EXPECT_EQ(*store->agreement().adopt("", digest(2), 2000), 2);
  store.reset();
  store = open_store(folder.file());
  const auto first = *store->agreement().config_version(1);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->number, 1);
  EXPECT_EQ(first->sha256, digest(1));
  EXPECT_EQ(first->text, "tenants: \xe4\xb8\xad\n");
  EXPECT_EQ(first->since_unix_ms, 1000);
  EXPECT_EQ((*store->agreement().config_version(2))->text, "");
  EXPECT_FALSE((*store->agreement().config_version(3)).has_value());
}

TEST(ConfigVersion, StaysWhileTheTextDoes) {
  const Folder folder;
  auto store = open_store(folder.file());
  EXPECT_EQ(*store->agreement().adopt("a", digest(1), 1000), 1);
  EXPECT_EQ(*store->agreement().adopt("a", digest(1), 2000), 1);
  store.reset();
  store = open_store(folder.file());
  EXPECT_EQ(*store->agreement().adopt("a", digest(1), 3000), 1);
  EXPECT_EQ((*store->agreement().config_version(1))->since_unix_ms, 1000);
  // One that comes back later is a version of its own: it was not in force in between.
  EXPECT_EQ(*store->agreement().adopt("b", digest(2), 4000), 2);
  EXPECT_EQ(*store->agreement().adopt("a", digest(1), 5000), 3);
}

TEST(ConfigVersion, ListsNewestFirstWithoutTexts) {
  const Folder folder;
  auto store = open_store(folder.file());
  for (std::uint8_t n = 1; n <= 5; ++n)
    ASSERT_TRUE(store->agreement().adopt("text", digest(n), n * 1000));
  const auto listed = *store->agreement().config_versions(3);
  ASSERT_EQ(listed.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(listed[i].number, static_cast<std::int64_t>(5 - i));
    EXPECT_EQ(listed[i].sha256, digest(static_cast<std::uint8_t>(5 - i)));
    EXPECT_EQ(listed[i].since_unix_ms, static_cast<std::int64_t>(5 - i) * 1000);
    EXPECT_EQ(listed[i].text, "");
  }
}

TEST(ConfigVersion, SharesAGroupWithChanges) {
  const Folder folder;
  auto store = open_store(folder.file());
  for (std::uint64_t n = 1; n <= 50; ++n) {
    Change change;
    change.push_back(Insert{
        share(sample_start(n % 10))});  // most are taken: their groups are written one by one
    store->write(std::move(change), [](const Written&) {});
    const auto adopted = store->agreement().adopt("x", digest(static_cast<std::uint8_t>(n / 5)), 1);
    ASSERT_TRUE(adopted);
    EXPECT_EQ(*adopted, static_cast<std::int64_t>(n / 5) + 1);
  }
  EXPECT_EQ(store->agreement().config_versions(99)->size(), 11U);
}

}  // namespace
}  // namespace idswitch::store

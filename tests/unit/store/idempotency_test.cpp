#include <gtest/gtest.h>

#include "samples.hpp"

namespace idswitch::store {
namespace {

constexpr std::int64_t k_week_ms = 7LL * 24 * 3600 * 1000;

Change only_claiming(Claim claim) {
  Change change;
  change.push_back(std::move(claim));
  return change;
}

Change answering(const std::string& key, int status, const std::string& body) {
  Change change;
  change.push_back(Answer{sample_name(key), fixed(status, body)});
  return change;
}

Claim later(Claim claim, std::int64_t by_ms) {
  claim.at_unix_ms += by_ms;
  return claim;
}

TEST(Idempotency, FirstClaimIsFreshAndAppliesItsChange) {
  const Folder folder;
  auto store = open_store(folder.file());
  Change change;
  change.push_back(sample_claim(1, "k"));
  change.push_back(Insert{share(sample_start(1))});
  const auto written = write(*store, std::move(change));
  ASSERT_TRUE(written);
  EXPECT_EQ(written->claim.state, ClaimState::fresh);
  EXPECT_TRUE((*store->verifications().find(sample_id(1))));
}

TEST(Idempotency, SecondClaimAppliesNothing) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, only_claiming(sample_claim(1, "k"))));
  for (const std::uint8_t digest : {1, 2}) {
    Change change;
    change.push_back(sample_claim(2, "k", digest));
    change.push_back(Insert{share(sample_start(2))});
    change.push_back(Append{{sample_entry(2, EntryKind::hold)}});
    change.push_back(Answer{sample_name("k"), fixed(500, "never")});
    change.push_back(Release{sample_name("k")});
    change.push_back(KeepImage{sample_id(2), {"x", "", "", ""}});
    const auto written = write(*store, std::move(change));
    ASSERT_TRUE(written);
    EXPECT_EQ(written->claim.state, digest == 1 ? ClaimState::running : ClaimState::mismatch);
    EXPECT_EQ(written->claim.verification, sample_id(1));
    EXPECT_EQ(written->claim.claimed_unix_ms, sample_claim(1, "k").at_unix_ms);
  }
  EXPECT_FALSE((*store->verifications().find(sample_id(2))));
  EXPECT_TRUE(store->ledger().entries({})->empty());
  EXPECT_TRUE(store->verifications().kept_images(sample_id(2))->empty());
  EXPECT_EQ((*find_claim(*store, "k"))->state, ClaimState::running);
}

TEST(Idempotency, GivesTheAnswerAgainByteForByte) {
  const Folder folder;
  auto store = open_store(folder.file());
  const std::string body("{\"id\":\"\0\xff\"}", 10);
  ASSERT_TRUE(write(*store, only_claiming(sample_claim(1, "k"))));
  ASSERT_TRUE(write(*store, answering("k", 201, body)));
  store.reset();
  store = open_store(folder.file());
  const auto again = write(*store, only_claiming(sample_claim(2, "k")));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->claim.state, ClaimState::answered);
  EXPECT_EQ(again->claim.verification, sample_id(1));
  EXPECT_EQ(again->claim.http_status, 201);
  EXPECT_EQ(again->claim.body, body);
  const auto other = write(*store, only_claiming(sample_claim(2, "k", 9)));
  EXPECT_EQ(other->claim.state, ClaimState::mismatch);
  EXPECT_TRUE(other->claim.body.empty());
  const auto found = find_claim(*store, "k");
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->state, ClaimState::answered);
  EXPECT_EQ((*found)->body, body);
  EXPECT_EQ((*find_claim(*store, "k", 2))->state, ClaimState::mismatch);
  EXPECT_FALSE((*store->verifications().find_claim(sample_name("other"), {})).has_value());
}

TEST(Idempotency, EmptyAnswerIsAnAnswer) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, only_claiming(sample_claim(1, "k"))));
  ASSERT_TRUE(write(*store, answering("k", 204, "")));
  EXPECT_EQ(write(*store, only_claiming(sample_claim(2, "k")))->claim.state, ClaimState::answered);
}

TEST(Idempotency, TenantsShareNoKeys) {
  const StoreKey key{1};
  EXPECT_EQ(claim_name(key, "acme", "k"), claim_name(key, "acme", "k"));
  EXPECT_NE(claim_name(key, "acme", "k"), claim_name(key, "other", "k"));
  EXPECT_NE(claim_name(key, "a", "bk"), claim_name(key, "ab", "k"));
  EXPECT_NE(claim_name(key, "acme", "k"), claim_name(StoreKey{2}, "acme", "k"));
}

TEST(Idempotency, ReleasedKeyIsFreshAgain) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, only_claiming(sample_claim(1, "k"))));
  Change release;
  release.push_back(Release{sample_name("k")});
  ASSERT_TRUE(write(*store, std::move(release)));
  EXPECT_FALSE((*find_claim(*store, "k")).has_value());
  EXPECT_EQ(write(*store, only_claiming(sample_claim(2, "k", 2)))->claim.state, ClaimState::fresh);
}

TEST(Idempotency, AnsweredKeyIsNotReleased) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, only_claiming(sample_claim(1, "k"))));
  ASSERT_TRUE(write(*store, answering("k", 200, "x")));
  Change release;
  release.push_back(Release{sample_name("k")});
  ASSERT_TRUE(write(*store, std::move(release)));
  EXPECT_EQ(write(*store, only_claiming(sample_claim(2, "k")))->claim.state, ClaimState::answered);
}

TEST(Idempotency, KeyIsUniqueForSevenDays) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, only_claiming(sample_claim(1, "k"))));
  ASSERT_TRUE(write(*store, answering("k", 200, "old")));
  const auto inside = write(*store, only_claiming(later(sample_claim(2, "k", 2), k_week_ms - 1)));
  EXPECT_EQ(inside->claim.state, ClaimState::mismatch);
  const auto after = write(*store, only_claiming(later(sample_claim(2, "k", 2), k_week_ms)));
  EXPECT_EQ(after->claim.state, ClaimState::fresh);
  const auto again = write(*store, only_claiming(later(sample_claim(3, "k", 2), k_week_ms)));
  EXPECT_EQ(again->claim.state, ClaimState::running);
  EXPECT_EQ(again->claim.verification, sample_id(2));
}

TEST(Idempotency, ForgetsOldClaimsABoundedNumberAtATime) {
  const Folder folder;
  auto store = open_store(folder.file());
  constexpr int k_old = 1500;
  const std::int64_t at = sample_claim(0, "").at_unix_ms;
  std::size_t pending = 0;
  for (int n = 0; n < k_old; ++n) {
    store->write(
        only_claiming(sample_claim(static_cast<std::uint64_t>(n), "k" + std::to_string(n))),
        [&](const Written& w) { pending += w.committed() ? 1 : 0; });
  }
  ASSERT_TRUE(write(*store, only_claiming(later(sample_claim(1, "new"), k_week_ms))));
  ASSERT_EQ(pending, static_cast<std::size_t>(k_old));
  std::size_t forgotten = 0;
  int calls = 0;
  for (;; ++calls) {
    const auto some = store->verifications().forget_claims_before(at + k_week_ms);
    ASSERT_TRUE(some);
    if (*some == 0) break;
    forgotten += *some;
  }
  EXPECT_EQ(forgotten, static_cast<std::size_t>(k_old));
  EXPECT_GT(calls, 1);
  EXPECT_FALSE((*find_claim(*store, "k0")).has_value());
  EXPECT_TRUE((*find_claim(*store, "new")).has_value());
}

TEST(Idempotency, ForgetsTheAnswerWithTheClaim) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, only_claiming(sample_claim(1, "k"))));
  ASSERT_TRUE(write(*store, answering("k", 200, "x")));
  const std::int64_t at = sample_claim(1, "k").at_unix_ms;
  EXPECT_EQ(*store->verifications().forget_claims_before(at), 0U);
  EXPECT_EQ(*store->verifications().forget_claims_before(at + k_week_ms), 1U);
  EXPECT_EQ(write(*store, only_claiming(sample_claim(2, "k")))->claim.state, ClaimState::fresh);
  EXPECT_EQ(write(*store, only_claiming(sample_claim(2, "k")))->claim.state, ClaimState::running);
}

}  // namespace
}  // namespace idswitch::store

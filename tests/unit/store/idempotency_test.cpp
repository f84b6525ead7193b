#include <gtest/gtest.h>

#include "samples.hpp"

namespace idswitch::store {
namespace {

constexpr std::int64_t k_week_ms = 7LL * 24 * 3600 * 1000;

Batch only_claiming(Claim claim) {
  Batch batch;
  batch.claim(std::move(claim));
  return batch;
}

Batch answering(const std::string& key, int status, const std::string& body) {
  Batch batch;
  batch.answer("acme", key, status, body);
  return batch;
}

Claim later(Claim claim, std::int64_t by_ms) {
  claim.at_unix_ms += by_ms;
  return claim;
}

TEST(Idempotency, FirstClaimIsFreshAndAppliesItsBatch) {
  const Folder folder;
  auto store = open_store(folder.file());
  Batch batch;
  batch.claim(sample_claim(1, "k"));
  batch.insert(sample_start(1));
  const auto written = write(*store, std::move(batch));
  ASSERT_TRUE(written);
  EXPECT_EQ(written->claim.state, ClaimState::fresh);
  EXPECT_TRUE((*store->find(sample_id(1))).has_value());
}

TEST(Idempotency, SecondClaimAppliesNothing) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, only_claiming(sample_claim(1, "k"))));
  for (const std::uint8_t digest : {1, 2}) {
    Batch batch;
    batch.claim(sample_claim(2, "k", digest));
    batch.insert(sample_start(2));
    batch.append(sample_entry(2, EntryKind::hold));
    batch.answer("acme", "k", 500, "never");
    batch.release("acme", "k");
    batch.keep_image(sample_id(2), {"x", "", "", ""});
    const auto written = write(*store, std::move(batch));
    ASSERT_TRUE(written);
    EXPECT_EQ(written->claim.state, digest == 1 ? ClaimState::running : ClaimState::mismatch);
    EXPECT_EQ(written->claim.verification, sample_id(1));
    EXPECT_EQ(written->claim.claimed_unix_ms, sample_claim(1, "k").at_unix_ms);
  }
  EXPECT_FALSE((*store->find(sample_id(2))).has_value());
  EXPECT_TRUE(store->entries({})->empty());
  EXPECT_TRUE(store->kept_images(sample_id(2))->empty());
  EXPECT_EQ((*store->find_claim("acme", "k"))->state, ClaimState::running);
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
  const auto found = store->find_claim("acme", "k");
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->has_value());
  EXPECT_EQ((*found)->state, ClaimState::answered);
  EXPECT_EQ((*found)->body, body);
  EXPECT_EQ((*found)->request_digest, sample_claim(1, "k").request_digest);
  EXPECT_EQ(other->claim.request_digest, sample_claim(1, "k").request_digest);
  EXPECT_FALSE((*store->find_claim("other", "k")).has_value());
}

TEST(Idempotency, EmptyAnswerIsAnAnswer) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, only_claiming(sample_claim(1, "k"))));
  ASSERT_TRUE(write(*store, answering("k", 204, "")));
  EXPECT_EQ(write(*store, only_claiming(sample_claim(2, "k")))->claim.state, ClaimState::answered);
}

TEST(Idempotency, TenantsShareNoKeys) {
  const Folder folder;
  auto store = open_store(folder.file());
  Claim other = sample_claim(2, "k", 2);
  other.tenant = "other";
  EXPECT_EQ(write(*store, only_claiming(sample_claim(1, "k")))->claim.state, ClaimState::fresh);
  EXPECT_EQ(write(*store, only_claiming(other))->claim.state, ClaimState::fresh);
}

TEST(Idempotency, ReleasedKeyIsFreshAgain) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, only_claiming(sample_claim(1, "k"))));
  Batch release;
  release.release("acme", "k");
  ASSERT_TRUE(write(*store, std::move(release)));
  EXPECT_FALSE((*store->find_claim("acme", "k")).has_value());
  EXPECT_EQ(write(*store, only_claiming(sample_claim(2, "k", 2)))->claim.state, ClaimState::fresh);
}

TEST(Idempotency, AnsweredKeyIsNotReleased) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, only_claiming(sample_claim(1, "k"))));
  ASSERT_TRUE(write(*store, answering("k", 200, "x")));
  Batch release;
  release.release("acme", "k");
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
        [&](Result<WriteResult> result) { pending += result ? 1 : 0; });
  }
  ASSERT_TRUE(write(*store, only_claiming(later(sample_claim(1, "new"), 1))));
  ASSERT_EQ(pending, static_cast<std::size_t>(k_old));
  std::size_t forgotten = 0;
  int calls = 0;
  for (;; ++calls) {
    const auto some = store->forget_claims_before(at + 1);
    ASSERT_TRUE(some);
    if (*some == 0) break;
    forgotten += *some;
  }
  EXPECT_EQ(forgotten, static_cast<std::size_t>(k_old));
  EXPECT_GT(calls, 1);
  EXPECT_FALSE((*store->find_claim("acme", "k0")).has_value());
  EXPECT_TRUE((*store->find_claim("acme", "new")).has_value());
}

TEST(Idempotency, ForgetsTheAnswerWithTheClaim) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, only_claiming(sample_claim(1, "k"))));
  ASSERT_TRUE(write(*store, answering("k", 200, "x")));
  EXPECT_EQ(*store->forget_claims_before(sample_claim(1, "k").at_unix_ms), 0U);
  EXPECT_EQ(*store->forget_claims_before(sample_claim(1, "k").at_unix_ms + 1), 1U);
  EXPECT_EQ(write(*store, only_claiming(sample_claim(2, "k")))->claim.state, ClaimState::fresh);
  EXPECT_EQ(write(*store, only_claiming(sample_claim(2, "k")))->claim.state, ClaimState::running);
}

}  // namespace
}  // namespace idswitch::store

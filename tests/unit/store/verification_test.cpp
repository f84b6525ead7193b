#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <thread>

#include "samples.hpp"

namespace idswitch::store {
namespace {

Change inserting(const VerificationRecord& record) {
  Change change;
  change.push_back(Insert{share(record)});
  return change;
}

Change updating(const VerificationRecord& record) {
  Change change;
  change.push_back(progress_of(share(record)));
  return change;
}

TEST(Verification, ComesBackAsItWasInserted) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, inserting(sample_start(1))));
  ASSERT_TRUE(write(*store, inserting(sample_progress(2))));
  EXPECT_EQ(text_of(**store->verifications().find(sample_id(1))), text_of(sample_start(1)));
  EXPECT_EQ(text_of(**store->verifications().find(sample_id(2))), text_of(sample_progress(2)));
  store.reset();
  store = open_store(folder.file());
  EXPECT_EQ(text_of(**store->verifications().find(sample_id(1))), text_of(sample_start(1)));
  EXPECT_EQ(text_of(**store->verifications().find(sample_id(2))), text_of(sample_progress(2)));
}

TEST(Verification, EachMemberAloneComesBack) {
  const Folder folder;
  auto store = open_store(folder.file());
  const VerificationRecord full = sample_progress(0);
  const Verification& v = full.verification;
  const auto only = [](auto member, const auto& value) {
    return [member, value](VerificationRecord& r) { r.verification.*member = value; };
  };
  const std::function<void(VerificationRecord&)> changes[] = {
      only(&Verification::status, Status::cancelled),
      only(&Verification::account, v.account),
      only(&Verification::product, v.product),
      only(&Verification::verdict, v.verdict),
      only(&Verification::reason, v.reason),
      only(&Verification::vendor_code, v.vendor_code),
      only(&Verification::vendor_message, v.vendor_message),
      only(&Verification::vendor_reference, v.vendor_reference),
      only(&Verification::scores, v.scores),
      only(&Verification::attempts, v.attempts),
      only(&Verification::updated_unix_ms, v.updated_unix_ms),
      only(&Verification::expires_unix_ms, v.expires_unix_ms),
      [](VerificationRecord& r) { r.verification.action.kind = 1; },
      [](VerificationRecord& r) { r.verification.action.expires_unix_ms = 1; },
      [](VerificationRecord& r) { r.verification.action.url = "x"; },
      [](VerificationRecord& r) { r.verification.action.token = "x"; },
      [](VerificationRecord& r) { r.verification.action.component = "x"; },
      [](VerificationRecord& r) { r.verification.action.code = "x"; },
      [](VerificationRecord& r) { r.verification.failure.code = "x"; },
      [](VerificationRecord& r) { r.verification.failure.http_status = 1; },
      [](VerificationRecord& r) { r.verification.failure.title = "x"; },
      [](VerificationRecord& r) { r.verification.failure.detail = "x"; },
      [](VerificationRecord& r) { r.verification.failure.field = "x"; },
      [](VerificationRecord& r) { r.verification.failure.retryable = true; },
      [](VerificationRecord& r) { r.state = "x"; },
  };
  std::uint64_t n = 0;
  for (const auto& change : changes) {
    VerificationRecord record = sample_start(++n);
    change(record);
    ASSERT_TRUE(write(*store, inserting(record)));
    EXPECT_EQ(text_of(**store->verifications().find(record.id)), text_of(record)) << n;
  }
}

TEST(Verification, UpdateReplacesAllThatMayChange) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, inserting(sample_start(1))));
  ASSERT_TRUE(write(*store, updating(sample_progress(1))));
  EXPECT_EQ(text_of(**store->verifications().find(sample_id(1))), text_of(sample_progress(1)));
  // Back to nothing: no member of the earlier update may stay behind.
  ASSERT_TRUE(write(*store, updating(sample_start(1))));
  EXPECT_EQ(text_of(**store->verifications().find(sample_id(1))), text_of(sample_start(1)));
}

TEST(Verification, UpdateLeavesWhatTheRequestFixed) {
  const Folder folder;
  auto store = open_store(folder.file());
  const VerificationRecord before = sample_start(1);
  ASSERT_TRUE(write(*store, inserting(before)));
  VerificationRecord other = sample_start(1, "somebody else");
  other.verification.method = 4;
  other.verification.checks = 8;
  other.verification.person_id = other.verification.reference = other.return_url = "other";
  other.verification.created_unix_ms = 1;
  other.path_secrets.fill(0xee);
  other.decision = other.segment = "other";
  other.config_version = 99;
  ASSERT_TRUE(write(*store, updating(other)));
  EXPECT_EQ(text_of(**store->verifications().find(before.id)), text_of(before));
}

TEST(Verification, IsFoundByTheWholeIdOnly) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, inserting(sample_progress(1))));
  VerificationId guessed = sample_id(1);
  guessed.low ^= 1;
  EXPECT_FALSE((*store->verifications().find(guessed)));
  EXPECT_FALSE((*store->verifications().find(sample_id(2))));
  VerificationRecord wrong = sample_progress(1);
  wrong.id.low ^= 1;
  EXPECT_FALSE(write(*store, updating(wrong)));
}

TEST(Verification, UpdateOfNoneIsAnError) {
  const Folder folder;
  auto store = open_store(folder.file());
  const auto written = write(*store, updating(sample_progress(1)));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code(), Errc::storage_failed);
  EXPECT_NE(written.error().detail().find(sample_id(1).text()), std::string::npos);
}

TEST(Verification, IdIsTakenOnce) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, inserting(sample_start(1))));
  VerificationRecord second = sample_progress(1);
  second.id.low ^= 1;
  const auto written = write(*store, inserting(second));
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code(), Errc::storage_failed);
  EXPECT_EQ(text_of(**store->verifications().find(sample_id(1))), text_of(sample_start(1)));
}

TEST(Verification, ListsNewestFirstPageByPage) {
  const Folder folder;
  auto store = open_store(folder.file());
  for (std::uint64_t n = 1; n <= 25; ++n) {
    ASSERT_TRUE(write(*store, inserting(sample_start(n, n % 2 == 0 ? "acme" : "other"))));
  }
  ListQuery query{.tenant = "acme", .before = {}, .reference = {}, .limit = 5};
  std::vector<std::uint64_t> seen;
  for (;;) {
    const auto page = store->verifications().list(query);
    ASSERT_TRUE(page);
    if (page->empty()) break;
    EXPECT_LE(page->size(), 5U);
    for (const auto& record : *page) {
      EXPECT_EQ(record.verification.tenant, "acme");
      seen.push_back((record.id.high - sample_id(0).high) / 1000);
    }
    query.before = page->back().id;
  }
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2}));
}

TEST(Verification, ListsByReference) {
  const Folder folder;
  auto store = open_store(folder.file());
  for (std::uint64_t n = 1; n <= 9; ++n) {
    VerificationRecord record = sample_start(n, n == 9 ? "other" : "acme");
    record.verification.reference = n % 3 == 0 ? "order" : "";
    ASSERT_TRUE(write(*store, inserting(record)));
  }
  const auto found = store->verifications().list(
      {.tenant = "acme", .before = {}, .reference = "order", .limit = 50});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->size(), 2U);
  EXPECT_EQ((*found)[0].id, sample_id(6));
  EXPECT_EQ((*found)[1].id, sample_id(3));
  const auto older = store->verifications().list(
      {.tenant = "acme", .before = sample_id(6), .reference = "order", .limit = 50});
  ASSERT_EQ(older->size(), 1U);
  EXPECT_EQ((*older)[0].id, sample_id(3));
}

TEST(Verification, LastIdIsTheHighest) {
  const Folder folder;
  auto store = open_store(folder.file());
  EXPECT_EQ(*store->verifications().last_id(), 0U);
  ASSERT_TRUE(write(*store, inserting(sample_start(7))));
  ASSERT_TRUE(write(*store, inserting(sample_start(3))));
  EXPECT_EQ(*store->verifications().last_id(), sample_id(7).high);
}

TEST(Verification, LeftStartingIsFoundAfterReopening) {
  const Folder folder;
  auto store = open_store(folder.file());
  for (std::uint64_t n = 1; n <= 5; ++n) ASSERT_TRUE(write(*store, inserting(sample_start(n))));
  ASSERT_TRUE(write(*store, inserting(sample_progress(6))));
  for (const std::uint64_t n : {1, 3, 5}) ASSERT_TRUE(write(*store, updating(sample_progress(n))));
  // Still starting, but with something learnt on the way.
  VerificationRecord tried = sample_start(4);
  tried.verification.attempts = sample_progress(4).verification.attempts;
  ASSERT_TRUE(write(*store, updating(tried)));
  store.reset();
  store = open_store(folder.file());
  const auto interrupted = starting_of(*store);
  ASSERT_TRUE(interrupted);
  ASSERT_EQ(interrupted->size(), 2U);
  EXPECT_EQ(text_of((*interrupted)[0]), text_of(sample_start(2)));
  EXPECT_EQ(text_of((*interrupted)[1]), text_of(tried));
  // What its maker has written of since is found by when it is due.
  const auto unfinished = store->verifications().unfinished(0, 100);
  ASSERT_TRUE(unfinished);
  EXPECT_EQ(unfinished->ids, std::vector<VerificationId>{sample_id(2)});
}

TEST(Verification, KeepsImagesByName) {
  const Folder folder;
  auto store = open_store(folder.file());
  Change change;
  change.push_back(Insert{share(sample_start(1))});
  change.push_back(
      KeepImage{sample_id(1), {"face_best", "image/jpeg", std::string("\xff\xd8\0x", 4), ""}});
  change.push_back(
      KeepImage{sample_id(1), {"document_front", "", "", "https://vendor.example/1.jpg"}});
  ASSERT_TRUE(write(*store, std::move(change)));
  Change again;
  again.push_back(KeepImage{sample_id(1), {"face_best", "image/png", "new", ""}});
  ASSERT_TRUE(write(*store, std::move(again)));
  const auto kept = store->verifications().kept_images(sample_id(1));
  ASSERT_TRUE(kept);
  ASSERT_EQ(kept->size(), 2U);
  EXPECT_EQ((*kept)[0].name, "face_best");
  EXPECT_EQ((*kept)[0].media_type, "image/png");
  EXPECT_EQ((*kept)[0].bytes, "new");
  EXPECT_EQ((*kept)[1].url, "https://vendor.example/1.jpg");
  EXPECT_TRUE(store->verifications().kept_images(sample_id(2))->empty());
}

boost::asio::awaitable<void> insert_twice(Store& store, std::uint64_t n,
                                          std::atomic<int>& written) {
  const auto home = std::this_thread::get_id();
  const auto result = co_await store.write(inserting(sample_start(n)));
  EXPECT_TRUE(result.committed());
  EXPECT_EQ(std::this_thread::get_id(), home);
  // The id is taken now: an error takes the same way back.
  const auto again = co_await store.write(inserting(sample_start(n)));
  EXPECT_FALSE(again.committed());
  EXPECT_EQ(std::this_thread::get_id(), home);
  ++written;
}

TEST(Verification, AwaitedWriteResumesOnItsOwnExecutor) {
  const Folder folder;
  boost::asio::io_context lanes[2];  // outlive the store, as the header asks
  auto store = open_store(folder.file());
  std::atomic<int> written = 0;
  for (int lane = 0; lane < 2; ++lane) {
    for (int k = 0; k < 50; ++k) {
      const auto n = static_cast<std::uint64_t>(lane * 50 + k);
      boost::asio::co_spawn(lanes[lane], insert_twice(*store, n, written), boost::asio::detached);
    }
  }
  std::thread other([&] { lanes[1].run(); });
  lanes[0].run();
  other.join();
  EXPECT_EQ(written, 100);
}

}  // namespace
}  // namespace idswitch::store

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <thread>

#include "samples.hpp"

namespace idswitch::store {
namespace {

constexpr std::uint64_t k_each = 150;

// One writer's share: start, read back what must be there, finish, read again.
void write_and_read(Store& store, std::uint64_t from) {
  for (std::uint64_t n = from; n < from + k_each; ++n) {
    Change start;
    start.push_back(Insert{share(sample_start(n))});
    start.push_back(Append{{sample_entry(n, EntryKind::hold)}});
    ASSERT_TRUE(write(store, std::move(start)));
    EXPECT_EQ((*store.verifications().find(sample_id(n)))->verification.status, Status::starting);
    Change finish;
    finish.push_back(progress_of(share(sample_progress(n))));
    finish.push_back(Append{{sample_entry(n, EntryKind::capture)}});
    ASSERT_TRUE(write(store, std::move(finish)));
    EXPECT_EQ((*store.verifications().find(sample_id(n)))->verification.status, Status::completed);
    EXPECT_EQ(store.ledger().of(sample_id(n))->size(), 2U);
  }
}

// Sees the ledger grow without a gap, however the writers interleave.
void follow_the_ledger(Store& store, const std::atomic<bool>& stop) {
  std::uint64_t after = 0;
  do {
    const auto page =
        store.ledger().entries({.tenant = {}, .account = {}, .after = after, .limit = 50});
    ASSERT_TRUE(page);
    for (const auto& entry : *page) EXPECT_EQ(entry.sequence, ++after);
    const auto listed =
        store.verifications().list({.tenant = "acme", .before = {}, .reference = {}, .limit = 5});
    ASSERT_TRUE(listed);
    for (std::size_t i = 1; i < listed->size(); ++i)
      EXPECT_LT((*listed)[i].id, (*listed)[i - 1].id);
  } while (!stop);
}

TEST(Concurrency, WritersAndReadersSeeWholeChanges) {
  const Folder folder;
  auto store = open_store(folder.file());
  std::atomic<bool> stop = false;
  std::vector<std::thread> readers;
  std::vector<std::thread> writers;
  for (int i = 0; i < 2; ++i) readers.emplace_back([&] { follow_the_ledger(*store, stop); });
  for (std::uint64_t i = 0; i < 4; ++i)
    writers.emplace_back([&, i] { write_and_read(*store, 1 + i * k_each); });
  for (auto& writer : writers) writer.join();
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(
      store->ledger().entries({.tenant = {}, .account = {}, .after = 0, .limit = 10'000})->size(),
      4 * k_each * 2);
}

boost::asio::awaitable<void> claim_once(Store& store, std::uint64_t n, int& fresh, int& running) {
  Change change;
  change.push_back(sample_claim(n, "the key"));
  change.push_back(Insert{share(sample_start(n))});
  const auto written = co_await store.write(std::move(change));
  EXPECT_FALSE(written.has_failed());
  if (written.claim.state == ClaimState::fresh) ++fresh;
  if (written.claim.state == ClaimState::running) ++running;
}

TEST(Concurrency, OneOfManyClaimsWins) {
  const Folder folder;
  boost::asio::io_context lane;
  auto store = open_store(folder.file());
  int fresh = 0;
  int running = 0;
  for (std::uint64_t n = 1; n <= 100; ++n) {
    boost::asio::co_spawn(lane, claim_once(*store, n, fresh, running), boost::asio::detached);
  }
  lane.run();
  EXPECT_EQ(fresh, 1);
  EXPECT_EQ(running, 99);
  EXPECT_EQ(store->verifications()
                .list({.tenant = "acme", .before = {}, .reference = {}, .limit = 500})
                ->size(),
            1U);
}

}  // namespace
}  // namespace idswitch::store

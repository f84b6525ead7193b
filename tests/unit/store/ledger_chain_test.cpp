#include "store/ledger/ledger_chain.hpp"

#include <gtest/gtest.h>

#include "base/digest.hpp"
#include "samples.hpp"
#include "store/sqlite/database_file.hpp"
#include "store/sqlite/group_commit.hpp"

namespace idswitch::store {
namespace {

std::string little_endian(std::uint64_t value) {
  std::string bytes;
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xff);
  return bytes;
}

std::string counted(const std::string& text) {
  return little_endian(text.size()) + text;
}

std::string signed_bytes(std::int64_t value) {
  return little_endian(static_cast<std::uint64_t>(value));
}

std::string zigzag(std::int64_t value) {
  // 2n, or -2n - 1, in sevens of bits.
  __extension__ using Wide = __int128;
  auto number = static_cast<std::uint64_t>(value < 0 ? -2 * Wide{value} - 1 : 2 * Wide{value});
  std::string bytes;
  while (number > 127) {
    bytes += static_cast<char>(number % 128 + 128);
    number /= 128;
  }
  return bytes + static_cast<char>(number);
}

std::string zigzag(std::uint64_t value) {
  return zigzag(static_cast<std::int64_t>(value));
}

std::string zigzag_counted(const std::string& text) {
  return zigzag(std::uint64_t{text.size()}) + text;
}

Chain chain_by_hand(const Chain& before, const LedgerEntry& e, std::uint64_t slot) {
  std::string bytes(before.begin(), before.end());
  bytes += zigzag(e.sequence) + zigzag(std::int64_t{e.lane}) + zigzag(e.epoch) +
           zigzag(e.verification.high) + zigzag(e.verification.low) +
           zigzag(std::int64_t{e.number}) + zigzag_counted(e.tenant) + zigzag_counted(e.account) +
           zigzag_counted(e.sku) + zigzag_counted(e.event) + zigzag(std::int64_t{e.call}) +
           zigzag(slot) + zigzag(static_cast<std::int64_t>(e.kind)) + zigzag(e.amount.micros) +
           zigzag_counted(e.currency) + zigzag(e.at_unix_ms) + zigzag(std::int64_t{e.evidence}) +
           zigzag(std::int64_t{e.source}) + zigzag_counted(e.vendor_code) +
           zigzag_counted(e.vendor_reference) + zigzag_counted(e.contract_version) +
           zigzag_counted(e.rule) + zigzag(e.place) +
           zigzag(std::int64_t{e.utc_offset_min ? 1 : 0}) +
           zigzag(std::int64_t{e.utc_offset_min.value_or(0)}) +
           zigzag(static_cast<std::int64_t>(e.adjust)) + zigzag_counted(e.actor) +
           zigzag_counted(e.note);
  return sha256(bytes);
}

// The form of the entries that had no epoch.
TEST(LedgerChain, OlderEntriesKeepTheirFirstForm) {
  LedgerEntry e = sample_entry(1, EntryKind::capture);
  e.sequence = 7;
  e.call = 2;
  e.place = 4;
  const std::string bytes =
      std::string(32, '\0') + little_endian(e.sequence) + little_endian(e.verification.high) +
      little_endian(e.verification.low) + counted(e.tenant) + counted(e.account) + counted(e.sku) +
      counted(e.event + "#2") + little_endian(1) + little_endian(2) +
      signed_bytes(e.amount.micros) + counted(e.currency) + signed_bytes(e.at_unix_ms) +
      little_endian(e.evidence) + little_endian(e.source) + counted(e.vendor_code) +
      counted(e.vendor_reference) + counted(e.contract_version) + counted(e.rule);
  Chainer chainer;
  EXPECT_EQ(chainer.next({}, line_of(e, 1)), sha256(bytes));
  e.epoch = 1;
  EXPECT_NE(chainer.next({}, line_of(e, 1)), sha256(bytes));
}

Change appending(std::vector<LedgerEntry> entries) {
  Change change;
  change.push_back(Append{std::move(entries)});
  return change;
}

TEST(LedgerChain, IsTheDocumentedDigestOverEveryColumn) {
  const Folder folder;
  auto store = open_store(folder.file());
  LedgerEntry correction = sample_entry(1, EntryKind::adjust);
  correction.amount = {-5};
  ASSERT_TRUE(write(*store, appending({sample_entry(1, EntryKind::hold),
                                       sample_entry(1, EntryKind::capture), correction})));
  store.reset();
  store = open_store(folder.file());  // goes on where the file ends
  correction.evidence = 4;
  correction.number = 4;
  correction.place = 12;
  correction.utc_offset_min = -480;
  correction.adjust = Adjust::by_hand;
  correction.actor = "ops";
  correction.note = "line 7 of the statement";
  ASSERT_TRUE(write(*store, appending({correction})));
  const auto entries = *store->ledger().entries({});
  ASSERT_EQ(entries.size(), 4U);
  Chain chain{};
  for (std::size_t i = 0; i < entries.size(); ++i) {
    chain = chain_by_hand(chain, entries[i], i);
    EXPECT_EQ(entries[i].chain, chain) << i;
  }
}

TEST(LedgerChain, WhatAddsNothingLeavesNoGap) {
  const Folder folder;
  auto store = open_store(folder.file());
  for (std::uint64_t n = 1; n <= 5; ++n) {
    const auto hold = sample_entry(n, EntryKind::hold);
    const auto capture = sample_entry(n, EntryKind::capture);
    const auto remark = sample_entry(n, EntryKind::adjust);
    ASSERT_TRUE(write(*store, appending({hold, hold, capture, sample_entry(n, EntryKind::void_),
                                         remark, remark, hold, capture})));
  }
  const auto entries = *store->ledger().entries({});
  ASSERT_EQ(entries.size(), 15U);
  EXPECT_EQ(entries.back().sequence, 15U);
  EXPECT_EQ(
      store->ledger().verify({})->counts[static_cast<std::size_t>(LedgerFaultKind::chain_broken)],
      0U);
}

TEST(LedgerChain, GoesOnFromWhatIsDurableAfterARollBack) {
  const Folder folder;
  const auto opened = open_group(folder.file());
  GroupCommit& group = *opened;
  std::vector<Job> jobs(3);
  for (std::uint64_t n = 0; n < 3; ++n) {
    jobs[n].change.push_back(Insert{share(sample_start(n + 1))});
    jobs[n].change.push_back(Append{{sample_entry(n + 1, EntryKind::hold)}});
  }
  jobs[1].change.push_back(
      progress_of(share(sample_progress(77))));  // there is no such verification
  group.commit(jobs);
  EXPECT_TRUE(jobs[0].written.committed());
  EXPECT_FALSE(jobs[1].written.committed());
  EXPECT_TRUE(jobs[2].written.committed());
  const auto store = open_store(folder.file());
  EXPECT_EQ(store->ledger().entries({})->back().sequence, 2U);
  EXPECT_EQ(store->ledger().verify({})->total(), 0U);
}

}  // namespace
}  // namespace idswitch::store

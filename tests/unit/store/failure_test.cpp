#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>

#include <fstream>
#include <map>

#include "samples.hpp"
#include "store/sqlite/database_file.hpp"
#include "store/sqlite/group_commit.hpp"

namespace idswitch::store {
namespace {

namespace fs = std::filesystem;

// A charge and its verification, always written together.
Change pair_of(std::uint64_t n) {
  Change change;
  change.push_back(Insert{share(sample_progress(n))});
  change.push_back(Append{{sample_entry(n, EntryKind::hold)}});
  return change;
}

Change half_bad(std::uint64_t n) {
  Change change = pair_of(n);
  change.push_back(
      progress_of(share(sample_progress(1'000'000))));  // there is no such verification
  return change;
}

void expect_whole(Store& store, std::uint64_t n, bool there) {
  const auto found = store.verifications().find(sample_id(n));
  ASSERT_TRUE(found);
  EXPECT_EQ(*found != nullptr, there) << n;
  const auto entries = store.ledger().of(sample_id(n));
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->size(), there ? 1U : 0U) << n;
}

TEST(Changes, AreWholeOrAbsent) {
  const Folder folder;
  auto store = open_store(folder.file());
  EXPECT_FALSE(write(*store, half_bad(1)));
  expect_whole(*store, 1, false);
  EXPECT_TRUE(write(*store, pair_of(1)));
  expect_whole(*store, 1, true);
}

TEST(Changes, BadOneDoesNotTakeItsNeighboursAlong) {
  const Folder folder;
  std::map<std::uint64_t, bool> durable;
  auto store = open_store(folder.file());
  for (std::uint64_t n = 1; n <= 300; ++n) {
    store->write(n % 7 == 0 ? half_bad(n) : pair_of(n),
                 [&durable, n](Written result) { durable[n] = result.committed(); });
  }
  store = nullptr;  // waits
  store = open_store(folder.file());
  ASSERT_EQ(durable.size(), 300U);
  for (const auto& [n, there] : durable) {
    EXPECT_EQ(there, n % 7 != 0) << n;
    expect_whole(*store, n, there);
  }
}

TEST(Changes, AreAppliedInTheOrderTheyWereQueued) {
  const Folder folder;
  auto store = open_store(folder.file());
  Change first;
  first.push_back(Insert{share(sample_start(1))});
  store->write(std::move(first), [](Written) {});
  for (int n = 1; n <= 200; ++n) {
    Change change;
    VerificationRecord record = sample_progress(1);
    record.verification.vendor_code = std::to_string(n);
    change.push_back(progress_of(share(record)));
    store->write(std::move(change), [](const Written& w) { EXPECT_TRUE(w.committed()); });
  }
  ASSERT_TRUE(write(*store, Change()));
  EXPECT_EQ((*store->verifications().find(sample_id(1)))->verification.vendor_code, "200");
}

TEST(Changes, ClosingWaitsForAllOfThem) {
  const Folder folder;
  int done = 0;
  {
    auto store = open_store(folder.file());
    for (std::uint64_t n = 1; n <= 500; ++n) {
      store->write(pair_of(n), [&](const Written& w) { done += w.committed() ? 1 : 0; });
    }
  }
  EXPECT_EQ(done, 500);
}

TEST(Changes, WhatSqliteWillNotTakeIsAnErrorAndNotCutShort) {
  const Folder folder;
  const auto opened = open_group(folder.file());
  GroupCommit& group = *opened;
  sqlite3_limit(group.database().handle(), SQLITE_LIMIT_LENGTH, 3000);
  std::vector<Job> jobs(2);
  jobs[0].change = pair_of(1);
  jobs[0].change.push_back(KeepImage{sample_id(1), {"video", "", std::string(4000, 'x'), ""}});
  jobs[1].change = pair_of(2);
  group.commit(jobs);
  EXPECT_FALSE(jobs[0].written.committed());
  EXPECT_TRUE(jobs[1].written.committed());
  const auto store = open_store(folder.file());
  expect_whole(*store, 1, false);
  expect_whole(*store, 2, true);
  EXPECT_TRUE(store->verifications().kept_images(sample_id(1))->empty());
}

// A group whose database may not grow past a number of pages, as on a full disk.
class FullDisk : public testing::Test {
 protected:
  FullDisk() : opened_(open_group(folder_.file())), group_(*opened_) {}

  void limit(int pages) {
    const std::string sql = "PRAGMA max_page_count = " + std::to_string(pages);
    ASSERT_TRUE(group_.database().execute(sql.c_str()));
  }

  Folder folder_;
  std::unique_ptr<GroupCommit> opened_;
  GroupCommit& group_;
};

TEST_F(FullDisk, FailsWhatDoesNotFitAndHeals) {
  limit(40);
  std::map<std::uint64_t, bool> durable;
  for (std::uint64_t n = 1; n <= 200; n += 10) {
    std::vector<Job> jobs(10);
    for (std::uint64_t k = 0; k < 10; ++k) jobs[k].change = pair_of(n + k);
    group_.commit(jobs);
    for (std::uint64_t k = 0; k < 10; ++k) {
      durable[n + k] = jobs[k].written.committed();
      if (!jobs[k].written.committed()) {
        EXPECT_EQ(jobs[k].written.error.code(), Errc::storage_failed);
        EXPECT_NE(jobs[k].written.error.detail().find("disk is full"), std::string::npos);
      }
    }
  }
  EXPECT_TRUE(durable[1]);
  EXPECT_FALSE(durable[200]);
  limit(100'000);
  std::vector<Job> jobs(1);
  jobs[0].change = pair_of(201);
  group_.commit(jobs);
  durable[201] = jobs[0].written.committed();
  EXPECT_TRUE(durable[201]);
  auto store = open_store(folder_.file());
  for (const auto& [n, there] : durable) expect_whole(*store, n, there);
}

// The kernel refuses to let the log grow: the write fails under SQLite as it does on a broken disk.
TEST(Disk, ThatRefusesWritesFailsThemAndHeals) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, pair_of(1)));
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit tight = before;
  tight.rlim_cur = fs::file_size(folder.file("store.db-wal")) + 4096 * 20;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  std::map<std::uint64_t, bool> durable{{1, true}};
  for (std::uint64_t n = 2; n <= 60; ++n) {
    const auto written = write(*store, pair_of(n));
    durable[n] = written.has_value();
    if (!written) {
      EXPECT_EQ(written.error().code(), Errc::storage_failed);
    }
  }
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_FALSE(durable[60]);
  for (std::uint64_t n = 61; n <= 70; ++n) {
    durable[n] = write(*store, pair_of(n)).has_value();
    EXPECT_TRUE(durable[n]) << n;
  }
  for (const auto& [n, there] : durable) expect_whole(*store, n, there);
  store.reset();
  store = open_store(folder.file());
  for (const auto& [n, there] : durable) expect_whole(*store, n, there);
}

TEST(Disk, DamagedPagesAreErrorsAndNeverFalseRecords) {
  const Folder folder;
  constexpr std::uint64_t k_count = 2000;
  {
    auto store = open_store(folder.file());
    for (std::uint64_t n = 1; n <= k_count; ++n) store->write(pair_of(n), [](Written) {});
  }
  {
    // Everything but the first page, which holds the schema.
    std::fstream file(folder.file(), std::ios::in | std::ios::out | std::ios::binary);
    const auto size = fs::file_size(folder.file());
    file.seekp(4096 * 12);
    file << std::string(size - 4096 * 12, '\xa5');
  }
  auto opened = Store::open({folder.file()});
  if (!opened) {
    EXPECT_EQ(opened.error().code(), Errc::storage_failed);
    return;
  }
  auto& store = **opened;
  std::size_t failed = 0;
  for (std::uint64_t n = 1; n <= k_count; n += 50) {
    const auto found = store.verifications().find(sample_id(n));
    if (!found) {
      ++failed;
      EXPECT_EQ(found.error().code(), Errc::storage_failed);
      EXPECT_NE(found.error().detail().find("damaged"), std::string::npos)
          << found.error().detail();
    } else if (*found) {
      EXPECT_EQ(text_of(**found), text_of(sample_progress(n)));
    }
  }
  EXPECT_GT(failed, 0U);
  const auto written = write(store, pair_of(k_count + 1));
  if (written) expect_whole(store, k_count + 1, true);
  EXPECT_FALSE(written);
}

TEST(Disk, LogStartsOverWhenNobodyReadsIt) {
  const Folder folder;
  const auto opened = open_group(folder.file());
  GroupCommit& group = *opened;
  std::vector<Job> jobs(1);
  jobs[0].change.push_back(Insert{share(sample_start(1))});
  group.commit(jobs);
  const auto grow = [&](int groups) {
    for (int i = 0; i < groups; ++i) {
      jobs[0].change = Change();
      // Some 250 pages a group.
      jobs[0].change.push_back(
          KeepImage{sample_id(1),
                    {std::to_string(i % 3), "",
                     std::string(1'000'000, static_cast<char>('a' + i % 26)), ""}});
      group.commit(jobs);
      ASSERT_TRUE(jobs[0].written.committed());
      group.checkpoint();
    }
  };
  constexpr std::uintmax_t k_log_bytes = 4000 * 4096;
  grow(60);
  EXPECT_LT(fs::file_size(folder.file("store.db-wal")), k_log_bytes + 3'000'000);
  // A reader that does not end keeps it growing, and loses nothing by it.
  auto reading = open_for_reading(folder.file());
  ASSERT_TRUE(reading);
  ASSERT_TRUE(reading->execute("BEGIN; SELECT count(*) FROM image"));
  grow(60);
  const auto grown = fs::file_size(folder.file("store.db-wal"));
  EXPECT_GT(grown, 2 * k_log_bytes);
  ASSERT_TRUE(reading->execute("COMMIT"));
  grow(60);
  EXPECT_LE(fs::file_size(folder.file("store.db-wal")), grown);
}

TEST(Disk, LockHeldByAnotherProgramIsAnErrorAndNotAHang) {
  const Folder folder;
  auto store = open_store(folder.file());
  sqlite3* other = nullptr;
  ASSERT_EQ(sqlite3_open(folder.file().c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  const auto refused = write(*store, pair_of(1));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail().find("another program"), std::string::npos);
  ASSERT_EQ(sqlite3_exec(other, "ROLLBACK", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(other);
  EXPECT_TRUE(write(*store, pair_of(1)));
}

}  // namespace
}  // namespace idswitch::store

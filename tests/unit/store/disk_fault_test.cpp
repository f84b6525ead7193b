#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>

#include "samples.hpp"
#include "store/sqlite/database_file.hpp"
#include "store/sqlite/group_commit.hpp"

namespace idswitch::store {
namespace {

namespace fs = std::filesystem;

Change charge(std::uint64_t n) {
  Change change;
  change.push_back(Insert{share(sample_start(n))});
  change.push_back(Append{{sample_entry(n, EntryKind::hold)}});
  return change;
}

// Everything was said to be durable exactly when it is there, and the ledger is whole.
void expect_sound(Store& store, const std::map<std::uint64_t, bool>& durable) {
  std::uint64_t count = 0;
  for (const auto& [n, there] : durable) {
    EXPECT_EQ(store.ledger().of(sample_id(n))->size(), there ? 1U : 0U) << n;
    count += there ? 1 : 0;
  }
  const auto faults = store.ledger().verify({});
  ASSERT_TRUE(faults);
  EXPECT_EQ(faults->total(), 0U);
  EXPECT_EQ(faults->entries, count);
}

TEST(DiskFault, FullDiskLeavesTheLedgerWholeAndHealsInPlace) {
  const Folder folder;
  std::map<std::uint64_t, bool> durable;
  {
    const auto opened = open_group(folder.file());
    GroupCommit& group = *opened;
    const auto pages = *group.database().number("PRAGMA page_count");
    const auto limit = [&](std::int64_t to) {
      const std::string sql = "PRAGMA max_page_count = " + std::to_string(to);
      ASSERT_TRUE(group.database().execute(sql.c_str()));
    };
    std::uint64_t n = 0;
    for (int round = 1; round <= 3; ++round) {
      limit(pages + 12 * round);
      bool full = false;
      for (int i = 0; i < 60; ++i) {
        std::vector<Job> jobs(5);
        for (Job& job : jobs) job.change = charge(++n);
        group.commit(jobs);
        for (std::size_t k = 0; k < jobs.size(); ++k) {
          durable[n - jobs.size() + k + 1] = jobs[k].written.committed();
          if (jobs[k].written.committed()) continue;
          full = true;
          EXPECT_NE(jobs[k].written.error.detail().find("the disk is full: free some space"),
                    std::string::npos);
        }
      }
      EXPECT_TRUE(full);
    }
    limit(1'000'000);
    std::vector<Job> jobs(1);
    jobs[0].change = charge(++n);
    group.commit(jobs);
    durable[n] = jobs[0].written.committed();
    EXPECT_TRUE(durable[n]);
  }
  expect_sound(*open_store(folder.file()), durable);
}

// A program that has the file for itself, as a backup that was started the wrong way.
TEST(DiskFault, FileLockedByAnotherProcessIsAnErrorUntilItLetsGo) {
  const Folder folder;
  std::map<std::uint64_t, bool> durable;
  auto store = open_store(folder.file());
  durable[1] = write(*store, charge(1)).has_value();
  int ready[2], leave[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(leave), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::close(leave[1]);
    sqlite3* other = nullptr;
    const bool locked =
        sqlite3_open(folder.file().c_str(), &other) == SQLITE_OK &&
        sqlite3_exec(other, "BEGIN EXCLUSIVE", nullptr, nullptr, nullptr) == SQLITE_OK;
    char byte = locked ? '1' : '0';
    static_cast<void>(!::write(ready[1], &byte, 1));
    static_cast<void>(!::read(leave[0], &byte, 1));
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, '1');
  const auto refused = write(*store, charge(2));
  durable[2] = refused.has_value();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::storage_failed);
  EXPECT_NE(refused.error().detail().find("another program holds a lock"), std::string::npos);
  EXPECT_EQ(store->ledger().of(sample_id(1))->size(), 1U);  // reading goes on
  ::close(leave[1]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  durable[3] = write(*store, charge(3)).has_value();
  EXPECT_TRUE(durable[3]);
  expect_sound(*store, durable);
  for (const int end : {ready[0], ready[1], leave[0]}) ::close(end);
}

// Overwrites pages of the open file, and puts them back: nothing is restarted.
TEST(DiskFault, CorruptPagesAreNamedAndHealWhenTheyAreRestored) {
  const Folder folder;
  std::map<std::uint64_t, bool> durable;
  {
    auto store = open_store(folder.file());
    for (std::uint64_t n = 1; n <= 3000; ++n) {
      durable[n] = true;
      store->write(charge(n), [](const Written& w) { EXPECT_TRUE(w.committed()); });
    }
  }
  fs::copy_file(folder.file(), folder.file("backup.db"));
  const auto size = fs::file_size(folder.file());
  const auto store = open_store(folder.file());
  {
    std::fstream file(folder.file(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 * 40);
    file << std::string(size - 4096 * 40, '\xa5');
  }
  const auto faults = store->ledger().verify({});
  ASSERT_FALSE(faults);
  EXPECT_EQ(faults.error().code(), Errc::storage_failed);
  EXPECT_NE(faults.error().detail().find("damaged"), std::string::npos) << faults.error().detail();
  const auto refused = write(*store, charge(3001));
  durable[3001] = refused.has_value();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail().find("damaged"), std::string::npos);
  {
    std::ifstream backup(folder.file("backup.db"), std::ios::binary);
    std::fstream file(folder.file(), std::ios::in | std::ios::out | std::ios::binary);
    file << backup.rdbuf();
  }
  durable[3002] = write(*store, charge(3002)).has_value();
  EXPECT_TRUE(durable[3002]);
  expect_sound(*store, durable);
}

// What an administrator does by mistake, seen by the connection that writes.
TEST(DiskFault, ReadOnlyDatabaseIsAnErrorAndHeals) {
  const Folder folder;
  std::map<std::uint64_t, bool> durable;
  {
    const auto opened = open_group(folder.file());
    GroupCommit& group = *opened;
    for (std::uint64_t n = 1; n <= 9; ++n) {
      const bool read_only = n >= 4 && n <= 6;
      ASSERT_TRUE(
          group.database().execute(read_only ? "PRAGMA query_only = 1" : "PRAGMA query_only = 0"));
      std::vector<Job> jobs(1);
      jobs[0].change = charge(n);
      group.commit(jobs);
      durable[n] = jobs[0].written.committed();
      EXPECT_EQ(durable[n], !read_only);
      if (read_only) {
        EXPECT_NE(jobs[0].written.error.detail().find("cannot be opened for writing"),
                  std::string::npos);
      }
    }
  }
  expect_sound(*open_store(folder.file()), durable);
}

}  // namespace
}  // namespace idswitch::store

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "samples.hpp"

namespace idswitch::store {
namespace {

namespace fs = std::filesystem;

void execute(const std::string& file, const std::string& sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(database);
  sqlite3_close(database);
}

// The sentence of a refusal; empty, and a failed test, when it was none.
std::string refusal(const std::string& file) {
  const auto opened = Store::open({file});
  if (opened) {
    ADD_FAILURE() << file << " was opened";
    return {};
  }
  EXPECT_EQ(opened.error().code(), Errc::storage_failed);
  EXPECT_NE(opened.error().detail().find(file), std::string::npos) << opened.error().detail();
  return opened.error().detail();
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Runs in a child process; what it returns is the child's answer. -1 when it died otherwise.
template <class Function>
int in_a_child(Function function) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(function());
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Opening, CreatesAFileThatOnlyItsOwnerReads) {
  const Folder folder;
  const mode_t mask = ::umask(0);
  const auto store = open_store(folder.file());
  Change change;
  change.push_back(Insert{share(sample_start(1))});
  EXPECT_TRUE(write(*store, std::move(change)));
  ::umask(mask);
  for (const char* name : {"store.db", "store.db-wal", "store.db-shm", "store.db.lock"}) {
    struct stat status {};

    ASSERT_EQ(::stat(folder.file(name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 0777, 0600U) << name;
  }
}

TEST(Opening, RefusesASecondProcess) {
  const Folder folder;
  int ready[2];
  int leave[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(leave), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(leave[1]);
    auto opened = Store::open({folder.file()});
    char byte = opened ? '1' : '0';
    if (::write(ready[1], &byte, 1) != 1) ::_exit(2);
    static_cast<void>(!::read(leave[0], &byte, 1));
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, '1');
  const std::string sentence = refusal(folder.file());
  EXPECT_TRUE(contains(sentence, "another idswitch (process " + std::to_string(child) + ")"))
      << sentence;
  // A link is the same file.
  fs::create_symlink(folder.file(), folder.file("alias.db"));
  EXPECT_TRUE(contains(refusal(folder.file("alias.db")), "another idswitch"));
  ::close(leave[1]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(Store::open({folder.file()}));
  for (const int end : {ready[0], ready[1], leave[0]}) ::close(end);
}

TEST(Opening, RefusesASecondStoreInTheSameProcess) {
  const Folder folder;
  auto store = open_store(folder.file());
  EXPECT_TRUE(contains(refusal(folder.file()), "another idswitch"));
  store.reset();
  EXPECT_TRUE(Store::open({folder.file()}));
}

TEST(Opening, RefusesANewerSchema) {
  const Folder folder;
  open_store(folder.file()).reset();
  execute(folder.file(), "PRAGMA user_version = 999");
  const std::string sentence = refusal(folder.file());
  EXPECT_TRUE(contains(sentence, "newer idswitch")) << sentence;
  EXPECT_TRUE(contains(sentence, "999")) << sentence;
}

TEST(Opening, RefusesAForeignDatabaseAndLeavesItAlone) {
  const Folder folder;
  execute(folder.file("a.db"), "CREATE TABLE theirs (x)");
  execute(folder.file("b.db"), "PRAGMA application_id = 7");
  const auto size = fs::file_size(folder.file("a.db"));
  EXPECT_TRUE(contains(refusal(folder.file("a.db")), "another program"));
  EXPECT_TRUE(contains(refusal(folder.file("b.db")), "another program"));
  EXPECT_EQ(fs::file_size(folder.file("a.db")), size);
  EXPECT_FALSE(fs::exists(folder.file("a.db-wal")));
  execute(folder.file("a.db"), "INSERT INTO theirs VALUES (1)");
}

TEST(Opening, RefusesAFileThatIsNoDatabase) {
  const Folder folder;
  std::ofstream(folder.file()) << std::string(5000, 'x');
  EXPECT_TRUE(contains(refusal(folder.file()), "not a database"));
  EXPECT_EQ(fs::file_size(folder.file()), 5000U);
}

TEST(Opening, TakesARelativePath) {
  const Folder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path());
  EXPECT_TRUE(Store::open({"relative.db"}));
  fs::current_path(before);
  EXPECT_TRUE(fs::exists(folder.file("relative.db")));
}

TEST(Opening, TakesAnEmptyFileForANewOne) {
  const Folder folder;
  std::ofstream(folder.file()).flush();
  EXPECT_TRUE(Store::open({folder.file()}));
}

TEST(Opening, RefusesAMissingFolder) {
  const Folder folder;
  const std::string sentence = refusal(folder.file("no/such/store.db"));
  EXPECT_TRUE(contains(sentence, "does not exist: create it")) << sentence;
}

TEST(Opening, RefusesAFolderAsFileAndNoPathAtAll) {
  const Folder folder;
  EXPECT_TRUE(contains(refusal(folder.path()), "it is a folder"));
  EXPECT_FALSE(Store::open({""}));
}

// Permissions do not bind root: as root this is tried by a child that becomes nobody first.
int sentence_as_nobody(const std::string& file, const std::string& expected) {
  return in_a_child([&] {
    if (::geteuid() == 0) {
      const gid_t nobody = 65534;
      if (::setgroups(0, nullptr) != 0 || ::setgid(nobody) != 0 || ::setuid(nobody) != 0) return 3;
    }
    const auto opened = Store::open({file});
    if (opened) return 1;
    return contains(opened.error().detail(), expected) && contains(opened.error().detail(), file)
               ? 0
               : 2;
  });
}

TEST(Opening, RefusesAReadOnlyFolder) {
  const Folder folder;
  fs::permissions(folder.path(), fs::perms::owner_read | fs::perms::owner_exec |
                                     fs::perms::others_read | fs::perms::others_exec);
  EXPECT_EQ(sentence_as_nobody(folder.file(), "is not writable"), 0);
  fs::permissions(folder.path(), fs::perms::owner_all);
}

TEST(Opening, RefusesAReadOnlyFile) {
  const Folder folder;
  open_store(folder.file()).reset();
  fs::remove(folder.file("store.db.lock"));
  fs::permissions(folder.path(), fs::perms::all);
  fs::permissions(folder.file(), fs::perms::owner_read | fs::perms::others_read);
  EXPECT_EQ(sentence_as_nobody(folder.file(), "cannot be opened for writing"), 0);
}

TEST(Opening, RefusesASchemaThatLacksATable) {
  const Folder folder;
  open_store(folder.file()).reset();
  execute(folder.file(), "DROP TABLE image");
  EXPECT_TRUE(contains(refusal(folder.file()), "image"));
}

TEST(Opening, ReadsWhatASqliteShellMayRead) {
  const Folder folder;
  auto store = open_store(folder.file());
  Change change;
  change.push_back(Insert{share(sample_progress(1))});
  ASSERT_TRUE(write(*store, std::move(change)));
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open_v2(folder.file().c_str(), &database, SQLITE_OPEN_READONLY, nullptr),
            SQLITE_OK);
  sqlite3_stmt* row = nullptr;
  ASSERT_EQ(
      sqlite3_prepare_v2(database, "SELECT status, account FROM verifications", -1, &row, nullptr),
      SQLITE_OK);
  ASSERT_EQ(sqlite3_step(row), SQLITE_ROW);
  EXPECT_STREQ(reinterpret_cast<const char*>(sqlite3_column_text(row, 0)), "completed");
  EXPECT_STREQ(reinterpret_cast<const char*>(sqlite3_column_text(row, 1)), "jumdata-main");
  sqlite3_finalize(row);
  sqlite3_close(database);
}

}  // namespace
}  // namespace idswitch::store

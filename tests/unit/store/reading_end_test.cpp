// A stop does not wait for whoever reads; what is written is durable all the same.

#include <gtest/gtest.h>

#include <atomic>

#include "samples.hpp"
#include "store/sqlite/database_file.hpp"

namespace idswitch::store {
namespace {

// It would never end.
constexpr char k_endless[] =
    "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted)"
    " SELECT max(n) FROM counted";

TEST(ReadingEnd, AStatementThatIsAtWorkGivesUp) {
  const Folder folder;
  const auto store = open_store(folder.file());
  auto database = open_for_reading(folder.file());
  ASSERT_TRUE(database);
  const std::atomic<bool> ended{true};
  database->give_up_when(ended);
  EXPECT_FALSE(database->number(k_endless));
}

TEST(ReadingEnd, ReadsFailAndWritesGoOn) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(store->verifications().find(sample_id(1)));
  store->end_reads();
  Change change;
  change.push_back(Insert{share(sample_progress(1))});
  EXPECT_TRUE(write(*store, std::move(change)));
  const auto found = store->verifications().find(sample_id(1));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code(), Errc::shutting_down);
  const auto faults = store->ledger().verify({});
  ASSERT_FALSE(faults);
  EXPECT_EQ(faults.error().code(), Errc::shutting_down);
  store = nullptr;
  store = open_store(folder.file());
  EXPECT_TRUE(*store->verifications().find(sample_id(1)));
}

}  // namespace
}  // namespace idswitch::store

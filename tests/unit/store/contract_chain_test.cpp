#include <atomic>
#include <chrono>

#include "contract.hpp"
#include "store/sqlite/database_file.hpp"

namespace idswitch::store {
namespace {

template <class Engine>
class ContractOfTheChain : public Contract<Engine> {
 protected:
  std::int64_t number(const char* sql) {
    auto database = open_for_reading(this->engine_.file());
    return *database->number(sql);
  }
};

TYPED_TEST_SUITE(ContractOfTheChain, Engines);

TYPED_TEST(ContractOfTheChain, EpochGrowsWithEveryOpening) {
  for (std::int64_t epoch = 1; epoch <= 3; ++epoch) {
    EXPECT_EQ(this->number("SELECT epoch FROM writer_lane"), epoch);
    this->reopen();
  }
}

TYPED_TEST(ContractOfTheChain, OldEpochCommitsNothing) {
  ASSERT_TRUE(this->write({Insert{share(sample_start(1))}, hold_of(1)}).committed());
  {
    auto other = Database::open(this->engine_.file(), Access::read_write);
    ASSERT_TRUE(other->execute("UPDATE writer_lane SET epoch = epoch + 1, batch = 0"));
  }
  const std::string counts = counts_text(*this->store_);
  for (const Change& change :
       {Change{Insert{share(sample_start(2))}, hold_of(2)}, Change{sample_claim(1, "k")},
        Change{Lease{sample_id(1), 1, 500, 100}}, Change{AdvanceWebhook{"books", 1}}}) {
    EXPECT_EQ(this->write(change).outcome, Outcome::fenced);
  }
  EXPECT_EQ(this->store_->ledger().entries({})->size(), 1U);
  EXPECT_FALSE((*find_claim(*this->store_, "k")).has_value());
  EXPECT_EQ(counts_text(*this->store_), counts);
  this->reopen();
  EXPECT_TRUE(this->write({Insert{share(sample_start(2))}, hold_of(2)}).committed());
}

TYPED_TEST(ContractOfTheChain, PositionsHaveNoGapAlsoAfterFailedGroups) {
  for (std::uint64_t n = 1; n <= 30; ++n) {
    std::vector<Change> changes;
    changes.push_back({Insert{share(sample_start(n))}, hold_of(n)});
    changes.push_back({hold_of(n)});
    changes.push_back({hold_of(n + 1000), Expose{sample_exposure(99, "a", 1)}});
    changes.push_back({capture_of(n)});
    static_cast<void>(this->write_all(std::move(changes)));
    if (n % 10 == 0) this->reopen();
  }
  const auto entries = *this->store_->ledger().entries({});
  ASSERT_EQ(entries.size(), 60U);
  for (std::size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(entries[i].sequence, i + 1);
  EXPECT_EQ(this->number("SELECT position FROM writer_lane"), 60);
  EXPECT_EQ(this->store_->ledger().verify({})->total(), 0U);
}

TYPED_TEST(ContractOfTheChain, CheckpointsAreNotedByTheMinute) {
  for (std::uint64_t n = 1; n <= 12; ++n) {
    ASSERT_TRUE(this->write({Insert{share(sample_start(n))}, hold_of(n)}).committed());
    this->engine_.clock().advance(std::chrono::seconds(20));
  }
  EXPECT_EQ(this->number("SELECT count(*) FROM chain_checkpoint"), 4);
  EXPECT_EQ(this->number("SELECT count(*) FROM chain_checkpoint AS c JOIN ledger_entry AS l"
                         " ON l.sequence = c.position AND l.chain = c.chain"),
            4);
}

TYPED_TEST(ContractOfTheChain, TooMuchThatWaitsIsRefusedAtOnce) {
  this->store_.reset();
  Options options;
  options.path = this->engine_.file();
  options.queue_max = 3;
  auto store = *Store::open(options);
  // The first one holds the writer up until the others were told.
  std::promise<void> told;
  auto gate = told.get_future().share();
  Booking slow = hold_of(1);
  slow.price = [gate](Counts&) {
    gate.wait();
    return Booked{{}, "no"};
  };
  std::atomic<int> overloaded = 0;
  store->write({slow}, [](const Written&) {});
  for (int i = 0; i < 10; ++i) {
    store->write({AdvanceWebhook{"books", 1}}, [&](const Written& written) {
      overloaded += written.error.code() == Errc::overloaded ? 1 : 0;
    });
  }
  EXPECT_EQ(overloaded, 8);
  told.set_value();
  store.reset();
  EXPECT_EQ(overloaded, 8);
}

}  // namespace
}  // namespace idswitch::store

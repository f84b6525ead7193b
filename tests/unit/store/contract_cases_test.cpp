#include <set>

#include "contract.hpp"

namespace idswitch::store {
namespace {

template <class Engine>
class ContractOfCases : public Contract<Engine> {
 protected:
  void start(std::uint64_t n) {
    EXPECT_TRUE(this->write({Insert{share(sample_start(n))}, hold_of(n)}).committed());
  }

  // As its maker ends the start.
  Written open(std::uint64_t n, std::int64_t next_ask_unix_ms) {
    VerificationRecord record = sample_progress(n);
    record.verification.status = Status::awaiting_user;
    record.next_ask_unix_ms = next_ask_unix_ms;
    return this->write({progress_of(share(record))});
  }

  Written lease(std::uint64_t n, std::uint64_t fence, std::int64_t now, std::int64_t for_ms) {
    return this->write({Lease{sample_id(n), fence, now + for_ms, now}});
  }

  Written finish(std::uint64_t n, std::uint64_t fence) {
    VerificationRecord record = sample_progress(n);
    record.fence = fence;
    return this->write({progress_of(share(record))});
  }

  std::shared_ptr<VerificationRecord> find(std::uint64_t n) {
    return *this->store_->verifications().find(sample_id(n));
  }
};

TYPED_TEST_SUITE(ContractOfCases, Engines);

TYPED_TEST(ContractOfCases, InsertGivesTheCaseToItsMaker) {
  this->start(1);
  EXPECT_EQ(this->find(1)->fence, 1U);
  EXPECT_EQ(this->find(1)->verification.status, Status::starting);
  EXPECT_TRUE(this->open(1, 500).committed());
  EXPECT_EQ(this->find(1)->next_ask_unix_ms, 500);
  EXPECT_TRUE(this->finish(1, 1).committed());
}

TYPED_TEST(ContractOfCases, TakeIsExclusiveAndEndsByTimeAndTheFenceGrows) {
  this->start(1);
  ASSERT_TRUE(this->open(1, 100).committed());
  std::vector<Change> takes;
  for (int i = 0; i < 3; ++i) takes.push_back({Lease{sample_id(1), 1, 200, 100}});
  const auto all = this->write_all(std::move(takes));
  EXPECT_TRUE(all[0].committed());
  EXPECT_EQ(all[1].outcome, Outcome::lost_case);
  EXPECT_EQ(all[2].outcome, Outcome::lost_case);
  EXPECT_EQ(this->find(1)->fence, 2U);
  EXPECT_EQ(this->lease(1, 2, 199, 100).outcome, Outcome::lost_case);  // held until 200
  EXPECT_TRUE(this->lease(1, 2, 200, 100).committed());
  EXPECT_EQ(this->find(1)->fence, 3U);
}

TYPED_TEST(ContractOfCases, StaleFenceChangesNothing) {
  this->start(1);
  ASSERT_TRUE(this->open(1, 100).committed());
  ASSERT_TRUE(this->lease(1, 1, 100, 100).committed());
  const std::string before = text_of(*this->find(1));
  const std::string counts = counts_text(*this->store_);
  VerificationRecord record = sample_progress(1);
  record.verification.vendor_message = "too late";
  Change late{sample_claim(1, "k"), progress_of(share(record)), capture_of(1),
              Answer{sample_name("k"), fixed(200, "")}};
  EXPECT_EQ(this->write(std::move(late)).outcome, Outcome::lost_case);
  EXPECT_EQ(text_of(*this->find(1)), before);
  EXPECT_EQ(this->store_->ledger().of(sample_id(1))->size(), 1U);
  EXPECT_EQ(counts_text(*this->store_), counts);
  EXPECT_FALSE((*find_claim(*this->store_, "k")).has_value());
  EXPECT_TRUE(this->finish(1, 2).committed());
}

TYPED_TEST(ContractOfCases, FinishGivesBackUnlessItIsHeldForMore) {
  this->start(1);
  ASSERT_TRUE(this->open(1, 100).committed());
  ASSERT_TRUE(this->lease(1, 1, 100, 1000).committed());
  VerificationRecord record = sample_progress(1);
  record.fence = 2;
  Progress holding = progress_of(share(record));
  holding.held_until_unix_ms = 900;
  ASSERT_TRUE(this->write({holding}).committed());
  EXPECT_EQ(this->lease(1, 2, 899, 10).outcome, Outcome::lost_case);
  ASSERT_TRUE(this->finish(1, 2).committed());
  EXPECT_TRUE(this->lease(1, 2, 150, 10).committed());
  EXPECT_TRUE(this->write({GiveBack{sample_id(1), 3, 700}}).committed());
  EXPECT_EQ(this->find(1)->next_ask_unix_ms, 700);
  EXPECT_EQ(this->write({GiveBack{sample_id(1), 2, 0}}).outcome, Outcome::lost_case);
}

TYPED_TEST(ContractOfCases, DuePageLeasesEachOnceAndSkipsWhoIsHeld) {
  for (std::uint64_t n = 1; n <= 300; ++n) {
    this->start(n);
    ASSERT_TRUE(this->open(n, static_cast<std::int64_t>(100 + n % 7)).committed());
  }
  ASSERT_TRUE(this->lease(7, 1, 100, 0).committed());  // due again at 100, and held no longer
  std::set<std::uint64_t> leased;
  for (int page = 0; page < 10; ++page) {
    const auto due = this->store_->verifications().due(200, 64);
    ASSERT_TRUE(due);
    if (due->empty()) break;
    Change change;
    for (const DueVerification& one : *due) {
      EXPECT_EQ(one.status, Status::awaiting_user);
      EXPECT_EQ(one.account, "jumdata-main");
      EXPECT_TRUE(leased.insert(one.id.high).second);
      change.emplace_back(Lease{one.id, one.fence, 1200, 200});
    }
    ASSERT_TRUE(this->write(std::move(change)).committed());
  }
  EXPECT_EQ(leased.size(), 300U);
  EXPECT_EQ(*this->store_->verifications().next_due(), 1200);
}

TYPED_TEST(ContractOfCases, InterruptedStartIsFoundAndItsMakerHasLostIt) {
  for (std::uint64_t n = 1; n <= 9; ++n) {
    this->start(n);
    if (n % 3 == 0) continue;
    ASSERT_TRUE(this->open(n, 100).committed());
  }
  auto page = this->store_->verifications().unfinished(0, 4);
  ASSERT_TRUE(page);
  ASSERT_EQ(page->ids.size(), 1U);
  EXPECT_EQ(page->ids[0], sample_id(3));
  EXPECT_EQ(page->looked_up_to, sample_id(4).high);
  EXPECT_FALSE(page->is_last);
  ASSERT_TRUE(this->lease(3, 1, 500, 100).committed());
  EXPECT_EQ(this->find(3)->fence, 2U);
  EXPECT_EQ(this->open(3, 100).outcome, Outcome::lost_case);
  EXPECT_TRUE(this->finish(3, 2).committed());
  page = this->store_->verifications().unfinished(sample_id(3).high, 100);
  EXPECT_EQ(page->ids.size(), 2U);
  EXPECT_TRUE(page->is_last);
  EXPECT_TRUE(this->write({FinishedUpTo{sample_id(5).high}}).committed());
  EXPECT_TRUE(this->write({FinishedUpTo{sample_id(4).high}}).committed());
  this->reopen();
  EXPECT_EQ(*this->store_->verifications().finished_up_to(), sample_id(5).high);
}

TYPED_TEST(ContractOfCases, NobodyTakesWhatIsNotThere) {
  EXPECT_EQ(this->lease(1, 1, 100, 100).outcome, Outcome::lost_case);
  EXPECT_EQ(this->finish(1, 2).outcome, Outcome::lost_case);
  EXPECT_EQ(this->finish(1, 1).outcome, Outcome::failed);
}

}  // namespace
}  // namespace idswitch::store

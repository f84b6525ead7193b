#include <gtest/gtest.h>

#include "samples.hpp"
#include "store/sqlite/arm_tally.hpp"

namespace idswitch::store {
namespace {

constexpr std::int64_t k_age_ms = 10'000;
constexpr std::int64_t k_begin = 1'700'000'000'000;

// A second lies between two people.
std::int64_t met_at(std::uint64_t n) {
  return k_begin + static_cast<std::int64_t>(n) * 1'000;
}

class ExperimentAdmission : public testing::Test {
 protected:
  void meet(std::uint64_t n, const std::string& arm, const std::string& experiment = "cheaper") {
    Change change;
    change.push_back(Insert{share(sample_start(n))});
    Exposure exposure = sample_exposure(n, arm, n);
    exposure.experiment = experiment;
    exposure.at_unix_ms = met_at(n);
    change.push_back(Expose{exposure});
    ASSERT_TRUE(write(*store_, std::move(change)));
  }

  void end(std::uint64_t n, std::int64_t micros) {
    Change change;
    VerificationRecord record = sample_progress(n);
    record.verification.status = Status::completed;
    record.verification.verdict = 1;
    change.push_back(progress_of(share(record)));
    LedgerEntry entry = sample_entry(n, EntryKind::capture);
    entry.amount = {micros};
    change.push_back(Append{{entry}});
    ASSERT_TRUE(write(*store_, std::move(change)));
  }

  Admission find(std::int64_t now_unix_ms, std::int64_t age_ms = k_age_ms,
                 std::size_t limit = 100) {
    auto found =
        store_->agreement().admissible("acme", "cheaper", "2024-06", {age_ms, now_unix_ms}, limit);
    EXPECT_TRUE(found);
    return found ? std::move(*found) : Admission();
  }

  void admit(Admission admission) {
    Change change;
    change.push_back(Admit{std::move(admission)});
    EXPECT_FALSE(change.empty());
    ASSERT_TRUE(write(*store_, std::move(change)));
  }

  ExperimentCounts counts() { return *store_->agreement().arms("acme", "cheaper", "2024-06"); }

  std::int64_t admitted() {
    std::int64_t sum = 0;
    for (const ArmCounts& arm : counts().admitted) sum += arm.persons;
    return sum;
  }

  const Folder folder_;
  std::unique_ptr<Store> store_ = open_store(folder_.file());
};

TEST_F(ExperimentAdmission, FixesWhatAnObservationIsWorth) {
  meet(1, "a");
  meet(2, "a");
  end(1, 300);
  admit(find(met_at(2) + k_age_ms));
  end(2, 700);  // a late verdict, and a late charge
  Change correction;
  LedgerEntry adjust = sample_entry(1, EntryKind::adjust);
  adjust.amount = {50};
  correction.push_back(Append{{adjust}});
  ASSERT_TRUE(write(*store_, std::move(correction)));
  const ExperimentCounts found = counts();
  ASSERT_EQ(found.admitted.size(), 1U);
  EXPECT_EQ(found.admitted[0].persons, 2);
  EXPECT_EQ(found.admitted[0].first_completed, 1) << "not ended is not completed";
  EXPECT_EQ(found.admitted[0].first_passed, 1);
  EXPECT_EQ(found.admitted[0].first_charged_micros, 300);
  EXPECT_TRUE(found.waiting.empty());
}

TEST_F(ExperimentAdmission, ComesInTheOrderOfTheExposuresWhateverHasEnded) {
  for (std::uint64_t n = 1; n <= 5; ++n) meet(n, n % 2 == 0 ? "a" : "b");
  end(5, 0);  // the fastest
  EXPECT_FALSE(find(met_at(0) + k_age_ms).is_full);
  admit(find(met_at(3) + k_age_ms));
  const ExperimentCounts found = counts();
  EXPECT_EQ(admitted(), 3);
  ASSERT_EQ(found.waiting.size(), 2U);
  EXPECT_EQ(found.waiting[0].arm, "a");
  EXPECT_EQ(found.waiting[0].persons, 1);
  EXPECT_EQ(found.waiting[1].first_passed, 1);
  EXPECT_EQ(found.admitted[0].first_passed + found.admitted[1].first_passed, 0);
  EXPECT_EQ(everything(found)[1].persons, 3);
}

TEST_F(ExperimentAdmission, CountsNobodyTwiceWhoeverElseLooks) {
  for (std::uint64_t n = 1; n <= 4; ++n) meet(n, "a");
  const Admission all = find(met_at(4) + k_age_ms);
  Admission some = find(met_at(2) + k_age_ms);
  admit(all);
  admit(all);
  admit(std::move(some));
  EXPECT_EQ(admitted(), 4);
  EXPECT_FALSE(find(met_at(4) + k_age_ms).is_news);
  meet(5, "a");
  admit(find(met_at(5) + k_age_ms));
  EXPECT_EQ(admitted(), 5);
  EXPECT_EQ(counts().admitted[0].phases[0].persons, 5);
}

TEST_F(ExperimentAdmission, WaitsForTheLongestAgeThatItWasEverGiven) {
  meet(1, "a");
  meet(2, "a");
  admit(find(met_at(1) + k_age_ms));
  EXPECT_EQ(counts().age_ms, k_age_ms);
  admit(find(met_at(2) + k_age_ms - 1, 1));
  EXPECT_EQ(admitted(), 1) << "an age that shrank";
  admit(find(met_at(2) + k_age_ms, 2 * k_age_ms));
  EXPECT_EQ(admitted(), 1) << "an age that grew";
  EXPECT_EQ(counts().age_ms, 2 * k_age_ms);
  admit(find(met_at(2) + 2 * k_age_ms, 1));
  EXPECT_EQ(admitted(), 2);
}

TEST_F(ExperimentAdmission, GoesOnInStepsPastWhatBelongsToOthers) {
  meet(1, "a");
  for (std::uint64_t n = 2; n <= 9; ++n) meet(n, "a", "other");
  meet(10, "b");
  int steps = 0;
  for (bool is_full = true; is_full; ++steps) {
    Admission next = find(met_at(10) + k_age_ms, k_age_ms, 3);
    is_full = next.is_full;
    if (next.is_news) admit(std::move(next));
  }
  EXPECT_EQ(steps, 4);
  EXPECT_EQ(admitted(), 2);
  store_.reset();
  store_ = open_store(folder_.file());
  EXPECT_EQ(admitted(), 2) << "after a restart";
}

TEST_F(ExperimentAdmission, AddsChargesInOneCurrencyAndSaysWhenThereAreTwo) {
  meet(1, "a");
  end(1, 300);
  admit(find(met_at(1) + k_age_ms));
  EXPECT_EQ(counts().admitted[0].currency, "CNY");
  meet(2, "a");
  Change foreign;
  LedgerEntry dollars = sample_entry(2, EntryKind::capture);
  dollars.currency = "USD";
  foreign.push_back(Append{{dollars}});
  ASSERT_TRUE(write(*store_, std::move(foreign)));
  EXPECT_TRUE(everything(counts())[0].currencies_differ);
  admit(find(met_at(2) + k_age_ms));
  EXPECT_TRUE(counts().admitted[0].currencies_differ);
}

}  // namespace
}  // namespace idswitch::store

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "samples.hpp"
#include "store/sqlite/arm_tally.hpp"
#include "store/sqlite/database_file.hpp"

namespace idswitch::store {
namespace {

std::vector<ArmCounts> counts_of(Store& store, const std::string& tenant = "acme",
                                 const std::string& experiment = "cheaper",
                                 const std::string& seed = "2024-06") {
  auto counts = store.agreement().arms(tenant, experiment, seed);
  EXPECT_TRUE(counts) << counts.error().detail();
  return counts ? everything(*counts) : std::vector<ArmCounts>();
}

// What a request writes first.
Change exposing(std::uint64_t n, const std::string& arm, std::uint64_t person) {
  Change change;
  change.push_back(Insert{share(sample_start(n))});
  change.push_back(Expose{sample_exposure(n, arm, person)});
  return change;
}

VerificationRecord ending(std::uint64_t n, Status status, std::uint32_t verdict,
                          std::int64_t took_ms) {
  VerificationRecord record = sample_progress(n);
  record.verification.status = status;
  record.verification.verdict = verdict;
  record.verification.updated_unix_ms = record.verification.created_unix_ms + took_ms;
  return record;
}

LedgerEntry entry_of(std::uint64_t n, EntryKind kind, std::int64_t micros) {
  LedgerEntry entry = sample_entry(n, kind);
  entry.amount = {micros};
  return entry;
}

TEST(Exposure, IsThereExactlyWhenItsVerificationIs) {
  const Folder folder;
  auto store = open_store(folder.file());
  Change bad = exposing(1, "a", 1);
  bad.push_back(progress_of(share(sample_progress(99))));  // there is no such verification
  EXPECT_FALSE(write(*store, std::move(bad)));
  EXPECT_TRUE(counts_of(*store).empty());
  ASSERT_TRUE(write(*store, exposing(1, "a", 1)));
  EXPECT_EQ(counts_of(*store).size(), 1U);
  Change claimed = exposing(2, "a", 2);
  claimed.push_back(sample_claim(2, "key"));
  ASSERT_TRUE(write(*store, std::move(claimed)));
  Change again = exposing(3, "a", 3);
  again.push_back(sample_claim(3, "key"));
  ASSERT_TRUE(write(*store, std::move(again)));
  EXPECT_EQ(counts_of(*store)[0].verifications, 2);
  EXPECT_EQ(counts_of(*store)[0].persons, 2);
}

TEST(Exposure, OfNoVerificationIsAnError) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, exposing(1, "a", 1)));
  Change alone;
  alone.push_back(Expose{sample_exposure(2, "a", 2)});
  EXPECT_FALSE(alone.empty());
  const auto refused = write(*store, std::move(alone));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), Errc::storage_failed);
  EXPECT_NE(refused.error().detail().find(sample_id(2).text()), std::string::npos);
  Change guessed;
  guessed.push_back(Insert{share(sample_start(3))});
  Exposure wrong = sample_exposure(3, "a", 3);
  wrong.verification.low ^= 1;
  guessed.push_back(Expose{wrong});
  EXPECT_FALSE(write(*store, std::move(guessed)));
  EXPECT_EQ(counts_of(*store)[0].persons, 1);
}

TEST(Exposure, FirstOfAVerificationWins) {
  const Folder folder;
  auto store = open_store(folder.file());
  ASSERT_TRUE(write(*store, exposing(1, "a", 1)));
  Change again;
  again.push_back(Expose{sample_exposure(1, "b", 1)});
  again.push_back(Expose{sample_exposure(1, "b", 2)});
  ASSERT_TRUE(write(*store, std::move(again)));
  const auto counts = counts_of(*store);
  ASSERT_EQ(counts.size(), 1U);
  EXPECT_EQ(counts[0].arm, "a");
  EXPECT_EQ(counts[0].persons, 1);
  EXPECT_EQ(counts[0].crossovers, 0);
  EXPECT_EQ(counts[0].verifications, 1);
  // Nor has person 2 been met.
  ASSERT_TRUE(write(*store, exposing(2, "a", 2)));
  EXPECT_EQ(counts_of(*store)[0].phases[0].persons, 2);
}

TEST(Exposure, KeepsExperimentsApart) {
  const Folder folder;
  auto store = open_store(folder.file());
  Change change;
  for (std::uint64_t n = 1; n <= 4; ++n) change.push_back(Insert{share(sample_start(n))});
  Exposure exposures[4];
  for (std::uint64_t n = 1; n <= 4; ++n) exposures[n - 1] = sample_exposure(n, "a", 1);
  exposures[1].tenant = "other";
  exposures[2].experiment = "other";
  exposures[3].seed = "other";
  for (const auto& exposure : exposures) change.push_back(Expose{exposure});
  ASSERT_TRUE(write(*store, std::move(change)));
  for (const auto& e : exposures) {
    const auto counts = counts_of(*store, e.tenant, e.experiment, e.seed);
    ASSERT_EQ(counts.size(), 1U);
    EXPECT_EQ(counts[0].persons, 1);
    EXPECT_EQ(counts[0].verifications, 1);
    EXPECT_EQ(counts[0].phases[0].persons, 1);
  }
  EXPECT_TRUE(counts_of(*store, "other", "other", "other").empty());
}

TEST(Exposure, CostsAStartWithoutExperimentNoRow) {
  const Folder folder;
  auto store = open_store(folder.file());
  Change change;
  change.push_back(Insert{share(sample_start(1))});
  ASSERT_TRUE(write(*store, std::move(change)));
  auto database = open_for_reading(folder.file());
  EXPECT_EQ(*database->number("SELECT count(*) FROM verification"), 1);
  for (const char* table :
       {"verification_work", "verification_progress", "exposure", "exposure_person", "statistic",
        "person_charge", "config_version", "experiment_pause"}) {
    EXPECT_EQ(*database->number(("SELECT count(*) FROM " + std::string(table)).c_str()), 0)
        << table;
  }
}

TEST(ExperimentCounts, CountFirstVerificationsApartFromAll) {
  const Folder folder;
  auto store = open_store(folder.file());
  const auto run = [&](std::uint64_t n, const char* arm, std::uint64_t person, Status status,
                       std::uint32_t verdict, std::int64_t took_ms) {
    ASSERT_TRUE(write(*store, exposing(n, arm, person)));
    if (status == Status::starting) return;
    Change change;
    change.push_back(progress_of(share(ending(n, status, verdict, took_ms))));
    ASSERT_TRUE(write(*store, std::move(change)));
  };
  run(1, "a", 1, Status::completed, 1, 1000);
  run(2, "a", 1, Status::completed, 1, 9999);  // the same person again
  run(3, "a", 2, Status::completed, 2, 200);   // fail
  run(4, "a", 3, Status::failed, 0, 7777);
  run(5, "a", 4, Status::expired, 0, 30);
  run(6, "a", 5, Status::cancelled, 0, -5);  // the clock was set back
  run(7, "a", 6, Status::awaiting_user, 0, 5555);
  run(8, "a", 7, Status::starting, 0, 0);
  run(9, "b", 2, Status::completed, 1, 8888);  // crossed over from a
  run(10, "b", 2, Status::completed, 3, 8888);
  run(11, "b", 8, Status::processing, 1, 4444);  // no verdict before it is completed
  run(12, "a", 8, Status::submitting, 0, 3333);  // crossed over from b
  const auto counts = counts_of(*store);
  ASSERT_EQ(counts.size(), 2U);
  const ArmCounts& a = counts[0];
  EXPECT_EQ(a.arm, "a");
  EXPECT_EQ(a.persons, 7);
  EXPECT_EQ(a.crossovers, 1);
  EXPECT_EQ(a.verifications, 9);
  EXPECT_EQ(a.completed, 3);
  EXPECT_EQ(a.passed, 2);
  EXPECT_EQ(a.first_opened, 5);
  EXPECT_EQ(a.first_ended, 4);
  EXPECT_EQ(a.first_completed, 2);
  EXPECT_EQ(a.first_passed, 1);
  EXPECT_EQ(a.first_ended_ms_sum, 1230);
  const ArmCounts& b = counts[1];
  EXPECT_EQ(b.arm, "b");
  EXPECT_EQ(b.persons, 1);
  EXPECT_EQ(b.crossovers, 1);
  EXPECT_EQ(b.verifications, 3);
  EXPECT_EQ(b.completed, 2);
  EXPECT_EQ(b.passed, 1);
  EXPECT_EQ(b.first_opened, 1);
  EXPECT_EQ(b.first_ended, 0);
  EXPECT_EQ(b.first_ended_ms_sum, 0);
}

TEST(ExperimentCounts, SumWhatWasCharged) {
  const Folder folder;
  auto store = open_store(folder.file());
  Change change;
  for (std::uint64_t n = 1; n <= 5; ++n) change.push_back(Insert{share(sample_start(n))});
  change.push_back(Expose{sample_exposure(1, "a", 1)});
  change.push_back(Expose{sample_exposure(2, "a", 1)});
  change.push_back(Expose{sample_exposure(3, "a", 2)});
  change.push_back(Expose{sample_exposure(4, "b", 3)});
  for (std::uint64_t n = 1; n <= 5; ++n)
    change.push_back(Append{{entry_of(n, EntryKind::hold, 1'000'000)}});
  change.push_back(Append{{entry_of(1, EntryKind::capture, 300)}});
  change.push_back(Append{{entry_of(1, EntryKind::adjust, -50)}});
  change.push_back(Append{{entry_of(1, EntryKind::adjust, 7)}});
  change.push_back(Append{{entry_of(2, EntryKind::capture, 900)}});
  LedgerEntry second = entry_of(2, EntryKind::capture, 11);
  second.account = "baidu";
  change.push_back(Append{{second}});
  change.push_back(Append{{entry_of(3, EntryKind::void_, 0)}});
  change.push_back(Append{{entry_of(5, EntryKind::capture, 5'000)}});  // in no experiment
  ASSERT_TRUE(write(*store, std::move(change)));
  auto counts = counts_of(*store);
  ASSERT_EQ(counts.size(), 2U);
  EXPECT_EQ(counts[0].verifications, 3);
  EXPECT_EQ(counts[0].charged_micros, 257 + 911);
  EXPECT_EQ(counts[0].first_charged_micros, 257);
  EXPECT_EQ(counts[0].largest_charge_micros, 911);
  EXPECT_EQ(counts[0].currency, "CNY");
  EXPECT_FALSE(counts[0].currencies_differ);
  EXPECT_EQ(counts[1].charged_micros, 0);
  EXPECT_EQ(counts[1].largest_charge_micros, 0);
  EXPECT_EQ(counts[1].currency, "");
  Change foreign;
  LedgerEntry dollars = entry_of(3, EntryKind::adjust, 1);
  dollars.currency = "USD";
  foreign.push_back(Append{{dollars}});
  ASSERT_TRUE(write(*store, std::move(foreign)));
  counts = counts_of(*store);
  EXPECT_TRUE(counts[0].currencies_differ);
  EXPECT_FALSE(counts[1].currencies_differ);
}

TEST(ExperimentCounts, TellPhasesOfWeightsApart) {
  const Folder folder;
  auto store = open_store(folder.file());
  const auto meet = [&](std::uint64_t n, const char* arm, std::uint64_t person,
                        const char* weights) {
    Change change;
    change.push_back(Insert{share(sample_start(n))});
    Exposure exposure = sample_exposure(n, arm, person);
    exposure.weights = weights;
    change.push_back(Expose{exposure});
    ASSERT_TRUE(write(*store, std::move(change)));
  };
  meet(1, "a", 1, "even");
  meet(2, "a", 2, "even");
  meet(3, "b", 3, "even");
  meet(4, "a", 1, "all a");  // not a first one
  meet(5, "a", 4, "all a");
  meet(6, "a", 5, "even");
  const auto counts = counts_of(*store);
  ASSERT_EQ(counts.size(), 2U);
  ASSERT_EQ(counts[0].phases.size(), 2U);
  EXPECT_EQ(counts[0].phases[0].weights, "even");
  EXPECT_EQ(counts[0].phases[0].persons, 3);
  EXPECT_EQ(counts[0].phases[1].weights, "all a");
  EXPECT_EQ(counts[0].phases[1].persons, 1);
  ASSERT_EQ(counts[1].phases.size(), 1U);
  EXPECT_EQ(counts[1].phases[0].persons, 1);
}

// One snapshot: as many first exposures as persons, whatever is being written.
TEST(ExperimentCounts, AreOfOneMoment) {
  const Folder folder;
  auto store = open_store(folder.file());
  std::atomic<bool> stop = false;
  std::thread reader([&] {
    do {
      for (const ArmCounts& arm : counts_of(*store)) {
        std::int64_t firsts = 0;
        for (const WeightsPhase& phase : arm.phases) firsts += phase.persons;
        EXPECT_EQ(firsts, arm.persons);
      }
    } while (!stop);
  });
  for (std::uint64_t n = 1; n <= 1500; ++n)
    EXPECT_TRUE(write(*store, exposing(n, n % 2 == 0 ? "a" : "b", n)));
  stop = true;
  reader.join();
  EXPECT_EQ(counts_of(*store)[0].persons, 750);
}

TEST(ExperimentPause, StaysUntilResumed) {
  const Folder folder;
  auto store = open_store(folder.file());
  EXPECT_TRUE(store->agreement().pauses()->empty());
  Change change;
  change.push_back(PauseExperiment{{"acme", "x", "2", 1000, "arm b fails more often"}});
  change.push_back(PauseExperiment{{"acme", "x", "1", 2000, "by hand"}});
  change.push_back(PauseExperiment{{"acme", "x", "2", 3000, "again"}});  // the first reason stays
  change.push_back(PauseExperiment{{"other", "x", "2", 4000, ""}});
  EXPECT_FALSE(change.empty());
  ASSERT_TRUE(write(*store, std::move(change)));
  store.reset();
  store = open_store(folder.file());
  const auto pauses = *store->agreement().pauses();
  ASSERT_EQ(pauses.size(), 3U);
  EXPECT_EQ(pauses[0].seed, "1");
  EXPECT_EQ(pauses[1].tenant, "acme");
  EXPECT_EQ(pauses[1].experiment, "x");
  EXPECT_EQ(pauses[1].seed, "2");
  EXPECT_EQ(pauses[1].paused_unix_ms, 1000);
  EXPECT_EQ(pauses[1].why, "arm b fails more often");
  EXPECT_EQ(pauses[2].tenant, "other");
  Change resuming;
  resuming.push_back(ResumeExperiment{"acme", "x", "2"});
  resuming.push_back(ResumeExperiment{"acme", "never paused", "2"});
  EXPECT_FALSE(resuming.empty());
  ASSERT_TRUE(write(*store, std::move(resuming)));
  const auto left = *store->agreement().pauses();
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(left[0].seed, "1");
  EXPECT_EQ(left[1].tenant, "other");
}

}  // namespace
}  // namespace idswitch::store

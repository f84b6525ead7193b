#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "contract.hpp"
#include "store/ledger/ledger_fold.hpp"
#include "store/sqlite/database_file.hpp"

namespace idswitch::store {
namespace {

template <class Engine>
class ContractOfCounts : public Contract<Engine> {
 protected:
  Written start(std::uint64_t n) {
    return this->write({Insert{share(sample_start(n))}, hold_of(n)});
  }

  // Whether counts are what the ledger comes to, in rows and in memory.
  void expect_fold() {
    auto database = open_for_reading(this->engine_.file());
    ASSERT_TRUE(database);
    const auto folded = fold_ledger(*database, nullptr);
    ASSERT_TRUE(folded);
    const CountsFold& fold = *folded;
    CountReader rows(*database);
    for (const auto& [key, count] : fold.usage()) {
      EXPECT_EQ(*rows.usage(key), count) << key.sku << key.period;
      Touch touch;
      touch.usage = {key};
      EXPECT_EQ(this->store_->ledger().look(touch)->usage[0], count) << key.sku << key.period;
    }
    for (const auto& [key, count] : fold.spend()) EXPECT_EQ(*rows.spend(key), count) << key.day;
    const auto counted = this->store_->ledger().look(all_counts());
    const SpendCount sum = fold.sum(budget_key().scope);
    EXPECT_EQ(counted->budgets[0].reserved, sum.reserved);
    EXPECT_EQ(counted->budgets[0].spent, sum.spent);
  }
};

TYPED_TEST_SUITE(ContractOfCounts, Engines);

TYPED_TEST(ContractOfCounts, OneHoldAndOneResolution) {
  ASSERT_TRUE(this->start(1).committed());
  EXPECT_EQ(this->write({hold_of(1)}).outcome, Outcome::lost_case);
  ASSERT_TRUE(this->write({capture_of(1)}).committed());
  EXPECT_EQ(this->write({capture_of(1)}).outcome, Outcome::lost_case);
  Booking voiding = capture_of(1);
  voiding.price = [](Counts& counts) {
    ++counts.usage(k_day_units).units;
    return Booked{{sample_entry(1, EntryKind::void_)}, {}};
  };
  EXPECT_EQ(this->write({voiding}).outcome, Outcome::lost_case);
  EXPECT_EQ(this->store_->ledger().of(sample_id(1))->size(), 2U);
  EXPECT_EQ(counts_text(*this->store_), "open 0 units 1 charged 1 spend 0+1 budget 0+1");
  this->expect_fold();
}

TYPED_TEST(ContractOfCounts, PriceSeesTheLatestCountsAndPlacesAreEachOnce) {
  std::vector<Change> changes;
  for (std::uint64_t n = 1; n <= 100; ++n) {
    changes.push_back({Insert{share(sample_start(n))}, hold_of(n)});
    changes.push_back({capture_of(n)});
  }
  const auto all = this->write_all(std::move(changes));
  for (std::uint64_t n = 1; n <= 100; ++n)
    EXPECT_EQ(all[2 * n - 1].entries.at(0).amount.micros, static_cast<std::int64_t>(n));
  this->expect_fold();
  this->reopen();
  ASSERT_TRUE(this->start(101).committed());
  EXPECT_EQ(this->write({capture_of(101)}).entries.at(0).amount.micros, 101);
  this->expect_fold();
}

TYPED_TEST(ContractOfCounts, PriceMayBeCalledAgainAndTheLastCallCounts) {
  auto calls = std::make_shared<int>(0);
  Booking booking = hold_of(1);
  booking.price = [calls, price = booking.price](Counts& counts) {
    ++*calls;
    return price(counts);
  };
  std::vector<Change> changes;
  changes.push_back({Insert{share(sample_start(1))}, std::move(booking)});
  changes.push_back({hold_of(2), Expose{sample_exposure(77, "a", 1)}});  // the group is repeated
  const auto all = this->write_all(std::move(changes));
  EXPECT_TRUE(all[0].committed());
  EXPECT_EQ(all[1].outcome, Outcome::failed);
  EXPECT_GE(*calls, 1);
  EXPECT_EQ(all[0].entries.size(), 1U);
  EXPECT_EQ(counts_text(*this->store_), "open 1 units 0 charged 0 spend 300000+0 budget 300000+0");
}

TYPED_TEST(ContractOfCounts, RefusedBookingLeavesNoTrace) {
  ASSERT_TRUE(this->start(1).committed());
  const std::string before = counts_text(*this->store_);
  Change change{sample_claim(2, "k"), Insert{share(sample_start(2))}, hold_of(2), hold_of(3, {0}),
                AdvanceWebhook{"books", 1}};
  const Written written = this->write(std::move(change));
  EXPECT_EQ(written.outcome, Outcome::refused);
  EXPECT_EQ(written.refused, "monthly has no room");
  EXPECT_TRUE(written.entries.empty());
  EXPECT_EQ(counts_text(*this->store_), before);
  EXPECT_FALSE((*find_claim(*this->store_, "k")).has_value());
  EXPECT_EQ(*this->store_->verifications().find(sample_id(2)), nullptr);
  ASSERT_TRUE(this->start(2).committed());
  this->expect_fold();
}

TYPED_TEST(ContractOfCounts, BudgetIsNeverPassedByManyCallers) {
  constexpr std::uint64_t k_callers = 8;
  constexpr std::int64_t k_holds = 40;
  std::atomic<int> refused = 0;
  std::vector<std::thread> callers;
  for (std::uint64_t caller = 0; caller < k_callers; ++caller) {
    callers.emplace_back([&, caller] {
      for (std::uint64_t i = 0; i < 10; ++i) {
        const std::uint64_t n = caller * 100 + i;
        const Written written =
            this->write({Insert{share(sample_start(n))}, hold_of(n, Money{k_holds * 300'000})});
        if (written.outcome == Outcome::refused) ++refused;
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(refused, 40);
  EXPECT_EQ(this->store_->ledger().look(all_counts())->budgets[0].committed(),
            Money{k_holds * 300'000});
  this->expect_fold();
}

TYPED_TEST(ContractOfCounts, BudgetThatIsNewIsTheSumOfWhatIsUnderWay) {
  Booking old = hold_of(1);
  old.touch.budgets.clear();
  old.price = [](Counts& counts) {
    SpendCount& spend = counts.spend(k_spend);
    spend.reserved = spend.reserved + Money{300'000};
    ++counts.usage(k_open_units).open;
    return Booked{{sample_entry(1, EntryKind::hold)}, {}};
  };
  Booking later = old;
  later.price = [price = old.price](Counts& counts) {
    Booked booked = price(counts);
    booked.entries = {sample_entry(3, EntryKind::hold)};
    return booked;
  };
  // One group: before the budget, with it, and by a configuration that did not have it.
  std::vector<Change> changes;
  changes.push_back({Insert{share(sample_start(1))}, std::move(old)});
  changes.push_back({Insert{share(sample_start(2))}, hold_of(2)});
  changes.push_back({Insert{share(sample_start(3))}, std::move(later)});
  for (const Written& written : this->write_all(std::move(changes)))
    EXPECT_TRUE(written.committed());
  EXPECT_EQ(counts_text(*this->store_), "open 3 units 0 charged 0 spend 900000+0 budget 900000+0");
  this->expect_fold();
  this->reopen();
  EXPECT_EQ(counts_text(*this->store_), "open 3 units 0 charged 0 spend 900000+0 budget 900000+0");
}

TYPED_TEST(ContractOfCounts, BudgetLimitIsTheRows) {
  const auto limit = [&](std::int64_t micros, std::uint8_t version) {
    return this->store_->agreement().adopt(
        "v", sample_claim(0, "", version).request_digest, 1,
        {{budget_key().budget, Money{micros}}, {"other", Money{5}}});
  };
  ASSERT_TRUE(limit(700'000, 1));
  ASSERT_TRUE(this->start(1).committed());
  EXPECT_EQ(this->store_->ledger().look(all_counts())->budgets[0].limit, Money{700'000});
  ASSERT_TRUE(limit(400'000, 2));
  EXPECT_EQ(this->store_->ledger().look(all_counts())->budgets[0].limit, Money{400'000});
  this->reopen();
  Booking booking = hold_of(2);
  std::int64_t seen = 0;
  booking.price = [&](Counts& counts) {
    seen = counts.budget(budget_key()).limit.micros;
    return Booked{{}, "no"};
  };
  EXPECT_EQ(this->write({booking}).outcome, Outcome::refused);
  EXPECT_EQ(seen, 400'000);
}

TYPED_TEST(ContractOfCounts, ChargedOnceWithManyTabs) {
  const PersonKey person{"jumdata-main", "life_check", 4711};
  std::vector<Change> changes;
  for (std::uint64_t n = 1; n <= 16; ++n) {
    Booking booking = hold_of(n);
    booking.touch.persons = {person};
    booking.price = [n, person, price = booking.price](Counts& counts) {
      Booked booked = price(counts);
      std::int64_t& charged_at = counts.person(person);
      booked.entries[0].rule = charged_at == 0 ? "price" : "free";
      if (charged_at == 0) charged_at = static_cast<std::int64_t>(n);
      return booked;
    };
    changes.push_back({Insert{share(sample_start(n))}, std::move(booking)});
  }
  int paid = 0;
  for (const Written& written : this->write_all(std::move(changes)))
    paid += written.entries.at(0).rule == "price" ? 1 : 0;
  EXPECT_EQ(paid, 1);
  this->reopen();
  EXPECT_EQ(**this->store_->ledger().person_charged_at("jumdata-main", "life_check", 4711), 1);
}

TYPED_TEST(ContractOfCounts, CountsEqualAFoldAfterRandomChangesWithFailures) {
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    std::mt19937 random(seed);
    std::set<std::uint64_t> held;  // only these are captured, as a book would; some twice
    for (int burst = 0; burst < 20; ++burst) {
      std::vector<Change> changes;
      std::vector<std::uint64_t> starts;
      for (auto count = 1 + random() % 30; count > 0; --count) {
        const std::uint64_t n = seed * 1000 + random() % 80;
        const bool captures = random() % 2 == 0 && held.contains(n);
        Change change;
        if (captures) {
          change = {capture_of(n)};
        } else {
          change = {Insert{share(sample_start(n))}, hold_of(n, Money{300'000 * 30})};
        }
        if (random() % 6 == 0) change.emplace_back(Expose{sample_exposure(99'999, "a", 1)});
        changes.push_back(std::move(change));
        starts.push_back(captures ? 0 : n);
      }
      const auto all = this->write_all(std::move(changes));
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i].committed() && starts[i] != 0) held.insert(starts[i]);
      }
      if (burst % 7 == 6) this->reopen();
    }
    this->expect_fold();
    EXPECT_EQ(this->store_->ledger().verify({})->total(), 0U);
  }
}

}  // namespace

// The disk fills up and has room again, at random; what memory says is what rows say.
TEST(CountsOnAFullDisk, EqualAFoldWheneverItHeals) {
  const Folder folder;
  const auto opened = open_group(folder.file());
  GroupCommit& group = *opened;
  std::mt19937 random(7);
  const auto limit = [&](std::int64_t pages) {
    ASSERT_TRUE(
        group.database().execute(("PRAGMA max_page_count = " + std::to_string(pages)).c_str()));
  };
  std::set<std::uint64_t> held;
  const auto number_of = [](const LedgerEntry& entry) {
    return (entry.verification.high - sample_id(0).high) / 1000;
  };
  int failed = 0;
  for (int round = 0; round < 60; ++round) {
    limit(random() % 2 == 0 ? 1'000'000 : 1);
    std::vector<Job> jobs(1 + random() % 8);
    for (Job& job : jobs) {
      const std::uint64_t n = random() % 400;
      if (!held.contains(n) || random() % 3 == 0) {
        VerificationRecord record = sample_start(n);
        record.decision = std::string(3000, 'd');
        job.change = {Insert{share(record)}, hold_of(n)};
      } else {
        job.change = {capture_of(n)};
      }
    }
    group.commit(jobs);
    for (const Job& job : jobs) {
      failed += job.written.outcome == Outcome::failed ? 1 : 0;
      for (const LedgerEntry& entry : job.written.entries) held.insert(number_of(entry));
    }
  }
  EXPECT_GT(failed, 20);
  auto database = open_for_reading(folder.file());
  const auto folded = fold_ledger(*database, nullptr);
  ASSERT_TRUE(folded);
  const CountsFold& fold = *folded;
  CountReader rows(*database);
  EXPECT_FALSE(fold.usage().empty());
  for (const auto& [key, count] : fold.usage()) {
    Touch touch;
    touch.usage = {key};
    EXPECT_EQ(group.counts().look(touch, rows)->usage[0], count) << key.sku << key.period;
    EXPECT_EQ(*rows.usage(key), count);
  }
  for (const auto& [key, count] : fold.spend()) EXPECT_EQ(*rows.spend(key), count);
}

}  // namespace idswitch::store

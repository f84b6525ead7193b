// Many verifications of few people, interleaved, under invented contracts and budgets, with commits
// that are lost and booked again: the counts are what a fold of the entries says, what is reserved
// is what is held, and no budget that stops is ever passed.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>

#include "billing/booking.hpp"
#include "contract.hpp"
#include "model/counts_fold.hpp"

namespace idswitch::billing {
namespace {

using config::Per;

constexpr std::int64_t k_start = 1'796'040'000'000;  // 2026-11-30 12:00 UTC
constexpr std::int64_t k_hour_ms = 3'600'000;

const Budgets::Offsets k_offsets = {{"baidu", 480}, {"veriff", 0}};
const std::vector<std::string> k_skus = {"sessioncode", "verify"};
const char* const k_tenants[] = {"shop", "bank"};

std::vector<config::Budget> budgets() {
  const auto budget = [](const char* name, const char* tenant, std::vector<std::string> accounts,
                         Per per, std::int64_t limit, bool stops) {
    return config::Budget{name,    tenant, std::move(accounts), per, Money{limit}, "CNY", stops,
                          800'000, {}};
  };
  return {budget("all", "", {}, Per::month, 4'000'000, true),
          budget("shop-day", "shop", {}, Per::day, 2'000'000, true),
          budget("baidu", "", {"baidu"}, Per::day, 1'500'000, true),
          budget("soft", "bank", {}, Per::month, 300'000, false)};
}

struct Case {
  std::string account;
  std::uint64_t person = 0;
  ChargeBook book;
};

class World {
 public:
  explicit World(std::uint32_t seed) : random_(seed) {
    budgets_ = Budgets(budgets(), k_offsets);
    counts_.adopt(budgets_.limits());
    for (const auto& [account, offset] : k_offsets) {
      config::Contract& contract = contracts_[account] = billing::contract();
      contract.utc_offset_min = offset;
      config::SkuPrice& verify = verify_of(contract);
      if (below(2) == 0) verify.free_units = below(5);
      if (below(2) == 0) verify.tiers = {{std::int64_t(3 + below(9)), Money{150'000}}};
      if (below(2) == 0) verify.person_days = 1;
      if (below(3) == 0) verify.group = config::Group::session;
      if (below(2) == 0) verify.per = Per::day;
      verify.outcomes = {{IDSW_VERDICT_FAIL, 0, "", Money{50'000}, {}}};
      if (below(2) == 0) contract.versions[0].prices["sessioncode"].person_days = 1;
    }
  }

  std::uint32_t below(std::uint32_t count) { return std::uint32_t(random_() % count); }

  void step() {
    now_ += below(k_hour_ms / 20);
    if (cases_.size() < 6 || below(4) == 0) open_case();
    Case& one = *cases_[below(std::uint32_t(cases_.size()))];
    switch (below(8)) {
      case 0:
      case 1:
      case 2: return hold(one);
      case 3: return settle(one);
      default: return tell(one);
    }
  }

  void expect_sound() {
    const CountsFold fold = fold_counts(
        ledger_, [](std::string_view) { return 12'345; },  // every entry says its own
        [&](VerificationId id) { return persons_.at(id); });
    // Either side may have a count of nothing that the other lacks.
    for (const auto& [key, count] : counts_.usages()) expect_usage(key, count, fold);
    for (const auto& [key, count] : fold.usage()) EXPECT_EQ(counts_.usage(key), count) << key.sku;
    for (const auto& [key, count] : fold.spend()) EXPECT_EQ(counts_.spend(key), count) << key.day;
    for (const auto& [key, count] : counts_.budgets()) {
      const SpendCount sum = fold.sum(key.scope);
      EXPECT_EQ(count.reserved, sum.reserved) << key.budget << " " << key.period;
      EXPECT_EQ(count.spent, sum.spent) << key.budget << " " << key.period;
    }
    for (const auto& [key, at] : counts_.persons()) {
      const auto found = fold.persons().find(key);
      EXPECT_EQ(at, found == fold.persons().end() ? 0 : found->second) << key.person;
    }
    Money reserved, held;
    for (const auto& [key, count] : counts_.spends()) reserved = reserved + count.reserved;
    std::int64_t open = 0;
    for (const auto& one : cases_) {
      for (const ChargeFold& line : one->book.lines()) {
        if (line.resolution) continue;
        held = held + line.hold.amount;
        ++open;
      }
    }
    EXPECT_EQ(reserved, held) << "what is reserved is what is held";
    for (const auto& [key, count] : counts_.usages()) open -= count.open;
    EXPECT_EQ(open, 0);
  }

  std::size_t refused() const { return refused_; }

  std::size_t warned() const { return warned_; }

  const std::vector<LedgerEntry>& ledger() const { return ledger_; }

 private:
  static void expect_usage(const UsageKey& key, const UsageCount& count, const CountsFold& fold) {
    const auto found = fold.usage().find(key);
    EXPECT_EQ(count, found == fold.usage().end() ? UsageCount{} : found->second)
        << key.account << " " << key.sku << " " << key.currency << " " << key.period;
  }

  void open_case() {
    const VerificationId id{cases_.size() + 1, 0};
    const bool is_baidu = below(2) == 0;
    cases_.push_back(std::make_unique<Case>(
        Case{is_baidu ? "baidu" : "veriff", below(4), {id, k_tenants[below(2)]}}));
    persons_[id] = cases_.back()->person;
  }

  Terms terms_of(const Case& one) {
    return {one.account, contracts_[one.account], budgets_, k_skus};
  }

  // Books as the engine does: on a copy, sometimes for a commit that is lost, and then once more.
  template <class Book>
  void book(Case& one, const Touch& touch, Book&& book_it) {
    const MemoryCounts before = counts_;
    for (int lost = below(4) == 0 ? 1 : 0; lost >= 0; --lost) {
      counts_ = before;
      ChargeBook book = one.book;
      TouchedCounts touched(counts_, touch);
      Booked booked = book_it(book, touched);
      if (lost > 0) {
        counts_ = before;
        continue;
      }
      if (booked.refused) {
        ++refused_;
        EXPECT_TRUE(booked.entries.empty());
        EXPECT_EQ(book.lines().size(), one.book.lines().size());
        return;
      }
      warned_ += booked.warnings.size();
      for (LedgerEntry& entry : booked.entries) ledger_.push_back(std::move(entry));
      one.book = std::move(book);
    }
  }

  void hold(Case& one) {
    const Terms terms = terms_of(one);
    const std::string& sku = k_skus[below(2)];
    const bool on_accept = below(2) == 0;
    const Touch touch = touch_of_hold(one.book, terms, one.person, sku, now_);
    book(one, touch, [&](ChargeBook& book, Counts& counts) {
      const auto before = counts_.budgets();
      Booked booked = book_hold(book, terms, one.person, sku, sku, on_accept, now_, counts);
      for (const auto& [key, count] : counts_.budgets()) {
        const auto was = before.find(key);
        const Money reserved = was == before.end() ? Money{} : was->second.reserved;
        if (key.budget.starts_with("soft") || count.reserved <= reserved) continue;
        EXPECT_LE(count.committed(), count.limit) << key.budget;
      }
      return booked;
    });
  }

  void tell(Case& one) {
    const Terms terms = terms_of(one);
    std::vector<Evidence> evidence(below(3));
    for (Evidence& seen : evidence) {
      seen = billing::evidence(below(5), k_skus[below(2)], 0);
      seen.sku = seen.event;
      seen.source = below(4);
    }
    std::optional<Ending> ending;
    if (below(3) == 0) ending = Ending{1 + below(2), 0, {}};
    book(one, touch_of(one.book, terms, one.person, now_), [&](ChargeBook& book, Counts& counts) {
      return book_evidence(book, terms, one.person, evidence, ending, now_, counts);
    });
  }

  void settle(Case& one) {
    if (one.book.lines().empty()) return;
    const Terms terms = terms_of(one);
    const ChargeName name = one.book.lines()[below(std::uint32_t(one.book.lines().size()))].name;
    HandWritten word{{}, "mei", "read in the statement", ""};
    if (below(2) == 0) word.charged = Money{below(3) * 100'000};
    book(one, touch_of(one.book, terms, one.person, now_), [&](ChargeBook& book, Counts& counts) {
      return *settle_by_hand(book, terms, one.person, name, word, now_, counts);
    });
  }

  std::mt19937 random_;
  std::map<std::string, config::Contract> contracts_;
  Budgets budgets_;
  MemoryCounts counts_;
  std::int64_t now_ = k_start;
  std::vector<std::unique_ptr<Case>> cases_;
  std::map<VerificationId, std::uint64_t> persons_;
  std::vector<LedgerEntry> ledger_;
  std::size_t refused_ = 0, warned_ = 0;
};

TEST(BookingProperty, CountsEqualAFoldOfTheEntriesAfterAnySequence) {
  std::size_t refused = 0, warned = 0, adjusts = 0;
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    for (int step = 1; step <= 400; ++step) {
      world.step();
      if (step % 40 == 0) world.expect_sound();
      if (testing::Test::HasFailure()) return;
    }
    refused += world.refused();
    warned += world.warned();
    for (const LedgerEntry& entry : world.ledger()) {
      adjusts += entry.kind == EntryKind::adjust && entry.amount != Money{} ? 1 : 0;
    }
  }
  EXPECT_GT(refused, 100u);
  EXPECT_GT(warned, 50u);
  EXPECT_GT(adjusts, 100u);
}

}  // namespace
}  // namespace idswitch::billing

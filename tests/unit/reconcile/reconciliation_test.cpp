#include "reconcile/reconciliation.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "../billing/contract.hpp"
#include "reconcile/line_matching.hpp"

namespace idswitch::billing {
namespace {

LedgerEntry entry(EntryKind kind, std::int64_t micros, std::uint32_t evidence,
                  std::int64_t at = 100) {
  LedgerEntry entry;
  entry.sku = entry.event = "verify";
  entry.kind = kind;
  entry.amount = Money{micros};
  entry.currency = "CNY";
  entry.at_unix_ms = at;
  entry.evidence = evidence;
  return entry;
}

const LedgerEntry k_hold = entry(EntryKind::hold, 200'000, IDSW_CHARGE_HELD);
const LedgerEntry k_capture = entry(EntryKind::capture, 200'000, IDSW_CHARGE_CAPTURED, 150);
const LedgerEntry k_void = entry(EntryKind::void_, 0, IDSW_CHARGE_RELEASED, 150);
const LedgerEntry k_unknown = entry(EntryKind::adjust, 0, IDSW_CHARGE_UNKNOWN, 140);

TEST(LedgerCharge, IsWhatItsEntriesSay) {
  const Period period{100, 200};
  const Period later{200, 300};

  struct Case {
    std::vector<LedgerEntry> entries;
    const char* state;
    std::int64_t balance;
    Standing standing;
    Standing standing_later;
  };

  const Case k_cases[] = {
      {{k_hold}, "held", 0, Standing::open, Standing::open},
      {{k_hold, k_unknown}, "unknown", 0, Standing::open, Standing::open},
      {{k_hold, k_capture}, "captured", 200'000, Standing::due, Standing::elsewhere},
      {{k_hold, k_unknown, k_capture}, "captured", 200'000, Standing::due, Standing::elsewhere},
      {{k_hold, k_void}, "voided", 0, Standing::released, Standing::released},
      {{k_hold, k_capture, entry(EntryKind::adjust, -50'000, IDSW_CHARGE_CAPTURED)},
       "captured",
       150'000,
       Standing::due,
       Standing::elsewhere},
      {{k_hold, k_capture, entry(EntryKind::adjust, 0, IDSW_CHARGE_RELEASED)},
       "captured (disputed)",
       200'000,
       Standing::due,
       Standing::elsewhere},
      {{k_hold, k_void, entry(EntryKind::adjust, 0, IDSW_CHARGE_CAPTURED)},
       "voided (disputed)",
       0,
       Standing::released,
       Standing::released},
  };
  for (const Case& one : k_cases) {
    const auto charge = charge_of(one.entries);
    ASSERT_TRUE(charge);
    EXPECT_EQ(state_text(*charge), one.state);
    EXPECT_EQ(charge->balance.micros, one.balance);
    EXPECT_EQ(standing_of(*charge, period), one.standing);
    EXPECT_EQ(standing_of(*charge, later), one.standing_later);
  }
  EXPECT_FALSE(
      charge_of({entry(EntryKind::capture, INT64_MAX, 0), entry(EntryKind::adjust, 1, 0)}));
}

// The entries of a charge that one source says is charged, and then a better one, that it is not;
// or the other way round.
std::vector<LedgerEntry> contradicted(std::uint32_t first, std::uint32_t then) {
  Office office;
  ChargeBook book(VerificationId{1, 1}, "shop");
  std::vector<LedgerEntry> entries;
  std::int64_t at = 100;
  for (const auto& [state, source] :
       {std::pair{first, IDSW_SOURCE_RESULT_CODE}, std::pair{then, IDSW_SOURCE_VENDOR_FLAG}}) {
    Pricer pricer = office.pricer();
    Evidence told = evidence(state);
    told.source = source;
    for (LedgerEntry& made : book.apply(pricer, told, at)) entries.push_back(std::move(made));
    at += 100;
  }
  return entries;
}

// A correction was not read: what the API called captured, reconciliation called free.
TEST(Reconciliation, AChargeThatWasVoidAndIsChargedAfterAllIsDue) {
  const LedgerCharge charge =
      *charge_of(contradicted(IDSW_CHARGE_NOT_CHARGED, IDSW_CHARGE_CAPTURED));
  EXPECT_EQ(state_text(charge), "captured (disputed)");
  EXPECT_EQ(charge.balance, Money{200'000});
  EXPECT_EQ(standing_of(charge, {}), Standing::due);
  EXPECT_EQ(standing_of(charge, Period{100, 200}), Standing::elsewhere) << "charged at 200";
  StatementLine line;
  line.currency = "CNY";
  line.amount = Money{200'000};
  EXPECT_EQ(judge(line, charge, Standing::due, contract()).verdict, Verdict::matched);
  EXPECT_EQ(judge_missing(charge).verdict, Verdict::only_ours);
}

TEST(Reconciliation, AChargeThatWasGivenBackIsNotDue) {
  const LedgerCharge charge =
      *charge_of(contradicted(IDSW_CHARGE_CAPTURED, IDSW_CHARGE_NOT_CHARGED));
  EXPECT_EQ(state_text(charge), "voided (disputed)");
  EXPECT_EQ(charge.balance, Money{});
  EXPECT_EQ(standing_of(charge, {}), Standing::released);
  StatementLine line;
  line.currency = "CNY";
  line.amount = Money{200'000};
  const Judgement judgement = judge(line, charge, Standing::released, contract());
  EXPECT_EQ(judgement.verdict, Verdict::only_theirs);
  EXPECT_NE(judgement.note.find("costs nothing"), std::string::npos);
}

TEST(Reconciliation, JudgesALineBesideACharge) {
  config::Contract contract = billing::contract();
  verify_of(contract).tiers = {{101, Money{180'000}}};
  verify_of(contract).free_units = 10;
  verify_of(contract).outcomes = {{1, 0, "", Money{50'000}, {}}};
  LedgerCharge charge = *charge_of({k_hold, k_capture});
  charge.rule = "prices.verify";
  StatementLine line;
  line.currency = "CNY";
  const auto verdict = [&](std::int64_t micros, Standing standing = Standing::due) {
    line.amount = Money{micros};
    return word(judge(line, charge, standing, contract).verdict);
  };
  EXPECT_EQ(verdict(200'000), "matched");
  EXPECT_EQ(verdict(200'001), "amount differs");
  EXPECT_EQ(verdict(180'000), "wrong tier");
  EXPECT_EQ(verdict(0), "wrong tier");           // free units are a tier
  EXPECT_EQ(verdict(50'000), "amount differs");  // the price of an end is none
  EXPECT_EQ(verdict(200'000, Standing::open), "only theirs");
  EXPECT_EQ(verdict(0, Standing::open), "matched");
  EXPECT_EQ(verdict(200'000, Standing::elsewhere), "only theirs");
  EXPECT_EQ(verdict(200'000, Standing::released), "only theirs");
  EXPECT_EQ(verdict(0, Standing::released), "matched");
  charge.rule = "prices.verify.outcomes[0]";
  EXPECT_EQ(verdict(180'000), "amount differs");  // ours is by no tier
  charge.rule = "prices.verify";
  charge.balance = Money{150'000};
  EXPECT_EQ(verdict(200'000), "amount differs");  // the price of ours before it was corrected
  charge.balance = Money{200'000};
  line.currency = "USD";
  EXPECT_EQ(verdict(200'000), "amount differs");
}

TEST(Reconciliation, SumsThatCannotBeCountedAreRefused) {
  Tally tally;
  StatementLine line;
  line.currency = "CNY";
  line.amount = Money{INT64_MAX};
  EXPECT_TRUE(tally.add(&line, nullptr));
  line.amount = Money{1};
  EXPECT_FALSE(tally.add(&line, nullptr));
  line.currency = "USD";
  EXPECT_TRUE(tally.add(&line, nullptr));
}

using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

MatchItem item(bool is_line, std::uint32_t number, std::int64_t micros, std::int64_t at,
               Standing standing = Standing::due) {
  MatchItem item;
  item.is_line = is_line;
  item.number = number;
  item.amount_micros = micros;
  item.at_unix_ms = at;
  item.standing = standing;
  return item;
}

TEST(LineMatching, ByReferenceWhatIsExactAndDueComesFirst) {
  const auto match = [](std::vector<MatchItem> items, bool exact) {
    Pairs pairs;
    match_reference(std::move(items), exact, [&](auto l, auto c) { pairs.emplace_back(l, c); });
    return pairs;
  };
  const std::vector<MatchItem> items = {item(true, 1, 5, 0), item(true, 2, 7, 0),
                                        item(false, 1, 7, 0), item(false, 2, 9, 0),
                                        item(false, 3, 5, 0, Standing::open)};
  EXPECT_EQ(match(items, true), (Pairs{{2, 1}}));
  EXPECT_EQ(match(items, false), (Pairs{{1, 1}, {2, 2}}));
  auto foreign = items;
  for (MatchItem& one : foreign) one.sku = one.is_line;
  EXPECT_EQ(match(foreign, false), Pairs{});
  auto dollars = items;
  for (MatchItem& one : dollars) one.currency = one.is_line;
  EXPECT_EQ(match(dollars, true), Pairs{});
}

TEST(LineMatching, ByTimeIsTheGreedyOfAllPairs) {
  std::mt19937 random(11);
  for (int round = 0; round < 2000; ++round) {
    constexpr std::int64_t k_window = 10;
    std::vector<MatchItem> items;
    for (std::uint32_t i = 0, count = 1 + std::uint32_t(random() % 12); i < count; ++i) {
      items.push_back(item(random() % 2 == 0, i, 1, std::int64_t(random() % 60)));
    }
    std::sort(items.begin(), items.end(),
              [](const auto& a, const auto& b) { return a.at_unix_ms < b.at_unix_ms; });
    // Every pair there is, the nearest first; of those as near, the one that begins first.
    std::vector<std::tuple<std::int64_t, std::size_t, std::size_t>> all;
    for (std::size_t i = 0; i < items.size(); ++i) {
      for (std::size_t j = i + 1; j < items.size(); ++j) {
        const std::int64_t apart = items[j].at_unix_ms - items[i].at_unix_ms;
        if (items[i].is_line != items[j].is_line && apart <= k_window)
          all.emplace_back(apart, i, j);
      }
    }
    std::sort(all.begin(), all.end());
    std::multiset<std::int64_t> expected;
    std::vector<bool> taken(items.size());
    for (const auto& [apart, i, j] : all) {
      if (taken[i] || taken[j]) continue;
      taken[i] = taken[j] = true;
      expected.insert(apart);
    }
    std::map<std::uint32_t, std::int64_t> at;
    for (const MatchItem& one : items) at[one.number] = one.at_unix_ms;
    std::multiset<std::int64_t> found;
    std::set<std::uint32_t> used;
    NearestMatching nearest(k_window, [&](auto line, auto charge) {
      found.insert(std::abs(at[line] - at[charge]));
      EXPECT_TRUE(used.insert(line).second && used.insert(charge).second);
    });
    for (const MatchItem& one : items) nearest.add(one);
    nearest.finish();
    ASSERT_EQ(found, expected) << round;
  }
}

TEST(LineMatching, ByTimeLosesNoPairWhereItIsCut) {
  for (const std::size_t items_max : {std::size_t{2}, std::size_t{3}, std::size_t{5}}) {
    int found = 0;
    NearestMatching nearest(
        10,
        [&](auto line, auto charge) {
          EXPECT_EQ(line, charge);
          ++found;
        },
        items_max);
    for (std::uint32_t i = 0; i < 100; ++i) {
      nearest.add(item(true, i, 1, std::int64_t{i} * 6));
      nearest.add(item(false, i, 1, std::int64_t{i} * 6 + 1));
    }
    nearest.finish();
    EXPECT_EQ(found, 100) << items_max;
  }
}

}  // namespace
}  // namespace idswitch::billing

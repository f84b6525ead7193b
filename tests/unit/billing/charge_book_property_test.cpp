#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <utility>

#include "contract.hpp"

namespace idswitch::billing {
namespace {

using Key = ChargeName;

Key key_of(const LedgerEntry& entry) {
  return {entry.account, entry.sku, entry.event, entry.call};
}

// What holds for any ledger of one verification.
void expect_sound(const std::vector<LedgerEntry>& ledger) {
  std::map<Key, int> holds;
  std::map<Key, int> resolutions;
  for (const LedgerEntry& entry : ledger) {
    const bool resolved = resolutions[key_of(entry)] == 1;
    EXPECT_TRUE(entry.kind == EntryKind::adjust || entry.amount >= Money{});
    if (entry.amount != Money{}) {
      EXPECT_NE(entry.rule, "");
      EXPECT_NE(entry.contract_version, "");
    }
    switch (entry.kind) {
      case EntryKind::hold: EXPECT_EQ(++holds[key_of(entry)], 1); break;
      case EntryKind::capture:
      case EntryKind::void_:
        EXPECT_EQ(++resolutions[key_of(entry)], 1);
        EXPECT_EQ(holds[key_of(entry)], 1) << "resolved before it was held";
        break;
      case EntryKind::adjust: EXPECT_EQ(resolved || entry.amount == Money{}, true); break;
    }
  }
}

void expect_same(const std::vector<Charge>& left, const std::vector<Charge>& right) {
  ASSERT_EQ(left.size(), right.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    EXPECT_EQ(left[i].account, right[i].account);
    EXPECT_EQ(left[i].event, right[i].event);
    EXPECT_EQ(left[i].call, right[i].call);
    EXPECT_EQ(left[i].state, right[i].state);
    EXPECT_EQ(left[i].amount_micros, right[i].amount_micros);
    EXPECT_GE(left[i].amount_micros, 0);
  }
}

struct Seen {
  std::string account;
  Evidence evidence;
};

std::vector<Seen> invented(std::mt19937& random) {
  static constexpr std::uint32_t k_states[] = {IDSW_CHARGE_UNKNOWN, IDSW_CHARGE_HELD,
                                               IDSW_CHARGE_CAPTURED, IDSW_CHARGE_RELEASED,
                                               IDSW_CHARGE_NOT_CHARGED};
  static const std::pair<std::string, std::uint32_t> k_calls[] = {
      {"verify", 1}, {"verify", 2}, {"verify#2", 1}, {"init", 1}};
  std::vector<Seen> list(random() % 8);
  for (Seen& seen : list) {
    const auto& [event, call] = k_calls[random() % 4];
    seen = {random() % 3 == 0 ? "other" : "baidu", evidence(k_states[random() % 5], event, call)};
  }
  return list;
}

TEST(ChargeBookProperty, AnyOrderAndRepetitionOfEvidenceKeepsOneHoldAndOneResolution) {
  std::mt19937 random(20261121);
  for (int round = 0; round < 2000; ++round) {
    SCOPED_TRACE(round);
    std::vector<Seen> list = invented(random);
    const std::size_t distinct = list.size();
    for (std::size_t i = 0; i < distinct; ++i) {
      if (random() % 2 == 0) list.push_back(list[i]);
    }
    std::shuffle(list.begin(), list.end(), random);

    Office office;
    Pricer baidu = office.pricer();
    Pricer other = office.pricer("other");
    const auto pricer_of = [&](const Seen& seen) -> Pricer& {
      return seen.account == "other" ? other : baidu;
    };
    ChargeBook book(VerificationId{1, 2}, "shop");
    std::vector<LedgerEntry> ledger;
    const auto take = [&](std::vector<LedgerEntry> entries) {
      ledger.insert(ledger.end(), entries.begin(), entries.end());
      return entries.size();
    };
    for (const Seen& seen : list) take(book.apply(pricer_of(seen), seen.evidence, round));
    expect_sound(ledger);

    std::size_t added = 0;
    for (const Seen& seen : list) added += take(book.apply(pricer_of(seen), seen.evidence, round));
    EXPECT_EQ(added, 0u);

    ChargeBook again(VerificationId{1, 2}, "shop");
    again.replay(ledger);
    expect_same(book.charges(), again.charges());
    EXPECT_EQ(book.has_held(), again.has_held());
    for (const Seen& seen : list) {
      EXPECT_TRUE(again.apply(pricer_of(seen), seen.evidence, round).empty());
    }
  }
}

TEST(ChargeBookProperty, EveryPaidCallOfASequenceIsACallOfItsOwn) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    Office office;
    Pricer baidu = office.pricer();
    ChargeBook book(VerificationId{1, 2}, "shop");
    std::size_t calls = 0;
    std::int64_t captured = 0;
    for (unsigned i = 0, count = random() % 6; i < count; ++i) {
      const std::uint32_t call = book.call_for("baidu", "verify", "verify", true);
      EXPECT_TRUE(book.hold(baidu, "verify", "verify", round, call));
      ++calls;
      EXPECT_EQ(book.latest_call("baidu", "verify", "verify"), call);
      const bool paid = random() % 2 == 0;
      captured += paid ? 200'000 : 0;
      book.apply(baidu,
                 evidence(paid ? IDSW_CHARGE_CAPTURED : IDSW_CHARGE_NOT_CHARGED, "verify", 0),
                 round);
    }
    std::int64_t total = 0;
    for (const Charge& charge : book.charges()) total += charge.amount_micros;
    EXPECT_EQ(book.charges().size(), calls);
    EXPECT_EQ(total, captured);
  }
}

}  // namespace
}  // namespace idswitch::billing

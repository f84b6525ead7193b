// Every sequence of evidence about one charge, up to a length: what it comes to is what the set of
// the evidence says, whatever its order, and wherever the switch was stopped in between.

#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "contract.hpp"

namespace idswitch::billing {
namespace {

constexpr std::uint32_t k_flag = IDSW_SOURCE_VENDOR_FLAG;
constexpr std::uint32_t k_code = IDSW_SOURCE_RESULT_CODE;
constexpr std::uint32_t k_rule = IDSW_SOURCE_DOCUMENTED_RULE;
constexpr std::uint32_t k_inferred = IDSW_SOURCE_INFERRED;

// What the contract says of the end "fail".
enum class FailTerms { another_price, charged, not_charged };

constexpr std::int64_t k_price = 200'000;
constexpr std::int64_t k_fail_price = 50'000;

struct Symbol {
  bool is_end = false;
  std::uint32_t state = 0;
  std::uint32_t source = 0;

  auto operator<=>(const Symbol&) const = default;
};

using Set = std::set<Symbol>;

std::vector<Symbol> alphabet(std::uint32_t one_source, std::uint32_t other_source) {
  std::vector<Symbol> symbols = {{true, 0, 0}};
  for (const std::uint32_t source : {one_source, other_source}) {
    for (std::uint32_t state = IDSW_CHARGE_UNKNOWN; state <= IDSW_CHARGE_NOT_CHARGED; ++state) {
      symbols.push_back({false, state, source});
    }
  }
  return symbols;
}

struct Expected {
  ChargeState state = ChargeState::held;
  std::int64_t micros = k_price;
  bool disputed = false;
};

// Written from the documentation, not from the code: the best source of each side, and a tie is
// charged.
Expected expected_of(const Set& set, FailTerms terms) {
  constexpr int k_better[] = {0, 3, 2, 1};  // by IDSW_SOURCE_*
  const bool ended = set.contains({true, 0, 0});
  int charged = -1, free = -1, told_charged = 0, told_free = 0, told_unknown = 0;
  for (const Symbol& one : set) {
    if (one.is_end || one.state == IDSW_CHARGE_HELD) continue;
    told_charged += one.state == IDSW_CHARGE_CAPTURED;
    told_unknown += one.state == IDSW_CHARGE_UNKNOWN;
    told_free += one.state == IDSW_CHARGE_RELEASED || one.state == IDSW_CHARGE_NOT_CHARGED;
    bool says_charged = one.state == IDSW_CHARGE_CAPTURED;
    bool is_definite = one.state != IDSW_CHARGE_UNKNOWN;
    if (ended && terms != FailTerms::another_price && one.source != k_flag) {
      says_charged = terms == FailTerms::charged;
      is_definite = true;
    }
    if (!is_definite) continue;
    int& side = says_charged ? charged : free;
    side = std::max(side, k_better[one.source]);
  }
  Expected expected;
  expected.disputed = told_charged > 0 && told_free > 0;
  if (charged < 0 && free < 0) {
    if (told_unknown > 0) expected.state = ChargeState::unknown;
  } else if (charged >= free) {
    expected.state = ChargeState::captured;
    if (ended && terms != FailTerms::not_charged) expected.micros = k_fail_price;
  } else {
    expected.state = ChargeState::voided;
    expected.micros = 0;
  }
  return expected;
}

// Walks the tree of all sequences.
class Walk {
 public:
  Walk(FailTerms terms, std::vector<Symbol> symbols, bool stops_after_each)
      : terms_(terms), symbols_(std::move(symbols)), stops_after_each_(stops_after_each) {
    config::OutcomePrice fail{IDSW_VERDICT_FAIL, 0, "", Money{k_fail_price}, {}};
    if (terms == FailTerms::charged) fail.charged = true;
    if (terms == FailTerms::not_charged) {
      fail.charged = false;
      fail.price = {};
    }
    verify_of(contract_).outcomes = {fail};
  }

  void all(std::size_t depth) {
    Node root{ChargeBook(VerificationId{1, 2}, "shop"), {}, {}, {}};
    Pricer pricer = pricer_of(root.counts);
    root.ledger.push_back(*root.book.hold(pricer, "verify", "verify", 1));
    below(root, depth);
  }

  std::size_t seen() const { return seen_; }

 private:
  struct Node {
    ChargeBook book;
    MemoryCounts counts;
    std::vector<LedgerEntry> ledger;
    Set set;
  };

  std::vector<LedgerEntry> tell(ChargeBook& book, MemoryCounts& counts,
                                const Symbol& symbol) const {
    Pricer pricer = pricer_of(counts);
    if (symbol.is_end) return book.end(pricer, {IDSW_VERDICT_FAIL, 0, "0"}, 2);
    Evidence seen = evidence(symbol.state);
    seen.source = symbol.source;
    return book.apply(pricer, seen, 2);
  }

  Pricer pricer_of(MemoryCounts& counts) const {
    return Pricer({"baidu", contract_, budgets_, skus_}, "shop", 0, counts);
  }

  // A new process: the ledger, and the end that the verification's record tells.
  Node started_again(const Node& node, std::size_t entries) const {
    Node again{ChargeBook(VerificationId{1, 2}, "shop"), {}, node.ledger, node.set};
    again.ledger.resize(entries);
    again.book.replay(again.ledger);
    again.counts = node.counts;
    return again;
  }

  void expect_state(const ChargeBook& book, const Set& set) const {
    const Expected expected = expected_of(set, terms_);
    const Charge charge = book.charges().at(0);
    EXPECT_EQ(charge.state, expected.state);
    EXPECT_EQ(charge.amount_micros, expected.micros);
    EXPECT_EQ(charge.disputed, expected.disputed);
  }

  void expect_sound(const Node& node) const {
    int holds = 0, resolutions = 0;
    std::int64_t balance = 0;
    std::set<std::tuple<std::uint32_t, std::uint32_t, std::int64_t, std::string>> adjusts;
    for (const LedgerEntry& entry : node.ledger) {
      holds += entry.kind == EntryKind::hold;
      resolutions += entry.kind == EntryKind::capture || entry.kind == EntryKind::void_;
      if (entry.kind != EntryKind::hold) balance += entry.amount.micros;
      EXPECT_FALSE(entry.contract_version.empty());
      EXPECT_FALSE(entry.amount != Money{} && entry.rule.empty());
      EXPECT_GE(balance, 0);
      if (entry.kind != EntryKind::adjust) continue;
      EXPECT_TRUE(resolutions == 1 || entry.amount == Money{});
      // The database takes the same adjustment of a charge once.
      EXPECT_TRUE(
          adjusts.emplace(entry.evidence, entry.source, entry.amount.micros, entry.rule).second);
    }
    EXPECT_EQ(holds, 1);
    EXPECT_LE(resolutions, 1);
    const Expected expected = expected_of(node.set, terms_);
    const bool open = expected.state == ChargeState::held || expected.state == ChargeState::unknown;
    EXPECT_EQ(resolutions, open ? 0 : 1);
    EXPECT_EQ(balance, open ? 0 : expected.micros);
  }

  void below(const Node& node, std::size_t depth) {
    if (depth == 0) return;
    for (const Symbol& symbol : symbols_) {
      Node next = node;
      const std::vector<LedgerEntry> added = tell(next.book, next.counts, symbol);
      const bool is_new = next.set.insert(symbol).second;
      next.ledger.insert(next.ledger.end(), added.begin(), added.end());
      path_.push_back(symbol);
      ++seen_;
      EXPECT_TRUE(is_new || added.empty());
      EXPECT_LE(added.size(), 2u);
      expect_sound(next);
      expect_state(next.book, next.set);
      // Stopped after any of the entries: what was told is told again.
      const Symbol end{true, 0, 0};
      for (std::size_t kept = node.ledger.size(); kept <= next.ledger.size(); ++kept) {
        Node again = started_again(next, kept);
        if (next.set.contains(end)) again.book.ended("baidu", {IDSW_VERDICT_FAIL, 0, "0"});
        tell(again.book, again.counts, symbol);
        expect_state(again.book, next.set);
      }
      Node forgetful = started_again(next, next.ledger.size());
      expect_state(forgetful.book, next.set);
      // Nobody tells the end again: its price stays. Whether it is charged at all by the contract
      // must be asked with it.
      if (!symbol.is_end && terms_ == FailTerms::another_price) {
        EXPECT_TRUE(tell(forgetful.book, forgetful.counts, symbol).empty());
      }
      if (testing::Test::HasFailure()) return print();
      if (stops_after_each_) {
        next = started_again(next, next.ledger.size());
        EXPECT_TRUE(!next.set.contains(end) || tell(next.book, next.counts, end).empty());
      }
      below(next, depth - 1);
      if (testing::Test::HasFailure()) return;
      path_.pop_back();
    }
  }

  void print() const {
    std::string text;
    for (const Symbol& one : path_) {
      text += one.is_end ? " end"
                         : " " + std::string(charge_word(one.state)) + "/" +
                               std::string(source_word(one.source));
    }
    ADD_FAILURE() << "terms " << int(terms_) << ":" << text;
  }

  FailTerms terms_;
  std::vector<Symbol> symbols_;
  bool stops_after_each_;
  config::Contract contract_ = billing::contract();
  Budgets budgets_;
  std::vector<std::string> skus_ = {"verify"};
  std::vector<Symbol> path_;
  std::size_t seen_ = 0;
};

TEST(ChargeSequence, OfFivePiecesOfEvidenceComesToWhatTheirSetSays) {
  Walk walk(FailTerms::another_price, alphabet(k_code, k_flag), false);
  walk.all(5);
  EXPECT_EQ(walk.seen(), 11u + 121 + 1331 + 14641 + 161051);
}

TEST(ChargeSequence, StoppedAfterEachPieceComesToTheSame) {
  Walk walk(FailTerms::another_price, alphabet(k_code, k_inferred), true);
  walk.all(5);
  EXPECT_EQ(walk.seen(), 11u + 121 + 1331 + 14641 + 161051);
}

TEST(ChargeSequence, OfAnyTwoSourcesUnderAnyTermsComesToWhatTheirSetSays) {
  const std::pair<std::uint32_t, std::uint32_t> pairs[] = {
      {k_flag, k_code}, {k_flag, k_rule},     {k_flag, k_inferred},
      {k_code, k_rule}, {k_code, k_inferred}, {k_rule, k_inferred}};
  for (const auto& [one, other] : pairs) {
    for (const FailTerms terms :
         {FailTerms::another_price, FailTerms::charged, FailTerms::not_charged}) {
      for (const bool stops : {false, true}) Walk(terms, alphabet(one, other), stops).all(3);
    }
  }
}

TEST(ChargeSequence, UnderTermsThatOverrideComesToWhatItsSetSays) {
  Walk(FailTerms::charged, alphabet(k_code, k_flag), true).all(4);
  Walk(FailTerms::not_charged, alphabet(k_code, k_flag), true).all(4);
  Walk(FailTerms::charged, alphabet(k_code, k_inferred), false).all(4);
  Walk(FailTerms::not_charged, alphabet(k_code, k_inferred), false).all(4);
}

}  // namespace
}  // namespace idswitch::billing

// Lists of evidence for several charges, in any order and with repetitions, under invented
// contracts: each charge comes to the same.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <tuple>

#include "contract.hpp"

namespace idswitch::billing {
namespace {

using Key = std::tuple<std::string, std::string, std::string, std::uint32_t>;

struct Told {
  std::string account;
  Evidence evidence;
  bool is_end = false;
  std::uint32_t verdict = 0;
};

class Invention {
 public:
  explicit Invention(std::uint32_t seed) : random_(seed) {}

  std::uint32_t below(std::uint32_t count) { return std::uint32_t(random_() % count); }

  // Prices by verdict and code, overrides, sessions; no volume, which counts in the order in which
  // units become known.
  config::Contract contract() {
    static const std::string k_codes[] = {"", "", "7", "8"};
    config::Contract contract = billing::contract();
    for (auto& [sku, price] : contract.versions[0].prices) {
      for (std::uint32_t left = below(4); left > 0; --left) {
        config::OutcomePrice line{below(3), 0, k_codes[below(4)], Money{below(9) * 10'000}, {}};
        if (line.verdict == 0 && line.vendor_code.empty()) line.vendor_code = "7";
        const std::uint32_t says = below(4);
        if (says == 0) line.charged = true;
        if (says == 1) {
          line.charged = false;
          line.price = {};
        }
        price.outcomes.push_back(line);
      }
      if (below(3) == 0) price.group = config::Group::session;
    }
    return contract;
  }

  std::vector<Told> list() {
    static const std::pair<std::string, std::uint32_t> k_calls[] = {
        {"verify", 1}, {"verify", 2}, {"verify", 3}, {"other", 1}};
    static const std::string k_codes[] = {"", "7", "8", "9"};
    std::vector<Told> list(1 + below(9));
    for (Told& one : list) {
      one.account = below(4) == 0 ? "other" : "baidu";
      one.evidence.state = below(6);
      one.evidence.source = below(4);
      one.evidence.sku = below(3) == 0 ? "sessioncode" : "verify";
      std::tie(one.evidence.event, one.evidence.call) = k_calls[below(4)];
      one.evidence.vendor_code = k_codes[below(4)];
    }
    if (below(4) != 0) {
      Told end;
      end.account = "baidu";
      end.is_end = true;
      end.verdict = 1 + below(2);
      end.evidence.vendor_code = k_codes[below(4)];
      list.push_back(end);
    }
    return list;
  }

  std::vector<Told> shuffled(std::vector<Told> list) {
    for (std::size_t i = 0, distinct = list.size(); i < distinct; ++i) {
      if (below(2) == 0) list.push_back(list[i]);
    }
    std::shuffle(list.begin(), list.end(), random_);
    return list;
  }

 private:
  std::mt19937 random_;
};

struct Result {
  bool resolved = false;
  std::int64_t micros = 0;  // when resolved
  bool disputed = false;

  bool operator==(const Result&) const = default;
};

void PrintTo(const Result& one, std::ostream* out) {
  *out << (one.resolved ? "resolved " : "open ") << one.micros << (one.disputed ? " disputed" : "");
}

std::map<Key, Result> results(const ChargeBook& book) {
  std::map<Key, Result> results;
  for (const Charge& charge : book.charges()) {
    const bool resolved =
        charge.state == ChargeState::captured || charge.state == ChargeState::voided;
    results[{charge.account, charge.sku, charge.event, charge.call}] = {
        resolved, resolved ? charge.amount_micros : 0, charge.disputed};
  }
  return results;
}

// stop_at: the process dies there and a new one goes on; none when it is past the end.
std::map<Key, Result> played(const config::Contract& contract, const std::vector<Told>& list,
                             std::size_t stop_at) {
  Office office;
  office.contract = contract;
  ChargeBook book(VerificationId{1, 2}, "shop");
  std::vector<LedgerEntry> ledger;
  std::vector<Told> ends;
  // Held before they left, as every call is: which calls there were is known before their ends.
  for (const Told& told : list) {
    if (told.is_end) continue;
    Pricer pricer = office.pricer(told.account);
    auto hold = book.hold(pricer, told.evidence.sku, told.evidence.event, 4, told.evidence.call);
    if (hold) ledger.push_back(std::move(*hold));
  }
  const auto tell = [&](const Told& told) {
    Pricer pricer = office.pricer(told.account);
    const auto added = told.is_end
                           ? book.end(pricer, {told.verdict, 0, told.evidence.vendor_code}, 5)
                           : book.apply(pricer, told.evidence, 5);
    ledger.insert(ledger.end(), added.begin(), added.end());
    return added.size();
  };
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i == stop_at) {
      const auto before = results(book);
      book = ChargeBook(VerificationId{1, 2}, "shop");
      book.replay(ledger);
      EXPECT_EQ(results(book), before);
      for (const Told& end : ends) EXPECT_EQ(tell(end), 0u);
    }
    tell(list[i]);
    if (list[i].is_end) ends.push_back(list[i]);
  }
  std::size_t more = 0;
  for (const Told& told : list) more += tell(told);
  EXPECT_EQ(more, 0u) << "told again";

  std::map<Key, std::int64_t> balances;
  std::map<Key, int> holds, resolutions;
  for (const LedgerEntry& entry : ledger) {
    const Key key{entry.account, entry.sku, entry.event, entry.call};
    const bool resolves = entry.kind == EntryKind::capture || entry.kind == EntryKind::void_;
    holds[key] += entry.kind == EntryKind::hold;
    resolutions[key] += resolves;
    if (entry.kind != EntryKind::hold) balances[key] += entry.amount.micros;
    EXPECT_EQ(holds[key], 1);
    EXPECT_LE(resolutions[key], 1);
    EXPECT_GE(balances[key], 0);
    EXPECT_FALSE(entry.contract_version.empty());
    EXPECT_FALSE(entry.amount != Money{} && entry.rule.empty());
  }
  for (const auto& [key, result] : results(book)) EXPECT_EQ(balances[key], result.micros);
  return results(book);
}

TEST(ChargeOrder, AnyOrderAndRepetitionOfEvidenceComesToTheSame) {
  Invention invention(20261122);
  for (int round = 0; round < 4'000 && !testing::Test::HasFailure(); ++round) {
    SCOPED_TRACE(round);
    const config::Contract contract = invention.contract();
    const std::vector<Told> list = invention.list();
    const auto once = played(contract, list, list.size());
    for (int order = 0; order < 6; ++order) {
      const std::vector<Told> other = invention.shuffled(list);
      EXPECT_EQ(played(contract, other, invention.below(std::uint32_t(other.size()))), once);
    }
  }
}

}  // namespace
}  // namespace idswitch::billing

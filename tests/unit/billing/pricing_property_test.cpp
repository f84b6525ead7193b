#include <gtest/gtest.h>

#include <list>
#include <random>

#include "contract.hpp"

namespace idswitch::billing {
namespace {

// Small numbers, so that rules meet each other often.
config::Contract invented(std::mt19937& random) {
  const auto below = [&](unsigned count) { return std::int64_t(random() % count); };
  static const std::string k_codes[] = {"", "", "7", "8"};
  config::Contract contract = billing::contract();
  contract.versions.clear();
  for (std::int64_t i = 0, count = 1 + below(3); i < count; ++i) {
    config::ContractVersion version;
    version.version = std::to_string(i);
    version.from_unix_ms = i * 10;
    config::SkuPrice verify = flat(below(50));
    for (std::int64_t outcome = below(4); outcome > 0; --outcome) {
      verify.outcomes.push_back({std::uint32_t(below(4)),
                                 std::uint32_t(below(3)),
                                 k_codes[random() % 4],
                                 Money{below(100)},
                                 {}});
    }
    for (std::int64_t from = 1 + below(4); from < 12 && below(3) != 0; from += 1 + below(4)) {
      verify.tiers.push_back({from, Money{below(80)}});
    }
    verify.free_units = below(2) * below(5);
    verify.person_days = int(below(2)) * 30;
    version.prices["verify"] = verify;
    contract.versions.push_back(version);
  }
  return contract;
}

TEST(PricingProperty, AHoldIsTheDearestOfAllEndsAndNoDearer) {
  std::mt19937 random(20261122);
  for (int round = 0; round < 3000; ++round) {
    SCOPED_TRACE(round);
    const config::Contract contract = invented(random);
    const std::int64_t at = std::int64_t(random() % 35);
    const std::int64_t units = std::int64_t(random() % 14);
    const std::int64_t open = std::int64_t(random() % 4);
    const bool person_charged = random() % 4 == 0;
    const Priced worst = worst_case(contract, "verify", at, units, person_charged, open);
    Money dearest;
    bool is_of_some_end = false;
    // Verdicts and reasons go beyond those that any line names; "9" is a code that none names.
    for (std::uint32_t verdict = 0; verdict <= 4; ++verdict) {
      for (std::uint32_t reason = 0; reason <= 3; ++reason) {
        for (const char* code : {"", "7", "8", "9"}) {
          for (std::int64_t before = units; before <= units + open; ++before) {
            const Priced priced =
                price(contract, "verify", {at, verdict, reason, code, before, person_charged});
            ASSERT_LE(priced.amount, worst.amount);
            ASSERT_EQ(priced.version, worst.version);
            dearest = std::max(dearest, priced.amount);
            is_of_some_end |= priced.rule == worst.rule && priced.amount == worst.amount;
          }
        }
      }
    }
    ASSERT_EQ(worst.amount, dearest);
    ASSERT_TRUE(is_of_some_end) << worst.rule.text();
  }
}

TEST(PricingProperty, ChargesThatEndInTheirOrderNeverCostMoreThanTheirHolds) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    SCOPED_TRACE(round);
    Office office;
    office.contract = invented(random);

    struct Open {
      ChargeBook book;
      Pricer pricer;
      Money held;
    };

    std::list<Open> open;
    for (int step = 0; step < 60; ++step) {
      if (open.size() < 8 && random() % 2 == 0) {
        // Every person is another one; some were charged before.
        const auto person = std::uint64_t(step) + 1;
        if (random() % 4 == 0) office.counts.person({"baidu", "verify", person}) = 1;
        open.push_back({ChargeBook(VerificationId{std::uint64_t(step), 0}, "shop"),
                        office.pricer("baidu", person),
                        {}});
        open.back().held = open.back().book.hold(open.back().pricer, "verify", "verify", 5)->amount;
      } else if (!open.empty()) {
        const auto which = open.begin();
        Evidence seen = evidence(random() % 3 == 0 ? IDSW_CHARGE_RELEASED : IDSW_CHARGE_CAPTURED);
        const Ending ending{std::uint32_t(random() % 4), std::uint32_t(random() % 3), {}};
        seen.vendor_code = std::to_string(6 + random() % 3);
        const auto entries = which->book.apply(which->pricer, seen, 5, ending);
        ASSERT_EQ(entries.size(), 1u);
        ASSERT_LE(entries[0].amount, which->held) << entries[0].rule;
        open.erase(which);
      }
    }
  }
}

}  // namespace
}  // namespace idswitch::billing

// What is wrong with prices and versions of a contract.

#include "complaint_case.hpp"

namespace idswitch::config {
namespace {

TEST(PriceComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"free",
       {"2:2: accounts.main.contract.prices.sku: found the text \"free\", wanted an amount with at "
        "most six decimals, like \"0.30\""}},
      {"[1]",
       {"2:2: accounts.main.contract.prices.sku: found a list, wanted an amount with at most six "
        "decimals, like \"0.30\""}},
      {"{}",
       {"1:68: accounts.main.contract.prices.sku.price: missing: wanted what a unit costs, like "
        "\"0.30\""}},
      {"{price: 1, outcomes: []}",
       {"2:23: accounts.main.contract.prices.sku.outcomes: an empty list: wanted a list of "
        "{verdict: fail, price: \"0\"}"}},
      {"{price: 1, outcomes: [{price: 0}]}",
       {"2:24: accounts.main.contract.prices.sku.outcomes[0]: for which outcome? wanted at least "
        "one of verdict, reason and code"}},
      {"{price: 1, outcomes: [{verdict: passed, price: 0}]}",
       {"2:34: accounts.main.contract.prices.sku.outcomes[0].verdict: \"passed\" is no verdict: "
        "did you mean \"pass\"?"}},
      {"{price: 1, outcomes: [{reason: id.no_foto, price: 0}]}",
       {"2:33: accounts.main.contract.prices.sku.outcomes[0].reason: \"id.no_foto\" is no reason: "
        "did you mean \"id.no_photo\"?"}},
      {"{price: 1, outcomes: [{code: 3000}]}",
       {"2:24: accounts.main.contract.prices.sku.outcomes[0].price: missing: wanted what this "
        "outcome costs, like \"0\""}},
      {"{price: 1, outcomes: [{code: \"\", price: 0}]}",
       {"2:31: accounts.main.contract.prices.sku.outcomes[0].code: found the text \"\", wanted a "
        "code of the vendor, like \"3000\""}},
      {"{price: 1, outcomes: [{code: 1, charged: false, price: 0}]}",
       {"2:50: accounts.main.contract.prices.sku.outcomes[0].price: beside charged: false: what is "
        "not charged has no price"}},
      {"{price: 1, outcomes: [{code: 1, charged: true}]}",
       {"2:24: accounts.main.contract.prices.sku.outcomes[0].price: missing: wanted what this "
        "outcome costs, like \"0\""}},
      {"{price: 1, outcomes: [{charged: false}]}",
       {"2:24: accounts.main.contract.prices.sku.outcomes[0]: for which outcome? wanted at least "
        "one of verdict, reason and code"}},
      {"{price: 1, group: person}",
       {"2:20: accounts.main.contract.prices.sku.group: found the text \"person\", wanted call or "
        "session"}},
      {"{price: 1, tiers: [{from: 1, price: 0}]}",
       {"2:28: accounts.main.contract.prices.sku.tiers[0].from: 1 is out of range: wanted 2 to "
        "1000000000000"}},
      {"{price: 1, tiers: [{from: 10, price: 2}, {from: 10, price: 1}]}",
       {"2:50: accounts.main.contract.prices.sku.tiers[1].from: not above the tier before it: "
        "tiers stand in ascending order"}},
      {"{price: 1, tiers: [{from: 10}]}",
       {"2:21: accounts.main.contract.prices.sku.tiers[0].price: missing: wanted what a unit costs "
        "from there on"}},
      {"{price: 1, free_units: -1}",
       {"2:25: accounts.main.contract.prices.sku.free_units: -1 is out of range: wanted 0 to "
        "1000000000000"}},
      {"{price: 1, per: week}",
       {"2:18: accounts.main.contract.prices.sku.per: found the text \"week\", wanted day or "
        "month"}},
      {"{price: 1, charged_once: {days: 30}}",
       {"2:13: accounts.main.contract.prices.sku.charged_once.per: missing: wanted person"}},
      {"{price: 1, charged_once: {per: account, days: 0}}",
       {"2:33: accounts.main.contract.prices.sku.charged_once.per: found the text \"account\", "
        "wanted person",
        "2:48: accounts.main.contract.prices.sku.charged_once.days: 0 is out of range: wanted 1 to "
        "3660"}},
      {"{price: 1, charged_once: 30}",
       {"2:27: accounts.main.contract.prices.sku.charged_once: found the number 30, wanted a "
        "mapping"}},
      {"{price: 1, tier: []}",
       {"2:13: accounts.main.contract.prices.sku.tier: unknown key: did you mean \"tiers\"?"}},
      {"{price: -1}",
       {"2:10: accounts.main.contract.prices.sku.price: -1 is negative: a price is 0 or more"}},
  };
  expect_complaints(cases,
                    "accounts: {main: {product: a/b, contract: {currency: CNY, prices: {sku:\n"
                    " ",
                    "}}}}");
}

TEST(ContractVersionComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"{currency: CNY, versions: []}",
       {"4:39: accounts.main.contract.versions: an empty list: wanted a list of {version, from, "
        "prices}"}},
      {"{currency: CNY, versions: {}}",
       {"4:39: accounts.main.contract.versions: found a mapping, wanted a list of {version, from, "
        "prices}"}},
      {"{currency: CNY, versions: [{prices: {}}]}",
       {"4:40: accounts.main.contract.versions[0].version: missing: wanted a name for this "
        "version, like \"2026-1\""}},
      {"{currency: CNY, versions: [{version: 1}]}",
       {"4:40: accounts.main.contract.versions[0].prices: missing: wanted a price for each thing "
        "the vendor charges for"}},
      {"{currency: CNY, versions: [{version: 1, prices: {}}, {version: 2, prices: {}}]}",
       {"4:66: accounts.main.contract.versions[1].from: missing: wanted its first day, like "
        "2026-01-01"}},
      {"{currency: CNY, versions: [{version: 1, prices: {}}, {version: 1, from: 2026-01-01, "
       "prices: {}}]}",
       {"4:76: accounts.main.contract.versions[1].version: \"1\" is the name of an earlier version "
        "already"}},
      {"{currency: CNY, versions: [{version: 1, from: 2026-01-02, prices: {}}, {version: 2, from: "
       "2026-01-02, prices: {}}]}",
       {"4:103: accounts.main.contract.versions[1].from: not after the version above it: versions "
        "stand in ascending order"}},
      {"{currency: CNY, versions: [{version: 1, prices: {}}, {version: 2, from: 2026-02-30, "
       "prices: {}}]}",
       {"4:85: accounts.main.contract.versions[1].from: found the text \"2026-02-30\", wanted a "
        "date, like 2026-01-01"}},
      {"{currency: CNY, versions: [{version: 1, prices: {}}, {version: 2, from: 2026-1-1, prices: "
       "{}}]}",
       {"4:85: accounts.main.contract.versions[1].from: found the text \"2026-1-1\", wanted a "
        "date, like 2026-01-01"}},
      {"{currency: CNY, versions: [{version: 1, prices: {}, form: 2026-01-01}]}",
       {"4:65: accounts.main.contract.versions[0].form: unknown key: did you mean \"from\"?"}},
      {"{currency: CNY, version: 1, prices: {}, minimum: {}, versions: [{version: 1, prices: {}}]}",
       {"4:29: accounts.main.contract.version: beside versions: write it into each version",
        "4:41: accounts.main.contract.prices: beside versions: write it into each version",
        "4:53: accounts.main.contract.minimum: beside versions: write it into each version"}},
      {"{currency: CNY, time: \"+8\", prices: {}}",
       {"4:35: accounts.main.contract.time: found the text \"+8\", wanted UTC or an offset from it "
        "of -12:00 to +14:00, like \"+08:00\""}},
      {"{currency: CNY, time: \"+14:01\", prices: {}}",
       {"4:35: accounts.main.contract.time: found the text \"+14:01\", wanted UTC or an offset "
        "from it of -12:00 to +14:00, like \"+08:00\""}},
      {"{currency: CNY, time: utc, prices: {}}",
       {"4:35: accounts.main.contract.time: found the text \"utc\", wanted UTC or an offset from "
        "it of -12:00 to +14:00, like \"+08:00\""}},
      {"{currency: CNY, prices: {}, minimum: {amount: 5}}",
       {"4:41: accounts.main.contract.minimum.per: missing: wanted day or month"}},
      {"{currency: CNY, prices: {}, minimum: {per: year, amount: -5}}",
       {"4:56: accounts.main.contract.minimum.per: found the text \"year\", wanted day or month",
        "4:70: accounts.main.contract.minimum.amount: -5 is negative: a price is 0 or more"}},
      {"{currency: CNY, prices: {}, minimum: 500}",
       {"4:50: accounts.main.contract.minimum: found the number 500, wanted a mapping"}},
  };
  expect_complaints(cases,
                    "accounts:\n"
                    " main:\n"
                    "  product: a/b\n"
                    "  contract: ");
}

}  // namespace
}  // namespace idswitch::config

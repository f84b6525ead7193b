// What is wrong with limits, breaker and prior of an account.

#include "complaint_case.hpp"

namespace idswitch::config {
namespace {

TEST(ConductComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"data_regions: []",
       {"5:17: accounts.main.data_regions: an empty list: wanted a list of regions, like [cn]"}},
      {"data_regions: cn",
       {"5:17: accounts.main.data_regions: found the text \"cn\", wanted a list of regions, like "
        "[cn]"}},
      {"data_regions: [CN, cn, cn]",
       {"5:18: accounts.main.data_regions[0]: found the text \"CN\", wanted a name: 1 to 64 of "
        "a-z, 0-9, _ and -",
        "5:26: accounts.main.data_regions[2]: \"cn\" stands in the list already"}},
      {"limits: {concurrency_max: 100001}",
       {"5:29: accounts.main.limits.concurrency_max: 100001 is out of range: wanted 0 to 100000"}},
      {"limits: {concurrency_max: -1}",
       {"5:29: accounts.main.limits.concurrency_max: -1 is out of range: wanted 0 to 100000"}},
      {"limits: {starts_per_second: 1000001}",
       {"5:31: accounts.main.limits.starts_per_second: 1000001 is out of range: wanted 0 to "
        "1000000"}},
      {"limits: {starts_burst: 5}",
       {"5:26: accounts.main.limits.starts_burst: without starts_per_second: give that too, or "
        "remove this"}},
      {"limits: {starts_per_second: 0, starts_burst: 5}",
       {"5:48: accounts.main.limits.starts_burst: without starts_per_second: give that too, or "
        "remove this"}},
      {"limits: {starts_per_second: 5, starts_burst: 0}",
       {"5:48: accounts.main.limits.starts_burst: 0 is out of range: wanted 1 to 1000000"}},
      {"limits: {follow_ups: {concurrency_max: 100001}}",
       {"5:42: accounts.main.limits.follow_ups.concurrency_max: 100001 is out of range: wanted 0 "
        "to "
        "100000"}},
      {"limits: {follow_ups: {per_second: 1000001}}",
       {"5:37: accounts.main.limits.follow_ups.per_second: 1000001 is out of range: wanted 0 to "
        "1000000"}},
      {"breaker: {consecutive_failures: 0}",
       {"5:35: accounts.main.breaker.consecutive_failures: 0 is out of range: wanted 1 to 1000"}},
      {"breaker: {consecutive_failures: 1001}",
       {"5:35: accounts.main.breaker.consecutive_failures: 1001 is out of range: wanted 1 to "
        "1000"}},
      {"breaker: {failure_rate: 0}",
       {"5:27: accounts.main.breaker.failure_rate: 0 is out of range: wanted 0.000001 to 1"}},
      {"breaker: {failure_rate: 101%}",
       {"5:27: accounts.main.breaker.failure_rate: found the text \"101%\", wanted a share of "
        "0.000001 to 1 with at most six decimals, like 0.8 or 80%"}},
      {"breaker: {failure_rate: half}",
       {"5:27: accounts.main.breaker.failure_rate: found the text \"half\", wanted a share of "
        "0.000001 to 1 with at most six decimals, like 0.8 or 80%"}},
      {"breaker: {open_for: 2m, open_for_max: 1m}",
       {"5:41: accounts.main.breaker.open_for_max: shorter than open_for, which grows up to it"}},
      {"breaker: {ramp: 61m}",
       {"5:19: accounts.main.breaker.ramp: 61m is out of range: wanted 0s to 1h"}},
      {"breaker: {window: 0s}",
       {"5:21: accounts.main.breaker.window: 0s is out of range: wanted 1s to 1h"}},
      {"breaker: {volume_min: 0}",
       {"5:25: accounts.main.breaker.volume_min: 0 is out of range: wanted 1 to 1000000"}},
      {"breaker: {open_fro: 1s}",
       {"5:13: accounts.main.breaker.open_fro: unknown key: did you mean \"open_for\"?"}},
      {"prior: {pass_rate: 1.000001}",
       {"5:22: accounts.main.prior.pass_rate: found the number 1.000001, wanted a share of 0 to 1 "
        "with at most six decimals, like 0.8 or 80%"}},
      {"prior: {pass_rate: 0.0000001}",
       {"5:22: accounts.main.prior.pass_rate: found the number 0.0000001, wanted a share of 0 to 1 "
        "with at most six decimals, like 0.8 or 80%"}},
      {"prior: {pass_rate: 0.00001%}",
       {"5:22: accounts.main.prior.pass_rate: found the text \"0.00001%\", wanted a share of 0 to "
        "1 with at most six decimals, like 0.8 or 80%"}},
      {"prior: {pass_rate: -0.1}",
       {"5:22: accounts.main.prior.pass_rate: found the number -0.1, wanted a share of 0 to 1 with "
        "at most six decimals, like 0.8 or 80%"}},
      {"prior: {pass_rate: [1]}",
       {"5:22: accounts.main.prior.pass_rate: found a list, wanted a share of 0 to 1 with at most "
        "six decimals, like 0.8 or 80%"}},
      {"prior: {start_rate: 5e-1}",
       {"5:23: accounts.main.prior.start_rate: found the number 5e-1, wanted a share of 0 to 1 "
        "with at most six decimals, like 0.8 or 80%"}},
      {"prior: {weight: 1000001}",
       {"5:19: accounts.main.prior.weight: 1000001 is out of range: wanted 0 to 1000000"}},
  };
  expect_complaints(cases,
                    "accounts:\n"
                    " main:\n"
                    "  product: a/b\n"
                    "  contract: {currency: CNY, prices: {}}\n"
                    "  ");
}

}  // namespace
}  // namespace idswitch::config

// What is wrong with how routes and arms order accounts.

#include "complaint_case.hpp"

namespace idswitch::config {
namespace {

TEST(PolicyComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"mian",
       {"6:9: tenants.shop.routes[0].use: \"mian\" is no account of this file: did you mean "
        "\"main\"?"}},
      {"7",
       {"6:9: tenants.shop.routes[0].use: \"7\" is no account of this file: known are: main, "
        "spare"}},
      {"[]",
       {"6:9: tenants.shop.routes[0].use: an empty list: wanted what to ask, the first to ask "
        "first"}},
      {"{}",
       {"6:9: tenants.shop.routes[0].use: found a mapping, wanted an account, a list of them, or "
        "one of priority, weighted, cheapest and experiment"}},
      {"[main, main]",
       {"6:16: tenants.shop.routes[0].use[1]: \"main\" stands in the list already: each is asked "
        "once"}},
      {"[main, [spare, mian]]",
       {"6:24: tenants.shop.routes[0].use[1][1]: \"mian\" is no account of this file: did you mean "
        "\"main\"?"}},
      {"{prioritty: [main]}",
       {"6:10: tenants.shop.routes[0].use.prioritty: unknown key: did you mean \"priority\"?"}},
      {"{priority: [main], cheapest: [spare]}",
       {"6:9: tenants.shop.routes[0].use: several policies in one: wanted exactly one; nest the "
        "others"}},
      {"{priority: main}",
       {"6:20: tenants.shop.routes[0].use.priority: found the text \"main\", wanted what to ask, "
        "the first to ask first"}},
      {"{weighted: main}",
       {"6:20: tenants.shop.routes[0].use.weighted: found the text \"main\", wanted a list of "
        "{weight: 80, use: ...}"}},
      {"{weighted: []}",
       {"6:20: tenants.shop.routes[0].use.weighted: an empty list: wanted a list of {weight: 80, "
        "use: ...}"}},
      {"{weighted: [{use: main}]}",
       {"6:21: tenants.shop.routes[0].use.weighted[0].weight: missing: wanted a whole number, like "
        "80"}},
      {"{weighted: [{weight: 0, use: main}]}",
       {"6:20: tenants.shop.routes[0].use.weighted: every weight is 0: nobody could be drawn"}},
      {"{weighted: [{weight: 1000001, use: main}]}",
       {"6:30: tenants.shop.routes[0].use.weighted[0].weight: 1000001 is out of range: wanted 0 to "
        "1000000"}},
      {"{weighted: [{weight: 1}]}",
       {"6:21: tenants.shop.routes[0].use.weighted[0].use: missing: wanted an account, a list of "
        "them, or one of priority, weighted, cheapest and experiment"}},
      {"{weighted: [{weight: 1, uses: main}]}",
       {"6:21: tenants.shop.routes[0].use.weighted[0].use: missing: wanted an account, a list of "
        "them, or one of priority, weighted, cheapest and experiment",
        "6:33: tenants.shop.routes[0].use.weighted[0].uses: unknown key: did you mean \"use\"?"}},
      {"{weighted: {seed: x}}",
       {"6:10: tenants.shop.routes[0].use.weighted.parts: missing: wanted a list of {weight: 80, "
        "use: ...}"}},
      {"{weighted: {part: []}}",
       {"6:10: tenants.shop.routes[0].use.weighted.parts: missing: wanted a list of {weight: 80, "
        "use: ...}",
        "6:21: tenants.shop.routes[0].use.weighted.part: unknown key: did you mean \"parts\"?"}},
      {"{cheapest: main}",
       {"6:20: tenants.shop.routes[0].use.cheapest: found the text \"main\", wanted a list of "
        "accounts"}},
      {"{cheapest: [[main]]}",
       {"6:21: tenants.shop.routes[0].use.cheapest[0]: found a list, wanted the name of an "
        "account"}},
      {"{cheapest: [main, main]}",
       {"6:27: tenants.shop.routes[0].use.cheapest[1]: \"main\" stands in the list already: each "
        "is asked once"}},
      {"{cheapest: {accounts: [main], goal: speed}}",
       {"6:45: tenants.shop.routes[0].use.cheapest.goal: found the text \"speed\", wanted "
        "cost_per_pass or spend"}},
      {"{cheapest: {accounts: [main], pass_rate_min: 2}}",
       {"6:54: tenants.shop.routes[0].use.cheapest.pass_rate_min: found the number 2, wanted a "
        "share of 0 to 1 with at most six decimals, like 0.8 or 80%"}},
      {"{cheapest: {accounts: [main], unit_price_max: cheap}}",
       {"6:55: tenants.shop.routes[0].use.cheapest.unit_price_max: found the text \"cheap\", "
        "wanted an amount with at most six decimals, like \"0.30\""}},
      {"{cheapest: {accounts: [main], latency_max: 0s}}",
       {"6:52: tenants.shop.routes[0].use.cheapest.latency_max: 0s is out of range: wanted 1ms to "
        "10m"}},
      {"{cheapest: {accounts: [main], explore: -1%}}",
       {"6:48: tenants.shop.routes[0].use.cheapest.explore: found the text \"-1%\", wanted a share "
        "of 0 to 1 with at most six decimals, like 0.8 or 80%"}},
      {"{cheapest: {goal: spend}}",
       {"6:10: tenants.shop.routes[0].use.cheapest.accounts: missing: wanted a list of accounts"}},
      {"{experiment: f}",
       {"6:22: tenants.shop.routes[0].use.experiment: \"f\" is no experiment of this tenant: did "
        "you mean \"e\"?"}},
      {"{experiment: [e]}",
       {"6:22: tenants.shop.routes[0].use.experiment: found a list, wanted the name of an "
        "experiment of this tenant"}},
      {"[[[[[[[[[main]]]]]]]]]",
       {"6:17: tenants.shop.routes[0].use[0][0][0][0][0][0][0][0]: nested deeper than 8 levels"}},
      {"main, accounts: [main]",
       {"6:25: tenants.shop.routes[0].accounts: use and accounts both: give one of them"}},
  };
  expect_complaints(cases,
                    "tenants:\n"
                    " shop:\n"
                    "  api_keys: []\n"
                    "  experiments: {e: {seed: s, arms: {control: {weight: 1, use: main}, b: "
                    "{weight: 1, use: spare}}}}\n"
                    "  routes: [{method: h5, checks: [liveness],\n"
                    "   use: ",
                    "}]");
}

TEST(RouteKeyComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"use: main, name: Main}",
       {"5:56: tenants.shop.routes[0].name: found the text \"Main\", wanted a name: 1 to 64 of "
        "a-z, 0-9, _ and -"}},
      {"use: main, name: a}\n   - {method: h5, checks: [liveness], use: main, name: a}",
       {"6:56: tenants.shop.routes[1].name: \"a\" is the name of the route in line 5: give it "
        "another"}},
      {"use: main, name: route-2}\n   - {method: h5, checks: [id_match], use: main}",
       {"6:6: tenants.shop.routes[1]: \"route-2\", which it gets without a name, is the name of "
        "the route in line 5: give it another"}},
      {"use: main, attempts_max: -1}",
       {"5:64: tenants.shop.routes[0].attempts_max: -1 is out of range: wanted 0 to 1000"}},
      {"use: main, hedge_after: 20s}",
       {"5:63: tenants.shop.routes[0].hedge_after: not shorter than deadline, 20s: the second "
        "account would never be asked"}},
      {"use: main, hedge_after: 11m}",
       {"5:63: tenants.shop.routes[0].hedge_after: 11m is out of range: wanted 0s to 10m"}},
      {"use: main, deadline: 5s, hedge_after: 6s}",
       {"5:77: tenants.shop.routes[0].hedge_after: not shorter than deadline, 5s: the second "
        "account would never be asked"}},
      {"use: main, weight: 5}",
       {"5:50: tenants.shop.routes[0].weight: unknown key: known are: name, method, checks, when, "
        "use, accounts, deadline, attempts_max, on_unknown_outcome, hedge_after"}},
      {"user: main}",
       {"5:6: tenants.shop.routes[0].accounts: missing: wanted a list of accounts, or the key use",
        "5:39: tenants.shop.routes[0].user: unknown key: did you mean \"use\"?"}},
  };
  expect_complaints(cases,
                    "tenants:\n"
                    " shop:\n"
                    "  api_keys: []\n"
                    "  routes:\n"
                    "   - {method: h5, checks: [liveness], ");
}

TEST(ExperimentComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"{}",
       {"6:4: tenants.shop.experiments.e.seed: missing: wanted a text that salts the draw, like "
        "2026-spring",
        "6:4: tenants.shop.experiments.e.arms: missing: wanted at least two arms, each {weight: "
        "50, use: ...}"}},
      {"{seed: s, arms: {}}",
       {"6:23: tenants.shop.experiments.e.arms: an experiment compares: wanted at least two arms"}},
      {"{seed: s, arms: {control: {weight: 1, use: main}}}",
       {"6:23: tenants.shop.experiments.e.arms: an experiment compares: wanted at least two arms"}},
      {"{seed: s, arms: {control: {weight: 0, use: main}, b: {weight: 0, use: spare}}}",
       {"6:23: tenants.shop.experiments.e.arms: every weight is 0: nobody could be drawn"}},
      {"{seed: s, arms: {a: {weight: 1, use: main}, b: {weight: 1, use: spare}}}",
       {"6:23: tenants.shop.experiments.e.arms: \"control\" is no arm of this experiment: known "
        "are: a, b"}},
      {"{seed: s, control: bb, arms: {a: {weight: 1, use: main}, b: {weight: 1, use: spare}}}",
       {"6:26: tenants.shop.experiments.e.control: \"bb\" is no arm of this experiment: did you "
        "mean \"b\"?"}},
      {"{seed: s, arms: {control: {use: main}, b: {weight: 1}}}",
       {"6:24: tenants.shop.experiments.e.arms.control.weight: missing: wanted a whole number, "
        "like 50",
        "6:46: tenants.shop.experiments.e.arms.b.use: missing: wanted an account, a list of them, "
        "or a policy"}},
      {"{seed: s, arms: {control: {weight: 1, use: main}, b: {weight: 1, use: {experiment: e}}}}",
       {"6:90: tenants.shop.experiments.e.arms.b.use.experiment: an experiment inside an "
        "experiment's arm: write its policy there instead"}},
      {"{seed: s, alpha: 0, arms: {control: {weight: 1, use: main}, b: {weight: 1, use: spare}}}",
       {"6:24: tenants.shop.experiments.e.alpha: 0 is out of range: wanted 0.000001 to 0.5"}},
      {"{seed: s, alpha: 0.6, arms: {control: {weight: 1, use: main}, b: {weight: 1, use: spare}}}",
       {"6:24: tenants.shop.experiments.e.alpha: 0.6 is out of range: wanted 0.000001 to 0.5"}},
      {"{seed: s, coverage: 2, arms: {control: {weight: 1, use: main}, b: {weight: 1, use: "
       "spare}}}",
       {"6:27: tenants.shop.experiments.e.coverage: found the number 2, wanted a share of 0 to 1 "
        "with at most six decimals, like 0.8 or 80%"}},
      {"{seed: s, guardrail: {pass_rate: 0.1}, arms: {control: {weight: 1, use: main}, b: {weight: "
       "1, use: spare}}}",
       {"6:29: tenants.shop.experiments.e.guardrail.pass_rate: unknown key: known are: "
        "pass_rate_drop, completion_rate_drop, cost_per_pass_rise"}},
      {"{seed: s, guardrail: {pass_rate_drop: 2}, arms: {control: {weight: 1, use: main}, b: "
       "{weight: 1, use: spare}}}",
       {"6:45: tenants.shop.experiments.e.guardrail.pass_rate_drop: found the number 2, wanted a "
        "share of 0 to 1 with at most six decimals, like 0.8 or 80%"}},
      {"{seed: s, colour: 1, arms: {control: {weight: 1, use: main}, b: {weight: 1, use: spare}}}",
       {"6:17: tenants.shop.experiments.e.colour: unknown key: known are: seed, coverage, arms, "
        "control, alpha, guardrail"}},
      {"{seed: s, arms: []}",
       {"6:23: tenants.shop.experiments.e.arms: found a list, wanted a mapping"}},
  };
  expect_complaints(cases,
                    "tenants:\n"
                    " shop:\n"
                    "  api_keys: []\n"
                    "  routes: [{method: h5, checks: [liveness], accounts: [main]}]\n"
                    "  experiments:\n"
                    "   e: ");
}

}  // namespace
}  // namespace idswitch::config

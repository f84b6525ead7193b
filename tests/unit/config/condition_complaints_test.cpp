#include "complaint_case.hpp"

namespace idswitch::config {
namespace {

TEST(ConditionComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"region",
       {"6:10: tenants.shop.routes[0].when: found the text \"region\", wanted a mapping of "
        "conditions, like {region: cn}"}},
      {"{}",
       {"6:10: tenants.shop.routes[0].when: an empty condition: leave it out for every request"}},
      {"[]",
       {"6:10: tenants.shop.routes[0].when: found a list, wanted a mapping of conditions, like "
        "{region: cn}"}},
      {"{regoin: cn}",
       {"6:11: tenants.shop.routes[0].when.regoin: \"regoin\" is no attribute of this tenant: did "
        "you mean \"region\"?"}},
      {"{nto: {region: cn}}",
       {"6:11: tenants.shop.routes[0].when.nto: \"nto\" is no attribute of this tenant: did you "
        "mean \"not\"?"}},
      {"{region: 7}",
       {"6:19: tenants.shop.routes[0].when.region: found the number 7, wanted a text, since region "
        "is one; put it in quotes"}},
      {"{region: true}",
       {"6:19: tenants.shop.routes[0].when.region: found the truth value true, wanted a text, "
        "since region is one; put it in quotes"}},
      {"{region: []}",
       {"6:19: tenants.shop.routes[0].when.region: an empty list: wanted a list of values"}},
      {"{region: [cn, cn]}",
       {"6:24: tenants.shop.routes[0].when.region[1]: \"cn\" stands in the list already"}},
      {"{region: [cn, 5]}",
       {"6:24: tenants.shop.routes[0].when.region[1]: found the number 5, wanted a text, since "
        "region is one; put it in quotes"}},
      {"{region: \"\"}",
       {"6:19: tenants.shop.routes[0].when.region: found the text \"\", wanted a text, since "
        "region is one; put it in quotes"}},
      {"{region: \"a\\nb\"}",
       {"6:19: tenants.shop.routes[0].when.region: with control characters in it: no request can "
        "say that"}},
      {"{region: }",
       {"6:11: tenants.shop.routes[0].when.region: has no value: give it one, or remove the key"}},
      {"{region: {}}",
       {"6:19: tenants.shop.routes[0].when.region: an empty condition: wanted a value, or a "
        "mapping like {not: VALUE}"}},
      {"{region: {prefixx: cn}}",
       {"6:20: tenants.shop.routes[0].when.region.prefixx: unknown key: did you mean \"prefix\"?"}},
      {"{region: {prefix: 5}}",
       {"6:28: tenants.shop.routes[0].when.region.prefix: found the number 5, wanted a text, since "
        "region is one; put it in quotes"}},
      {"{region: {prefix: []}}",
       {"6:28: tenants.shop.routes[0].when.region.prefix: an empty list: wanted a list of "
        "beginnings"}},
      {"{region: {at_least: 5}}",
       {"6:20: tenants.shop.routes[0].when.region.at_least: only for numbers, and region is a "
        "text"}},
      {"{region: {in: cn}}",
       {"6:24: tenants.shop.routes[0].when.region.in: found the text \"cn\", wanted a list of "
        "values"}},
      {"{plan: fre}",
       {"6:17: tenants.shop.routes[0].when.plan: \"fre\" is no value of plan: did you mean "
        "\"free\"?"}},
      {"{plan: [free, gold]}",
       {"6:24: tenants.shop.routes[0].when.plan[1]: \"gold\" is no value of plan: known are: free, "
        "paid"}},
      {"{plan: {not: gold}}",
       {"6:23: tenants.shop.routes[0].when.plan.not: \"gold\" is no value of plan: known are: "
        "free, paid"}},
      {"{plan: {prefix: x}}",
       {"6:26: tenants.shop.routes[0].when.plan.prefix: no value of plan begins like this"}},
      {"{risk: high}",
       {"6:17: tenants.shop.routes[0].when.risk: found the text \"high\", wanted a number with at "
        "most six decimals, since risk is one"}},
      {"{risk: true}",
       {"6:17: tenants.shop.routes[0].when.risk: found the truth value true, wanted a number with "
        "at most six decimals, since risk is one"}},
      {"{risk: 0.0000001}",
       {"6:17: tenants.shop.routes[0].when.risk: found the number 0.0000001, wanted a number with "
        "at most six decimals, since risk is one"}},
      {"{risk: [1, 1.0]}",
       {"6:21: tenants.shop.routes[0].when.risk[1]: \"1.0\" stands in the list already"}},
      {"{risk: {prefix: a}}",
       {"6:18: tenants.shop.routes[0].when.risk.prefix: only for texts, and risk is a number"}},
      {"{risk: {at_least: 1, above: 1}}",
       {"6:38: tenants.shop.routes[0].when.risk.above: at_least and above both: give one of them"}},
      {"{risk: {at_most: 1, below: 1}}",
       {"6:37: tenants.shop.routes[0].when.risk.below: at_most and below both: give one of them"}},
      {"{risk: {at_least: 2, at_most: 1}}",
       {"6:17: tenants.shop.routes[0].when.risk: an empty range: no number lies in it"}},
      {"{risk: {above: 1, below: 1.000001}}",
       {"6:17: tenants.shop.routes[0].when.risk: an empty range: no number lies in it"}},
      {"{risk: {above: x}}",
       {"6:25: tenants.shop.routes[0].when.risk.above: found the text \"x\", wanted a number with "
        "at most six decimals, since risk is one"}},
      {"{vip: yes}",
       {"6:16: tenants.shop.routes[0].when.vip: found the text \"yes\", wanted true or false"}},
      {"{vip: [true]}",
       {"6:16: tenants.shop.routes[0].when.vip: found a list, wanted true or false"}},
      {"{vip: {in: [true]}}",
       {"6:17: tenants.shop.routes[0].when.vip.in: only for texts and numbers, and vip is a truth "
        "value"}},
      {"{vip: {above: 1}}",
       {"6:17: tenants.shop.routes[0].when.vip.above: only for numbers, and vip is a truth value"}},
      {"{any: []}",
       {"6:16: tenants.shop.routes[0].when.any: an empty list: wanted a list of conditions, like "
        "[{region: cn}]"}},
      {"{any: {region: cn}}",
       {"6:16: tenants.shop.routes[0].when.any: found a mapping, wanted a list of conditions, like "
        "[{region: cn}]"}},
      {"{any: [cn]}",
       {"6:17: tenants.shop.routes[0].when.any[0]: found the text \"cn\", wanted a mapping of "
        "conditions, like {region: cn}"}},
      {"{all: [{}]}",
       {"6:17: tenants.shop.routes[0].when.all[0]: an empty condition: leave it out for every "
        "request"}},
      {"{not: [region]}",
       {"6:16: tenants.shop.routes[0].when.not: found a list, wanted a mapping of conditions, like "
        "{region: cn}"}},
      {"{region: cn, region: us}",
       {"6:23: tenants.shop.routes[0].when.region: repeated: it stands already in line 6; keep "
        "one"}},
      {"{risk: {not: {not: {not: {not: {not: 1}}}}}}",
       {"6:41: tenants.shop.routes[0].when.risk.not.not.not.not: nested deeper than 4 levels"}},
      {"{any: [{none: [{vip: true}]}]}",
       {"6:18: tenants.shop.routes[0].when.any[0].none: \"none\" is no attribute of this tenant: "
        "known are: all, any, not, channel, region, risk, amount, account_age_days, vip, plan"}},
      {"{not: {not: {not: {not: {not: {not: {not: {not: {not: {not: {not: {not: {not: {not: {not: "
       "{not: {not: {vip: true}}}}}}}}}}}}}}}}}}",
       {"6:106: "
        "tenants.shop.routes[0].when.not.not.not.not.not.not.not.not.not.not.not.not.not.not.not."
        "not: nested deeper than 16 levels: write several routes"}},
  };
  expect_complaints(cases,
                    "tenants:\n"
                    " shop:\n"
                    "  api_keys: []\n"
                    "  attributes: {vip: truth, plan: {type: text, values: [free, paid]}}\n"
                    "  routes: [{method: h5, checks: [liveness], accounts: [main],\n"
                    "   when: ",
                    "}]");
}

}  // namespace
}  // namespace idswitch::config

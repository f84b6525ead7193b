#include "complaint_case.hpp"

namespace idswitch::config {
namespace {

TEST(AttributeComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"accounts: []",
       {"5:13: tenants.shop.accounts: an empty list: wanted a list of the accounts it may use"}},
      {"accounts: [mian]",
       {"5:14: tenants.shop.accounts[0]: \"mian\" is no account of this file: did you mean "
        "\"main\"?"}},
      {"accounts: [spare]",
       {"4:56: tenants.shop.routes[0].accounts[0]: \"main\" is no account of this tenant: known "
        "are: spare"}},
      {"data_regions: [NO]",
       {"5:18: tenants.shop.data_regions[0]: found the text \"NO\", wanted a name: 1 to 64 of a-z, "
        "0-9, _ and -"}},
      {"attributes: [a]", {"5:15: tenants.shop.attributes: found a list, wanted a mapping"}},
      {"attributes: {A: text}",
       {"5:16: tenants.shop.attributes.A: not a name: wanted 1 to 64 of a-z, 0-9, _ and -"}},
      {"attributes: {any: text}",
       {"5:16: tenants.shop.attributes.any: conditions use this word: choose another name"}},
      {"attributes: {not: text}",
       {"5:16: tenants.shop.attributes.not: conditions use this word: choose another name"}},
      {"attributes: {vip: boolean}",
       {"5:21: tenants.shop.attributes.vip: found the text \"boolean\", wanted text, number or "
        "truth"}},
      {"attributes: {vip: {}}",
       {"5:21: tenants.shop.attributes.vip: of which type? wanted text, number or truth"}},
      {"attributes: {vip: {type: truth, values: [a]}}",
       {"5:43: tenants.shop.attributes.vip.values: only a text has values to choose from"}},
      {"attributes: {plan: {values: []}}",
       {"5:31: tenants.shop.attributes.plan.values: an empty list: wanted a list of the texts that "
        "are allowed"}},
      {"attributes: {plan: {values: [a, a]}}",
       {"5:35: tenants.shop.attributes.plan.values[1]: \"a\" stands in the list already"}},
      {"attributes: {plan: {values: [7]}}",
       {"5:32: tenants.shop.attributes.plan.values[0]: found the number 7, wanted a text; put it "
        "in quotes"}},
      {"attributes: {plan: {values: [\"a\\nb\"]}}",
       {"5:32: tenants.shop.attributes.plan.values[0]: with control characters in it: no request "
        "can say that"}},
      {"attributes: {region: text}",
       {"5:24: tenants.shop.attributes.region: every tenant has it, as a text: only its values can "
        "be declared, {values: [...]}"}},
      {"attributes: {risk: number}",
       {"5:22: tenants.shop.attributes.risk: every tenant has it, as a number: remove this"}},
      {"attributes: {risk: {values: [a]}}",
       {"5:22: tenants.shop.attributes.risk: every tenant has it, as a number: remove this"}},
      {"attributes: {region: {type: number}}",
       {"5:24: tenants.shop.attributes.region: every tenant has it, as a text: only its values can "
        "be declared, {values: [...]}"}},
      {"attributes: {plan: {type: text, value: [a]}}",
       {"5:35: tenants.shop.attributes.plan.value: unknown key: did you mean \"values\"?"}},
      {"statistics: {segment_by: [regoin]}",
       {"5:29: tenants.shop.statistics.segment_by[0]: \"regoin\" is no attribute of this tenant: "
        "did you mean \"region\"?"}},
      {"statistics: {segment_by: [risk]}",
       {"5:29: tenants.shop.statistics.segment_by[0]: \"risk\" is a number: only texts split "
        "statistics"}},
      {"statistics: {segment_by: [region, region]}",
       {"5:37: tenants.shop.statistics.segment_by[1]: \"region\" stands in the list already"}},
      {"statistics: {segment_by: region}",
       {"5:28: tenants.shop.statistics.segment_by: found the text \"region\", wanted a list of "
        "text attributes"}},
      {"attributes: {a: text, b: text}\n  statistics: {segment_by: [region, channel, a, b]}",
       {"6:28: tenants.shop.statistics.segment_by: at most 3 attributes: each multiplies the "
        "segments, and thins what is known"}},
      {"statistics: {segment: []}",
       {"5:16: tenants.shop.statistics.segment: unknown key: known are: segment_by"}},
  };
  expect_complaints(cases,
                    "tenants:\n"
                    " shop:\n"
                    "  api_keys: []\n"
                    "  routes: [{method: h5, checks: [liveness], accounts: [main]}]\n"
                    "  ");
}

}  // namespace
}  // namespace idswitch::config

#include "config/sections/policy_section.hpp"

#include <algorithm>

#include "config/yaml/choice.hpp"
#include "config/yaml/core_schema.hpp"
#include "config/yaml/name_list.hpp"

namespace idswitch::config {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr int k_levels_max = 8;
constexpr std::int64_t k_weight_max = 1'000'000;
constexpr std::string_view k_wanted =
    "an account, a list of them, or one of priority, weighted, cheapest and experiment";

Policy make(Policy::Kind kind, const Value& value) {
  Policy out;
  out.kind = kind;
  out.where = value.key_position();
  return out;
}

void append_accounts(const Policy& policy, const std::vector<Experiment>& experiments,
                     std::vector<std::string>& out) {
  if (policy.kind == Policy::Kind::account &&
      std::find(out.begin(), out.end(), policy.account) == out.end()) {
    out.push_back(policy.account);
  }
  for (const Policy& part : policy.parts) append_accounts(part, experiments, out);
  if (policy.kind != Policy::Kind::experiment) return;
  for (const Experiment& experiment : experiments) {
    if (experiment.name != policy.experiment) continue;
    for (const Arm& arm : experiment.arms) append_accounts(arm.use, experiments, out);
  }
}

}  // namespace

std::vector<std::string> accounts_of(const Policy& policy,
                                     const std::vector<Experiment>& experiments) {
  std::vector<std::string> out;
  append_accounts(policy, experiments, out);
  return out;
}

Policy PolicyReader::read_accounts(const Value& value) {
  Policy out = make(Policy::Kind::priority, value);
  for (const Value& item : items_of(value, "a list of accounts, the first to ask first")) {
    add_account(item, out);
  }
  return out;
}

Policy PolicyReader::read_any(const Value& value, Place place) {
  if (place.level > k_levels_max) {
    value.complain("nested deeper than 8 levels");
    return make(Policy::Kind::priority, value);
  }
  switch (value.node().kind) {
    case YamlNode::Kind::nothing: break;
    case YamlNode::Kind::scalar:
      if (auto account = read_account(value)) return std::move(*account);
      break;
    case YamlNode::Kind::list: return read_priority(value, place);
    case YamlNode::Kind::mapping: return read_keyed(value, place);
  }
  return make(Policy::Kind::priority, value);
}

Policy PolicyReader::read_priority(const Value& value, Place place) {
  Policy out = make(Policy::Kind::priority, value);
  ++place.level;
  for (const Value& item : items_of(value, "what to ask, the first to ask first")) {
    if (item.node().kind == YamlNode::Kind::scalar) {
      add_account(item, out);
    } else {
      out.parts.push_back(read_any(item, place));
    }
  }
  return out;
}

Policy PolicyReader::read_keyed(const Value& value, Place place) {
  Section section(value);
  const auto priority = section.find("priority");
  const auto weighted = section.find("weighted");
  const auto cheapest = section.find("cheapest");
  const auto experiment = section.find("experiment");
  section.finish();
  const int keys = int(priority.has_value()) + int(weighted.has_value()) +
                   int(cheapest.has_value()) + int(experiment.has_value());
  if (keys > 1) value.complain("several policies in one: wanted exactly one; nest the others");
  if (value.node().members.empty()) value.complain_wanted(k_wanted);
  if (keys == 1) {
    if (priority) return read_priority(*priority, place);
    if (weighted) return read_weighted(*weighted, place);
    if (cheapest) return read_cheapest(*cheapest);
    return read_experiment(*experiment, place);
  }
  return make(Policy::Kind::priority, value);
}

Policy PolicyReader::read_weighted(const Value& value, Place place) {
  Policy out = make(Policy::Kind::weighted, value);
  out.seed = tenant_.name + "/weighted/" + std::to_string(place.weighted_above);
  if (value.node().kind != YamlNode::Kind::mapping) {
    read_weighted_parts(value, place, out);
    return out;
  }
  Section section(value);
  section.read("seed", out.seed,
               [](const Value& v) { return v.word("a text that salts the draw"); });
  if (const auto parts = section.require("parts", "a list of {weight: 80, use: ...}")) {
    read_weighted_parts(*parts, place, out);
  }
  section.finish();
  return out;
}

void PolicyReader::read_weighted_parts(const Value& value, Place place, Policy& out) {
  ++place.level;
  ++place.weighted_above;
  std::uint64_t sum = 0;
  bool is_complete = true;
  for (const Value& item : items_of(value, "a list of {weight: 80, use: ...}")) {
    Section section(item);
    const auto weight = section.require("weight", "a whole number, like 80");
    const auto use = section.require("use", k_wanted);
    section.finish();
    const auto read = weight ? weight->integer(0, k_weight_max) : std::optional<std::int64_t>();
    is_complete = is_complete && read;
    sum += static_cast<std::uint64_t>(read.value_or(0));
    out.weights.push_back(static_cast<std::uint32_t>(read.value_or(0)));
    out.parts.push_back(use ? read_any(*use, place) : make(Policy::Kind::priority, item));
  }
  if (is_complete && !out.parts.empty() && sum == 0) {
    value.complain("every weight is 0: nobody could be drawn");
  }
}

Policy PolicyReader::read_cheapest(const Value& value) {
  Policy out = make(Policy::Kind::cheapest, value);
  const auto read_list = [&](const Value& list) {
    for (const Value& item : items_of(list, "a list of accounts")) add_account(item, out);
  };
  if (value.node().kind != YamlNode::Kind::mapping) {
    read_list(value);
    return out;
  }
  Section section(value);
  if (const auto accounts = section.require("accounts", "a list of accounts")) {
    read_list(*accounts);
  }
  section.read("goal", out.goal, [](const Value& v) {
    return choice<Goal>(v, {{"cost_per_pass", Goal::cost_per_pass}, {"spend", Goal::spend}});
  });
  section.read("pass_rate_min", out.pass_rate_min_ppm, [](const Value& v) { return v.share(); });
  section.read("unit_price_max", out.unit_price_max, [](const Value& v) { return v.price(); });
  section.read("latency_max", out.latency_max,
               [](const Value& v) { return v.duration(milliseconds(1), minutes(10)); });
  section.read("explore", out.explore_ppm, [](const Value& v) { return v.share(); });
  section.finish();
  return out;
}

Policy PolicyReader::read_experiment(const Value& value, Place place) {
  Policy out = make(Policy::Kind::experiment, value);
  const auto name = value.word("the name of an experiment of this tenant");
  if (!name) return out;
  if (place.is_in_arm) {
    value.complain("an experiment inside an experiment's arm: write its policy there instead");
    return out;
  }
  std::vector<std::string> known;
  for (const Experiment& experiment : tenant_.experiments) known.push_back(experiment.name);
  if (is_known(value, *name, "experiment of this tenant", known)) out.experiment = *name;
  return out;
}

void PolicyReader::add_account(const Value& value, Policy& list) {
  auto account = read_account(value);
  if (!account) return;
  const bool is_again = std::any_of(list.parts.begin(), list.parts.end(), [&](const Policy& part) {
    return part.kind == Policy::Kind::account && part.account == account->account;
  });
  if (is_again) {
    value.complain(quoted(account->account) + " stands in the list already: each is asked once");
  } else {
    list.parts.push_back(std::move(*account));
  }
}

std::optional<Policy> PolicyReader::read_account(const Value& value) {
  const auto name = value.word("the name of an account");
  if (!name || !is_known(value, *name, "account of this file", known_.names)) return {};
  const auto& allowed = tenant_.allowed_accounts;
  if (!allowed.empty() && !is_known(value, *name, "account of this tenant", allowed)) return {};
  check_regions(value, *name);
  Policy out = make(Policy::Kind::account, value);
  out.account = *name;
  return out;
}

void PolicyReader::check_regions(const Value& value, const std::string& name) {
  const auto account = known_.accounts.find(name);
  if (tenant_.data_regions.empty() || account == known_.accounts.end()) return;
  std::string why;
  const auto& allowed = tenant_.data_regions;
  for (const std::string& region : account->second.data_regions) {
    if (std::find(allowed.begin(), allowed.end(), region) != allowed.end()) continue;
    why = "its data_regions hold \"" + region + "\", which the tenant's do not";
    break;
  }
  if (account->second.data_regions.empty()) {
    why = "the tenant has data_regions, and the account does not say where its data goes";
  }
  if (why.empty() || !warned_.insert(name).second) return;
  value.reading().warn(value.mark(), value.path(), "\"" + name + "\" will never be asked: " + why);
}

}  // namespace idswitch::config

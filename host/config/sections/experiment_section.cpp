#include "config/sections/experiment_section.hpp"

#include "config/yaml/core_schema.hpp"
#include "config/yaml/name_list.hpp"

namespace idswitch::config {
namespace {

constexpr std::int64_t k_weight_max = 1'000'000;

// Complains when no choice is left: fewer than two arms, or none with a weight.
std::vector<Arm> read_arms(const Value& value, PolicyReader& policies) {
  std::vector<Arm> arms;
  std::uint64_t sum = 0;
  bool is_complete = true;
  const Section section(value);
  for (const auto& [name, entry] : section.entries()) {
    Section keys(entry);
    Arm arm;
    arm.name = name;
    const auto weight = keys.require("weight", "a whole number, like 50");
    const auto read = weight ? weight->integer(0, k_weight_max) : std::optional<std::int64_t>();
    is_complete = is_complete && read;
    arm.weight = static_cast<std::uint32_t>(read.value_or(0));
    sum += arm.weight;
    if (const auto use = keys.require("use", "an account, a list of them, or a policy")) {
      arm.use = policies.read_arm(*use);
    }
    keys.finish();
    arms.push_back(std::move(arm));
  }
  if (!section.is_mapping()) return arms;
  if (value.node().members.size() < 2) {
    value.complain("an experiment compares: wanted at least two arms");
  } else if (is_complete && !arms.empty() && sum == 0) {
    value.complain("every weight is 0: nobody could be drawn");
  }
  return arms;
}

Guardrail read_guardrail(const Value& value) {
  Guardrail guardrail;
  Section section(value);
  const auto share = [](const Value& v) { return v.share(); };
  section.read("pass_rate_drop", guardrail.pass_rate_drop_ppm, share);
  section.read("completion_rate_drop", guardrail.completion_rate_drop_ppm, share);
  section.read("cost_per_pass_rise", guardrail.cost_per_pass_rise_ppm, share);
  section.finish();
  return guardrail;
}

std::size_t index_of_control(const std::vector<Arm>& arms, const std::string& name,
                             const Value& where) {
  std::vector<std::string> known;
  for (const Arm& arm : arms) {
    if (arm.name == name) return known.size();
    known.push_back(arm.name);
  }
  is_known(where, name, "arm of this experiment", known);
  return 0;
}

Experiment read_experiment(const std::string& name, const Value& value, PolicyReader& policies) {
  Experiment out;
  out.name = name;
  out.where = value.key_position();
  Section section(value);
  if (const auto seed = section.require("seed", "a text that salts the draw, like 2026-spring")) {
    out.seed = seed->word("a text that salts the draw").value_or("");
  }
  section.read("coverage", out.coverage_ppm, [](const Value& v) { return v.share(); });
  const auto arms = section.require("arms", "at least two arms, each {weight: 50, use: ...}");
  if (arms) out.arms = read_arms(*arms, policies);
  const auto control = section.find("control");
  const auto control_name = control ? control->word("the name of an arm") : "control";
  if (arms && control_name && !out.arms.empty()) {
    out.control = index_of_control(out.arms, *control_name, control ? *control : *arms);
  }
  section.read("alpha", out.alpha_ppm, [](const Value& v) { return v.share(1, 500'000); });
  if (const auto found = section.find("guardrail")) out.guardrail = read_guardrail(*found);
  section.finish();
  return out;
}

}  // namespace

std::vector<Experiment> read_experiments(const Value& value, PolicyReader& policies) {
  std::vector<Experiment> experiments;
  for (const auto& [name, entry] : Section(value).entries()) {
    experiments.push_back(read_experiment(name, entry, policies));
  }
  return experiments;
}

}  // namespace idswitch::config

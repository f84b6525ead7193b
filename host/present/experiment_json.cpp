#include "present/experiment_json.hpp"

#include <charconv>
#include <cmath>

#include "base/text/json_text.hpp"
#include "present/verification_json.hpp"

namespace idswitch::api {
namespace {

using json_text::Object;

constexpr std::string_view k_display_only =
    "for display: unlike log_evidence it does not stand being looked at again and again";

void add_fixed(Object& object, std::string_view name, double value) {
  append_fixed(object.member(name), value);
}

void add_share(Object& object, std::string_view name, const std::optional<std::uint32_t>& ppm) {
  if (!ppm) {
    object.null(name);
    return;
  }
  add_fixed(object, name, *ppm / 1e6);
}

void add_money(Object& object, std::string_view name, const std::optional<Money>& amount) {
  if (amount)
    object.text(name, amount->text());
  else
    object.null(name);
}

void add_setup(Object& object, const config::Experiment& experiment,
               const std::optional<store::ExperimentPause>& pause) {
  object.text("name", experiment.name).text("seed", experiment.seed);
  add_fixed(object, "coverage", experiment.coverage_ppm / 1e6);
  add_fixed(object, "alpha", experiment.alpha_ppm / 1e6);
  object.text("control", experiment.arms[experiment.control].name)
      .text("status", pause ? "paused" : "running");
  if (!pause) {
    object.null("paused");
    return;
  }
  std::string& out = object.member("paused");
  Object(out).text("since", timestamp(pause->paused_unix_ms)).text("why", pause->why);
}

void add_estimate(Object& object, std::string_view name, std::string_view value_name,
                  const routing::Estimate& estimate, const routing::Finding* finding) {
  Object inner(object.member(name));
  if (estimate.value)
    add_fixed(inner, value_name, *estimate.value);
  else
    inner.null(value_name);
  add_fixed(inner, "low", estimate.interval.low);
  add_fixed(inner, "high", estimate.interval.high);
  if (finding != nullptr) inner.text("finding", routing::finding_text(*finding));
}

void add_comparison(Object& object, std::string_view name, std::string_view value_name,
                    const routing::Comparison& compared) {
  add_estimate(object, name, value_name, compared.estimate, &compared.finding);
}

// total: of all tries, as paid. value: of admitted first verifications, which the interval is
// about.
void add_cost(Object& object, const routing::ArmReport& arm) {
  Object inner(object.member("cost_per_pass"));
  add_money(inner, "total", arm.cost_per_pass);
  add_money(inner, "value", arm.cost_per_pass_first);
  const auto& interval = arm.cost_per_pass_interval;
  add_money(inner, "low", interval ? std::optional<Money>(interval->low) : std::nullopt);
  add_money(inner, "high", interval ? interval->high : std::nullopt);
}

void add_arm(std::string& out, const config::Arm& configured, const routing::ArmReport& arm,
             std::int64_t crossovers, bool has_costs) {
  const routing::ArmTally& tally = arm.tally;
  Object object(out);
  object.text("name", configured.name)
      .number("weight", configured.weight)
      .number("persons", tally.persons)
      .number("crossovers", crossovers);
  {
    Object all(object.member("all"));
    all.number("verifications", tally.verifications)
        .number("completed", tally.completed)
        .number("passed", tally.passed);
    add_money(all, "charged",
              has_costs ? std::optional<Money>(Money{tally.charged_micros}) : std::nullopt);
  }
  {
    Object admitted(object.member("admitted"));
    admitted.number("persons", tally.admitted_first)
        .number("completed", tally.completed_first)
        .number("passed", tally.passed_first);
    add_money(admitted, "charged",
              has_costs ? std::optional<Money>(Money{tally.charged_first_micros}) : std::nullopt);
  }
  {
    Object waiting(object.member("waiting"));
    waiting.number("persons", tally.waiting.persons)
        .number("ended", tally.waiting.ended)
        .number("completed", tally.waiting.completed)
        .number("passed", tally.waiting.passed);
    add_money(waiting, "charged",
              has_costs ? std::optional<Money>(Money{tally.waiting.charged_micros}) : std::nullopt);
  }
  add_estimate(object, "pass_rate", "value", arm.pass_rate, nullptr);
  add_estimate(object, "completion_rate", "value", arm.completion_rate, nullptr);
  if (has_costs)
    add_cost(object, arm);
  else
    object.null("cost_per_pass");
  if (arm.latency_mean_ms)
    object.number("time_to_result_ms", *arm.latency_mean_ms);
  else
    object.null("time_to_result_ms");
}

void add_arms(Object& object, const config::Experiment& experiment,
              const engine::ExperimentState& state) {
  std::size_t i = 0;
  object.list("arms", state.report.arms, [&](std::string& list, const routing::ArmReport& arm) {
    add_arm(list, experiment.arms[i], arm, state.crossovers[i], !state.currency.empty());
    ++i;
  });
}

void append_compared(std::string& out, const config::Experiment& experiment, bool has_costs,
                     const routing::ArmComparison& compared) {
  Object object(out);
  object.text("arm", experiment.arms[compared.arm].name);
  add_comparison(object, "pass_rate", "difference", compared.pass_rate);
  add_comparison(object, "completion_rate", "difference", compared.completion_rate);
  if (has_costs)
    add_comparison(object, "cost_per_pass", "ratio", compared.cost_per_pass);
  else
    object.null("cost_per_pass");
}

void add_comparisons(Object& object, const config::Experiment& experiment,
                     const engine::ExperimentState& state) {
  object.list("comparisons", state.report.comparisons,
              [&](std::string& list, const routing::ArmComparison& compared) {
                append_compared(list, experiment, !state.currency.empty(), compared);
              });
}

void add_sample_ratio(Object& object, const routing::SampleRatio& ratio) {
  Object inner(object.member("sample_ratio"));
  inner.boolean("is_mismatch", ratio.is_mismatch);
  add_fixed(inner, "log_evidence", ratio.log_evidence);
  add_fixed(inner, "log_evidence_mismatch", -std::log(routing::k_sample_ratio_alpha));
  add_fixed(inner, "chi_square", ratio.chi_square);
  inner.number("degrees_of_freedom", ratio.degrees_of_freedom);
  add_fixed(inner, "p_value", ratio.p_value);
  inner.text("p_value_note", k_display_only);
}

void add_guardrail(Object& object, const config::Guardrail& guardrail,
                   const std::optional<std::string>& tripped) {
  Object inner(object.member("guardrail"));
  add_share(inner, "pass_rate_drop", guardrail.pass_rate_drop_ppm);
  add_share(inner, "completion_rate_drop", guardrail.completion_rate_drop_ppm);
  add_share(inner, "cost_per_pass_rise", guardrail.cost_per_pass_rise_ppm);
  if (tripped)
    inner.text("tripped", *tripped);
  else
    inner.null("tripped");
}

}  // namespace

void append_fixed(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char text[400];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::fixed, 6);
  out.append(text, end.ptr);
}

std::string experiment_json(const config::Experiment& experiment,
                            const std::optional<store::ExperimentPause>& pause) {
  std::string out;
  Object object(out);
  add_setup(object, experiment, pause);
  object.list("arms", experiment.arms, [](std::string& list, const config::Arm& arm) {
    Object(list).text("name", arm.name).number("weight", arm.weight);
  });
  object.close();
  return out;
}

std::string experiments_json(const config::Tenant& tenant,
                             const std::vector<store::ExperimentPause>& pauses) {
  std::string out;
  Object(out).list("experiments", tenant.experiments,
                   [&](std::string& list, const config::Experiment& one) {
                     list += experiment_json(one, engine::find_pause(pauses, tenant.name, one));
                   });
  return out;
}

std::string experiment_report_json(const config::Experiment& experiment,
                                   const engine::ExperimentState& state) {
  std::string out;
  {
    Object object(out);
    add_setup(object, experiment, state.pause);
    if (state.currency.empty())
      object.null("currency").text("no_costs", state.no_costs);
    else
      object.text("currency", state.currency);
    if (state.admission_age_ms > 0)
      object.number("admitted_after_s", state.admission_age_ms / 1000);
    else
      object.null("admitted_after_s");
    add_arms(object, experiment, state);
    add_comparisons(object, experiment, state);
    add_sample_ratio(object, state.report.sample_ratio);
    add_guardrail(object, experiment.guardrail, state.report.reason_to_pause);
  }
  return out;
}

Error no_such_experiment(const config::Tenant& tenant, std::string_view name) {
  std::string known;
  for (const config::Experiment& one : tenant.experiments) {
    known += (known.empty() ? "" : ", ") + one.name;
  }
  return Error(Errc::not_found, "tenant " + tenant.name + " has no experiment '" +
                                    std::string(name.substr(0, 64)) + "'; it has " +
                                    (known.empty() ? "none" : known));
}

}  // namespace idswitch::api

#pragma once

// ExperimentJson: experiments and what they have shown, as JSON. Rates,
// differences and evidence have six decimals, money is a decimal text, and what is not known or not
// bounded is null. Pure; any thread.

#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "engine/experiments/experiment_watch.hpp"

namespace idswitch::api {

// 0.123457, or null when it is not finite.
void append_fixed(std::string& out, double value);

// {"experiments": [...]}: how each is set up, and whether it runs.
std::string experiments_json(const config::Tenant& tenant,
                             const std::vector<store::ExperimentPause>& pauses);

// One of that list.
std::string experiment_json(const config::Experiment& experiment,
                            const std::optional<store::ExperimentPause>& pause);

// The same with the report.
std::string experiment_report_json(const config::Experiment& experiment,
                                   const engine::ExperimentState& state);

// "the tenant has no experiment 'x'; it has a, b"
Error no_such_experiment(const config::Tenant& tenant, std::string_view name);

}  // namespace idswitch::api

#include "engine/experiments/experiment_watch.hpp"

#include <algorithm>
#include <charconv>
#include <future>
#include <set>

#include "base/log.hpp"
#include "routing/admission.hpp"
#include "store/sqlite/arm_tally.hpp"

namespace idswitch::engine {
namespace {

constexpr std::chrono::seconds k_rest_min{10};
constexpr int k_rest_per_look = 20;

void add_accounts(const config::Policy& policy, std::set<std::string>& accounts) {
  if (policy.kind == config::Policy::Kind::account) accounts.insert(policy.account);
  for (const config::Policy& part : policy.parts) add_accounts(part, accounts);
}

void add_experiments(const config::Policy& policy, std::set<std::string>& names) {
  if (policy.kind == config::Policy::Kind::experiment) names.insert(policy.experiment);
  for (const config::Policy& part : policy.parts) add_experiments(part, names);
}

// Whom a person of the arm may be served by in the end: the arm's accounts; control's, when all of
// those fail; then what stands beside the experiment in the routes that lead to it.
std::set<std::string> accounts_of(const config::Tenant& tenant,
                                  const config::Experiment& experiment, const config::Arm& arm) {
  std::set<std::string> accounts;
  add_accounts(arm.use, accounts);
  add_accounts(experiment.arms[experiment.control].use, accounts);
  for (const config::Route& route : tenant.routes) {
    std::set<std::string> names;
    add_experiments(route.use, names);
    if (names.erase(experiment.name) == 0) continue;
    add_accounts(route.use, accounts);
    for (const config::Experiment& other : tenant.experiments) {
      if (!names.contains(other.name)) continue;
      for (const config::Arm& one : other.arms) add_accounts(one.use, accounts);
    }
  }
  return accounts;
}

Money worst_price(const config::SkuPrice& price) {
  Money worst = price.price;
  for (const config::OutcomePrice& outcome : price.outcomes) {
    worst = std::max(worst, outcome.price);
  }
  for (const config::Tier& tier : price.tiers) worst = std::max(worst, tier.price);
  return worst;
}

std::int64_t worst_micros(const config::Contract& contract) {
  std::map<std::string_view, Money> worst;
  for (const config::ContractVersion& version : contract.versions) {
    for (const auto& [sku, price] : version.prices) {
      worst[sku] = std::max(worst[sku], worst_price(price));
    }
  }
  std::int64_t sum = 0;
  for (const auto& [sku, price] : worst) sum += price.micros;
  return sum;
}

// Finds the one currency of all charges, or says why there is none.
void find_currency(const config::Config& config, const config::Tenant& tenant,
                   const config::Experiment& experiment,
                   const std::vector<store::ArmCounts>& counts, ExperimentState& state) {
  std::set<std::string> contracts;
  for (const config::Arm& arm : experiment.arms) {
    for (const std::string& account : accounts_of(tenant, experiment, arm)) {
      contracts.insert(config.accounts.at(account).contract.currency);
    }
  }
  std::set<std::string> all = contracts;
  bool is_mixed = false;
  for (const store::ArmCounts& arm : counts) {
    if (!arm.currency.empty()) all.insert(arm.currency);
    is_mixed = is_mixed || arm.currencies_differ;
  }
  if (all.size() == 1 && !is_mixed) {
    state.currency = *all.begin();
    return;
  }
  std::string names;
  for (const std::string& one : all) names += (names.empty() ? "" : ", ") + one;
  state.no_costs = "There are no cost figures, since the " +
                   std::string(contracts.size() > 1 ? "contracts of the arms' accounts are"
                                                    : "charges were made") +
                   " in several currencies: " + names + ".";
}

const store::ArmCounts& arm_of(const std::vector<store::ArmCounts>& counts,
                               const std::string& name) {
  static const store::ArmCounts nobody;
  const auto found = std::find_if(counts.begin(), counts.end(),
                                  [&](const store::ArmCounts& one) { return one.arm == name; });
  return found == counts.end() ? nobody : *found;
}

// One phase for each text of weights, with every arm of the text, whether or not somebody met it.
Result<std::vector<std::vector<routing::ArmAssignment>>> phases_of(
    const std::vector<store::ArmCounts>& counts) {
  std::vector<std::string> texts;
  std::vector<std::vector<routing::ArmAssignment>> phases;
  for (const store::ArmCounts& arm : counts) {
    for (const store::WeightsPhase& met : arm.phases) {
      const auto known = std::find(texts.begin(), texts.end(), met.weights);
      const auto index = static_cast<std::size_t>(known - texts.begin());
      if (known == texts.end()) {
        auto weights = read_weights(met.weights);
        if (!weights) return weights.error();
        texts.push_back(met.weights);
        phases.push_back(std::move(*weights));
      }
      for (routing::ArmAssignment& assignment : phases[index]) {
        if (assignment.name == arm.arm) assignment.persons += met.persons;
      }
    }
  }
  return phases;
}

bool is_guarded(const config::Guardrail& guardrail) {
  return guardrail.pass_rate_drop_ppm || guardrail.completion_rate_drop_ppm ||
         guardrail.cost_per_pass_rise_ppm;
}

// The store runs `applied` on its writer, so that what a pause and a resumption at the same time do
// to Traffic comes in the order in which they became durable.
Result<void> write_then(store::Store& store, store::Change change, std::function<void()> applied) {
  std::promise<Result<void>> done;
  store.write(std::move(change), [&](const store::Written& written) {
    if (!written.has_failed()) applied();
    done.set_value(written.has_failed() ? Result<void>(written.error) : Result<void>());
  });
  return done.get_future().get();
}

void log_not_judged(const config::Tenant& tenant, const config::Experiment& experiment,
                    const Error& error) {
  log::write(
      log::Level::error, "experiment_not_judged",
      {{"tenant", tenant.name}, {"experiment", experiment.name}, {"detail", error.detail()}});
}

}  // namespace

Result<std::vector<routing::ArmAssignment>> read_weights(std::string_view text) {
  const Error unreadable(Errc::storage_failed, "the database has exposures with the weights '" +
                                                   std::string(text) +
                                                   "', which this program cannot read");
  std::vector<routing::ArmAssignment> arms;
  for (std::string_view rest = text;;) {
    const std::size_t comma = rest.find(',');
    const std::string_view one = rest.substr(0, comma);
    const std::size_t equals = one.find('=');
    if (equals == 0 || equals == std::string_view::npos) return unreadable;
    routing::ArmAssignment& arm = arms.emplace_back();
    arm.name = one.substr(0, equals);
    const char* const end = one.data() + one.size();
    const auto read = std::from_chars(one.data() + equals + 1, end, arm.weight);
    if (read.ec != std::errc() || read.ptr != end) return unreadable;
    if (comma == std::string_view::npos) return arms;
    rest.remove_prefix(comma + 1);
  }
}

std::int64_t charge_max_micros(const config::Config& config, const config::Tenant& tenant,
                               const config::Experiment& experiment, const config::Arm& arm) {
  std::int64_t sum = 0;
  for (const std::string& account : accounts_of(tenant, experiment, arm)) {
    sum += worst_micros(config.accounts.at(account).contract);
  }
  return sum;
}

std::int64_t admission_age_ms(const Setup& setup, const config::Tenant& tenant,
                              const config::Experiment& experiment) {
  std::vector<std::uint64_t> lifetimes_s;
  for (const config::Arm& arm : experiment.arms) {
    for (const std::string& name : accounts_of(tenant, experiment, arm)) {
      const AccountRuntime* const account = setup.account(name);
      if (account != nullptr) lifetimes_s.push_back(account->product().declared->token_lifetime_s);
    }
  }
  return routing::admission_age_ms(lifetimes_s);
}

routing::ArmTally arm_tally(const store::ArmCounts& admitted, const store::ArmCounts& waiting,
                            bool has_costs, std::int64_t charge_max_micros) {
  routing::ArmTally tally;
  tally.persons = admitted.persons + waiting.persons;
  tally.verifications = admitted.verifications + waiting.verifications;
  tally.completed = admitted.completed + waiting.completed;
  tally.passed = admitted.passed + waiting.passed;
  tally.admitted_first = admitted.persons;
  tally.completed_first = admitted.first_completed;
  tally.passed_first = admitted.first_passed;
  tally.waiting.persons = waiting.persons;
  tally.waiting.ended = waiting.first_ended + waiting.first_failed;
  tally.waiting.completed = waiting.first_completed;
  tally.waiting.passed = waiting.first_passed;
  tally.latency_sum_ms = admitted.first_ended_ms_sum + waiting.first_ended_ms_sum;
  tally.latency_count = admitted.first_ended + waiting.first_ended;
  if (!has_costs) return tally;
  tally.charged_micros = admitted.charged_micros + waiting.charged_micros;
  tally.charged_first_micros = admitted.first_charged_micros;
  tally.waiting.charged_micros = waiting.first_charged_micros;
  tally.charge_max_micros = charge_max_micros;
  return tally;
}

const config::Experiment* find_experiment(const config::Tenant& tenant, std::string_view name) {
  for (const config::Experiment& one : tenant.experiments) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

std::optional<store::ExperimentPause> find_pause(const std::vector<store::ExperimentPause>& pauses,
                                                 const std::string& tenant,
                                                 const config::Experiment& experiment) {
  for (const store::ExperimentPause& one : pauses) {
    if (one.tenant == tenant && one.experiment == experiment.name && one.seed == experiment.seed) {
      return one;
    }
  }
  return {};
}

Result<ExperimentState> experiment_state(const config::Config& config, const config::Tenant& tenant,
                                         const config::Experiment& experiment, store::Store& store,
                                         bool with_waiting) {
  const auto pauses = store.agreement().pauses();
  if (!pauses) return pauses.error();
  const auto counts =
      store.agreement().arms(tenant.name, experiment.name, experiment.seed, with_waiting);
  if (!counts) return counts.error();
  const std::vector<store::ArmCounts> all = store::everything(*counts);
  auto phases = phases_of(all);
  if (!phases) return phases.error();
  ExperimentState state;
  state.pause = find_pause(*pauses, tenant.name, experiment);
  state.admission_age_ms = counts->age_ms;
  find_currency(config, tenant, experiment, all, state);
  routing::ExperimentTally tally;
  tally.phases = std::move(*phases);
  for (const config::Arm& arm : experiment.arms) {
    const store::ArmCounts& admitted = arm_of(counts->admitted, arm.name);
    tally.arms.push_back(arm_tally(admitted, arm_of(counts->waiting, arm.name),
                                   !state.currency.empty(),
                                   charge_max_micros(config, tenant, experiment, arm)));
    tally.arms.back().name = arm.name;
    state.crossovers.push_back(admitted.crossovers);
  }
  state.report = routing::experiment_report(experiment, tally);
  return state;
}

Result<void> pause_experiment(store::Store& store, Traffic& traffic, const config::Tenant& tenant,
                              const config::Experiment& experiment, std::int64_t now_unix_ms,
                              std::string why) {
  store::Change change;
  change.push_back(store::PauseExperiment{
      {tenant.name, experiment.name, experiment.seed, now_unix_ms, std::move(why)}});
  return write_then(store, std::move(change), [&] { traffic.pause(tenant.name, experiment); });
}

Result<void> resume_experiment(const config::Config& config, store::Store& store, Traffic& traffic,
                               const config::Tenant& tenant, const config::Experiment& experiment) {
  const auto state = experiment_state(config, tenant, experiment, store, false);
  if (!state) return state.error();
  if (const auto& reason = state->report.reason_to_pause) {
    return Error(Errc::conflict,
                 "its guardrail would pause it again at once; loosen the guardrail in the "
                 "configuration, or give the experiment a new seed, and reload. " +
                     *reason);
  }
  store::Change change;
  change.push_back(store::ResumeExperiment{tenant.name, experiment.name, experiment.seed});
  return write_then(store, std::move(change), [&] { traffic.resume(tenant.name, experiment); });
}

std::chrono::nanoseconds rest_after(std::chrono::nanoseconds look) {
  return std::max<std::chrono::nanoseconds>(k_rest_min, look * k_rest_per_look);
}

void ExperimentWatch::look(const Setup& setup, const std::function<bool()>& goes_on) {
  std::vector<Watched> all;
  for (const auto& [name, tenant] : setup.config.tenants) {
    for (const config::Experiment& experiment : tenant.experiments) {
      all.push_back({&tenant, &experiment, admission_age_ms(setup, tenant, experiment), true});
    }
  }
  if (!admit(all, goes_on)) return;
  for (const auto& [name, tenant] : setup.config.tenants) {
    const std::vector<std::uint8_t> is_paused = traffic_.paused(tenant);
    for (std::size_t i = 0; i < tenant.experiments.size(); ++i) {
      const config::Experiment& experiment = tenant.experiments[i];
      if (is_paused[i] != 0 || !is_guarded(experiment.guardrail)) continue;
      if (!goes_on()) return;
      if (const Result<void> judged = judge(setup.config, tenant, experiment); !judged) {
        if (judged.error().code() == Errc::shutting_down) return;
        log_not_judged(tenant, experiment, judged.error());
      }
    }
  }
}

bool ExperimentWatch::admit(std::vector<Watched>& all, const std::function<bool()>& goes_on) {
  int full_steps = 0;
  for (bool is_more = true; is_more && full_steps < k_admission_steps_per_look;) {
    is_more = false;
    for (Watched& one : all) {
      if (!one.is_behind) continue;
      if (!goes_on()) return false;
      const Result<bool> behind = admit_step(one);
      if (!behind) log_not_judged(*one.tenant, *one.experiment, behind.error());
      one.is_behind = behind && *behind;
      full_steps += one.is_behind ? 1 : 0;
      is_more = is_more || one.is_behind;
    }
  }
  return true;
}

Result<bool> ExperimentWatch::admit_step(const Watched& watched) {
  auto next = store_.agreement().admissible(
      watched.tenant->name, watched.experiment->name, watched.experiment->seed,
      {watched.age_ms, clock_.now_unix_ms()}, k_admission_step);
  if (!next) return next.error();
  const bool is_full = next->is_full;
  if (!next->is_news) return is_full;
  store::Change change;
  change.push_back(store::Admit{std::move(*next)});
  if (const auto written = write_then(store_, std::move(change), [] {}); !written) {
    return written.error();
  }
  return is_full;
}

Result<void> ExperimentWatch::judge(const config::Config& config, const config::Tenant& tenant,
                                    const config::Experiment& experiment) {
  const auto state = experiment_state(config, tenant, experiment, store_, false);
  if (!state) return state.error();
  const std::optional<std::string>& reason = state->report.reason_to_pause;
  if (!reason) return {};
  const Result<void> paused =
      pause_experiment(store_, traffic_, tenant, experiment, clock_.now_unix_ms(), *reason);
  if (!paused) return paused;
  log::write(log::Level::error, "experiment_paused",
             {{"tenant", tenant.name}, {"experiment", experiment.name}, {"reason", *reason}});
  return {};
}

}  // namespace idswitch::engine

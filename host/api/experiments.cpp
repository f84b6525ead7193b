#include "api/handlers.hpp"
#include "base/log.hpp"
#include "present/experiment_json.hpp"

// /v1/experiments and /admin/experiments.

namespace idswitch::api::experiments {

namespace asio = boost::asio;

namespace {

Error no_such_tenant(const config::Config& config, std::string_view name) {
  std::string known;
  for (const auto& [tenant, value] : config.tenants) known += (known.empty() ? "" : ", ") + tenant;
  return Error(Errc::not_found, "the configuration has no tenant '" +
                                    std::string(name.substr(0, 64)) + "'; it has " + known);
}

// Its answer: the experiment as it stands afterwards. [blocking]
Result<std::string> obey(engine::Engine& engine, const engine::Setup& setup,
                         const config::Tenant& tenant, const config::Experiment& experiment,
                         bool pauses, std::string_view who) {
  store::Store& store = engine.store();
  const Result<void> done =
      pauses ? engine::pause_experiment(
                   store, engine.traffic(), tenant, experiment, engine.clock().now_unix_ms(),
                   "Paused by the administrator's key '" + std::string(who) + "'.")
             : engine::resume_experiment(setup.config, store, engine.traffic(), tenant, experiment);
  if (!done) return done.error();
  log::write(log::Level::warn, pauses ? "experiment_paused" : "experiment_resumed",
             {{"tenant", tenant.name}, {"experiment", experiment.name}, {"by", who}});
  const auto now = store.agreement().pauses();
  if (!now) return now.error();
  return experiment_json(experiment, engine::find_pause(*now, tenant.name, experiment));
}

// parts: the tenant and the experiment.
asio::awaitable<Result<Answer>> order(const Services& services, const Call& call, bool pauses) {
  const config::Tenant* const tenant = call.setup.tenant(std::string(call.parts[0]));
  if (tenant == nullptr) co_return no_such_tenant(call.setup.config, call.parts[0]);
  const config::Experiment* const experiment = engine::find_experiment(*tenant, call.parts[1]);
  if (experiment == nullptr) co_return no_such_experiment(*tenant, call.parts[1]);
  Result<std::string> done = co_await services.orders.run(std::string(call.caller), [&] {
    return obey(services.engine, call.setup, *tenant, *experiment, pauses, call.caller);
  });
  if (!done) co_return done.error();
  co_return json_answer(std::move(*done));
}

}  // namespace

Result<Answer> list(const Services& services, const Call& call) {
  const config::Tenant* const tenant = call.setup.tenant(std::string(call.caller));
  if (tenant == nullptr) return no_such_path();
  const auto pauses = services.engine.store().agreement().pauses();
  if (!pauses) return pauses.error();
  return json_answer(experiments_json(*tenant, *pauses));
}

asio::awaitable<Result<Answer>> report(const Services& services, const Call& call) {
  const config::Tenant* const tenant = call.setup.tenant(std::string(call.caller));
  if (tenant == nullptr) co_return no_such_path();
  const config::Experiment* const experiment = engine::find_experiment(*tenant, call.parts[0]);
  if (experiment == nullptr) co_return no_such_experiment(*tenant, call.parts[0]);
  const Result<engine::ExperimentState> state =
      co_await services.reports.run(std::string(call.caller), [&] {
        return engine::experiment_state(call.setup.config, *tenant, *experiment,
                                        services.engine.store());
      });
  if (!state) co_return state.error();
  co_return json_answer(experiment_report_json(*experiment, *state));
}

asio::awaitable<Result<Answer>> pause(const Services& services, const Call& call) {
  return order(services, call, true);
}

asio::awaitable<Result<Answer>> resume(const Services& services, const Call& call) {
  return order(services, call, false);
}

}  // namespace idswitch::api::experiments

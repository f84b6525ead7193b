#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/answers.hpp"
#include "api/http_api.hpp"
#include "base/log.hpp"
#include "present/experiment_json.hpp"

// /v1/experiments, and what is done to experiments under /admin/.

namespace idswitch::api {

namespace asio = boost::asio;

namespace {

constexpr std::string_view k_pause = ":pause";
constexpr std::string_view k_resume = ":resume";

struct Order {
  std::string_view tenant;
  std::string_view name;
  bool pauses = false;
};

// "TENANT/NAME:pause"
std::optional<Order> read_order(std::string_view rest) {
  Order order;
  order.pauses = rest.ends_with(k_pause);
  if (!order.pauses && !rest.ends_with(k_resume)) return {};
  rest.remove_suffix(order.pauses ? k_pause.size() : k_resume.size());
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return {};
  order.tenant = rest.substr(0, slash);
  order.name = rest.substr(slash + 1);
  return order;
}

Error no_such_tenant(const config::Config& config, std::string_view name) {
  std::string known;
  for (const auto& [tenant, value] : config.tenants) known += (known.empty() ? "" : ", ") + tenant;
  return Error(Errc::not_found, "the configuration has no tenant '" +
                                    std::string(name.substr(0, 64)) + "'; it has " + known);
}

void write_list(engine::Engine& engine, const config::Tenant& tenant, net::OutgoingReply& reply) {
  const auto pauses = engine.store().agreement().pauses();
  if (!pauses) return write_error(pauses.error(), reply);
  reply.body = experiments_json(tenant, *pauses);
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

}  // namespace

asio::awaitable<void> HttpApi::experiments(std::string_view tenant_name, std::string_view rest,
                                           Reply& reply) {
  const std::shared_ptr<const engine::Setup> setup = engine_.setup();
  const config::Tenant* const tenant = setup->tenant(std::string(tenant_name));
  // A reload may have taken the tenant away since its key was looked up.
  if (tenant == nullptr) {
    api::write_error(no_such_path(), reply);
    co_return;
  }
  if (rest.empty()) {
    write_list(engine_, *tenant, reply);
    co_return;
  }
  const std::string_view name = rest.substr(1);
  const config::Experiment* const experiment = engine::find_experiment(*tenant, name);
  if (experiment == nullptr) {
    api::write_error(no_such_experiment(*tenant, name), reply);
    co_return;
  }
  const auto work = [&]() -> asio::awaitable<Result<engine::ExperimentState>> {
    co_return engine::experiment_state(setup->config, *tenant, *experiment, engine_.store());
  };
  const Result<engine::ExperimentState> state =
      co_await asio::co_spawn(slow_, work, asio::use_awaitable);
  if (state)
    reply.body = experiment_report_json(*experiment, *state);
  else
    api::write_error(state.error(), reply);
}

asio::awaitable<void> HttpApi::admin_experiment(std::string_view rest, std::string_view who,
                                                Reply& reply) {
  const std::shared_ptr<const engine::Setup> setup = engine_.setup();
  const std::optional<Order> order = read_order(rest);
  if (!order) {
    api::write_error(no_such_path(), reply);
    co_return;
  }
  const config::Tenant* const tenant = setup->tenant(std::string(order->tenant));
  if (tenant == nullptr) {
    api::write_error(no_such_tenant(setup->config, order->tenant), reply);
    co_return;
  }
  const config::Experiment* const experiment = engine::find_experiment(*tenant, order->name);
  if (experiment == nullptr) {
    api::write_error(no_such_experiment(*tenant, order->name), reply);
    co_return;
  }
  const auto work = [&]() -> asio::awaitable<Result<std::string>> {
    co_return obey(engine_, *setup, *tenant, *experiment, order->pauses, who);
  };
  Result<std::string> done = co_await asio::co_spawn(slow_, work, asio::use_awaitable);
  if (done)
    reply.body = std::move(*done);
  else
    api::write_error(done.error(), reply);
}

}  // namespace idswitch::api

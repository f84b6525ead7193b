#include "api/handlers.hpp"
#include "api/order_json.hpp"
#include "base/log.hpp"
#include "base/text/hex.hpp"
#include "base/text/json_text.hpp"
#include "present/ledger_report_json.hpp"
#include "present/verification_json.hpp"

// /admin/config, /admin/budgets, /admin/ledger, /admin/charges and
// /admin/persons: for those who run the switch.

namespace idswitch::api::admin {

namespace asio = boost::asio;

namespace {

constexpr std::size_t k_versions = 50;

void append_complaint(std::string& out, const config::Complaint& complaint) {
  json_text::append_string(out, complaint.line());
}

Answer reloaded_answer(const engine::Reloaded& reloaded) {
  const bool refused = !reloaded.complaints.empty();
  std::string out;
  json_text::Object(out)
      .text("status", refused            ? "refused"
                      : reloaded.changed ? "changed"
                                         : "unchanged")
      .number("running_version", reloaded.version)
      .list("complaints", reloaded.complaints, append_complaint)
      .list("warnings", reloaded.warnings, append_complaint);
  return json_answer(std::move(out), refused ? 422 : 200);
}

void append_version(std::string& out, const store::ConfigVersion& version) {
  json_text::Object(out)
      .number("version", version.number)
      .text("sha256", hex_text(version.sha256))
      .text("since", timestamp(version.since_unix_ms));
}

void append_budget(std::string& out, const billing::BudgetState& state) {
  json_text::Object(out)
      .text("name", state.budget)
      .text("period", state.period)
      .text("currency", state.currency)
      .text("limit", state.limit.text())
      .text("spent", state.spent.text())
      .text("reserved", state.reserved.text())
      .text("at_limit", state.stops ? "stop" : "warn");
}

}  // namespace

Result<Answer> versions(const Services& services, const Call& call) {
  const auto versions = services.engine.store().agreement().config_versions(k_versions);
  if (!versions) return versions.error();
  std::string out;
  json_text::Object(out)
      .number("running_version", call.setup.version)
      .list("versions", *versions, append_version);
  return json_answer(std::move(out));
}

asio::awaitable<Result<Answer>> reload(const Services& services, const Call& call) {
  // Reading files and loading plugins would hold up everybody on this lane.
  const auto reloaded = co_await services.orders.run(std::string(call.caller), [&] {
    return services.reload.run("admin " + std::string(call.caller));
  });
  if (!reloaded) co_return reloaded.error();
  co_return reloaded_answer(*reloaded);
}

Result<Answer> budgets(const Services& services, const Call& call) {
  const auto states =
      services.engine.traffic().budgets(call.setup, services.engine.store().ledger());
  if (!states) return states.error();
  std::string out;
  json_text::Object(out).list("budgets", *states, append_budget);
  return json_answer(std::move(out));
}

Result<Answer> ledger(const Services& services, const Call&) {
  std::string out;
  if (const auto last = services.ledger.last()) {
    append_faults(out, last->faults, timestamp(last->verified_unix_ms));
  } else {
    json_text::Object(out).null("verified_at");
  }
  return json_answer(std::move(out));
}

asio::awaitable<Result<Answer>> settle(const Services& services, const Call& call) {
  auto order = parse_settlement(call.request.body, call.caller);
  if (!order) co_return order.error();
  const VerificationId id = order->verification;
  const auto settled = co_await services.engine.settle(std::move(*order));
  if (!settled) co_return settled.error();
  log::write(log::Level::info, "charge_settled",
             {{"verification", id.text()},
              {"account", settled->charge.account},
              {"by", call.caller},
              {"changed", settled->is_changed}});
  co_return json_answer(settled_json(id, *settled));
}

asio::awaitable<Result<Answer>> forget(const Services& services, const Call& call) {
  auto order = parse_forget(call.request.body, call.caller);
  if (!order) co_return order.error();
  const std::string tenant = order->tenant;
  // Reads all that the tenant has, which would hold up everybody on this lane.
  const auto forgotten = co_await services.engine.forget(
      std::move(*order),
      [&](const engine::ForgetOrder& wanted,
          std::uint64_t after) -> asio::awaitable<Result<engine::PersonVerifications>> {
        co_return co_await services.orders.run(std::string(call.caller), [&] {
          return engine::find_person(services.engine.store(), wanted, after);
        });
      });
  if (!forgotten) co_return forgotten.error();
  log::write(
      log::Level::info, "person_forgotten",
      {{"tenant", tenant}, {"verifications", forgotten->verifications}, {"by", call.caller}});
  std::string out;
  json_text::Object(out).number("verifications", forgotten->verifications);
  co_return json_answer(std::move(out));
}

}  // namespace idswitch::api::admin

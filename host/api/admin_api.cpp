#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "api/answers.hpp"
#include "api/http_api.hpp"
#include "base/digest.hpp"
#include "base/text/json_text.hpp"
#include "base/values/money.hpp"
#include "engine/explain/explanation.hpp"
#include "present/ledger_report_json.hpp"
#include "present/verification_json.hpp"

// /admin/...: for those who run the switch, with keys of their own.

namespace idswitch::api {

namespace asio = boost::asio;

namespace {

constexpr std::string_view k_experiments = "/admin/experiments/";
constexpr std::string_view k_accounts = "/admin/accounts/";
constexpr std::string_view k_probe = ":probe";
constexpr std::string_view k_webhooks = "/admin/webhooks";
constexpr std::string_view k_webhooks_below = "/admin/webhooks/";

void append_lines(json_text::Object& object, std::string_view name,
                  const std::vector<config::Complaint>& complaints) {
  std::string& list = object.member(name);
  list += '[';
  for (const config::Complaint& complaint : complaints) {
    if (list.back() != '[') list += ',';
    json_text::append_string(list, complaint.line());
  }
  list += ']';
}

std::string hex_of(const std::array<std::uint8_t, 32>& digest) {
  static constexpr char k_hex[] = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += k_hex[byte >> 4];
    text += k_hex[byte & 15];
  }
  return text;
}

void write_reloaded(const engine::Reloaded& reloaded, net::OutgoingReply& reply) {
  const bool refused = !reloaded.complaints.empty();
  reply.status = refused ? 422 : 200;
  json_text::Object object(reply.body);
  object.text("status", refused            ? "refused"
                        : reloaded.changed ? "changed"
                                           : "unchanged")
      .number("running_version", reloaded.version);
  append_lines(object, "complaints", reloaded.complaints);
  append_lines(object, "warnings", reloaded.warnings);
}

void write_versions(engine::Engine& engine, net::OutgoingReply& reply) {
  const auto versions = engine.store().agreement().config_versions(50);
  if (!versions) return write_error(versions.error(), reply);
  json_text::Object object(reply.body);
  object.number("running_version", engine.setup()->version);
  std::string& list = object.member("versions");
  list += '[';
  for (const store::ConfigVersion& version : *versions) {
    if (list.back() != '[') list += ',';
    json_text::Object(list)
        .number("version", version.number)
        .text("sha256", hex_of(version.sha256))
        .text("since", timestamp(version.since_unix_ms));
  }
  list += ']';
}

void write_budgets(engine::Engine& engine, net::OutgoingReply& reply) {
  json_text::Object object(reply.body);
  std::string& list = object.member("budgets");
  list += '[';
  for (const billing::BudgetState& state : engine.traffic().budgets()) {
    if (list.back() != '[') list += ',';
    json_text::Object(list)
        .text("name", state.budget)
        .text("period", state.period)
        .text("currency", state.currency)
        .text("limit", state.limit.text())
        .text("spent", state.spent.text())
        .text("reserved", state.reserved.text())
        .text("at_limit", state.stops ? "stop" : "warn");
  }
  list += ']';
}

void write_ledger(const engine::LedgerWatch& watch, net::OutgoingReply& reply) {
  const auto last = watch.last();
  if (last) {
    append_faults(reply.body, last->faults, timestamp(last->verified_unix_ms));
  } else {
    json_text::Object(reply.body).null("verified_at");
  }
}

// rest: "NAME:probe"
void write_probed(engine::Engine& engine, std::string_view rest, net::OutgoingReply& reply) {
  const std::string account(rest.substr(0, rest.size() - k_probe.size()));
  if (!engine.traffic().probe_now(account)) {
    return write_error(Error(Errc::not_found, "the configuration has no such account"), reply);
  }
  // A pause that the vendor asked for stays; a breaker lets the next request through as its probe.
  const engine::AccountView view = engine.traffic().view(*engine.setup(), account, "");
  json_text::Object object(reply.body);
  object.text("account", account).text("availability", engine::word(view.now.availability));
  if (view.now.until_unix_ms > 0) object.text("until", timestamp(view.now.until_unix_ms));
}

}  // namespace

asio::awaitable<void> HttpApi::admin(const Request& request, Reply& reply) {
  const std::shared_ptr<const engine::Setup> setup = engine_.setup();
  const Result<std::string_view> key = setup->keys.admin_of(request.header("Authorization"));
  if (!key) {
    api::write_error(key.error(), reply);
    co_return;
  }
  const std::string_view path = request.path;
  if (path == "/admin/config" || path == "/admin/budgets" || path == "/admin/ledger") {
    if (request.method != "GET") {
      write_wrong_method("GET", reply);
    } else if (path == "/admin/config") {
      write_versions(engine_, reply);
    } else if (path == "/admin/ledger") {
      write_ledger(ledger_, reply);
    } else {
      write_budgets(engine_, reply);
    }
  } else if (path == "/admin/config:reload") {
    if (request.method != "POST") {
      write_wrong_method("POST", reply);
      co_return;
    }
    const std::string why = "admin " + std::string(*key);
    // Reading files and loading plugins would hold up everybody on this lane.
    const auto work = [this, &why]() -> asio::awaitable<Result<engine::Reloaded>> {
      co_return reload_.run(why);
    };
    const Result<engine::Reloaded> reloaded =
        co_await asio::co_spawn(slow_, work, asio::use_awaitable);
    if (!reloaded) {
      api::write_error(reloaded.error(), reply);
    } else {
      write_reloaded(*reloaded, reply);
    }
  } else if (path.starts_with(k_experiments)) {
    if (request.method == "POST")
      co_await admin_experiment(path.substr(k_experiments.size()), *key, reply);
    else
      write_wrong_method("POST", reply);
  } else if (path == k_webhooks || path.starts_with(k_webhooks_below)) {
    co_await admin_webhooks(request, path.substr(k_webhooks.size()), reply);
  } else if (path.starts_with(k_accounts) && path.ends_with(k_probe)) {
    if (request.method == "POST")
      write_probed(engine_, path.substr(k_accounts.size()), reply);
    else
      write_wrong_method("POST", reply);
  } else {
    api::write_error(no_such_path(), reply);
  }
}

}  // namespace idswitch::api

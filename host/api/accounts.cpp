#include <charconv>

#include "api/handlers.hpp"
#include "api/query.hpp"
#include "api/request_json.hpp"
#include "base/text/json_text.hpp"
#include "present/account_json.hpp"
#include "present/explanation_json.hpp"
#include "present/verification_json.hpp"

// /v1/routes:explain, /v1/accounts and /admin/accounts: whom a start would ask, and how they are.

namespace idswitch::api::accounts {
namespace {

// The parameter `seed`; 0 without one.
Result<std::uint64_t> seed_of(std::string_view query) {
  const std::optional<std::string> text = query_value(query, "seed");
  if (!text) return std::uint64_t{0};
  std::uint64_t seed = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, seed);
  if (error != std::errc() || stop != end) {
    return Error(Errc::invalid_field, "must be a whole number from 0 to 18446744073709551615",
                 "seed");
  }
  return seed;
}

}  // namespace

Result<Answer> explain(const Services& services, const Call& call) {
  const auto seed = seed_of(call.request.query);
  if (!seed) return seed.error();
  Result<StartRequest> parsed = parse_start(call.request.body);
  if (!parsed) return parsed.error();
  parsed->tenant = call.caller;
  engine::Engine& engine = services.engine;
  const auto explained = engine::explain(call.setup, engine.traffic(), &engine.store(),
                                         engine.clock().now_unix_ms(), *parsed, *seed);
  if (!explained) return explained.error();
  std::string out;
  append_explanation(out, *explained);
  return json_answer(std::move(out));
}

Result<Answer> list(const Services& services, const Call& call) {
  const std::string name(call.caller);
  const config::Tenant* const tenant = call.setup.tenant(name);
  if (tenant == nullptr) return Error(Errc::unauthorized, "this tenant is not there any more");
  engine::Traffic& traffic = services.engine.traffic();
  std::vector<engine::AccountView> known;
  for (const std::string& account : engine::accounts_of(*tenant)) {
    if (call.setup.account(account) == nullptr) continue;
    auto view = traffic.view(call.setup, &services.engine.store().ledger(), account, name);
    if (!view) return view.error();
    known.push_back(std::move(*view));
  }
  std::string out;
  json_text::Object(out)
      .text("since", timestamp(traffic.statistics_begin_unix_ms()))
      .list("accounts", known, [&](std::string& items, const engine::AccountView& view) {
        append_account(items, view, *call.setup.account(view.account),
                       call.setup.facts.at(view.account));
      });
  return json_answer(std::move(out));
}

Result<Answer> probe(const Services& services, const Call& call) {
  const std::string account(call.parts[0]);
  engine::Traffic& traffic = services.engine.traffic();
  if (!traffic.probe_now(account)) {
    return Error(Errc::not_found, "the configuration has no such account");
  }
  // A pause that the vendor asked for stays; a breaker lets the next request through as its probe.
  const auto found = traffic.view(call.setup, &services.engine.store().ledger(), account, "");
  if (!found) return found.error();
  const engine::AccountView& view = *found;
  std::string out;
  json_text::Object object(out);
  object.text("account", account).text("availability", engine::word(view.now.availability));
  if (view.now.until_unix_ms > 0) object.text("until", timestamp(view.now.until_unix_ms));
  object.close();
  return json_answer(std::move(out));
}

}  // namespace idswitch::api::accounts

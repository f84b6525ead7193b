#include <charconv>

#include "api/answers.hpp"
#include "api/http_api.hpp"
#include "api/query.hpp"
#include "api/request_json.hpp"
#include "present/account_json.hpp"
#include "present/explanation_json.hpp"
#include "present/verification_json.hpp"

// /v1/routes:explain and /v1/accounts.

namespace idswitch::api {
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

void HttpApi::explain(const Request& request, std::string_view tenant, Reply& reply) {
  if (const auto json = want_json(request); !json) {
    return api::write_error(json.error(), reply);
  }
  const auto seed = seed_of(request.query);
  if (!seed) return api::write_error(seed.error(), reply);
  Result<StartRequest> parsed = parse_start(request.body);
  if (!parsed) return api::write_error(parsed.error(), reply);
  parsed->tenant = tenant;
  const std::shared_ptr<const engine::Setup> setup = engine_.setup();
  const auto explained = engine::explain(*setup, engine_.traffic(), &engine_.store(),
                                         engine_.clock().now_unix_ms(), *parsed, *seed);
  if (!explained) return api::write_error(explained.error(), reply);
  append_explanation(reply.body, *explained);
}

void HttpApi::accounts(std::string_view tenant, Reply& reply) {
  const std::shared_ptr<const engine::Setup> setup = engine_.setup();
  const std::string name(tenant);
  const config::Tenant* found = setup->tenant(name);
  if (found == nullptr) {
    // A reload took the tenant away since its key was checked.
    return api::write_error(Error(Errc::unauthorized, "this tenant is not there any more"), reply);
  }
  json_text::Object object(reply.body);
  object.text("since", timestamp(engine_.traffic().statistics_begin_unix_ms()));
  std::string& list = object.member("accounts");
  list += '[';
  for (const std::string& account : engine::accounts_of(*found)) {
    const engine::AccountRuntime* runtime = setup->account(account);
    if (runtime == nullptr) continue;
    if (list.back() != '[') list += ',';
    append_account(list, engine_.traffic().view(*setup, account, name), *runtime,
                   setup->facts.at(account));
  }
  list += ']';
}

}  // namespace idswitch::api

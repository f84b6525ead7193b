#pragma once

// Explanation: why a request is routed as it is: which route takes it, where every account stands
// and why, what each is expected to cost. And Replay: a stored decision made again. Nothing is
// called, written, reserved or charged. Holds no personal data, not even the pseudonym. Any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/values/money.hpp"
#include "engine/traffic/choice.hpp"

namespace idswitch::engine {

// What asking an account once is expected to come to.
struct Figures {
  std::string currency;
  Money expected_charge;
  std::optional<Money> cost_per_pass;  // nothing: nobody is expected to pass
  Money worst_price;                   // the most that one verification can cost
  std::uint32_t asked_pass_ppm = 0;    // of the requests that ask it
  routing::Rates rates;
  std::uint32_t prior_weight = 0;              // as if so many had been seen
  std::optional<std::int64_t> latency_p95_ms;  // of starts; nothing: none was seen
};

struct AccountChoice {
  std::string account;
  std::string product;
  std::uint32_t position = 0;   // in the plan, from 1; 0 = it is not asked
  std::string why;              // word of routing::Why or routing::Filter, or "not_in_route"
  std::string sentence;         // the same for people
  std::uint32_t first_ppm = 0;  // how probable it was to be asked first, over all people
  routing::AccountNow now;      // as the decision saw it
  // Nothing in a stored decision whose route does not look at costs.
  std::optional<Figures> figures;
};

struct Explanation {
  std::int64_t config_version = 0;  // 0 = not known
  std::string tenant;
  std::string route;
  config::Position where;  // of the route
  std::uint32_t method = 0;
  std::uint32_t checks = 0;
  std::string when;                    // the route's condition: "risk at least 0.8 and vip is true"
  std::string segment;                 // whose statistics count first; empty = none
  std::string experiment;              // empty = none
  std::string arm;                     // with experiment
  routing::Exposure::Kind exposure{};  // with experiment
  std::uint64_t seed = 0;
  bool is_sticky = true;  // false: a draw had no person to stick to
  std::int64_t at_unix_ms = 0;
  std::vector<AccountChoice> accounts;  // in the plan's order, then those that are not asked
};

// The accounts that concern a tenant: those its routes name, then the rest of its `accounts`.
std::vector<std::string> accounts_of(const config::Tenant& tenant);

// "up", "ramping", "probing", "open", "tripped", "throttled"
std::string_view word(routing::Availability availability);

Figures figures_of(const AccountRuntime& account, const routing::AccountFacts& facts,
                   const routing::AccountNow& now);

// The decision about a request, checked as a start would be; errors are a start's. store may be
// nullptr: then nobody was charged once already. [blocking] with a store.
Result<Explanation> explain(const Setup& setup, Traffic& traffic, store::Store* store,
                            std::int64_t now_unix_ms, const StartRequest& request,
                            std::uint64_t seed);

// A stored decision, decided again from what was stored with it.
struct Replay {
  Explanation recorded;                  // its accounts are the route's, as the record says
  std::vector<std::string> differences;  // a sentence each; empty = the decision agrees
};

// made_under: of the version that the record names. Errors: not_found when nothing was recorded or
// the tenant is not there, invalid_field when the record does not fit the configuration.
Result<Replay> replay(const Setup& made_under, const VerificationRecord& record);

// The same request in the same situation under another configuration.
struct Redecision {
  std::vector<std::string> notes;      // what is not the same any more, a sentence each
  std::optional<Explanation> decided;  // nothing: no route takes the request; notes say so
};

// made_under, record: as for replay. Accounts that the record says nothing about are taken as up
// and never seen, at their contract's prices.
Result<Redecision> redecide(const Setup& other, const Setup& made_under,
                            const VerificationRecord& record);

}  // namespace idswitch::engine

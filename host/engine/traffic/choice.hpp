#pragma once

// Choice: gathers what a start request's routing depends on, and decides. Any thread.

#include "engine/traffic/decision_text.hpp"
#include "engine/traffic/traffic.hpp"
#include "idswitch/switch.hpp"

namespace idswitch::engine {

// The request that it is for outlives it.
struct Choice {
  Decision decision;
  Payer payer;
  std::string segment;  // of the statistics; empty = none
};

// The route for the request and its attributes. Errors: unknown_field and invalid_field below
// /attributes, unsupported_combination when no route is for it.
Result<Choice> find_route(const Setup& setup, const config::Tenant& tenant,
                          const StartRequest& request);

// Decides: fills the decision's accounts, seed and plan, and the payer. explaining: looks at costs
// also where the route does not. Reads the store only where a contract charges once a person.
Result<void> decide(const Setup& setup, Traffic& traffic, store::Store* store,
                    std::int64_t now_unix_ms, std::uint64_t seed, bool explaining, Choice& choice);

// "control=50,variant=50": the weights that an exposure was drawn with.
std::string weights_text(const config::Experiment& experiment);

}  // namespace idswitch::engine

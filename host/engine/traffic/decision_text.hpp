#pragma once

// DecisionText: a routing decision as it is stored with its verification: everything decide() read,
// and the plan that came of it, as compact JSON. It holds no personal data: the person's pseudonym
// and what was asked stand in the verification itself. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "routing/decide.hpp"

namespace idswitch::engine {

struct Decision {
  const routing::TableRoute* route = nullptr;  // of the table it was made with
  routing::Request request;
  std::vector<routing::AccountNow> accounts;  // beside route->accounts
  std::vector<std::uint8_t> is_paused;        // by index of Tenant::experiments
  std::uint64_t seed = 0;
  std::int64_t at_unix_ms = 0;
  routing::Plan plan;

  routing::Moment moment() const { return {accounts, is_paused}; }
};

// What the accounts were seen to do is written only where the route looks at it.
std::string decision_text(const config::Tenant& tenant, const Decision& decision);

// Reads it back against the table of the configuration it was made under. Error: invalid_field,
// when a name in it is not in the table or it is not such a text. method, checks and person_id: the
// verification's.
Result<Decision> read_decision(const routing::RouteTable& table, std::string_view text,
                               std::uint32_t method, std::uint32_t checks,
                               std::string_view person_id);

}  // namespace idswitch::engine

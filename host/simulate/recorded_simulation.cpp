#include "simulate/recorded_simulation.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "base/values/decimal.hpp"
#include "engine/traffic/choice.hpp"
#include "idswitch/abi/vocabulary.h"
#include "simulate/simulated_route.hpp"

namespace idswitch::engine {
namespace {

namespace json = boost::json;

// As many looks at accounts are remembered; attributes without a list of values may be of any
// number.
constexpr std::size_t k_places_max = 4096;

RequestAttribute attribute_of(const json::key_value_pair& member) {
  RequestAttribute attribute;
  attribute.name = member.key();
  if (member.value().is_string()) {
    attribute.value = member.value().as_string().c_str();
  } else if (member.value().is_bool()) {
    attribute.type = RequestAttribute::Type::truth;
    attribute.value = member.value().as_bool() ? "true" : "false";
  } else {
    attribute.type = RequestAttribute::Type::number;
    attribute.value = decimal_text(member.value().as_int64());
  }
  return attribute;
}

// Throws when the text is no decision; see decision_text.hpp for its shape.
void read_decision_into(RecordedRequest& recorded, const std::string& text) {
  const json::value value = json::parse(text);
  const json::object& decision = value.as_object();
  const std::string_view seed = decision.at("seed").as_string();
  std::from_chars(seed.data(), seed.data() + seed.size(), recorded.seed);
  if (const auto* attributes = decision.if_contains("attributes")) {
    for (const auto& member : attributes->as_object()) {
      recorded.request.attributes.push_back(attribute_of(member));
    }
  }
  for (const json::value& item : decision.at("plan").as_array()) {
    const json::array& parts = item.as_array();
    recorded.first_ppm[parts.at(0).as_string().c_str()] =
        static_cast<std::uint32_t>(parts.at(3).as_int64());
  }
}

}  // namespace

Result<RecordedRequest> read_recorded(const VerificationRecord& record) {
  const Verification& verification = record.verification;
  RecordedRequest recorded;
  recorded.request.tenant = verification.tenant;
  recorded.request.method = verification.method;
  recorded.request.checks = verification.checks;
  recorded.request.person.id = verification.person_id;
  if (record.decision.empty()) return Error(Errc::invalid_field, "made before decisions were kept");
  try {
    read_decision_into(recorded, record.decision);
  } catch (const std::exception&) {
    return Error(Errc::invalid_field, "the stored decision cannot be read");
  }
  const auto start =
      std::find_if(verification.attempts.begin(), verification.attempts.end(),
                   [](const Attempt& one) { return one.operation == IDSW_OP_START; });
  if (start != verification.attempts.end()) recorded.asked_first = start->account;
  recorded.has_ended = is_final(verification.status) && !recorded.asked_first.empty();
  recorded.passed = verification.status == Status::completed &&
                    verification.verdict == IDSW_VERDICT_PASS &&
                    verification.account == recorded.asked_first;
  return recorded;
}

const std::vector<routing::AccountNow>& RecordedSimulation::now(const routing::TableRoute& route,
                                                                const std::string& tenant,
                                                                const std::string& segment) {
  if (places_.size() >= k_places_max) places_.clear();
  const auto [place, is_new] = places_.try_emplace({&route, segment});
  if (!is_new) return place->second;
  // A ledger that cannot be read now gives no prices; the next place is looked up anew.
  auto looked = traffic_.look(setup_, ledger_, route, {tenant, {}}, segment, true);
  if (looked) place->second = std::move(*looked);
  place->second.resize(route.accounts.size());
  for (routing::AccountNow& one : place->second) {
    routing::AccountNow healthy;
    healthy.segment = one.segment;
    healthy.account = one.account;
    healthy.price_micros = one.price_micros;
    one = std::move(healthy);
  }
  return place->second;
}

SimulatedAccount& RecordedSimulation::account(const std::string& name) {
  const auto [found, is_new] = accounts_.try_emplace(name);
  if (is_new) {
    found->second.account = name;
    found->second.currency = setup_.account(name)->config.contract.currency;
  }
  return found->second;
}

void RecordedSimulation::take(const RecordedRequest& recorded) {
  const std::string& asked_first = recorded.asked_first;
  if (!asked_first.empty() && setup_.account(asked_first) == nullptr) ++side_.lacking[asked_first];
  const SimulatedRoute placed = simulated_route(setup_, recorded.request);
  if (placed.route == nullptr) {
    ++side_.rejected[placed.rejected];
    return;
  }
  const std::string& tenant = recorded.request.tenant;
  const auto& accounts = now(*placed.route, tenant, placed.segment);
  const auto paused = traffic_.paused(*setup_.tenant(tenant));
  const routing::Moment moment{accounts, paused};
  routing::Plan plan =
      decide(setup_.table(tenant), *placed.route, moment, placed.request, recorded.seed);
  if (plan.candidates.empty()) {
    ++side_.rejected[nobody_to_ask(*placed.route)];
    return;
  }
  plan.candidates.resize(1);
  add_expectations(*placed.route, moment, plan);
  const routing::Candidate& first = plan.candidates.front();
  const std::string& name = placed.route->route->accounts[first.account];
  SimulatedAccount& figures = account(name);
  ++side_.routed;
  ++figures.volume;
  figures.spend = figures.spend + Money{first.expected_charge_micros};
  const auto propensity = recorded.first_ppm.find(name);
  if (propensity == recorded.first_ppm.end() || propensity->second == 0) {
    ++figures.without_support;
  } else if (recorded.has_ended && asked_first == name) {
    figures.outcomes.add(recorded.passed,
                         static_cast<double>(config::k_all_ppm) / propensity->second);
  }
}

SimulatedSide RecordedSimulation::side(std::string name) const {
  SimulatedSide side = side_;
  side.name = std::move(name);
  for (const auto& [unused, account] : accounts_) side.accounts.push_back(account);
  add_totals(side);
  return side;
}

}  // namespace idswitch::engine

#include "simulate/population_simulation.hpp"

#include <algorithm>
#include <set>

#include "base/values/decimal.hpp"
#include "routing/seed_draw.hpp"

namespace idswitch::engine {
namespace {

using routing::End;
using routing::seed_draw;
using Kind = PopulationAttribute::Kind;

constexpr std::int64_t k_day_ms = 86'400'000;
constexpr std::size_t k_places_max = 65'536;

// Which draw of a request's seed decides what.
constexpr std::uint64_t k_draw_person = 0;
constexpr std::uint64_t k_draw_decision = 1;
constexpr std::uint64_t k_draw_attributes = 2;
constexpr std::uint64_t k_draw_accounts = 1'000'000;
// And which of an account's.
constexpr std::uint64_t k_draw_start = 0;
constexpr std::uint64_t k_draw_completion = 1;
constexpr std::uint64_t k_draw_verdict = 2;
constexpr std::uint64_t k_draw_charges = 3;

bool is_within(std::uint64_t draw, std::uint32_t share_ppm) {
  return draw % config::k_all_ppm < share_ppm;
}

std::int64_t drawn_value(const PopulationAttribute& attribute, std::uint64_t draw) {
  switch (attribute.kind) {
    case Kind::share: return is_within(draw, attribute.share_ppm) ? 1 : 0;
    case Kind::range:
      return attribute.least +
             static_cast<std::int64_t>(
                 draw % static_cast<std::uint64_t>(attribute.most - attribute.least + 1));
    case Kind::choice: break;
  }
  std::uint64_t sum = 0;
  for (const auto& [text, weight] : attribute.choices) sum += weight;
  std::uint64_t left = draw % sum;
  std::size_t index = 0;
  while (left >= attribute.choices[index].second) left -= attribute.choices[index++].second;
  return static_cast<std::int64_t>(index);
}

RequestAttribute request_attribute(const PopulationAttribute& attribute, std::int64_t value) {
  switch (attribute.kind) {
    case Kind::share:
      return {attribute.name, RequestAttribute::Type::truth, value != 0 ? "true" : "false"};
    case Kind::range: return {attribute.name, RequestAttribute::Type::number, decimal_text(value)};
    case Kind::choice: break;
  }
  return {attribute.name, RequestAttribute::Type::text,
          attribute.choices[static_cast<std::size_t>(value)].first};
}

// How many values the attribute can have; 0 = too many to remember a route for each.
std::size_t value_count(const PopulationAttribute& attribute) {
  switch (attribute.kind) {
    case Kind::share: return 2;
    case Kind::choice: return attribute.choices.size();
    case Kind::range: break;
  }
  return 0;
}

std::size_t place_count(const Population& population) {
  std::size_t count = 1;
  for (const PopulationAttribute& attribute : population.attributes) {
    count *= value_count(attribute);
    if (count == 0 || count > k_places_max) return 1;
  }
  return count;
}

End drawn_end(const Truth& truth, std::uint64_t outcome) {
  if (!is_within(seed_draw(outcome, k_draw_completion), truth.completion_ppm)) {
    return End::abandoned;
  }
  const std::uint64_t verdict = seed_draw(outcome, k_draw_verdict) % config::k_all_ppm;
  if (verdict < truth.pass_ppm) return End::pass;
  return verdict < truth.pass_ppm + truth.inconclusive_ppm ? End::inconclusive : End::fail;
}

// The names of the accounts that a route for the population leads to.
std::set<std::string> accounts_led_to(const Setup& setup, const Population& population) {
  std::set<std::string> names;
  const config::Tenant* tenant = setup.tenant(population.tenant);
  if (tenant == nullptr) return names;
  for (const config::Route& route : tenant->routes) {
    if (route.method != population.method || route.checks != population.checks) continue;
    names.insert(route.accounts.begin(), route.accounts.end());
  }
  return names;
}

const AccountTruth* find_truth(const Population& population, const std::string& account) {
  const auto found =
      std::find_if(population.accounts.begin(), population.accounts.end(),
                   [&](const AccountTruth& truth) { return truth.account == account; });
  return found == population.accounts.end() ? nullptr : &*found;
}

}  // namespace

std::vector<std::string> accounts_without_truth(const Setup& setup, const Population& population) {
  std::vector<std::string> missing;
  for (const std::string& name : accounts_led_to(setup, population)) {
    if (find_truth(population, name) == nullptr) missing.push_back(name);
  }
  return missing;
}

PopulationSimulation::PopulationSimulation(const Setup& setup, const Population& population,
                                           std::uint64_t seed, int days)
    : setup_(setup),
      population_(population),
      seed_(seed),
      span_ms_(days * k_day_ms),
      statistics_(setup.config.statistics.window),
      places_(place_count(population)) {
  for (const std::string& name : accounts_led_to(setup, population)) {
    Account& account = accounts_[name];
    account.truth = find_truth(population, name);
    account.key =
        k_draw_accounts + static_cast<std::uint64_t>(account.truth - population.accounts.data());
    for (std::size_t i = 0; i < population.attributes.size(); ++i) {
      if (population.attributes[i].name == account.truth->attribute) account.by_attribute = i;
    }
    account.facts = &setup.facts.at(name);
    account.charges = std::make_unique<SimulatedCharges>(*setup.account(name), population.people,
                                                         population.begins_unix_ms);
    account.figures.account = name;
    account.figures.currency = setup.account(name)->config.contract.currency;
  }
}

void PopulationSimulation::draw(std::int64_t number, Drawn& drawn) const {
  drawn.seed = seed_draw(seed_, static_cast<std::uint64_t>(number));
  if (population_.people > 0) {
    drawn.person = static_cast<std::int64_t>(seed_draw(drawn.seed, k_draw_person) %
                                             static_cast<std::uint64_t>(population_.people));
  }
  // Ten million requests by ten years of milliseconds fit into 64 bits.
  drawn.at_unix_ms = population_.begins_unix_ms + number * span_ms_ / population_.count;
  drawn.values.resize(population_.attributes.size());
  for (std::size_t i = 0; i < drawn.values.size(); ++i) {
    drawn.values[i] =
        drawn_value(population_.attributes[i], seed_draw(drawn.seed, k_draw_attributes + i));
  }
}

PopulationSimulation::Place& PopulationSimulation::place_of(const Drawn& drawn) {
  std::size_t number = 0;
  if (places_.size() > 1) {
    for (std::size_t i = 0; i < drawn.values.size(); ++i) {
      number = number * value_count(population_.attributes[i]) +
               static_cast<std::size_t>(drawn.values[i]);
    }
  }
  Place& place = places_[number];
  const bool is_always_the_same = places_.size() > 1 || population_.attributes.empty();
  if (!place.is_known || !is_always_the_same) find(drawn, place);
  return place;
}

void PopulationSimulation::find(const Drawn& drawn, Place& place) {
  StartRequest request;
  request.tenant = population_.tenant;
  request.method = population_.method;
  request.checks = population_.checks;
  for (std::size_t i = 0; i < drawn.values.size(); ++i) {
    request.attributes.push_back(request_attribute(population_.attributes[i], drawn.values[i]));
  }
  place.found = simulated_route(setup_, request);
  place.is_known = true;
  place.accounts.clear();
  if (place.found.route == nullptr) return;
  for (const std::string& name : place.found.route->route->accounts) {
    place.accounts.push_back(&accounts_.at(name));
  }
}

void PopulationSimulation::look(const Drawn& drawn, const Place& place) {
  now_.assign(place.accounts.size(), {});
  if (!place.found.route->looks_at_costs) return;
  for (std::size_t i = 0; i < now_.size(); ++i) {
    Account& account = *place.accounts[i];
    const std::string& name = account.figures.account;
    now_[i].account = statistics_.counts(name, drawn.at_unix_ms);
    now_[i].segment = statistics_.counts(name, place.found.segment, drawn.at_unix_ms);
    now_[i].price_micros = account.charges->prices(drawn.at_unix_ms, drawn.person);
  }
}

const Truth& PopulationSimulation::truth_of(const Account& account, const Drawn& drawn) const {
  if (account.by_attribute == SIZE_MAX) return account.truth->usual;
  const auto value = static_cast<std::size_t>(drawn.values[account.by_attribute]);
  return account.truth->of(population_.attributes[account.by_attribute].choices[value].first);
}

bool PopulationSimulation::start(const Drawn& drawn, const Place& place, Account& account) {
  const Truth& truth = truth_of(account, drawn);
  const std::string& name = account.figures.account;
  const std::string& segment = place.found.segment;
  const std::uint64_t outcome = seed_draw(drawn.seed, account.key);
  const bool failed = is_within(seed_draw(outcome, k_draw_start), truth.start_fail_ppm);
  ++account.figures.asked;
  statistics_.started(name, segment, drawn.at_unix_ms, failed, truth.latency_ms * 1000);
  if (failed) return false;
  const End end = drawn_end(truth, outcome);
  std::array<std::uint32_t, routing::k_skus_max> charged{};
  for (std::size_t sku = 0; sku < charged.size(); ++sku) {
    const std::uint32_t share_ppm =
        account.facts->charged_prior_ppm[sku][static_cast<std::size_t>(end)];
    if (!is_within(seed_draw(outcome, k_draw_charges + sku), share_ppm)) continue;
    charged[sku] = 1;
    account.charges->charge(sku, drawn.at_unix_ms, drawn.person, end);
  }
  statistics_.ended(name, segment, drawn.at_unix_ms, end, charged);
  ++account.figures.volume;
  account.figures.outcomes.add(end == End::pass, 1);
  if (end == End::pass) ++passed_;
  return true;
}

void PopulationSimulation::ask(const Drawn& drawn, Place& place) {
  const routing::TableRoute& route = *place.found.route;
  look(drawn, place);
  const routing::Plan plan =
      routing::decide(setup_.table(population_.tenant), route, {now_, {}}, place.found.request,
                      seed_draw(drawn.seed, k_draw_decision));
  if (plan.candidates.empty()) {
    ++side_.rejected[nobody_to_ask(route)];
    return;
  }
  ++side_.routed;
  std::uint32_t asked = 0;
  for (const routing::Candidate& candidate : plan.candidates) {
    if (start(drawn, place, *place.accounts[candidate.account])) return;
    if (++asked == route.route->attempts_max) break;
  }
  ++side_.not_served;
}

SimulatedSide PopulationSimulation::run(std::string name) {
  Drawn drawn;
  for (std::int64_t number = 0; number < population_.count; ++number) {
    draw(number, drawn);
    Place& place = place_of(drawn);
    if (place.found.route == nullptr) {
      ++side_.rejected[place.found.rejected];
      continue;
    }
    std::string& person = place.found.request.person_id;
    person.clear();
    if (drawn.person >= 0) person.append("person-").append(std::to_string(drawn.person));
    ask(drawn, place);
  }
  for (auto& [unused, account] : accounts_) {
    account.charges->settle_minimum(population_.begins_unix_ms + span_ms_, true);
    account.figures.spend = account.charges->spend();
    account.figures.minimum_missing = account.charges->minimum_missing();
    side_.accounts.push_back(account.figures);
  }
  side_.name = std::move(name);
  add_true_totals(side_, passed_);
  return std::move(side_);
}

}  // namespace idswitch::engine

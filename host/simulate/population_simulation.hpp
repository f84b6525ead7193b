#pragma once

// PopulationSimulation: a made-up population sent through one configuration, request by request in
// the order of time. Routing learns from the outcomes as the running switch does, and prices move
// with the volume. The outcomes are drawn from the population's truth, by request and account: two
// configurations that ask the same account for the same request see the same. What is assumed:
// accounts are healthy and within their limits and budgets, a session ends the moment it begins,
// the accounts are charged for nobody else, each session is charged as its product's documented
// rule says. One thread.

#include <memory>
#include <string>
#include <vector>

#include "routing/statistics.hpp"
#include "simulate/population.hpp"
#include "simulate/simulated_charges.hpp"
#include "simulate/simulated_route.hpp"
#include "simulate/simulation.hpp"

namespace idswitch::engine {

// Accounts that a route for the population leads to, and that the population tells nothing about.
std::vector<std::string> accounts_without_truth(const Setup& setup, const Population& population);

class PopulationSimulation {
 public:
  // setup and population outlive it. days: over which the population is spread.
  PopulationSimulation(const Setup& setup, const Population& population, std::uint64_t seed,
                       int days);

  // Once; with totals. Every account that a route leads to must have a truth.
  SimulatedSide run(std::string name);

 private:
  struct Account {
    const AccountTruth* truth = nullptr;
    std::uint64_t key = 0;                // of its draws
    std::size_t by_attribute = SIZE_MAX;  // index into Population::attributes
    const routing::AccountFacts* facts = nullptr;
    std::unique_ptr<SimulatedCharges> charges;
    SimulatedAccount figures;
  };

  // Where requests with the same attributes go.
  struct Place {
    SimulatedRoute found;
    std::vector<Account*> accounts;  // beside the route's
    bool is_known = false;
  };

  // One request: the index that each attribute drew (of a choice), and the values.
  struct Drawn {
    std::uint64_t seed = 0;
    std::int64_t person = -1;
    std::int64_t at_unix_ms = 0;
    std::vector<std::int64_t> values;  // choice: index; range: millionths; share: 0 or 1
  };

  void draw(std::int64_t number, Drawn& drawn) const;
  Place& place_of(const Drawn& drawn);
  void find(const Drawn& drawn, Place& place);
  void look(const Drawn& drawn, const Place& place);
  void ask(const Drawn& drawn, Place& place);
  // True when it opened a session.
  bool start(const Drawn& drawn, const Place& place, Account& account);
  const Truth& truth_of(const Account& account, const Drawn& drawn) const;

  const Setup& setup_;
  const Population& population_;
  std::uint64_t seed_;
  std::int64_t span_ms_;
  routing::Statistics statistics_;
  std::map<std::string, Account> accounts_;
  std::vector<Place>
      places_;  // by the number of the attributes' values; one when they are too many
  std::vector<routing::AccountNow> now_;
  SimulatedSide side_;
  std::int64_t passed_ = 0;
};

}  // namespace idswitch::engine

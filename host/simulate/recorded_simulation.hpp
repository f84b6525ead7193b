#pragma once

// RecordedSimulation: the verifications that the store holds, decided again by one configuration.
// Each request keeps its person, attributes and seed. What is assumed: every account is healthy and
// within its limits and budgets; the first candidate serves (its learnt rate of starts that fail is
// in the expected charge, failing over is not followed); a charge costs what one more unit costs
// now, and nobody was charged before by a contract that charges once a person. Statistics and
// volumes are those of Traffic, and stay as they are.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "engine/traffic/traffic.hpp"
#include "idswitch/switch.hpp"
#include "model/verification_record.hpp"
#include "simulate/simulation.hpp"

namespace idswitch::engine {

// What a stored verification says, whatever configuration it was made under.
struct RecordedRequest {
  StartRequest request;
  std::uint64_t seed = 0;
  std::map<std::string, std::uint32_t> first_ppm;  // by account: how probable it was asked first
  std::string asked_first;                         // empty = nobody was asked
  bool has_ended = false;
  bool passed = false;  // at the account that was asked first
};

// Error: invalid_field, with the reason as one clause, when the decision is not stored.
Result<RecordedRequest> read_recorded(const VerificationRecord& record);

// One configuration. One thread; refers to what it is given.
class RecordedSimulation {
 public:
  // traffic: of this setup, with what the store remembers. ledger: whose counts the prices are by;
  // nullptr = nothing was ever charged.
  RecordedSimulation(const Setup& setup, Traffic& traffic, store::Ledger* ledger = nullptr)
      : setup_(setup), traffic_(traffic), ledger_(ledger) {}

  void take(const RecordedRequest& recorded);

  // With totals.
  SimulatedSide side(std::string name) const;

 private:
  using Place = std::pair<const routing::TableRoute*, std::string>;  // route and segment

  const std::vector<routing::AccountNow>& now(const routing::TableRoute& route,
                                              const std::string& tenant,
                                              const std::string& segment);
  SimulatedAccount& account(const std::string& name);

  const Setup& setup_;
  Traffic& traffic_;
  store::Ledger* ledger_;
  SimulatedSide side_;
  std::map<std::string, SimulatedAccount> accounts_;
  std::map<Place, std::vector<routing::AccountNow>> places_;
};

}  // namespace idswitch::engine

#pragma once

// Population: people and requests that are made up, and the truth about accounts, to simulate
// routing with. Read from a YAML file as strictly as a config; configs/population.yaml has every
// key. Plain values; any thread.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "config/config_load.hpp"

namespace idswitch::engine {

// How an attribute of a request is drawn.
struct PopulationAttribute {
  enum class Kind : std::uint8_t { choice, range, share };
  std::string name;
  Kind kind = Kind::choice;
  std::vector<std::pair<std::string, std::uint32_t>> choices;  // text and weight
  std::int64_t least = 0;                                      // range: millionths, both possible
  std::int64_t most = 0;
  std::uint32_t share_ppm = 0;  // share: how many say true
};

// What really comes of asking an account.
struct Truth {
  std::uint32_t start_fail_ppm = 0;
  std::uint32_t completion_ppm = config::k_all_ppm;  // opened sessions that end with a verdict
  std::uint32_t pass_ppm = 0;                        // verdicts
  std::uint32_t inconclusive_ppm = 0;                // verdicts; what is left of all fails
  std::int64_t latency_ms = 0;                       // of a start
};

struct AccountTruth {
  std::string account;
  Truth usual;
  std::string attribute;  // a choice, by which the truth differs; empty = it does not
  std::map<std::string, Truth> by_value;  // usual for the others

  const Truth& of(const std::string& value) const {
    const auto found = by_value.find(value);
    return found == by_value.end() ? usual : found->second;
  }
};

struct Population {
  std::string tenant;
  std::uint32_t method = 0;
  std::uint32_t checks = 0;
  std::int64_t count = 0;   // requests
  std::int64_t people = 0;  // they come from; 0 = requests without a person
  std::int64_t begins_unix_ms = 0;
  std::vector<PopulationAttribute> attributes;
  std::vector<AccountTruth> accounts;  // by name
};

struct PopulationRead {
  Population population;                      // meaningful only without complaints
  std::vector<config::Complaint> complaints;  // empty = valid
};

PopulationRead read_population(const std::string& text, const std::string& name);
PopulationRead load_population(const std::string& path);

}  // namespace idswitch::engine

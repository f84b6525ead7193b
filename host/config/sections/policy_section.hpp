#pragma once

// PolicyReader: how a tenant's routes and arms order accounts, the key `use`. [startup]

#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::config {

// The accounts of the file.
struct KnownAccounts {
  // All that stand in it, also those with complaints of their own: a route that names one of those
  // is right.
  std::vector<std::string> names;
  const std::map<std::string, Account>& accounts;
};

// Refers to the tenant, of which it reads the name, the allowed accounts, the data regions and the
// experiments, and to the accounts. Warns once about each account that the tenant's data must not
// reach.
class PolicyReader {
 public:
  PolicyReader(const Tenant& tenant, const KnownAccounts& known) : tenant_(tenant), known_(known) {}

  Policy read(const Value& value) { return read_any(value, {}); }

  // Without experiments.
  Policy read_arm(const Value& value) { return read_any(value, {.is_in_arm = true}); }

  // The short form: a list of accounts and nothing else.
  Policy read_accounts(const Value& value);

 private:
  struct Place {
    int level = 1;
    int weighted_above = 0;
    bool is_in_arm = false;
  };

  Policy read_any(const Value& value, Place place);
  Policy read_priority(const Value& value, Place place);
  Policy read_keyed(const Value& value, Place place);
  Policy read_weighted(const Value& value, Place place);
  void read_weighted_parts(const Value& value, Place place, Policy& out);
  Policy read_cheapest(const Value& value);
  Policy read_experiment(const Value& value, Place place);
  std::optional<Policy> read_account(const Value& value);
  void add_account(const Value& value, Policy& list);
  void check_regions(const Value& value, const std::string& name);

  const Tenant& tenant_;
  const KnownAccounts& known_;
  std::set<std::string> warned_;
};

// Every account that the policy can lead to, each once, in the file's order.
std::vector<std::string> accounts_of(const Policy& policy,
                                     const std::vector<Experiment>& experiments);

}  // namespace idswitch::config

#pragma once

// Setup: one configuration made ready to run: plugins loaded, accounts opened, origins parsed.
// Immutable once made; shared by all requests that begin under it. Any thread.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "billing/budgets.hpp"
#include "config/config_load.hpp"
#include "engine/setup/key_ring.hpp"
#include "engine/setup/token_gate.hpp"
#include "net/http_client.hpp"
#include "plugin/account.hpp"
#include "routing/route_table.hpp"

namespace idswitch::engine {

// A configured account with everything that an attempt on it needs.
struct AccountRuntime {
  config::Account config;
  std::shared_ptr<plugin::Account> adapter;
  std::vector<std::shared_ptr<const net::Origin>> origins;  // by the product's origin index
  std::shared_ptr<TokenGate> tokens;
  std::vector<std::string> skus;       // of the product, in its order
  std::vector<std::string> once_skus;  // those that some version charges once a person

  const plugin::Product& product() const { return adapter->product(); }
};

// A configured webhook endpoint with everything that an attempt needs.
struct WebhookRuntime {
  config::Webhook config;
  std::shared_ptr<const net::Origin> origin;
  std::string target;  // "/path?query"
};

struct Setup {
  std::int64_t version = 0;  // its number in the store
  std::string text;          // of the file
  config::Config config;
  KeyRing keys;
  billing::Budgets budgets;
  plugin::Catalog catalog;
  std::map<std::string, AccountRuntime, std::less<>> accounts;
  std::map<std::string, routing::AccountFacts, std::less<>> facts;  // beside accounts
  std::map<std::string, WebhookRuntime> webhooks;                   // by name
  std::map<std::string, routing::RouteTable, std::less<>> tables;   // beside config.tenants

  // nullptr when the config no longer has it.
  const AccountRuntime* account(std::string_view name) const {
    const auto found = accounts.find(name);
    return found == accounts.end() ? nullptr : &found->second;
  }

  const config::Tenant* tenant(const std::string& name) const {
    const auto found = config.tenants.find(name);
    return found == config.tenants.end() ? nullptr : &found->second;
  }

  // Of a tenant that is there.
  const routing::RouteTable& table(const std::string& tenant) const { return tables.at(tenant); }
};

// By account, how far its contract's time is from UTC, in minutes.
billing::Budgets::Offsets contract_times(const config::Config& config);

// Loads the plugins and opens every account. Complaints and warnings, with positions in the config,
// come back in the lists; nullptr when there was a complaint. Plugins are never unloaded, so a
// refused config costs nothing but memory.
std::shared_ptr<Setup> make_setup(config::LoadResult loaded,
                                  std::vector<config::Complaint>& complaints,
                                  std::vector<config::Complaint>& warnings);

}  // namespace idswitch::engine

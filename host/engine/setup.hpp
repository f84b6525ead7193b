#pragma once

// Setup: one configuration made ready to run: plugins loaded, accounts opened, origins parsed.
// Immutable once made; shared by all requests that begin under it. Any thread.

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/config_load.hpp"
#include "engine/token_gate.hpp"
#include "net/http_client.hpp"
#include "plugin/account.hpp"

namespace idswitch::engine {

// A configured account with everything that an attempt on it needs.
struct AccountRuntime {
  config::Account config;
  std::shared_ptr<plugin::Account> adapter;
  std::vector<std::shared_ptr<const net::Origin>> origins;  // by the product's origin index
  std::unique_ptr<TokenGate> tokens;

  const plugin::Product& product() const { return adapter->product(); }
};

struct Setup {
  config::Config config;
  plugin::Catalog catalog;
  std::map<std::string, AccountRuntime, std::less<>> accounts;

  // nullptr when the config no longer has it.
  const AccountRuntime* account(std::string_view name) const {
    const auto found = accounts.find(name);
    return found == accounts.end() ? nullptr : &found->second;
  }

  const config::Tenant* tenant(const std::string& name) const {
    const auto found = config.tenants.find(name);
    return found == config.tenants.end() ? nullptr : &found->second;
  }
};

// Loads the plugins and opens every account. Complaints, with positions in the config, come back in
// the list; nullptr then. Plugins are never unloaded, so a refused config costs nothing but memory.
std::shared_ptr<const Setup> make_setup(config::Config config,
                                        std::vector<config::Complaint>& complaints);

}  // namespace idswitch::engine

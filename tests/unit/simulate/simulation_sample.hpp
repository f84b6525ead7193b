#pragma once

// What the tests of simulations share: configurations made without plugins.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "engine/setup/setup.hpp"

namespace idswitch::engine {

inline constexpr std::int64_t k_now = 1'767'225'600'000;  // 2026-01-01

inline constexpr const char* k_plain_prices = "{currency: CNY, prices: {unit: \"0.30\"}}";

// A configuration with accounts a, b and c of one SKU, charged for every verdict; made without
// plugins. use: the policy of tenant shop's only route, h5 with liveness.
struct Sample {
  explicit Sample(const std::string& use, const std::string& tenant_keys = "",
                  const std::map<std::string, std::string>& contracts = {},
                  const std::string& route_keys = "",
                  const std::vector<std::string>& names = {"a", "b", "c"}) {
    std::string text =
        "server: {public_url: \"https://id.example.com\"}\n"
        "store: {path: x.db}\n"
        "plugins: {directory: /tmp, allow: [none]}\n"
        "accounts:\n";
    for (const std::string& name : names) {
      const auto contract = contracts.find(name);
      text += "  " + name + ": {product: none/none, contract: " +
              (contract == contracts.end() ? k_plain_prices : contract->second) +
              ", prior: {start_rate: 100%, completion_rate: 100%, pass_rate: 50%}}\n";
    }
    text += "tenants:\n  shop:\n    api_keys: []\n" + tenant_keys +
            "    routes:\n      - {name: main, method: h5, checks: [liveness], use: " + use +
            route_keys + "}\n";
    config::LoadResult loaded = config::load_text(text, "f", "/tmp", config::Secrets::left_out);
    for (const auto& complaint : loaded.complaints) ADD_FAILURE() << complaint.line();
    setup.config = std::move(loaded.config);
    for (auto& [name, account] : setup.config.accounts) {
      AccountRuntime& runtime = setup.accounts[name];
      runtime.config = account;
      runtime.skus = {"unit"};
      if (account.contract.versions[0].prices.at("unit").person_days > 0) {
        runtime.once_skus = runtime.skus;
      }
      routing::AccountFacts& facts = setup.facts[name];
      facts.name = name;
      facts.prior = account.prior;
      facts.charged_prior_ppm[0] = {0, config::k_all_ppm, config::k_all_ppm, config::k_all_ppm};
    }
    const auto facts = [this](const std::string& name) -> const routing::AccountFacts& {
      return setup.facts.at(name);
    };
    for (const auto& [name, tenant] : setup.config.tenants) {
      setup.tables.try_emplace(name, tenant, facts);
    }
  }

  Setup setup;
  ManualClock clock{k_now};
};

}  // namespace idswitch::engine

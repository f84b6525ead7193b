#include "engine/setup/setup.hpp"

#include <algorithm>

#include "engine/setup/setup_account.hpp"
#include "engine/setup/setup_route.hpp"
#include "engine/setup/setup_webhook.hpp"
#include "routing/coverage.hpp"

namespace idswitch::engine {
namespace {

using config::Complaint;

// How probable a unit of a SKU is charged before anything was seen: whoever gets a verdict is
// charged; whoever gives up only when the rule says so, or does not say.
void set_charged_prior(const idsw_product& product, routing::AccountFacts& facts) {
  for (std::uint64_t i = 0; i < product.sku_count && i < routing::k_skus_max; ++i) {
    facts.charged_prior_ppm[i].fill(config::k_all_ppm);
    const std::uint32_t unfinished = product.skus[i].at_token_death;
    if (unfinished == IDSW_CHARGE_RELEASED || unfinished == IDSW_CHARGE_NOT_CHARGED) {
      facts.charged_prior_ppm[i][static_cast<std::size_t>(routing::End::abandoned)] = 0;
    }
  }
}

void make_tables(Setup& setup) {
  for (const auto& [name, account] : setup.accounts) {
    routing::AccountFacts& facts = setup.facts[name];
    facts.name = name;
    facts.data_regions = account.config.data_regions;
    facts.prior = account.config.prior;
    set_charged_prior(*account.product().declared, facts);
  }
  for (const auto& [name, tenant] : setup.config.tenants) {
    setup.tables.try_emplace(name, tenant,
                             [&](const std::string& account) -> const routing::AccountFacts& {
                               return setup.facts.at(account);
                             });
  }
}

}  // namespace

billing::Budgets::Offsets contract_times(const config::Config& config) {
  billing::Budgets::Offsets offsets;
  for (const auto& [name, account] : config.accounts) {
    offsets[name] = account.contract.utc_offset_min;
  }
  return offsets;
}

std::shared_ptr<Setup> make_setup(config::LoadResult loaded, std::vector<Complaint>& complaints,
                                  std::vector<Complaint>& warnings) {
  auto setup = std::make_shared<Setup>();
  setup->config = std::move(loaded.config);
  setup->text = std::move(loaded.text);
  warnings.insert(warnings.end(), loaded.warnings.begin(), loaded.warnings.end());
  Result<plugin::Catalog> catalog =
      plugin::Catalog::load(setup->config.plugins.directory, setup->config.plugins.allow);
  if (!catalog) {
    complaints.push_back({{setup->config.file, 0, 0}, "plugins", catalog.error().detail()});
    return nullptr;
  }
  setup->catalog = std::move(*catalog);
  const std::size_t before = complaints.size();
  for (const auto& [name, account] : setup->config.accounts)
    open_account(account, *setup, complaints);
  for (const config::Webhook& webhook : setup->config.webhooks)
    open_webhook(webhook, *setup, complaints);
  for (const auto& [name, tenant] : setup->config.tenants) {
    check_routes(tenant, *setup, complaints);
    const std::vector<Complaint> of_routes = routing::route_warnings(tenant);
    warnings.insert(warnings.end(), of_routes.begin(), of_routes.end());
  }
  if (complaints.size() != before) return nullptr;
  make_tables(*setup);
  setup->keys = KeyRing(setup->config);
  setup->budgets = billing::Budgets(setup->config.budgets, contract_times(setup->config));
  return setup;
}

}  // namespace idswitch::engine

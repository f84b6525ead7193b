#include "engine/setup/setup_route.hpp"

#include <algorithm>

#include "idswitch/verification.hpp"
#include "plugin/exchange.hpp"
#include "routing/decide.hpp"

namespace idswitch::engine {
namespace {

using config::Complaint;

// Adapters do no I/O, so one can be asked what it would do: true when it will not even begin with
// this method and these checks, whoever the person is.
bool declines(const AccountRuntime& account, const config::Route& route) {
  std::vector<Image> pictures;
  if ((route.checks & IDSW_CHECK_FACE_MATCH) != 0) {
    pictures.push_back({"ref1", "image/jpeg", "\xFF\xD8\xFF", {}});
  }
  plugin::OperationInput input;
  input.kind = IDSW_OP_START;
  input.method = route.method;
  input.checks = route.checks;
  input.verification_id = "ver_00000000000000000000000000";
  input.person_id = "person";
  input.person_name = "name";
  input.person_id_number = "000000000000000000";
  input.return_url = "https://id.example.com/return/";
  input.callback_url = "https://id.example.com/callbacks/";
  input.options = account.config.settings;
  input.media = &pictures;
  plugin::Exchange exchange(account.adapter, input);
  const plugin::Step step = exchange.start(0);
  const auto* fail = std::get_if<plugin::FailStep>(&step);
  return fail != nullptr && fail->error_class == IDSW_ERROR_UNSUPPORTED;
}

// A route can only name accounts whose product offers its method and checks.
void check_route(const config::Tenant& tenant, const config::Route& route, const Setup& setup,
                 std::vector<Complaint>& complaints) {
  for (const std::string& name : route.accounts) {
    const AccountRuntime* account = setup.account(name);
    if (account == nullptr) continue;  // complained about where it stands
    const idsw_product& declared = *account->product().declared;
    const std::string path = "tenants." + tenant.name + ".routes";
    if (!account->product().has_method(route.method)) {
      complaints.push_back({route.where, path,
                            "account `" + name + "` (" + account->config.product +
                                ") does not offer method " +
                                std::string(method_word(route.method))});
    }
    for (const std::string_view check : check_words(route.checks & ~declared.checks)) {
      complaints.push_back({route.where, path,
                            "account `" + name + "` (" + account->config.product +
                                ") does not offer check " + std::string(check)});
    }
    if ((route.checks & ~declared.checks) == 0 && account->product().has_method(route.method) &&
        declines(*account, route)) {
      complaints.push_back(
          {route.where, path,
           "account `" + name + "` (" + account->config.product +
               ") cannot do exactly these checks with this method; see its README"});
    }
  }
}

// Why a start on this account may cost something, or is not documented to be free; empty = it is
// documented as free.
std::string start_cost(const AccountRuntime& account) {
  const idsw_product& declared = *account.product().declared;
  for (std::uint64_t i = 0; i < declared.sku_count; ++i) {
    const idsw_sku& sku = declared.skus[i];
    const std::string name(plugin::view(sku.name));
    if (sku.billable == IDSW_BILLABLE_ON_ACCEPT) {
      return "SKU `" + name + "` is charged or held as soon as a request is accepted";
    }
    if ((sku.flags & IDSW_RULE_ASSUMED) != 0) {
      return "that a start is free is assumed for SKU `" + name + "`, its document does not say so";
    }
  }
  return {};
}

void check_hedging(const config::Tenant& tenant, const config::Route& route, const Setup& setup,
                   std::vector<Complaint>& complaints) {
  if (route.hedge_after.count() == 0) return;
  const std::string path = "tenants." + tenant.name + ".routes." + route.name + ".hedge_after";
  if (route.accounts.size() < 2) {
    complaints.push_back({route.where, path, "there is no second account to ask: remove it"});
  }
  for (const std::string& name : route.accounts) {
    const AccountRuntime* account = setup.account(name);
    if (account == nullptr) continue;
    const std::string cost = start_cost(*account);
    if (cost.empty()) continue;
    complaints.push_back({route.where, path,
                          "asking two vendors for one person would be paid for twice: account `" +
                              name + "` (" + account->config.product + "): " + cost +
                              "; remove hedge_after or the account"});
  }
}

// Costs in different currencies cannot be compared.
void check_currencies(const config::Tenant& tenant, const config::Policy& policy,
                      const Setup& setup, std::vector<Complaint>& complaints) {
  for (const config::Policy& part : policy.parts) {
    check_currencies(tenant, part, setup, complaints);
  }
  if (policy.kind != config::Policy::Kind::cheapest) return;
  std::string currency;
  for (const config::Policy& part : policy.parts) {
    const AccountRuntime* account = setup.account(part.account);
    if (account == nullptr) continue;
    const std::string& own = account->config.contract.currency;
    if (currency.empty()) currency = own;
    if (own == currency) continue;
    complaints.push_back({policy.where, "tenants." + tenant.name + ".routes",
                          "`cheapest` compares prices, and these are in " + currency + " and " +
                              own + ": use accounts of one currency"});
    return;
  }
}

// What a decision has room for.
void check_parts(const config::Tenant& tenant, const config::Policy& policy,
                 std::vector<Complaint>& complaints) {
  for (const config::Policy& part : policy.parts) check_parts(tenant, part, complaints);
  if (policy.parts.size() <= routing::k_parts_max) return;
  complaints.push_back({policy.where, "tenants." + tenant.name,
                        "has " + std::to_string(policy.parts.size()) + " parts: at most " +
                            std::to_string(routing::k_parts_max)});
}

void check_size(const config::Tenant& tenant, const config::Route& route,
                std::vector<Complaint>& complaints) {
  if (route.accounts.size() <= routing::k_route_accounts_max) return;
  complaints.push_back({route.where, "tenants." + tenant.name + ".routes." + route.name,
                        "leads to " + std::to_string(route.accounts.size()) +
                            " accounts: at most " + std::to_string(routing::k_route_accounts_max)});
}

}  // namespace

void check_routes(const config::Tenant& tenant, const Setup& setup,
                  std::vector<Complaint>& complaints) {
  for (const config::Route& route : tenant.routes) {
    check_route(tenant, route, setup, complaints);
    check_size(tenant, route, complaints);
    check_parts(tenant, route.use, complaints);
    check_hedging(tenant, route, setup, complaints);
    check_currencies(tenant, route.use, setup, complaints);
  }
  for (const config::Experiment& experiment : tenant.experiments) {
    for (const config::Arm& arm : experiment.arms) {
      check_currencies(tenant, arm.use, setup, complaints);
      check_parts(tenant, arm.use, complaints);
    }
    if (experiment.arms.size() > routing::k_parts_max) {
      complaints.push_back({experiment.where, "tenants." + tenant.name + ".experiments",
                            "has " + std::to_string(experiment.arms.size()) + " arms: at most " +
                                std::to_string(routing::k_parts_max)});
    }
  }
}

}  // namespace idswitch::engine

#include "config/sections/budget_section.hpp"

#include "config/sections/price_section.hpp"
#include "config/yaml/choice.hpp"
#include "config/yaml/name_list.hpp"

namespace idswitch::config {
namespace {

std::string never_counted(const std::string& account, const std::string& currency,
                          const Budget& budget) {
  return "\"" + account + "\" charges in " + currency + ": this budget in " + budget.currency +
         " never counts that";
}

void check_currencies(const Value& value, const Budget& budget, const KnownAccounts& known) {
  if (budget.currency.empty()) return;
  for (const std::string& name : budget.accounts) {
    const auto account = known.accounts.find(name);
    if (account == known.accounts.end()) continue;
    const std::string& currency = account->second.contract.currency;
    if (currency.empty() || currency == budget.currency) continue;
    value.reading().warn(value.mark(), value.path(), never_counted(name, currency, budget));
  }
}

Budget read_budget(const std::string& name, const Value& value, const KnownAccounts& known,
                   const std::vector<std::string>& tenants) {
  Budget budget;
  budget.name = name;
  budget.where = value.key_position();
  Section section(value);
  if (const auto tenant = section.find("tenant")) {
    const auto text = tenant->word("the name of a tenant");
    if (text && is_known(*tenant, *text, "tenant of this file", tenants)) budget.tenant = *text;
  }
  const auto accounts = section.find("accounts");
  if (accounts) {
    budget.accounts =
        read_known_names(*accounts, "a list of accounts", "account of this file", known.names);
  }
  if (const auto per = section.require("per", "day or month")) {
    budget.per = read_per(*per).value_or(Per::month);
  }
  if (const auto limit = section.require("limit", "what may be spent, like \"3000.00\"")) {
    budget.limit = limit->price().value_or(Money{});
  }
  if (const auto currency = section.require("currency", "three capital letters, like CNY")) {
    budget.currency = currency->currency().value_or("");
  }
  section.read("at_limit", budget.stops, [](const Value& v) {
    return choice<bool>(v, {{"stop", true}, {"warn", false}});
  });
  section.read("warn_at", budget.warn_at_ppm, [](const Value& v) { return v.share(); });
  section.finish();
  if (accounts) check_currencies(*accounts, budget, known);
  return budget;
}

}  // namespace

std::vector<Budget> read_budgets(const Value& value, const KnownAccounts& accounts,
                                 const std::vector<std::string>& tenants) {
  std::vector<Budget> budgets;
  for (const auto& [name, entry] : Section(value).entries()) {
    budgets.push_back(read_budget(name, entry, accounts, tenants));
  }
  return budgets;
}

}  // namespace idswitch::config

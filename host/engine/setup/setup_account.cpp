#include "engine/setup/setup_account.hpp"

#include <algorithm>

namespace idswitch::engine {
namespace {

using config::Complaint;

// The position of the longest known prefix of a key below the account.
config::Position position_of(const config::Account& account, std::string key) {
  for (;;) {
    const auto found = account.positions.find(key);
    if (found != account.positions.end()) return found->second;
    const auto slash = key.rfind('/');
    if (slash == std::string::npos) return account.where;
    key.resize(slash);
  }
}

Complaint complain(const config::Account& account, const std::string& key, std::string text) {
  std::string path = "accounts." + account.name;
  if (!key.empty()) path += "." + key;
  std::replace(path.begin(), path.end(), '/', '.');
  return {position_of(account, key), path, std::move(text)};
}

std::string path_of(const std::string& base_url) {
  const auto scheme = base_url.find("://");
  const auto slash = base_url.find('/', scheme == std::string::npos ? 0 : scheme + 3);
  std::string path = slash == std::string::npos ? "" : base_url.substr(slash);
  while (!path.empty() && path.back() == '/') path.pop_back();
  return path;
}

// The URL of each of the product's origins: config's, or the plugin's own.
std::vector<std::string> origin_urls(const config::Account& account, const plugin::Product& product,
                                     std::vector<Complaint>& complaints) {
  std::vector<std::string> urls;
  std::map<std::string, std::string> given = account.base_urls;
  for (std::uint64_t i = 0; i < product.declared->origin_count; ++i) {
    const std::string name(plugin::view(product.declared->origins[i].name));
    auto found = given.find(name);
    if (found == given.end() && i == 0) found = given.find("");
    if (found == given.end()) {
      urls.emplace_back(plugin::view(product.declared->origins[i].url));
    } else {
      urls.push_back(found->second);
      given.erase(found);
    }
  }
  for (const auto& [name, url] : given) {
    complaints.push_back(complain(
        account, "base_url", "product " + account.product + " has no origin \"" + name + "\""));
  }
  return urls;
}

void check_prices(const config::Account& account, const plugin::Product& product,
                  const config::ContractVersion& version, const std::string& path,
                  std::vector<Complaint>& complaints) {
  std::string known;
  for (std::uint64_t i = 0; i < product.declared->sku_count; ++i) {
    const std::string sku(plugin::view(product.declared->skus[i].name));
    known += (known.empty() ? "" : ", ") + sku;
    if (!version.prices.contains(sku)) {
      complaints.push_back(
          complain(account, path,
                   "SKU `" + sku + "` has no price (" +
                       std::string(plugin::view(product.declared->skus[i].meaning)) +
                       "); add what your contract says, like " + sku + ": \"0.30\""));
    }
  }
  for (const auto& [sku, price] : version.prices) {
    const bool declared =
        std::any_of(product.declared->skus, product.declared->skus + product.declared->sku_count,
                    [&](const idsw_sku& one) { return plugin::view(one.name) == sku; });
    if (!declared) {
      complaints.push_back(
          complain(account, path + "/" + sku,
                   "product " + account.product + " has no SKU `" + sku + "`; it has: " + known));
    }
  }
}

void check_contract(const config::Account& account, const plugin::Product& product,
                    std::vector<Complaint>& complaints) {
  const std::vector<config::ContractVersion>& versions = account.contract.versions;
  for (std::size_t i = 0; i < versions.size(); ++i) {
    // Written without `versions`, a contract has its prices right below it.
    const std::string path = versions.size() == 1 && account.positions.contains("contract/prices")
                                 ? "contract/prices"
                                 : "contract/versions[" + std::to_string(i) + "]/prices";
    check_prices(account, product, versions[i], path, complaints);
  }
  if (product.declared->sku_count > routing::k_skus_max) {
    complaints.push_back(complain(account, "product",
                                  "has more SKUs than this version of idswitch can price: " +
                                      std::to_string(routing::k_skus_max)));
  }
}

bool is_charged_once_somewhere(const config::Contract& contract, const std::string& sku) {
  return std::any_of(contract.versions.begin(), contract.versions.end(), [&](const auto& version) {
    const auto price = version.prices.find(sku);
    return price != version.prices.end() && price->second.person_days > 0;
  });
}

}  // namespace

void open_account(const config::Account& account, Setup& setup,
                  std::vector<Complaint>& complaints) {
  const plugin::Product* product = setup.catalog.find(account.product);
  if (product == nullptr) {
    std::string known;
    for (const auto& [id, unused] : setup.catalog.products())
      known += (known.empty() ? "" : ", ") + id;
    complaints.push_back(complain(account, "product",
                                  "no loaded plugin offers `" + account.product +
                                      "`; loaded: " + (known.empty() ? "none" : known)));
    return;
  }
  check_contract(account, *product, complaints);
  AccountRuntime runtime;
  runtime.config = account;
  plugin::AccountSettings settings{account.name, account.settings, account.secrets, {}};
  for (const std::string& url : origin_urls(account, *product, complaints)) {
    net::OriginConfig origin;
    origin.base_url = url;
    origin.ca_file = account.ca_file;
    origin.connect_timeout = account.limits.connect_timeout;
    origin.connections_max = account.limits.connections_max;
    origin.response_bytes_max = account.limits.response_bytes_max;
    const auto made = net::HttpClient::make_origin(origin);
    if (!made) {
      complaints.push_back(complain(account, "base_url", made.error().detail()));
      return;
    }
    runtime.origins.push_back(*made);
    settings.base_paths.push_back(path_of(url));
  }
  Result<std::shared_ptr<plugin::Account>> adapter =
      plugin::Account::open(*product, std::move(settings));
  if (!adapter) {
    complaints.push_back(complain(account, adapter.error().field(), adapter.error().detail()));
    return;
  }
  runtime.adapter = *adapter;
  runtime.tokens = std::make_shared<TokenGate>();
  for (std::uint64_t i = 0; i < product->declared->sku_count; ++i) {
    runtime.skus.emplace_back(plugin::view(product->declared->skus[i].name));
    if (is_charged_once_somewhere(account.contract, runtime.skus.back())) {
      runtime.once_skus.push_back(runtime.skus.back());
    }
  }
  setup.accounts.emplace(account.name, std::move(runtime));
}

}  // namespace idswitch::engine

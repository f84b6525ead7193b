#include "engine/setup.hpp"

#include <algorithm>

#include "idswitch/verification.hpp"
#include "plugin/exchange.hpp"

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

void check_contract(const config::Account& account, const plugin::Product& product,
                    std::vector<Complaint>& complaints) {
  std::string known;
  for (std::uint64_t i = 0; i < product.declared->sku_count; ++i) {
    const std::string sku(plugin::view(product.declared->skus[i].name));
    known += (known.empty() ? "" : ", ") + sku;
    if (!account.contract.prices.contains(sku)) {
      complaints.push_back(
          complain(account, "contract/prices",
                   "SKU `" + sku + "` has no price (" +
                       std::string(plugin::view(product.declared->skus[i].meaning)) +
                       "); add what your contract says, like " + sku + ": \"0.30\""));
    }
  }
  for (const auto& [sku, price] : account.contract.prices) {
    const bool declared =
        std::any_of(product.declared->skus, product.declared->skus + product.declared->sku_count,
                    [&](const idsw_sku& one) { return plugin::view(one.name) == sku; });
    if (!declared) {
      complaints.push_back(
          complain(account, "contract/prices/" + sku,
                   "product " + account.product + " has no SKU `" + sku + "`; it has: " + known));
    }
  }
}

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
  runtime.tokens = std::make_unique<TokenGate>();
  setup.accounts.emplace(account.name, std::move(runtime));
}

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

}  // namespace

std::shared_ptr<const Setup> make_setup(config::Config config, std::vector<Complaint>& complaints) {
  auto setup = std::make_shared<Setup>();
  setup->config = std::move(config);
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
  for (const auto& [name, tenant] : setup->config.tenants) {
    for (const config::Route& route : tenant.routes) check_route(tenant, route, *setup, complaints);
  }
  if (complaints.size() != before) return nullptr;
  return setup;
}

}  // namespace idswitch::engine

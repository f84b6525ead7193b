#include "config/sections/account_section.hpp"

#include "base/values/web_url.hpp"
#include "config/sections/account_conduct_section.hpp"
#include "config/sections/contract_section.hpp"
#include "config/yaml/file_check.hpp"
#include "config/yaml/json_of_yaml.hpp"
#include "config/yaml/name_list.hpp"
#include "config/yaml/secret_source.hpp"

namespace idswitch::config {
namespace {

std::optional<std::string> product_id(const Value& value) {
  constexpr std::string_view k_wanted = "\"vendor/product\", like jumdata/life_check_v2";
  auto text = value.text(k_wanted);
  if (!text) return {};
  const auto slash = text->find('/');
  if (slash != std::string::npos && is_name(text->substr(0, slash)) &&
      is_name(text->substr(slash + 1))) {
    return text;
  }
  value.complain_wanted(k_wanted);
  return {};
}

std::optional<std::string> base_url(const Value& value) {
  auto text = value.text("a URL like https://api.example.com");
  if (!text) return {};
  const auto url = parse_web_url(*text);
  if (!url) {
    value.complain(url.error().detail());
  } else if (url->scheme != "https") {
    value.complain("secrets and pictures go there: the URL begins with \"https://\"");
  } else if (url->has_query || text->ends_with('/')) {
    value.complain("paths are appended to this URL: it has no query and no slash at the end");
  } else {
    return text;
  }
  return {};
}

void read_base_urls(const Value& value, Account& account) {
  if (value.node().kind != YamlNode::Kind::mapping) {
    if (auto url = base_url(value)) account.base_urls[""] = std::move(*url);
    return;
  }
  for (const auto& [origin, entry] : Section(value).entries()) {
    account.positions["base_url/" + origin] = entry.key_position();
    if (auto url = base_url(entry)) account.base_urls[origin] = std::move(*url);
  }
}

void read_secrets(const Value& value, Account& account) {
  // Section would repeat what it found, and that may be the secret itself.
  if (value.node().kind != YamlNode::Kind::mapping) {
    value.complain("wanted a mapping of slots, each to env:NAME or file:PATH");
    return;
  }
  const auto resolve = [&](std::string_view path) { return value.reading().resolve(path); };
  for (const auto& [slot, entry] : Section(value).entries()) {
    account.positions["secrets/" + slot] = entry.key_position();
    if (entry.node().kind != YamlNode::Kind::scalar) {
      entry.complain_wanted("env:NAME or file:PATH");
      continue;
    }
    if (value.reading().leaves_secrets_out()) {
      account.secrets.emplace(slot, Secret("left out"));
      continue;
    }
    auto secret = read_secret(entry.node().text, resolve);
    if (secret) {
      account.secrets.emplace(slot, std::move(*secret));
    } else {
      entry.complain(secret.error().detail());
    }
  }
}

Account read_account(const std::string& name, const Value& value) {
  Account account;
  account.name = name;
  account.where = value.key_position();
  Section section(value);
  const auto find = [&](const char* key) {
    auto found = section.find(key);
    if (found) account.positions[key] = found->key_position();
    return found;
  };
  if (const auto product = section.require("product", "\"vendor/product\"")) {
    account.positions["product"] = product->key_position();
    account.product = product_id(*product).value_or("");
  }
  if (const auto url = find("base_url")) read_base_urls(*url, account);
  const bool is_complete = !value.reading().leaves_secrets_out();
  if (const auto file = find("ca_file"); file && is_complete) {
    account.ca_file = readable_file(*file).value_or("");
  }
  if (const auto secrets = find("secrets")) read_secrets(*secrets, account);
  if (const auto settings = find("settings")) {
    account.settings = json_of_yaml(*settings, "settings", account.positions);
  }
  if (const auto regions = find("data_regions")) {
    account.data_regions = read_names(*regions, "a list of regions, like [cn]");
  }
  if (const auto limits = find("limits")) account.limits = read_limits(*limits);
  if (const auto breaker = find("breaker")) account.breaker = read_breaker(*breaker);
  if (const auto prior = find("prior")) account.prior = read_prior(*prior);
  if (const auto contract = section.require("contract", "its currency and prices")) {
    account.contract = read_contract(*contract, account.positions);
  }
  section.finish();
  return account;
}

}  // namespace

std::map<std::string, Account> read_accounts(const Value& value) {
  std::map<std::string, Account> accounts;
  const Section section(value);
  for (const auto& [name, entry] : section.entries()) {
    accounts.emplace(name, read_account(name, entry));
  }
  if (section.is_mapping() && value.node().members.empty()) {
    value.complain("no account: at least one is needed");
  }
  return accounts;
}

}  // namespace idswitch::config

#include "config/sections/tenant_section.hpp"

#include "config/return_urls.hpp"
#include "config/sections/attribute_section.hpp"
#include "config/sections/experiment_section.hpp"
#include "config/sections/route_section.hpp"
#include "config/yaml/name_list.hpp"

namespace idswitch::config {
namespace {

std::vector<std::string> read_return_urls(const Value& value) {
  std::vector<std::string> urls;
  for (const Value& item : value.list("a list of URLs")) {
    const auto url = item.text("a URL like https://shop.example/done");
    if (!url) continue;
    if (std::string fault = return_url_entry_fault(*url); !fault.empty()) {
      item.complain(std::move(fault));
    } else {
      urls.push_back(*url);
    }
  }
  return urls;
}

std::string read_default_return_url(const Value& value, const Tenant& tenant) {
  const auto url = value.text("a URL that return_urls allows");
  if (!url) return {};
  if (std::string fault = return_url_entry_fault(*url); !fault.empty()) {
    value.complain(std::move(fault));
  } else if (!return_url_allowed(tenant, *url)) {
    value.complain("not among what return_urls allows: add it there");
  } else {
    return *url;
  }
  return {};
}

// Everything that routes refer to comes before them, in whatever order the file has it.
void read_rules(Section& section, const KnownAccounts& accounts, Tenant& tenant) {
  if (const auto allowed = section.find("accounts")) {
    tenant.allowed_accounts = read_known_names(*allowed, "a list of the accounts it may use",
                                               "account of this file", accounts.names);
  }
  if (const auto regions = section.find("data_regions")) {
    tenant.data_regions = read_names(*regions, "a list of regions, like [cn]");
  }
  tenant.attributes = built_in_attributes();
  if (const auto found = section.find("attributes")) read_attributes(*found, tenant.attributes);
  if (const auto statistics = section.find("statistics")) {
    Section keys(*statistics);
    if (const auto by = keys.find("segment_by")) {
      tenant.segment_by = read_segment_by(*by, tenant.attributes);
    }
    keys.finish();
  }
  PolicyReader policies(tenant, accounts);
  if (const auto found = section.find("experiments")) {
    tenant.experiments = read_experiments(*found, policies);
  }
  if (const auto routes = section.require("routes", "a list of routes")) {
    tenant.routes = read_routes(*routes, tenant, policies);
  }
}

Tenant read_tenant(const std::string& name, const Value& value, ApiKeyReader& api_keys,
                   const KnownAccounts& accounts) {
  Tenant tenant;
  tenant.name = name;
  tenant.where = value.key_position();
  Section section(value);
  if (const auto keys =
          section.require("api_keys", "a list of keys; [] for a tenant without HTTP")) {
    tenant.api_keys = api_keys.read(*keys);
  }
  if (const auto urls = section.find("return_urls")) tenant.return_urls = read_return_urls(*urls);
  if (const auto url = section.find("default_return_url")) {
    tenant.default_return_url = read_default_return_url(*url, tenant);
  }
  section.read("keep_images", tenant.keep_images, [](const Value& v) { return v.boolean(); });
  read_rules(section, accounts, tenant);
  section.finish();
  return tenant;
}

}  // namespace

std::map<std::string, Tenant> read_tenants(const Value& value, const KnownAccounts& accounts,
                                           ApiKeyReader& api_keys) {
  std::map<std::string, Tenant> tenants;
  const Section section(value);
  for (const auto& [name, entry] : section.entries()) {
    tenants.emplace(name, read_tenant(name, entry, api_keys, accounts));
  }
  if (section.is_mapping() && value.node().members.empty()) {
    value.complain("no tenant: at least one is needed");
  }
  return tenants;
}

}  // namespace idswitch::config

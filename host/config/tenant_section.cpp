#include "config/tenant_section.hpp"

#include "config/api_key_section.hpp"
#include "config/return_urls.hpp"
#include "config/route_section.hpp"

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

Tenant read_tenant(const std::string& name, const Value& value, ApiKeyReader& api_keys,
                   const std::vector<std::string>& accounts) {
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
  if (const auto routes = section.require("routes", "a list of routes")) {
    tenant.routes = read_routes(*routes, accounts);
  }
  section.finish();
  return tenant;
}

}  // namespace

std::map<std::string, Tenant> read_tenants(const Value& value,
                                           const std::vector<std::string>& accounts) {
  std::map<std::string, Tenant> tenants;
  ApiKeyReader api_keys;
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

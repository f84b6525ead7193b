#include "config/sections/webhook_section.hpp"

#include <algorithm>

#include "base/text/base64.hpp"
#include "base/values/web_url.hpp"
#include "config/yaml/file_check.hpp"
#include "config/yaml/name_list.hpp"
#include "config/yaml/secret_source.hpp"
#include "model/charge_event.hpp"

namespace idswitch::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view k_prefix = "whsec_";
// What Standard Webhooks asks for.
constexpr std::size_t k_key_bytes_min = 24;
constexpr std::size_t k_key_bytes_max = 64;
constexpr std::size_t k_secrets_max = 8;
constexpr std::size_t k_retries_max = 32;
constexpr std::int64_t k_in_flight_max = 256;

// Messages never repeat the text: its path or query may hold a token.
std::optional<std::string> endpoint_url(const Value& value) {
  auto text = value.text("a URL like https://shop.example/hooks/idswitch");
  if (!text) return {};
  const auto url = parse_web_url(*text);
  if (!url) {
    value.complain(url.error().detail());
  } else if (url->scheme != "https") {
    value.complain("charges go there: the URL begins with \"https://\"");
  } else {
    return text;
  }
  return {};
}

std::optional<Secret> read_key(const Value& value) {
  if (value.node().kind != YamlNode::Kind::scalar) {
    value.complain_wanted("env:NAME or file:PATH");
    return {};
  }
  if (value.reading().leaves_secrets_out()) return Secret("left out");
  const auto resolve = [&](std::string_view path) { return value.reading().resolve(path); };
  const auto text = read_secret(value.node().text, resolve);
  if (!text) {
    value.complain(text.error().detail());
    return {};
  }
  const std::string_view written = text->reveal();
  std::optional<std::string> key;
  if (written.starts_with(k_prefix)) key = base64_decode(written.substr(k_prefix.size()));
  if (key && key->size() >= k_key_bytes_min && key->size() <= k_key_bytes_max) {
    Secret secret(*key);
    wipe(*key);
    return secret;
  }
  if (key) wipe(*key);
  value.complain(
      "what stands there is no signing secret: wanted whsec_ and the base64 of 24 to 64 random "
      "bytes, as `echo whsec_$(openssl rand -base64 32)` makes");
  return {};
}

std::vector<Secret> read_keys(const Value& value) {
  std::vector<Secret> keys;
  const std::vector<Value> items = items_of(value, "a list of secrets, each env:NAME or file:PATH");
  if (items.size() > k_secrets_max) {
    value.complain("more than 8 secrets: each one adds a signature to every request");
  }
  for (const Value& item : items) {
    if (auto key = read_key(item)) keys.push_back(std::move(*key));
  }
  return keys;
}

std::uint32_t read_types(const Value& value) {
  static const std::vector<std::string> k_words(k_charge_event_words.begin(),
                                                k_charge_event_words.end());
  std::uint32_t types = 0;
  std::vector<std::string> seen;
  for (const Value& item : items_of(value, "a list of types, like captured")) {
    const auto text = item.word("a type, like captured");
    if (!text || !is_known(item, *text, "type of event", k_words)) continue;
    if (!is_first(item, seen, *text)) continue;
    seen.push_back(*text);
    const auto at = std::find(k_words.begin(), k_words.end(), *text) - k_words.begin();
    types |= mask_of(static_cast<ChargeEvent>(at));
  }
  return types;
}

std::vector<milliseconds> read_retries(const Value& value) {
  std::vector<milliseconds> retries;
  const std::vector<Value> items = items_of(value, "a list of durations, like [5s, 5m]");
  if (items.size() > k_retries_max) value.complain("more than 32 retries");
  for (const Value& item : items) {
    const auto delay = item.duration(milliseconds(50), hours(168));
    if (delay) retries.push_back(*delay);
  }
  return retries;
}

Webhook read_webhook(const std::string& name, const Value& value,
                     const std::vector<std::string>& tenants) {
  Webhook webhook;
  webhook.name = name;
  webhook.where = value.key_position();
  webhook.types = k_all_charge_events;
  Section section(value);
  if (const auto url = section.require("url", "where events are sent to")) {
    webhook.url = endpoint_url(*url).value_or("");
  }
  if (const auto ca = section.find("ca_file"); ca && !value.reading().leaves_secrets_out()) {
    webhook.ca_file = readable_file(*ca).value_or("");
  }
  if (const auto tenant = section.find("tenant")) {
    const auto text = tenant->word("the name of a tenant");
    if (text && is_known(*tenant, *text, "tenant of this file", tenants)) webhook.tenant = *text;
  }
  if (const auto keys = section.require("secrets", "a list of secrets to sign with")) {
    webhook.keys = read_keys(*keys);
  }
  if (const auto types = section.find("types")) webhook.types = read_types(*types);
  section.read("in_flight", webhook.in_flight,
               [](const Value& v) { return v.integer(1, k_in_flight_max); });
  section.read("timeout", webhook.timeout,
               [](const Value& v) { return v.duration(milliseconds(100), seconds(60)); });
  if (const auto retries = section.find("retries")) webhook.retries = read_retries(*retries);
  section.finish();
  return webhook;
}

}  // namespace

std::vector<Webhook> read_webhooks(const Value& value, const std::vector<std::string>& tenants) {
  std::vector<Webhook> webhooks;
  for (const auto& [name, entry] : Section(value).entries()) {
    webhooks.push_back(read_webhook(name, entry, tenants));
  }
  return webhooks;
}

}  // namespace idswitch::config

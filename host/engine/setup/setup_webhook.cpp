#include "engine/setup/setup_webhook.hpp"

#include <algorithm>

namespace idswitch::engine {
namespace {

constexpr std::chrono::milliseconds k_connect_timeout_max{5'000};
// What an endpoint says is not looked at.
constexpr std::size_t k_reply_bytes_max = 64 * 1024;

}  // namespace

void open_webhook(const config::Webhook& webhook, Setup& setup,
                  std::vector<config::Complaint>& complaints) {
  // An https URL, as the config was read.
  const std::size_t authority = webhook.url.find("://") + 3;
  const std::size_t path = std::min(webhook.url.find_first_of("/?", authority), webhook.url.size());
  net::OriginConfig origin;
  origin.base_url = webhook.url.substr(0, path);
  origin.ca_file = webhook.ca_file;
  origin.connect_timeout = std::min(webhook.timeout, k_connect_timeout_max);
  origin.connections_max = webhook.in_flight;
  origin.response_bytes_max = k_reply_bytes_max;
  auto made = net::HttpClient::make_origin(origin);
  if (!made) {
    complaints.push_back({webhook.where, "webhooks." + webhook.name, made.error().detail()});
    return;
  }
  WebhookRuntime& runtime = setup.webhooks[webhook.name];
  runtime.config = webhook;
  runtime.origin = std::move(*made);
  runtime.target = webhook.url.substr(path);
  if (!runtime.target.starts_with('/')) runtime.target.insert(0, 1, '/');
}

}  // namespace idswitch::engine

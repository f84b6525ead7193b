#pragma once

// Webhooks: one of the store's four doors. How far events have been delivered to endpoints. Reads
// run on the calling thread; any thread.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "store/webhook.hpp"

namespace idswitch::store {

class Webhooks {
 public:
  virtual ~Webhooks() = default;

  // What AdvanceWebhook said last; nothing for an endpoint that was never heard of.
  virtual Result<std::optional<std::uint64_t>> cursor(std::string_view endpoint) = 0;
  virtual Result<std::vector<WebhookFailure>> pending(const WebhookQuery& query) = 0;

  // Waiting ones whose time has come, the longest due first.
  virtual Result<std::vector<WebhookFailure>> due(std::string_view endpoint,
                                                  std::int64_t now_unix_ms, std::size_t limit) = 0;

  // Waiting and dead ones of one verification, in their order.
  virtual Result<std::vector<WebhookFailure>> pending_of(std::string_view endpoint,
                                                         VerificationId id) = 0;

  // When the next waiting one is due; 0 when none is waiting.
  virtual Result<std::int64_t> next_try(std::string_view endpoint) = 0;
};

}  // namespace idswitch::store

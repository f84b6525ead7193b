#pragma once

// WebhookDoor: Webhooks over one SQLite file. Any thread.

#include "store/sqlite/opened.hpp"
#include "store/webhooks.hpp"

namespace idswitch::store {

class WebhookDoor final : public Webhooks {
 public:
  // opened must outlive it.
  explicit WebhookDoor(Opened& opened) : opened_(opened) {}

  Result<std::optional<std::uint64_t>> cursor(std::string_view endpoint) override;
  Result<std::vector<WebhookFailure>> pending(const WebhookQuery& query) override;
  Result<std::vector<WebhookFailure>> due(std::string_view endpoint, std::int64_t now_unix_ms,
                                          std::size_t limit) override;
  Result<std::vector<WebhookFailure>> pending_of(std::string_view endpoint,
                                                 VerificationId id) override;
  Result<std::int64_t> next_try(std::string_view endpoint) override;

 private:
  Opened& opened_;
};

}  // namespace idswitch::store

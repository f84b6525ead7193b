#pragma once

// The state of webhooks in the file. One thread at a time; the database must outlive both classes.

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "store/change.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

class WebhookWriter {
 public:
  explicit WebhookWriter(Database& database);

  // Error: storage_failed.
  Result<void> apply(const AdvanceWebhook& item);
  Result<void> apply(const FailWebhook& item);
  Result<void> apply(const DropWebhook& item);
  Result<void> apply(const ReplayWebhook& item);
  Result<void> apply(const ForgetWebhook& item);

 private:
  Result<void> run(Statement& statement);

  Database* database_;
  Statement advance_;
  Statement fail_;
  Statement drop_;
  Statement replay_;
  Statement forget_pending_;
  Statement forget_cursor_;
};

class WebhookReader {
 public:
  explicit WebhookReader(Database& database);

  Result<std::optional<std::uint64_t>> cursor(std::string_view endpoint);
  Result<std::vector<WebhookFailure>> pending(const WebhookQuery& query);
  Result<std::vector<WebhookFailure>> due(std::string_view endpoint, std::int64_t now_unix_ms,
                                          std::size_t limit);
  Result<std::vector<WebhookFailure>> pending_of(std::string_view endpoint, VerificationId id);
  Result<std::int64_t> next_try(std::string_view endpoint);

 private:
  Result<std::vector<WebhookFailure>> read_all(Statement& statement);

  Database* database_;
  Statement cursor_;
  Statement pending_;
  Statement due_;
  Statement of_verification_;
  Statement next_try_;
};

}  // namespace idswitch::store

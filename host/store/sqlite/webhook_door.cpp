#include "store/sqlite/webhook_door.hpp"

namespace idswitch::store {

Result<std::optional<std::uint64_t>> WebhookDoor::cursor(std::string_view endpoint) {
  return opened_.readers.read([&](Reader& reader) { return reader.webhooks.cursor(endpoint); });
}

Result<std::vector<WebhookFailure>> WebhookDoor::pending(const WebhookQuery& query) {
  return opened_.readers.read([&](Reader& reader) { return reader.webhooks.pending(query); });
}

Result<std::vector<WebhookFailure>> WebhookDoor::due(std::string_view endpoint,
                                                     std::int64_t now_unix_ms, std::size_t limit) {
  return opened_.readers.read(
      [&](Reader& reader) { return reader.webhooks.due(endpoint, now_unix_ms, limit); });
}

Result<std::vector<WebhookFailure>> WebhookDoor::pending_of(std::string_view endpoint,
                                                            VerificationId id) {
  return opened_.readers.read(
      [&](Reader& reader) { return reader.webhooks.pending_of(endpoint, id); });
}

Result<std::int64_t> WebhookDoor::next_try(std::string_view endpoint) {
  return opened_.readers.read([&](Reader& reader) { return reader.webhooks.next_try(endpoint); });
}

}  // namespace idswitch::store

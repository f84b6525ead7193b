#include "store/sqlite/webhook_table.hpp"

#include <string>

namespace idswitch::store {
namespace {

std::string select(std::string_view rest) {
  std::string sql =
      "SELECT endpoint, verification, number, verification_low, sequence, attempts,"
      " next_try_unix_ms, state, last_error FROM webhook_pending ";
  return sql.append(rest);
}

WebhookFailure read(const Statement& row) {
  WebhookFailure failure;
  failure.endpoint = row.text(0);
  failure.event.verification = {static_cast<std::uint64_t>(row.integer(1)),
                                static_cast<std::uint64_t>(row.integer(3))};
  failure.event.number = static_cast<std::uint32_t>(row.integer(2));
  failure.sequence = static_cast<std::uint64_t>(row.integer(4));
  failure.attempts = static_cast<std::uint32_t>(row.integer(5));
  failure.next_try_unix_ms = row.integer(6);
  failure.state = static_cast<WebhookState>(row.integer(7));
  failure.last_error = row.text(8);
  return failure;
}

}  // namespace

WebhookWriter::WebhookWriter(Database& database)
    : database_(&database),
      advance_(database,
               "INSERT INTO webhook_cursor VALUES (?1,0,?2) ON CONFLICT (endpoint, lane)"
               " DO UPDATE SET delivered = max(delivered, excluded.delivered)"),
      fail_(database, "INSERT OR REPLACE INTO webhook_pending VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)"),
      drop_(
          database,
          "DELETE FROM webhook_pending WHERE endpoint = ?1 AND verification = ?2 AND number = ?3"),
      replay_(database,
              "UPDATE webhook_pending SET state = 0, attempts = 0, next_try_unix_ms = ?4"
              " WHERE endpoint = ?1 AND state = 1"
              " AND (?3 = 0 OR (verification = ?2 AND number = ?3))"),
      forget_pending_(database, "DELETE FROM webhook_pending WHERE endpoint = ?1"),
      forget_cursor_(database, "DELETE FROM webhook_cursor WHERE endpoint = ?1") {}

Result<void> WebhookWriter::apply(const AdvanceWebhook& item) {
  return run(advance_.bind(item.endpoint, item.delivered));
}

Result<void> WebhookWriter::apply(const FailWebhook& item) {
  const WebhookFailure& f = item.failure;
  return run(fail_.bind(f.endpoint, f.event.verification.high, f.event.number,
                        f.event.verification.low, f.sequence, f.attempts, f.next_try_unix_ms,
                        f.state, f.last_error));
}

Result<void> WebhookWriter::apply(const DropWebhook& item) {
  return run(drop_.bind(item.endpoint, item.event.verification.high, item.event.number));
}

Result<void> WebhookWriter::apply(const ReplayWebhook& item) {
  return run(replay_.bind(item.endpoint, item.event.verification.high, item.event.number,
                          item.next_try_unix_ms));
}

Result<void> WebhookWriter::apply(const ForgetWebhook& item) {
  if (auto done = run(forget_pending_.bind(item.endpoint)); !done) return done;
  return run(forget_cursor_.bind(item.endpoint));
}

Result<void> WebhookWriter::run(Statement& statement) {
  if (!statement.run()) return database_->error();
  return {};
}

WebhookReader::WebhookReader(Database& database)
    : database_(&database),
      cursor_(database, "SELECT delivered FROM webhook_cursor WHERE endpoint = ?1 AND lane = 0"),
      pending_(database, select("WHERE endpoint = ?1 AND (verification, number) > (?2, ?3)"
                                " AND state = ?4 AND sequence > ?5"
                                " ORDER BY verification, number LIMIT ?6")),
      due_(database, select("INDEXED BY webhook_pending_due WHERE endpoint = ?1 AND state = 0"
                            " AND next_try_unix_ms <= ?2 ORDER BY next_try_unix_ms, verification,"
                            " number LIMIT ?3")),
      of_verification_(database, select("WHERE endpoint = ?1 AND verification = ?2"
                                        " AND verification_low = ?3 ORDER BY number")),
      next_try_(database,
                "SELECT min(next_try_unix_ms) FROM webhook_pending WHERE endpoint = ?1"
                " AND state = 0") {}

Result<std::optional<std::uint64_t>> WebhookReader::cursor(std::string_view endpoint) {
  Rows rows(cursor_.bind(endpoint));
  if (rows.next()) return std::optional(static_cast<std::uint64_t>(cursor_.integer(0)));
  if (rows.failed()) return database_->error();
  return std::optional<std::uint64_t>();
}

Result<std::vector<WebhookFailure>> WebhookReader::pending(const WebhookQuery& query) {
  return read_all(pending_.bind(query.endpoint, query.after.verification.high, query.after.number,
                                query.state, query.beyond, query.limit));
}

Result<std::vector<WebhookFailure>> WebhookReader::due(std::string_view endpoint,
                                                       std::int64_t now_unix_ms,
                                                       std::size_t limit) {
  return read_all(due_.bind(endpoint, now_unix_ms, limit));
}

Result<std::vector<WebhookFailure>> WebhookReader::pending_of(std::string_view endpoint,
                                                              VerificationId id) {
  return read_all(of_verification_.bind(endpoint, id.high, id.low));
}

Result<std::int64_t> WebhookReader::next_try(std::string_view endpoint) {
  Rows rows(next_try_.bind(endpoint));
  if (!rows.next()) return database_->error();
  return next_try_.integer(0);  // NULL is 0
}

Result<std::vector<WebhookFailure>> WebhookReader::read_all(Statement& statement) {
  std::vector<WebhookFailure> failures;
  Rows rows(statement);
  while (rows.next()) failures.push_back(read(statement));
  if (rows.failed()) return database_->error();
  return failures;
}

}  // namespace idswitch::store

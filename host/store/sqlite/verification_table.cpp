#include "store/sqlite/verification_table.hpp"

#include <algorithm>
#include <limits>

#include "store/sqlite/verification_text.hpp"

namespace idswitch::store {
namespace {

constexpr std::string_view k_read =
    "SELECT v.id, v.id_low, v.tenant, v.method, v.checks, v.person_id, v.reference, v.return_url,"
    " v.path_secret, v.created_unix_ms, p.id, w.status, p.account, p.product, p.verdict, p.reason,"
    " p.vendor_code, p.vendor_message, p.vendor_reference, p.updated_unix_ms, p.expires_unix_ms,"
    " p.action, p.scores, p.attempts, p.failure, p.state, p.options,"
    " v.decision, v.segment, v.config_version, w.next_ask_ms, w.fence"
    " FROM verification AS v LEFT JOIN verification_progress AS p ON p.id = v.id"
    " LEFT JOIN verification_work AS w ON w.id = v.id ";

bool read_request(const Statement& row, VerificationRecord& record) {
  Verification& v = record.verification;
  record.id = {static_cast<std::uint64_t>(row.integer(0)),
               static_cast<std::uint64_t>(row.integer(1))};
  v.id = record.id.text();
  v.tenant = row.text(2);
  v.method = static_cast<std::uint32_t>(row.integer(3));
  v.checks = static_cast<std::uint32_t>(row.integer(4));
  v.person_id = row.text(5);
  v.reference = row.text(6);
  record.return_url = row.text(7);
  const std::string_view secret = row.bytes(8);
  std::array<std::uint8_t, 32>& secrets = record.path_secrets;
  const bool is_one_for_both = secret.size() == secrets.size() / 2;
  if (!is_one_for_both && secret.size() != secrets.size()) return false;
  std::copy(secret.begin(), secret.end(), secrets.begin());
  if (is_one_for_both) std::copy(secret.begin(), secret.end(), secrets.begin() + 16);
  v.created_unix_ms = row.integer(9);
  v.updated_unix_ms = v.created_unix_ms;
  record.decision = row.text(27);
  record.segment = row.text(28);
  record.config_version = row.integer(29);
  return true;
}

bool read_progress(const Statement& row, VerificationRecord& record) {
  Verification& v = record.verification;
  if (!row.null(31)) {
    v.status = static_cast<Status>(row.integer(11));
    record.next_ask_unix_ms = row.integer(30);
    record.fence = static_cast<std::uint64_t>(row.integer(31));
  }
  if (row.null(10)) return true;
  v.account = row.text(12);
  v.product = row.text(13);
  v.verdict = static_cast<std::uint32_t>(row.integer(14));
  v.reason = static_cast<std::uint32_t>(row.integer(15));
  v.vendor_code = row.text(16);
  v.vendor_message = row.text(17);
  v.vendor_reference = row.text(18);
  v.updated_unix_ms = row.integer(19);
  v.expires_unix_ms = row.integer(20);
  record.state = row.text(25);
  record.options = row.text(26);
  return read_action(row.bytes(21), v.action) && read_scores(row.bytes(22), v.scores) &&
         read_attempts(row.bytes(23), v.attempts) && read_failure(row.bytes(24), v.failure);
}

Error unreadable(const VerificationRecord& record) {
  return Error(Errc::storage_failed,
               "the row of " + record.id.text() +
                   " is damaged: stop the switch and restore the file from a backup");
}

}  // namespace

VerificationWriter::VerificationWriter(Database& database)
    : database_(&database),
      insert_(database,
              "INSERT INTO verification VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)"),
      // The SELECT is there for its WHERE: progress of a verification that does not exist is
      // refused.
      insert_progress_(
          database,
          "INSERT INTO verification_progress (id, account, product, verdict, reason, vendor_code,"
          " vendor_message, vendor_reference, updated_unix_ms, expires_unix_ms, action, scores,"
          " attempts, failure, state, options)"
          " SELECT ?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16"
          " WHERE EXISTS (SELECT 1 FROM verification WHERE id = ?1 AND id_low = ?17)"
          " ON CONFLICT (id) DO UPDATE SET account = excluded.account,"
          " product = excluded.product, verdict = excluded.verdict, reason = excluded.reason,"
          " vendor_code = excluded.vendor_code, vendor_message = excluded.vendor_message,"
          " vendor_reference = excluded.vendor_reference,"
          " updated_unix_ms = excluded.updated_unix_ms,"
          " expires_unix_ms = excluded.expires_unix_ms, action = excluded.action,"
          " scores = excluded.scores, attempts = excluded.attempts, failure = excluded.failure,"
          " state = excluded.state, options = excluded.options") {}

Result<void> VerificationWriter::insert(const VerificationRecord& record) {
  const Verification& v = record.verification;
  insert_.bind(record.id.high, record.id.low, v.tenant, v.method, v.checks, v.person_id,
               v.reference, record.return_url, Blob(record.path_secrets), v.created_unix_ms,
               record.decision, record.segment, record.config_version);
  if (!insert_.run()) return database_->error();
  compose_texts(v);
  return has_progress(record) ? write_progress(record) : Result<void>();
}

Result<void> VerificationWriter::update(const VerificationRecord& record) {
  compose_texts(record.verification);
  return write_progress(record);
}

void VerificationWriter::compose_texts(const Verification& v) {
  for (std::string* text : {&action_, &scores_, &attempts_, &failure_}) text->clear();
  write_action(action_, v.action);
  write_scores(scores_, v.scores);
  write_attempts(attempts_, v.attempts);
  write_failure(failure_, v.failure);
}

bool VerificationWriter::has_progress(const VerificationRecord& record) const {
  const Verification& v = record.verification;
  return v.updated_unix_ms != v.created_unix_ms || v.expires_unix_ms != 0 || v.verdict != 0 ||
         v.reason != 0 || !v.account.empty() || !v.product.empty() || !v.vendor_code.empty() ||
         !v.vendor_message.empty() || !v.vendor_reference.empty() || !action_.empty() ||
         !scores_.empty() || !attempts_.empty() || !failure_.empty() || !record.state.empty() ||
         !record.options.empty();
}

Result<void> VerificationWriter::write_progress(const VerificationRecord& record) {
  const Verification& v = record.verification;
  insert_progress_.bind(record.id.high, v.account, v.product, v.verdict, v.reason, v.vendor_code,
                        v.vendor_message, v.vendor_reference, v.updated_unix_ms, v.expires_unix_ms,
                        action_, scores_, attempts_, failure_, Blob(record.state), record.options,
                        record.id.low);
  if (!insert_progress_.run()) return database_->error();
  if (database_->changed() == 0) {
    return Error(Errc::storage_failed,
                 "there is no verification " + record.id.text() + " to update");
  }
  return {};
}

VerificationReader::VerificationReader(Database& database)
    : database_(&database),
      find_(database, std::string(k_read) + "WHERE v.id = ?1 AND v.id_low = ?2"),
      list_(database,
            std::string(k_read) + "WHERE v.tenant = ?1 AND v.id < ?2 ORDER BY v.id DESC LIMIT ?3"),
      list_by_reference_(database,
                         std::string(k_read) +
                             "WHERE v.tenant = ?1 AND v.reference = ?4 AND v.reference <> ''"
                             " AND v.id < ?2 ORDER BY v.id DESC LIMIT ?3"),
      recorded_(database, std::string(k_read) +
                              "WHERE v.id > ?1 AND v.created_unix_ms >= ?2 ORDER BY v.id LIMIT ?3"),
      // The index has the id second: one tenant's rows are found in their order.
      recorded_of_tenant_(database, std::string(k_read) +
                                        "WHERE v.tenant = ?4 AND v.id > ?1"
                                        " AND v.created_unix_ms >= ?2 ORDER BY v.id LIMIT ?3"),
      times_(database,
             "SELECT id, created_unix_ms FROM verification WHERE id >= ?1 ORDER BY id LIMIT 1",
             "SELECT max(id) FROM verification"),
      last_(database,  // Those that are not kept any more count: no id comes twice.
            "SELECT max(ifnull((SELECT max(id) FROM verification), 0),"
            " ifnull((SELECT max(up_to) FROM retention_mark), 0))") {}

Result<std::shared_ptr<VerificationRecord>> VerificationReader::find(VerificationId id) {
  Rows rows(find_.bind(id.high, id.low));
  if (!rows.next()) {
    if (rows.failed()) return database_->error();
    return std::shared_ptr<VerificationRecord>();
  }
  auto record = std::make_shared<VerificationRecord>();
  if (!read_request(find_, *record) || !read_progress(find_, *record)) return unreadable(*record);
  return record;
}

Result<std::vector<VerificationRecord>> VerificationReader::list(const ListQuery& query) {
  const auto before = query.before ? static_cast<std::int64_t>(query.before->high)
                                   : std::numeric_limits<std::int64_t>::max();
  if (query.reference.empty()) return read_all(list_.bind(query.tenant, before, query.limit));
  return read_all(list_by_reference_.bind(query.tenant, before, query.limit, query.reference));
}

Result<std::vector<VerificationRecord>> VerificationReader::recorded(const RecordedQuery& query) {
  auto after = Result<std::int64_t>(static_cast<std::int64_t>(query.after));
  if (query.after == 0) after = times_.key_before(query.since_unix_ms);
  if (!after) return after.error();
  if (query.tenant.empty())
    return read_all(recorded_.bind(*after, query.since_unix_ms, query.limit));
  return read_all(recorded_of_tenant_.bind(*after, query.since_unix_ms, query.limit, query.tenant));
}

Result<std::uint64_t> VerificationReader::last_id() {
  Rows rows(last_.bind());
  if (!rows.next()) return database_->error();
  return static_cast<std::uint64_t>(last_.integer(0));
}

Result<std::vector<VerificationRecord>> VerificationReader::read_all(Statement& statement) {
  std::vector<VerificationRecord> records;
  Rows rows(statement);
  while (rows.next()) {
    VerificationRecord& record = records.emplace_back();
    if (!read_request(statement, record) || !read_progress(statement, record))
      return unreadable(record);
  }
  if (rows.failed()) return database_->error();
  return records;
}

}  // namespace idswitch::store

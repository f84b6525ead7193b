#include "store/sqlite/work_table.hpp"

#include <algorithm>

namespace idswitch::store {
namespace {

constexpr int k_lane = 0;  // who holds: this is the one writer
constexpr int k_nobody = -1;
constexpr std::uint64_t k_makers_fence = 1;

// A clock that was ahead has put off a question by as much, and by up to as much again: the pause
// before it grows with an age that seemed greater. 0 is never, and stays so.
std::int64_t earlier(std::int64_t next_ask_unix_ms, std::int64_t set_back_ms) {
  return next_ask_unix_ms == 0 ? 0 : std::max<std::int64_t>(next_ask_unix_ms - 2 * set_back_ms, 1);
}

}  // namespace

WorkWriter::WorkWriter(Database& database)
    : database_(&database),
      insert_(
          database,
          "INSERT INTO verification_work (id, status, next_ask_ms, holder, held_until_ms, fence,"
          " asked_ms, last_number) VALUES (?1,?2,?3,-1,0,?4,0,0) ON CONFLICT (id) DO NOTHING"),
      // The maker's first word makes the row; whoever took the case before it has a higher fence.
      begin_(database,
             "INSERT INTO verification_work (id, status, next_ask_ms, holder, held_until_ms, fence,"
             " asked_ms, last_number) VALUES (?1,?2,?3,?4,?5,?6,0,?7)"
             " ON CONFLICT (id) DO UPDATE SET status = excluded.status,"
             " next_ask_ms = excluded.next_ask_ms, holder = excluded.holder,"
             " held_until_ms = excluded.held_until_ms,"
             " last_number = max(last_number, excluded.last_number)"
             " WHERE ?8 = 0 OR fence = ?8"),
      progress_(database,
                "UPDATE verification_work SET status = ?2, next_ask_ms = ?3, holder = ?4,"
                " held_until_ms = ?5, last_number = max(last_number, ?6)"
                " WHERE id = ?1 AND fence = ?7"),
      take_from_maker_(database,
                       "INSERT INTO verification_work (id, status, next_ask_ms, holder,"
                       " held_until_ms, fence, asked_ms, last_number)"
                       " SELECT ?1,0,?2,?3,?2,2,?4,0"
                       " WHERE EXISTS (SELECT 1 FROM verification WHERE id = ?1 AND id_low = ?5)"
                       " ON CONFLICT (id) DO NOTHING"),
      lease_(database,
             "UPDATE verification_work SET next_ask_ms = ?2, holder = ?3, held_until_ms = ?2,"
             " fence = fence + 1, asked_ms = max(asked_ms, ?4)"
             " WHERE id = ?1 AND fence = ?5 AND (?4 = 0 OR held_until_ms <= ?4)"),
      give_back_(database,
                 "UPDATE verification_work SET next_ask_ms = ?2, holder = -1, held_until_ms = 0"
                 " WHERE id = ?1 AND fence = ?3"),
      set_back_(database,
                "UPDATE verification_work SET next_ask_ms = max(next_ask_ms - 2 * ?1, 1),"
                " held_until_ms = max(held_until_ms - 2 * ?1, 0) WHERE next_ask_ms > ?2"
                " AND next_ask_ms > 0") {}  // which the index is of

Result<void> WorkWriter::set_back(std::int64_t by_ms, std::int64_t now_unix_ms) {
  if (!set_back_.bind(by_ms, now_unix_ms).run()) return database_->error();
  return {};
}

Result<void> WorkWriter::insert(const VerificationRecord& record) {
  insert_.bind(record.id.high, record.verification.status, record.next_ask_unix_ms, k_makers_fence);
  if (!insert_.run()) return database_->error();
  return {};
}

Result<bool> WorkWriter::progress(const Progress& p, std::uint32_t last_number,
                                  std::int64_t set_back_ms) {
  const VerificationRecord& record = *p.record;
  const std::int64_t next = earlier(record.next_ask_unix_ms, set_back_ms);
  const int holder = p.held_until_unix_ms == 0 ? k_nobody : k_lane;
  const auto status = record.verification.status;
  if (p.fence > k_makers_fence) {
    return changed(progress_.bind(p.id.high, status, next, holder, p.held_until_unix_ms,
                                  last_number, p.fence));
  }
  return changed(begin_.bind(p.id.high, status, next, holder, p.held_until_unix_ms, k_makers_fence,
                             last_number, p.fence));
}

Result<bool> WorkWriter::lease(const Lease& l, std::int64_t set_back_ms) {
  const std::int64_t next = earlier(l.next_ask_unix_ms, set_back_ms);
  const auto leased = changed(lease_.bind(l.id.high, next, k_lane, l.now_unix_ms, l.fence));
  if (!leased || *leased || l.fence != k_makers_fence) return leased;
  return changed(take_from_maker_.bind(l.id.high, next, k_lane, l.now_unix_ms, l.id.low));
}

Result<bool> WorkWriter::give_back(const GiveBack& item) {
  return changed(give_back_.bind(item.id.high, item.next_ask_unix_ms, item.fence));
}

Result<bool> WorkWriter::changed(Statement& statement) {
  if (!statement.run()) return database_->error();
  return database_->changed() != 0;
}

WorkReader::WorkReader(Database& database)
    : database_(&database),
      due_(database,
           "SELECT w.id, v.id_low, w.next_ask_ms, w.status, w.fence, p.expires_unix_ms, p.account"
           " FROM verification_work AS w INDEXED BY verification_due"
           " CROSS JOIN verification AS v ON v.id = w.id"
           " LEFT JOIN verification_progress AS p ON p.id = w.id"
           " WHERE w.next_ask_ms > 0 AND w.next_ask_ms <= ?1"
           " AND (w.next_ask_ms, w.id) > (?2, ?3) AND w.held_until_ms <= ?1"
           " ORDER BY w.next_ask_ms, w.id LIMIT ?4"),
      next_due_(database, "SELECT min(next_ask_ms) FROM verification_work WHERE next_ask_ms > 0"),
      // Both tables are in the order of the ids: two scans beside each other.
      unfinished_(database,
                  "SELECT v.id, v.id_low, w.id IS NULL FROM verification AS v"
                  " LEFT JOIN verification_work AS w ON w.id = v.id"
                  " WHERE v.id > ?1 ORDER BY v.id LIMIT ?2") {}

Result<std::vector<DueVerification>> WorkReader::due(std::int64_t now_unix_ms, std::size_t limit,
                                                     const std::optional<DueVerification>& after) {
  std::vector<DueVerification> due;
  Rows rows(
      due_.bind(now_unix_ms, after ? after->due_unix_ms : 0, after ? after->id.high : 0, limit));
  while (rows.next()) {
    DueVerification& one = due.emplace_back();
    one.id = {static_cast<std::uint64_t>(due_.integer(0)),
              static_cast<std::uint64_t>(due_.integer(1))};
    one.due_unix_ms = due_.integer(2);
    one.status = static_cast<Status>(due_.integer(3));
    one.fence = static_cast<std::uint64_t>(due_.integer(4));
    one.expires_unix_ms = due_.integer(5);
    one.account = due_.text(6);
  }
  if (rows.failed()) return database_->error();
  return due;
}

Result<std::int64_t> WorkReader::next_due() {
  Rows rows(next_due_.bind());
  if (!rows.next()) return database_->error();
  return next_due_.integer(0);  // NULL is 0
}

Result<UnfinishedPage> WorkReader::unfinished(std::uint64_t after, std::size_t limit) {
  UnfinishedPage page;
  page.looked_up_to = after;
  std::size_t read = 0;
  Rows rows(unfinished_.bind(after, limit));
  while (rows.next()) {
    ++read;
    page.looked_up_to = static_cast<std::uint64_t>(unfinished_.integer(0));
    if (unfinished_.integer(2) == 0) continue;
    page.ids.push_back({page.looked_up_to, static_cast<std::uint64_t>(unfinished_.integer(1))});
  }
  if (rows.failed()) return database_->error();
  page.is_last = read < limit;
  return page;
}

}  // namespace idswitch::store

#include "store/sqlite/retention_table.hpp"

#include "store/sqlite/verification_text.hpp"

namespace idswitch::store {
namespace {

// Bounds how long other writes wait.
constexpr int k_step_max = 200;

// Ended, and nobody is to be asked about it any more.
#define IDSWITCH_IS_OVER "ifnull(w.status IN (3, 4, 5, 6) AND w.next_ask_ms = 0, 0)"

// Ended, and no charge of it is waited for: one that is unknown is a statement's to settle, and one
// that costs nothing was to be looked at for good measure.
#define IDSWITCH_MAY_BE_FORGOTTEN                                                      \
  "ifnull(w.status IN (3, 4, 5, 6) AND (w.next_ask_ms = 0 OR NOT EXISTS"               \
  " (SELECT 1 FROM ledger_entry AS h WHERE h.verification = w.id AND h.slot = 0"       \
  " AND NOT EXISTS (SELECT 1 FROM ledger_entry AS r"                                   \
  " WHERE r.verification = h.verification AND r.account = h.account AND r.sku = h.sku" \
  " AND r.event = h.event AND r.call = h.call"                                         \
  " AND (r.slot = 1 OR (r.slot >= 2 AND r.evidence = 0))))), 0)"

// The same as the first, and every charge has come to its end.
#define IDSWITCH_IS_SETTLED                                                            \
  IDSWITCH_IS_OVER                                                                     \
  " AND NOT EXISTS (SELECT 1 FROM ledger_entry AS h WHERE h.verification = v.id"       \
  " AND h.slot = 0 AND NOT EXISTS (SELECT 1 FROM ledger_entry AS r"                    \
  " WHERE r.verification = h.verification AND r.account = h.account AND r.sku = h.sku" \
  " AND r.event = h.event AND r.call = h.call AND r.slot = 1))"

std::int64_t signed_of(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}

}  // namespace

RetentionWriter::RetentionWriter(Database& database)
    : database_(&database),
      new_candidates_(database,
                      "SELECT v.id, " IDSWITCH_IS_SETTLED
                      " FROM verification AS v LEFT JOIN verification_work AS w ON w.id = v.id"
                      " WHERE v.id > ifnull((SELECT up_to FROM retention_mark WHERE kind = ?1), 0)"
                      " AND v.id <= ?2 ORDER BY v.id LIMIT ?3"),
      left_candidates_(
          database,
          "SELECT l.verification, " IDSWITCH_IS_SETTLED
          " FROM retention_left AS l CROSS JOIN verification AS v ON v.id = l.verification"
          " LEFT JOIN verification_work AS w ON w.id = v.id"
          " WHERE l.kind = ?1 AND l.verification > ?2 ORDER BY l.verification LIMIT ?3"),
      mark_(database,
            "INSERT INTO retention_mark VALUES (?1,?2) ON CONFLICT (kind) DO UPDATE"
            " SET up_to = max(up_to, excluded.up_to)"),
      leave_(database, "INSERT INTO retention_left VALUES (?1,?2) ON CONFLICT DO NOTHING"),
      unleave_(database, "DELETE FROM retention_left WHERE kind = ?1 AND verification = ?2"),
      pictures_(database, "DELETE FROM image WHERE verification = ?1"),
      states_(database,
              "UPDATE verification_progress SET state = x'', action = '', options = ''"
              " WHERE id = ?1 AND (state <> x'' OR action <> '' OR options <> '')"),
      answers_(database, "DELETE FROM answer WHERE verification = ?1"),
      spoken_(database,
              "SELECT attempts, failure FROM verification_progress WHERE id = ?1"
              " AND (attempts <> '' OR failure <> '' OR vendor_message <> '')"),
      silence_(database,
               "UPDATE verification_progress SET attempts = ?2, failure = ?3, vendor_message = ''"
               " WHERE id = ?1"),
      decision_(database, "UPDATE verification SET decision = '' WHERE id = ?1 AND decision <> ''"),
      person_(database,
              "UPDATE verification SET person_id = '', reference = '', return_url = ''"
              " WHERE id = ?1 AND (person_id <> '' OR reference <> '' OR return_url <> '')"),
      // Another number in its place: the counts of the experiment stay what they are.
      first_exposure_(database,
                      "UPDATE exposure_person SET person = random() WHERE verification = ?1"
                      " AND (tenant, experiment, seed, person) IN (SELECT tenant, experiment, seed,"
                      " person FROM exposure WHERE verification = ?1)"),
      exposure_(database, "UPDATE exposure SET person = random() WHERE verification = ?1"),
      scores_(database,
              "UPDATE verification_progress SET scores = '' WHERE id = ?1 AND scores <> ''"),
      rows_{Statement(database, "DELETE FROM verification_progress WHERE id = ?1"),
            Statement(database, "DELETE FROM verification_work WHERE id = ?1"),
            Statement(database, "DELETE FROM verification WHERE id = ?1")},
      release_(database, "UPDATE verification_work SET fence = fence + 1 WHERE id = ?1"),
      take_(database,
            "UPDATE verification_work AS w SET fence = fence + 1, next_ask_ms = 0"
            " WHERE w.id = ?1 AND w.fence = ?2 AND " IDSWITCH_MAY_BE_FORGOTTEN),
      charged_(database,
               "SELECT DISTINCT p.account, p.sku FROM ledger_entry AS l CROSS JOIN person_charge"
               " AS p ON p.account = l.account AND p.sku = l.sku AND p.person = ?2"
               " WHERE l.verification = ?1"),
      note_(database,
            "INSERT INTO forgotten_person VALUES (?1,?2,?3,?4,?5,?6)"
            " ON CONFLICT (tenant, person, begun_unix_ms) DO UPDATE"
            " SET ended_unix_ms = max(ended_unix_ms, excluded.ended_unix_ms),"
            " verifications = verifications + excluded.verifications") {}

Result<std::int64_t> RetentionWriter::retain(const Retain& step) {
  const auto found = candidates(step);
  if (!found) return found.error();
  for (const Candidate& one : *found) {
    if (one.is_over) {
      if (const auto done = retain(step.kind, one.id); !done) return done.error();
      if (!step.looks_at_left) continue;
      if (const auto done = run(unleave_.bind(step.kind, one.id)); !done) return done.error();
    } else if (!step.looks_at_left) {
      if (const auto done = run(leave_.bind(step.kind, one.id)); !done) return done.error();
    }
  }
  if (step.looks_at_left) return found->empty() ? 0 : found->back().id;
  // None in between will come: ids grow.
  const std::int64_t up_to = found->size() == k_step_max ? found->back().id : signed_of(step.up_to);
  if (const auto marked = run(mark_.bind(step.kind, up_to)); !marked) return marked.error();
  return static_cast<std::int64_t>(found->size());
}

Result<std::vector<RetentionWriter::Candidate>> RetentionWriter::candidates(const Retain& step) {
  Statement& statement = step.looks_at_left ? left_candidates_ : new_candidates_;
  const std::uint64_t bound = step.looks_at_left ? step.left_after : step.up_to;
  std::vector<Candidate> found;
  Rows rows(statement.bind(step.kind, bound, k_step_max));
  while (rows.next()) found.push_back({statement.integer(0), statement.integer(1) != 0});
  if (rows.failed()) return database_->error();
  return found;
}

Result<void> RetentionWriter::retain(RetentionKind kind, std::int64_t id) {
  switch (kind) {
    case RetentionKind::pictures: return erase_pictures(id);
    case RetentionKind::states_and_actions: return erase_states(id);
    case RetentionKind::attempts_and_decisions: return erase_attempts(id);
    case RetentionKind::person_ids: return erase_person_ids(id);
    case RetentionKind::verifications: return remove(id);
  }
  return {};
}

Result<void> RetentionWriter::erase_pictures(std::int64_t id) {
  return run(pictures_.bind(id));
}

Result<void> RetentionWriter::erase_states(std::int64_t id) {
  if (auto done = run(states_.bind(id)); !done) return done;
  if (auto done = run(answers_.bind(id)); !done) return done;
  // Whoever read it before would write it back.
  return run(release_.bind(id));
}

Result<void> RetentionWriter::erase_attempts(std::int64_t id) {
  if (auto done = silence(id, false); !done) return done;
  if (auto done = run(decision_.bind(id)); !done) return done;
  return run(release_.bind(id));
}

Result<void> RetentionWriter::erase_person_ids(std::int64_t id) {
  if (auto done = run(person_.bind(id)); !done) return done;
  if (auto done = run(answers_.bind(id)); !done) return done;
  if (auto done = run(first_exposure_.bind(id)); !done) return done;
  return run(exposure_.bind(id));
}

Result<void> RetentionWriter::remove(std::int64_t id) {
  if (auto done = erase_pictures(id); !done) return done;
  if (auto done = erase_person_ids(id); !done) return done;
  for (Statement& statement : rows_) {
    if (auto done = run(statement.bind(id)); !done) return done;
  }
  return {};
}

Result<void> RetentionWriter::silence(std::int64_t id, bool keeps_attempts) {
  std::vector<Attempt> attempts;
  Problem failure;
  {
    Rows rows(spoken_.bind(id));
    if (!rows.next()) return rows.failed() ? Result<void>(database_->error()) : Result<void>();
    if (!read_attempts(spoken_.bytes(0), attempts) || !read_failure(spoken_.bytes(1), failure))
      return Error(Errc::storage_failed,
                   "a verification's row is damaged: stop the switch and restore the file from a "
                   "backup");
  }
  if (!keeps_attempts) attempts.clear();
  for (Attempt& attempt : attempts) {
    attempt.vendor_message.clear();
    attempt.detail.clear();
  }
  failure.detail.clear();
  std::string attempts_text, failure_text;
  write_attempts(attempts_text, attempts);
  write_failure(failure_text, failure);
  return run(silence_.bind(id, attempts_text, failure_text));
}

Result<bool> RetentionWriter::take(const ErasePerson& item) {
  if (!take_.bind(item.verification.high, item.fence).run()) return database_->error();
  return database_->changed() != 0;
}

Result<void> RetentionWriter::erase(const ErasePerson& item, std::vector<PersonKey>& charged) {
  const std::int64_t id = signed_of(item.verification.high);
  {
    Rows rows(charged_.bind(id, signed_of(item.person)));
    while (rows.next()) charged.push_back({charged_.text(0), charged_.text(1), item.person});
    if (rows.failed()) return database_->error();
  }
  if (auto done = erase_pictures(id); !done) return done;
  if (auto done = run(states_.bind(id)); !done) return done;
  if (auto done = silence(id, true); !done) return done;
  if (auto done = run(decision_.bind(id)); !done) return done;
  if (auto done = run(scores_.bind(id)); !done) return done;
  return erase_person_ids(id);
}

Result<void> RetentionWriter::note(const ForgottenPerson& item) {
  return run(note_.bind(item.tenant, signed_of(item.person), item.begun_unix_ms, item.ended_unix_ms,
                        item.actor, item.verifications));
}

Result<void> RetentionWriter::run(Statement& statement) {
  if (!statement.run()) return database_->error();
  return {};
}

RetentionReader::RetentionReader(Database& database)
    : database_(&database),
      of_tenant_(
          database,
          "SELECT v.id, v.id_low, v.person_id, ifnull(w.fence, 1), " IDSWITCH_MAY_BE_FORGOTTEN
          " FROM verification AS v INDEXED BY verification_of_tenant"
          " LEFT JOIN verification_work AS w ON w.id = v.id"
          " WHERE v.tenant = ?1 AND v.id > ?2 ORDER BY v.id LIMIT ?3"),
      forgotten_(database,
                 "SELECT person, begun_unix_ms, ended_unix_ms, actor, verifications"
                 " FROM forgotten_person WHERE tenant = ?1 ORDER BY begun_unix_ms") {}

Result<PersonPage> RetentionReader::of_person(std::string_view tenant, std::string_view person_id,
                                              std::uint64_t after, std::size_t limit) {
  PersonPage page;
  page.looked_up_to = after;
  std::size_t read = 0;
  Rows rows(of_tenant_.bind(tenant, after, limit));
  for (; rows.next(); ++read) {
    page.looked_up_to = static_cast<std::uint64_t>(of_tenant_.integer(0));
    if (of_tenant_.bytes(2) != person_id) continue;
    page.found.push_back({{page.looked_up_to, static_cast<std::uint64_t>(of_tenant_.integer(1))},
                          static_cast<std::uint64_t>(of_tenant_.integer(3)),
                          of_tenant_.integer(4) == 0});
  }
  if (rows.failed()) return database_->error();
  page.is_last = read < limit;
  return page;
}

Result<std::vector<ForgottenPerson>> RetentionReader::forgotten(std::string_view tenant) {
  std::vector<ForgottenPerson> found;
  Rows rows(forgotten_.bind(tenant));
  while (rows.next()) {
    found.push_back({std::string(tenant), static_cast<std::uint64_t>(forgotten_.integer(0)),
                     forgotten_.integer(1), forgotten_.integer(2), forgotten_.text(3),
                     forgotten_.integer(4)});
  }
  if (rows.failed()) return database_->error();
  return found;
}

}  // namespace idswitch::store

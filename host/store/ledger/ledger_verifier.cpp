#include "store/ledger/ledger_verifier.hpp"

#include <algorithm>
#include <string>

#include "store/retention.hpp"

namespace idswitch::store {
namespace {

constexpr int k_page = 20'000;  // rows, some tens of milliseconds

// Where a page of charges ended.
struct Position {
  std::int64_t verification = -1;
  std::string account, sku, event;
  std::int64_t call = 0;
  std::int64_t slot = 0;
};

void note(Position& position, const LedgerLine& line) {
  position.verification = line.verification;
  position.account = line.account;
  position.sku = line.sku;
  position.event = line.event;
  position.call = line.call;
  position.slot = line.slot;
}

Error stopped() {
  return Error(Errc::shutting_down, "the check was stopped before its end");
}

std::string select(std::string_view rest) {
  return ("SELECT " + std::string(k_line_columns)).append(rest);
}

Chain chain_of(std::string_view bytes) {
  Chain chain{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), chain.size()), chain.begin());
  return chain;
}

// Keys of both; what is missing in one counts as zero.
template <class Key, class Count>
std::size_t differences(const std::map<Key, Count>& rows, const std::map<Key, Count>& fold) {
  std::size_t count = 0;
  for (const auto& [key, value] : fold) {
    const auto found = rows.find(key);
    count += (found == rows.end() ? Count() : found->second) == value ? 0 : 1;
  }
  for (const auto& [key, value] : rows) count += !fold.contains(key) && !(value == Count()) ? 1 : 0;
  return count;
}

}  // namespace

LedgerVerifier::LedgerVerifier(Database& database)
    : database_(&database),
      lane_(database),
      last_(database, "SELECT max(sequence) FROM ledger_entry"),
      in_order_(database, select(", chain FROM ledger_entry WHERE sequence > ?1 AND sequence <= ?2"
                                 " ORDER BY sequence LIMIT ?3")),
      by_charge_(database,
                 select(" FROM ledger_entry INDEXED BY ledger_entry_once"
                        " WHERE (verification, account, sku, event, call, slot)"
                        " > (?1, ?2, ?3, ?4, ?5, ?6)"
                        " ORDER BY verification, account, sku, event, call, slot LIMIT ?7")),
      of_verification_(database, select(" FROM ledger_entry INDEXED BY ledger_entry_once"
                                        " WHERE verification = ?1"
                                        " ORDER BY verification, account, sku, event, call, slot")),
      // Reads nothing of the verification's own row.
      verification_(
          database,
          "SELECT 1 FROM verification INDEXED BY verification_of_tenant"
          " WHERE tenant = ?1 AND id = ?2"
          // Or it is not kept any more, and was none of those that were left.
          " UNION ALL SELECT 1 FROM retention_mark AS m WHERE m.kind = ?3 AND ?2 <= m.up_to"
          " AND NOT EXISTS (SELECT 1 FROM retention_left AS l"
          " WHERE l.kind = ?3 AND l.verification = ?2)"),
      checkpoints_(database,
                   "SELECT position, chain FROM chain_checkpoint WHERE lane = 0 AND position > ?1"),
      usage_(database,
             "SELECT account, sku, currency, period, sum(units), sum(open), sum(amount_micros)"
             " FROM usage_count GROUP BY account, sku, currency, period"),
      spend_(database,
             "SELECT tenant, account, currency, day, sum(reserved_micros), sum(spent_micros)"
             " FROM spend_count GROUP BY day, tenant, account, currency"),
      budgets_(database, "SELECT " + std::string(k_budget_columns) + " FROM budget_count"),
      // One that is still in its maker's hands, or was settled meanwhile, is no fault.
      unasked_(database,
               "SELECT h.sequence FROM verification_work AS w JOIN ledger_entry AS h"
               " ON h.verification = w.id AND h.slot = 0 WHERE w.id = ?1 AND w.next_ask_ms = 0"
               " AND NOT EXISTS (SELECT 1 FROM ledger_entry AS l"
               " WHERE l.verification = h.verification AND l.account = h.account"
               " AND l.sku = h.sku AND l.event = h.event AND l.call = h.call"
               " AND (l.slot = 1 OR (l.slot >= 2 AND l.evidence = 0)))") {}

Result<LedgerFaults> LedgerVerifier::verify(const LedgerCheck& check) {
  LedgerFaults faults;
  verification_seen_ = -1;
  new_verifications_.clear();
  if (const auto noted = note_what_is_kept(check, faults); !noted) return noted.error();
  if (const auto done = check_chain(check, faults); !done) return done.error();
  check_end(check, faults);
  const auto charges =
      check.after.sequence == 0 ? check_charges(check, faults) : check_new_charges(check, faults);
  if (!charges) return charges.error();
  return faults;
}

Result<void> LedgerVerifier::note_what_is_kept(const LedgerCheck& check, LedgerFaults& faults) {
  const Snapshot snapshot(*database_);
  if (!snapshot.taken()) return snapshot.taken();
  {
    Rows rows(last_.bind());
    if (!rows.next()) return database_->error();
    faults.last_sequence = static_cast<std::uint64_t>(last_.integer(0));  // NULL is 0
  }
  const auto tip = lane_.tip();
  if (!tip) return tip.error();
  tip_ = *tip;
  noted_.clear();
  {
    Rows rows(checkpoints_.bind(check.after.sequence));
    while (rows.next()) noted_.emplace(checkpoints_.integer(0), chain_of(checkpoints_.bytes(1)));
    if (rows.failed()) return database_->error();
  }
  usage_rows_.clear();
  spend_rows_.clear();
  budget_rows_.clear();
  if (check.after.sequence != 0) return {};
  {
    Rows rows(usage_.bind());
    while (rows.next()) {
      usage_rows_[{usage_.text(0), usage_.text(1), usage_.text(2), usage_.text(3)}] = {
          usage_.integer(4), usage_.integer(5), Money{usage_.integer(6)}};
    }
    if (rows.failed()) return database_->error();
  }
  {
    Rows rows(spend_.bind());
    while (rows.next()) {
      spend_rows_[{spend_.text(0), spend_.text(1), spend_.text(2), spend_.text(3)}] = {
          Money{spend_.integer(4)}, Money{spend_.integer(5)}};
    }
    if (rows.failed()) return database_->error();
  }
  Rows rows(budgets_.bind());
  while (rows.next()) budget_rows_.push_back(budget_row_of(budgets_));
  if (rows.failed()) return database_->error();
  return {};
}

Result<void> LedgerVerifier::check_chain(const LedgerCheck& check, LedgerFaults& faults) {
  Chain chain = check.after.chain;
  auto sequence = static_cast<std::int64_t>(check.after.sequence);
  for (bool more = true; more;) {
    if (check.goes_on && !check.goes_on()) return stopped();
    Rows rows(in_order_.bind(sequence, faults.last_sequence, k_page));
    more = false;
    while (rows.next()) {
      more = true;
      const LedgerLine line = line_of(in_order_);
      if (line.sequence != sequence + 1)
        add_fault(faults, check, LedgerFaultKind::sequence_gap, line);
      if (const auto done = check_line(check, line, chain, faults); !done) return done;
      sequence = line.sequence;
      ++faults.entries;
      if (check.after.sequence != 0) new_verifications_.insert(line.verification);
    }
    if (rows.failed()) return database_->error();
  }
  faults.last_chain = chain;
  return {};
}

Result<void> LedgerVerifier::check_line(const LedgerCheck& check, const LedgerLine& line,
                                        Chain& chain, LedgerFaults& faults) {
  const Chain written = chain_of(in_order_.bytes(k_line_column_count));
  if (chainer_.next(chain, line) != written)
    add_fault(faults, check, LedgerFaultKind::chain_broken, line);
  const auto noted = noted_.find(line.sequence);
  if (noted != noted_.end() && noted->second != written)
    add_fault(faults, check, LedgerFaultKind::checkpoint_differs, line);
  // The next one is held against what is written here, so that one change is one fault.
  chain = written;
  return {};
}

void LedgerVerifier::check_end(const LedgerCheck& check, LedgerFaults& faults) const {
  LedgerLine end;
  end.sequence = tip_.position;
  const auto last = static_cast<std::int64_t>(faults.last_sequence);
  if (tip_.position != last || (last != 0 && tip_.chain != faults.last_chain))
    add_fault(faults, check, LedgerFaultKind::end_differs, end);
  const bool is_noted_beyond = !noted_.empty() && noted_.rbegin()->first > last;
  if (is_noted_beyond && tip_.position == last)
    add_fault(faults, check, LedgerFaultKind::checkpoint_differs, end);
}

Result<void> LedgerVerifier::check_charges(const LedgerCheck& check, LedgerFaults& faults) {
  ChargeCheck charges(faults, check);
  LedgerFold fold(check.utc_offset_min);
  Position position, end;
  std::uint64_t entries = 0;
  for (bool more = true; more; position = end) {
    if (check.goes_on && !check.goes_on()) return stopped();
    Rows rows(by_charge_.bind(position.verification, position.account, position.sku, position.event,
                              position.call, position.slot, k_page));
    int read = 0;
    while (rows.next()) {
      const LedgerLine line = line_of(by_charge_);
      if (++read == k_page) note(end, line);
      if (line.sequence > static_cast<std::int64_t>(faults.last_sequence)) continue;
      ++entries;
      if (const auto done = check_charge_line(check, line, charges, faults); !done) return done;
      fold.take(line);
    }
    if (rows.failed()) return database_->error();
    more = read == k_page;
  }
  charges.end();
  if (entries != faults.entries) add_fault(faults, check, LedgerFaultKind::index_differs, {});
  fold.end();
  check_counts(check, faults, fold.counts());
  return {};
}

Result<void> LedgerVerifier::check_new_charges(const LedgerCheck& check, LedgerFaults& faults) {
  ChargeCheck charges(faults, check);
  int read = 0;
  for (const std::int64_t verification : new_verifications_) {
    if (++read % 1000 == 0 && check.goes_on && !check.goes_on()) return stopped();
    Rows rows(of_verification_.bind(verification));
    while (rows.next()) {
      const LedgerLine line = line_of(of_verification_);
      if (line.sequence > static_cast<std::int64_t>(faults.last_sequence)) continue;
      if (const auto done = check_charge_line(check, line, charges, faults); !done) return done;
    }
    if (rows.failed()) return database_->error();
  }
  charges.end();
  return {};
}

Result<void> LedgerVerifier::check_charge_line(const LedgerCheck& check, const LedgerLine& line,
                                               ChargeCheck& charges, LedgerFaults& faults) {
  charges.take(line);
  if (line.verification == verification_seen_) return {};
  verification_seen_ = line.verification;
  const auto is_there = has_verification(line);
  if (!is_there) return is_there.error();
  if (!*is_there) add_fault(faults, check, LedgerFaultKind::verification_missing, line);
  Rows rows(unasked_.bind(line.verification));
  if (rows.next()) {
    LedgerLine hold = line;
    hold.sequence = unasked_.integer(0);
    add_fault(faults, check, LedgerFaultKind::hold_unasked, hold);
  }
  if (rows.failed()) return database_->error();
  return {};
}

void LedgerVerifier::check_counts(const LedgerCheck& check, LedgerFaults& faults,
                                  const CountsFold& fold) const {
  std::size_t differing = differences(usage_rows_, fold.usage());
  differing += differences(spend_rows_, fold.spend());
  for (const BudgetRow& row : budget_rows_) {
    const SpendCount sum = fold.sum(row.key.scope);
    const bool fits = sum.reserved == row.count.reserved && sum.spent == row.count.spent;
    differing += fits ? 0 : 1;
  }
  for (; differing > 0; --differing) add_fault(faults, check, LedgerFaultKind::count_differs, {});
}

Result<bool> LedgerVerifier::has_verification(const LedgerLine& line) {
  Rows rows(verification_.bind(line.tenant, line.verification, RetentionKind::verifications));
  const bool is_there = rows.next();
  if (rows.failed()) return database_->error();
  return is_there;
}

}  // namespace idswitch::store

#include "reconcile/reconciliation_run.hpp"

#include <algorithm>

#include "reconcile/reconciliation_matching.hpp"
#include "reconcile/reconciliation_rows.hpp"
#include "reconcile/statement_file.hpp"
#include "store/scratch_table.hpp"

namespace idswitch::engine {
namespace {

using billing::LedgerCharge;
using billing::Standing;
using billing::StatementLine;
using billing::Verdict;
using store::ScratchTable;
using Finding = ReconciliationMatching::Finding;

// How long before the period a charge may have been opened that its statement tells about.
constexpr std::int64_t k_look_back_ms = 40LL * 24 * 3'600'000;
constexpr std::size_t k_entries_at_a_time = 5000;

Error beyond_counting() {
  return Error(Errc::invalid_field,
               "the amounts add up to more than can be counted: look for an absurd amount in the "
               "statement");
}

class Run {
 public:
  explicit Run(const ReconciliationTask& task)
      : task_(task), reader_(*task.map, *task.contract), period_(task.period) {}

  Result<Reconciliation> run(const std::function<void(const ReconciledRow&)>& row) {
    for (auto* table : {&lines_, &entries_, &charges_}) {
      auto made = ScratchTable::make();
      if (!made) return made.error();
      table->emplace(std::move(*made));
    }
    auto matching = ReconciliationMatching::make();
    if (!matching) return matching.error();
    matching_.emplace(std::move(*matching));
    for (auto step : {&Run::read_statement, &Run::read_ledger, &Run::fold_charges, &Run::match}) {
      if (const auto done = (this->*step)(); !done) return done.error();
    }
    done_.period = period_;
    if (const auto told = tell_lines(row); !told) return told.error();
    if (const auto told = tell_left_charges(row); !told) return told.error();
    return done_;
  }

 private:
  // ---- reading

  Result<void> read_statement() {
    billing::CsvReader csv(task_.map->format);
    if (!task_.map->has_header) csv.expect_fields(reader_.fields_least(), reader_.fields_most());
    bool is_header_next = task_.map->has_header;
    std::string complaints;
    const auto take = [&](billing::CsvRecord& record) {
      if (!complaints.empty()) return;
      if (!is_header_next) return take_line(reader_.line(record));
      is_header_next = false;
      for (const config::Complaint& complaint : reader_.header(record)) {
        complaints += (complaints.empty() ? "" : "\n") + complaint.line();
      }
      csv.expect_fields(reader_.fields_least(), reader_.fields_most());
    };
    const auto refused = [&]() -> Result<void> {
      if (complaints.empty()) return {};
      return Error(Errc::config_invalid, complaints);
    };
    const auto read = read_statement_file(task_.statement_file, task_.map->encoding,
                                          [&](std::string_view text) -> Result<void> {
                                            csv.feed(text, take);
                                            return refused();
                                          });
    if (!read) return read.error();
    csv.finish(take);
    if (is_header_next) {
      return Error(Errc::invalid_field, "the statement " + task_.statement_file +
                                            " is empty: not even its header row is there");
    }
    return refused();
  }

  void take_line(const StatementLine& line) {
    lines_->add("", bytes_of(line));
    matching_->add_line(line);
    if (line.is_ignored || !line.fault.empty() || !line.at_unix_ms) return;
    const std::int64_t at = *line.at_unix_ms;
    times_ = times_ ? std::pair(std::min(times_->first, at), std::max(times_->second, at))
                    : std::pair(at, at);
  }

  void choose_period() {
    if (period_ || !times_) return;
    const int offset = task_.contract->utc_offset_min;
    period_ =
        billing::Period{billing::period_of(times_->first, config::Per::month, offset).begin_unix_ms,
                        billing::period_of(times_->second, config::Per::month, offset).end_unix_ms};
  }

  Result<void> read_ledger() {
    choose_period();
    store::EntryQuery query;
    query.account = task_.account;
    query.limit = k_entries_at_a_time;
    if (period_) {
      const auto from = task_.store->ledger().sequence_at(period_->begin_unix_ms - k_look_back_ms);
      if (!from) return from.error();
      query.after = *from;
    }
    while (true) {
      const auto entries = task_.store->ledger().entries(query);
      if (!entries) return entries.error();
      for (const LedgerEntry& entry : *entries) entries_->add(charge_key(entry), bytes_of(entry));
      if (entries->size() < query.limit) return {};
      query.after = entries->back().sequence;
    }
  }

  Result<void> fold_charges() {
    std::vector<LedgerEntry> entries;
    std::string open;  // the charge that entries belong to
    std::optional<Error> error;
    const auto close = [&] {
      if (entries.empty()) return true;
      const auto charge = billing::charge_of(entries);
      if (!charge) {
        error = charge.error();
        return false;
      }
      entries.clear();
      const auto taken = take_charge(*charge);
      if (!taken) error = taken.error();
      return !error;
    };
    const auto scanned = entries_->scan([&](std::string_view key, std::string_view value) {
      key.remove_suffix(sizeof(std::int64_t));
      if (key != open) {
        if (!close()) return false;
        open = key;
      }
      entries.push_back(entry_of(value));
      return true;
    });
    if (!scanned) return scanned.error();
    if (!error) close();
    if (error) return *error;
    return {};
  }

  Result<void> take_charge(const LedgerCharge& charge) {
    charges_->add("", bytes_of(charge));
    const Standing standing = standing_of(charge);
    std::vector<std::string> names = charge.references;
    names.push_back(charge.verification.text());
    if (standing == Standing::open) {
      // The ledger learns the vendor's name for it with the capture; its verification knew before.
      const auto record = task_.store->verifications().find(charge.verification);
      if (!record) return record.error();
      if (*record && (*record)->verification.account == task_.account) {
        names.push_back((*record)->verification.vendor_reference);
      }
    }
    matching_->add_charge(charge, standing, std::move(names));
    return {};
  }

  Standing standing_of(const LedgerCharge& charge) const {
    return billing::standing_of(charge, period_);
  }

  Result<StatementLine> line(std::size_t number) {
    const auto bytes = lines_->value(number);
    if (!bytes) return bytes.error();
    return line_of(*bytes);
  }

  Result<LedgerCharge> charge(std::size_t number) {
    const auto bytes = charges_->value(number);
    if (!bytes) return bytes.error();
    return charge_of(*bytes);
  }

  Result<void> match() {
    return matching_->run(task_.map->window_ms,
                          {[&](std::size_t number) { return line(number); },
                           [&](std::size_t number) { return charge(number); },
                           [&](const LedgerCharge& one) { return standing_of(one); }});
  }

  // ---- telling

  Result<void> tell_lines(const std::function<void(const ReconciledRow&)>& tell) {
    const auto& findings = matching_->findings();
    for (std::size_t i = 0; i < findings.size(); ++i) {
      const auto read = line(i + 1);
      if (!read) return read.error();
      ++done_.records;
      if (const auto told = tell_line(*read, findings[i], tell); !told) return told.error();
    }
    return {};
  }

  Result<void> tell_line(const StatementLine& line, const Finding& finding,
                         const std::function<void(const ReconciledRow&)>& tell) {
    ReconciledRow row;
    row.line = &line;
    LedgerCharge found;
    billing::Judgement judgement;
    switch (finding.state) {
      case Finding::State::left_out:
        row.kind = line.is_ignored ? ReconciledRow::Kind::ignored : ReconciledRow::Kind::broken;
        row.note = line.fault;
        ++(line.is_ignored ? done_.ignored : done_.broken);
        tell(row);
        return {};
      case Finding::State::matched: {
        const auto read = charge(finding.charge);
        if (!read) return read.error();
        found = *read;
        row.charge = &found;
        row.is_by_time = finding.is_by_time;
        row.is_settling = !found.is_resolved() || found.is_disputed;
        row.is_counted = standing_of(found) == Standing::due;
        judgement = billing::judge(line, found, standing_of(found), *task_.contract);
        done_.by_time += row.is_by_time;
        done_.settling += row.is_settling;
        break;
      }
      case Finding::State::duplicate:
        judgement = {Verdict::duplicate,
                     "another line has its reference, and we have no more charges with it"};
        break;
      case Finding::State::alone: judgement = billing::judge_alone(line, period_); break;
    }
    row.verdict = judgement.verdict;
    row.note = std::move(judgement.note);
    if (!count(row)) return beyond_counting();
    tell(row);
    return {};
  }

  bool is_in_period(std::int64_t at) const {
    return !period_ || (at >= period_->begin_unix_ms && at < period_->end_unix_ms);
  }

  Result<void> tell_left_charges(const std::function<void(const ReconciledRow&)>& tell) {
    for (std::size_t i = 0; i < matching_->is_taken().size(); ++i) {
      if (matching_->is_taken()[i]) continue;
      const auto left = charge(i + 1);
      if (!left) return left.error();
      const Standing standing = standing_of(*left);
      ReconciledRow row;
      row.charge = &*left;
      row.kind = ReconciledRow::Kind::neither;
      if (standing == Standing::due && left->balance != Money{}) {
        billing::Judgement judgement = billing::judge_missing(*left);
        row.kind = ReconciledRow::Kind::judged;
        row.verdict = judgement.verdict;
        row.note = std::move(judgement.note);
        row.is_counted = true;
        if (!count(row)) return beyond_counting();
      } else if (standing == Standing::due) {
        row.note = "ours costs nothing, and no line has it";
        ++done_.free_unlisted;
      } else if (standing == Standing::open && is_in_period(left->held_at_unix_ms)) {
        row.note = "no line has it: as far as the statement is complete, it was not charged";
        ++done_.open_unlisted;
      } else {
        continue;
      }
      tell(row);
    }
    return {};
  }

  // False when the amounts add up to more than can be counted.
  bool count(const ReconciledRow& row) {
    const LedgerCharge* counted = row.is_counted ? row.charge : nullptr;
    return done_.tallies[static_cast<std::size_t>(row.verdict)].add(row.line, counted) &&
           done_.total.add(row.line, counted);
  }

  const ReconciliationTask& task_;
  billing::StatementReader reader_;
  std::optional<billing::Period> period_;
  std::optional<std::pair<std::int64_t, std::int64_t>> times_;  // of the lines: first and last
  std::optional<ScratchTable> lines_, entries_, charges_;
  std::optional<ReconciliationMatching> matching_;
  Reconciliation done_;
};

}  // namespace

bool Reconciliation::is_agreed() const {
  std::int64_t differing = broken;
  for (std::size_t i = 0; i < tallies.size(); ++i) {
    if (i != static_cast<std::size_t>(Verdict::matched)) differing += tallies[i].count;
  }
  return differing == 0;
}

Result<Reconciliation> reconcile(const ReconciliationTask& task,
                                 const std::function<void(const ReconciledRow&)>& row) {
  return Run(task).run(row);
}

}  // namespace idswitch::engine

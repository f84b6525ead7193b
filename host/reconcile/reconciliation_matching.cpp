#include "reconcile/reconciliation_matching.hpp"

#include <algorithm>

#include "reconcile/reconciliation_rows.hpp"
#include "reconcile/scratch_record.hpp"

namespace idswitch::engine {

using billing::LedgerCharge;
using billing::MatchItem;
using billing::Standing;
using billing::StatementLine;
using store::ScratchTable;

namespace {

constexpr std::uint16_t k_foreign = UINT16_MAX;  // a SKU that none of ours is

std::uint16_t number_of(std::map<std::string, std::uint16_t>& numbers, const std::string& word) {
  return numbers.emplace(word, std::uint16_t(numbers.size())).first->second;
}

void make_unique(std::vector<std::string>& names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

// Calls take for every row, and close between rows of different groups and at the end.
Result<void> scan_groups(ScratchTable& table, std::size_t key_bytes_behind_group,
                         const std::function<void(std::string_view value)>& take,
                         const std::function<void()>& close) {
  std::string group;
  const auto scanned = table.scan([&](std::string_view key, std::string_view value) {
    key.remove_suffix(key_bytes_behind_group);
    if (key != group) {
      close();
      group = key;
    }
    take(value);
    return true;
  });
  if (!scanned) return scanned.error();
  close();
  return {};
}

}  // namespace

Result<ReconciliationMatching> ReconciliationMatching::make() {
  auto names = ScratchTable::make();
  if (!names) return names.error();
  auto repeats = ScratchTable::make();
  if (!repeats) return repeats.error();
  auto times = ScratchTable::make();
  if (!times) return times.error();
  return ReconciliationMatching(std::move(*names), std::move(*repeats), std::move(*times));
}

void ReconciliationMatching::add_line(const StatementLine& line) {
  Finding& finding = findings_.emplace_back();
  if (line.is_ignored || !line.fault.empty()) {
    finding.state = Finding::State::left_out;
    return;
  }
  if (line.references.empty()) return;
  std::vector<std::string> names = line.references;
  make_unique(names);
  const std::string bytes = bytes_of(item(line, findings_.size()));
  for (const std::string& name : names) names_.add(name, bytes);
  // A credit is no repetition of what it gives back.
  RecordWriter repeat;
  repeat.text(line.sku).number(line.amount.micros < 0);
  for (const std::string& reference : line.references) repeat.text(reference);
  RecordWriter number;
  number.number(static_cast<std::int64_t>(findings_.size()));
  repeats_.add(repeat.bytes(), number.bytes());
}

void ReconciliationMatching::add_charge(const LedgerCharge& charge, Standing standing,
                                        std::vector<std::string> names) {
  is_taken_.push_back(false);
  make_unique(names);
  const std::string bytes = bytes_of(item(charge, standing, is_taken_.size()));
  for (const std::string& name : names) {
    if (!name.empty()) names_.add(name, bytes);
  }
}

Result<void> ReconciliationMatching::run(std::int64_t window_ms, const Source& source) {
  // Twice over all names: what fits exactly must not be lost to what merely has the same name.
  for (const bool exact : {true, false}) {
    if (const auto done = match_references(exact); !done) return done.error();
  }
  if (const auto done = find_duplicates(); !done) return done.error();
  if (window_ms == 0) return {};
  if (const auto done = add_times(source); !done) return done.error();
  // What is due first; then what the statement may tell us about.
  for (const bool is_due : {true, false}) {
    if (const auto done = match_times(window_ms, is_due); !done) return done.error();
  }
  return {};
}

MatchItem ReconciliationMatching::item(const StatementLine& line, std::size_t number) {
  MatchItem item;
  item.number = static_cast<std::uint32_t>(number);
  item.sku = line.is_known_sku ? number_of(skus_, line.sku) : k_foreign;
  item.currency = number_of(currencies_, line.currency);
  item.is_line = true;
  item.amount_micros = line.amount.micros;
  item.at_unix_ms = line.at_unix_ms.value_or(0);
  return item;
}

MatchItem ReconciliationMatching::item(const LedgerCharge& charge, Standing standing,
                                       std::size_t number) {
  MatchItem item;
  item.number = static_cast<std::uint32_t>(number);
  item.sku = number_of(skus_, charge.sku);
  item.currency = number_of(currencies_, charge.currency);
  item.standing = standing;
  item.amount_micros = standing == Standing::open ? charge.held.micros : charge.balance.micros;
  item.at_unix_ms = charge.at_unix_ms();
  return item;
}

bool ReconciliationMatching::is_alone(const MatchItem& item) const {
  return item.is_line ? findings_[item.number - 1].state == Finding::State::alone
                      : !is_taken_[item.number - 1];
}

void ReconciliationMatching::match(std::uint32_t line, std::uint32_t charge, bool is_by_time) {
  findings_[line - 1] = {Finding::State::matched, is_by_time, charge};
  is_taken_[charge - 1] = true;
}

Result<void> ReconciliationMatching::match_references(bool exact) {
  std::vector<MatchItem> group;
  return scan_groups(
      names_, 0,
      [&](std::string_view value) {
        const MatchItem one = item_of(value);
        if (is_alone(one)) group.push_back(one);
      },
      [&] {
        billing::match_reference(std::move(group), exact,
                                 [&](auto line, auto charge) { match(line, charge, false); });
        group.clear();
      });
}

// Of the lines that say the same references and SKU, those that no charge is left for; the first of
// them stays when we have no charge of that name at all.
Result<void> ReconciliationMatching::find_duplicates() {
  std::vector<std::size_t> group;
  return scan_groups(
      repeats_, 0,
      [&](std::string_view value) {
        group.push_back(static_cast<std::size_t>(RecordReader(value).number()));
      },
      [&] {
        bool is_covered = std::any_of(group.begin(), group.end(), [&](std::size_t number) {
          return findings_[number - 1].state == Finding::State::matched;
        });
        for (const std::size_t number : group) {
          Finding& finding = findings_[number - 1];
          if (is_covered && finding.state == Finding::State::alone) {
            finding.state = Finding::State::duplicate;
          }
          is_covered = true;
        }
        group.clear();
      });
}

Result<void> ReconciliationMatching::add_times(const Source& source) {
  const auto add = [&](const MatchItem& one) {
    std::string key;
    for (const std::int64_t part :
         {std::int64_t{one.sku}, std::int64_t{one.currency}, one.amount_micros, one.at_unix_ms}) {
      append_sortable(key, part);
    }
    times_.add(key, bytes_of(one));
  };
  for (std::size_t number = 1; number <= findings_.size(); ++number) {
    if (findings_[number - 1].state != Finding::State::alone) continue;
    const auto line = source.line(number);
    if (!line) return line.error();
    if (line->at_unix_ms && line->is_known_sku) add(item(*line, number));
  }
  for (std::size_t number = 1; number <= is_taken_.size(); ++number) {
    if (is_taken_[number - 1]) continue;
    const auto charge = source.charge(number);
    if (!charge) return charge.error();
    const Standing standing = source.standing(*charge);
    if (standing != Standing::released) add(item(*charge, standing, number));
  }
  return {};
}

Result<void> ReconciliationMatching::match_times(std::int64_t window_ms, bool is_due) {
  billing::NearestMatching nearest(window_ms,
                                   [&](auto line, auto charge) { match(line, charge, true); });
  return scan_groups(
      times_, sizeof(std::int64_t),
      [&](std::string_view value) {
        const MatchItem one = item_of(value);
        const bool is_wanted = one.is_line || (one.standing == Standing::due) == is_due;
        if (is_wanted && is_alone(one)) nearest.add(one);
      },
      [&] { nearest.finish(); });
}

}  // namespace idswitch::engine

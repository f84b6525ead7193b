#include <iostream>

#include "app/ledger_reader.hpp"
#include "base/clock.hpp"
#include "base/text/csv_text.hpp"
#include "base/text/nearest_word.hpp"
#include "config/config_load.hpp"
#include "present/text_table.hpp"
#include "present/verification_json.hpp"

// idswitch ledger report and verify, and what all reading commands of the ledger begin with.

namespace idswitch::app {

namespace {

using store::ReportPeriod;
using store::ReportQuery;
using store::ReportRow;

template <class Map>
void mention_unknown(const Map& known, std::string_view what, const std::string& name) {
  if (name.empty() || known.find(name) != known.end()) return;
  std::vector<std::string> names;
  names.reserve(known.size());
  for (const auto& [key, value] : known) names.push_back(key);
  std::cerr << "note: the configuration has no " << what << " '" << name << "'; "
            << suggestion(name, names) << "\n";
}

using Cells = std::vector<std::string>;

Cells group_names(const ReportQuery& query) {
  Cells names;
  if (query.period == ReportPeriod::day) names.push_back("day");
  if (query.period == ReportPeriod::month) names.push_back("month");
  if (query.by_tenant) names.push_back("tenant");
  if (query.by_account) names.push_back("account");
  if (query.by_sku) names.push_back("sku");
  if (query.by_arm) names.insert(names.end(), {"experiment", "seed", "arm"});
  return names;
}

Cells groups(const ReportQuery& query, const ReportRow& row) {
  Cells cells;
  if (query.period != ReportPeriod::whole) cells.push_back(row.period);
  if (query.by_tenant) cells.push_back(row.tenant);
  if (query.by_account) cells.push_back(row.account);
  if (query.by_sku) cells.push_back(row.sku);
  if (query.by_arm) cells.insert(cells.end(), {row.experiment, row.seed, row.arm});
  return cells;
}

constexpr std::string_view k_figures[] = {
    "currency",        "units",          "captured", "captured_amount", "adjusted",
    "adjusted_amount", "charged_amount", "held",     "held_amount",     "unknown",
    "unknown_amount",  "voided",         "disputed"};

Cells figures(const ReportRow& row) {
  const auto number = [](std::int64_t value) { return std::to_string(value); };
  return {row.currency,
          number(row.units),
          number(row.captured),
          row.captured_amount.text(),
          number(row.adjusted),
          row.adjusted_amount.text(),
          row.charged().text(),
          number(row.open),
          row.open_amount.text(),
          number(row.unknown),
          row.unknown_amount.text(),
          number(row.voided),
          number(row.disputed)};
}

Cells joined(Cells first, const Cells& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

void print_csv(const api::LedgerReport& report) {
  const auto print = [](const Cells& cells) {
    std::string line;
    for (const std::string& cell : cells) append_csv(line, cell);
    std::cout << line << "\r\n";
  };
  // The currency comes first: it is the one field that is never empty.
  Cells header = group_names(report.query);
  const Cells names(std::begin(k_figures), std::end(k_figures));
  header.insert(header.begin(), names.front());
  print(joined(header, Cells(names.begin() + 1, names.end())));
  for (const ReportRow& row : report.rows) {
    const Cells numbers = figures(row);
    Cells cells = groups(report.query, row);
    cells.insert(cells.begin(), numbers.front());
    print(joined(cells, Cells(numbers.begin() + 1, numbers.end())));
  }
}

// "2026-11-01 to 2026-11-30, days of +08:00"
std::string span_text(const api::LedgerReport& report) {
  const api::ReportWords& words = report.words;
  std::string text;
  if (words.from.empty() && words.to.empty()) {
    text = "everything in the ledger";
  } else {
    text = (words.from.empty() ? "until" : words.from + " to") + " " +
           (words.to.empty() ? "now" : words.to);
  }
  return text + ", days of " + api::offset_text(report.query.utc_offset_min);
}

void print_commitments(const api::LedgerReport& report) {
  if (report.commitments.empty()) return;
  TextTable table({"account", "period", "currency", "minimum", "charged", "due"}, 3, 6);
  for (const engine::MinimumCommitment& one : report.commitments) {
    table.add({one.account, one.period, one.currency, one.minimum.text(), one.charged.text(),
               one.due.text()});
  }
  std::cout << "\nMinimum commitments of the periods that are over; what is due comes on top:\n";
  table.print(std::cout);
}

void print_table(const api::LedgerReport& report) {
  std::cout << span_text(report) << "\n";
  if (report.rows.empty()) {
    std::cout << "no charges\n";
  } else {
    const Cells names = group_names(report.query);
    const Cells header = joined(names, {"currency", "units", "charged", "of it corrected", "held",
                                        "amount", "unknown", "amount", "voided", "disputed"});
    TextTable table(header, names.size() + 1, header.size());
    const auto shown = [](const ReportRow& row) {
      const auto number = [](std::int64_t value) { return std::to_string(value); };
      return Cells{row.currency,         number(row.units),
                   row.charged().text(), row.adjusted_amount.text(),
                   number(row.open),     row.open_amount.text(),
                   number(row.unknown),  row.unknown_amount.text(),
                   number(row.voided),   number(row.disputed)};
    };
    for (const ReportRow& row : report.rows)
      table.add(joined(groups(report.query, row), shown(row)));
    for (const ReportRow& row : api::totals_of(report.rows)) {
      Cells total(names.size());
      if (!total.empty()) {
        total.front() = "total";
        table.add(joined(total, shown(row)));
      }
    }
    table.print(std::cout);
  }
  print_commitments(report);
}

}  // namespace

std::optional<LedgerReader> open_ledger(const LedgerOptions& options) {
  config::LoadResult loaded = config::load_file(options.config_file, config::Secrets::left_out);
  for (const config::Complaint& complaint : loaded.complaints) {
    std::cerr << complaint.line() << "\n";
  }
  if (!loaded.complaints.empty()) return {};
  mention_unknown(loaded.config.tenants, "tenant", options.tenant);
  mention_unknown(loaded.config.accounts, "account", options.account);
  auto opened = store::Store::open_for_reading(loaded.config.store.path);
  if (!opened) {
    std::cerr << opened.error().detail() << "\n";
    return {};
  }
  return LedgerReader{std::move(loaded.config), std::move(*opened)};
}

api::ReportWords words_of(const LedgerOptions& options) {
  api::ReportWords words;
  words.tenant = options.tenant;
  words.account = options.account;
  words.by = options.by;
  words.from = options.from;
  words.to = options.to;
  words.time = options.time;
  return words;
}

int cannot(const Error& error) {
  std::cerr << (error.field().empty() ? "" : "--" + error.field() + ": ") << error.detail() << "\n";
  return error.code() == Errc::invalid_field ? 2 : 1;
}

bool is_printed() {
  std::cout.flush();
  if (!std::cout.fail()) return true;
  std::cerr << "standard output took no more: what was printed is not all; look whether its disk "
               "is full\n";
  return false;
}

int ledger_report(const LedgerOptions& options) {
  const auto ledger = open_ledger(options);
  if (!ledger) return 2;
  api::LedgerReport report;
  report.words = words_of(options);
  const Result<ReportQuery> query = api::report_query(report.words, ledger->config);
  if (!query) return cannot(query.error());
  report.query = *query;
  auto rows = ledger->store->ledger().report(*query);
  if (!rows) return cannot(rows.error());
  report.rows = std::move(*rows);
  // A minimum is the account's: of one tenant nobody can say what is missing.
  report.has_commitments = options.tenant.empty();
  if (report.has_commitments) {
    auto found = engine::minimum_commitments(
        ledger->config, *ledger->store,
        {options.account, query->from_unix_ms, query->until_unix_ms, SystemClock().now_unix_ms()});
    if (!found) return cannot(found.error());
    report.commitments = std::move(*found);
  }
  if (options.as_json) {
    std::cout << api::report_json(report) << "\n";
  } else if (options.as_csv) {
    print_csv(report);
  } else {
    print_table(report);
  }
  return is_printed() ? 0 : 1;
}

int ledger_verify(const LedgerOptions& options) {
  const auto ledger = open_ledger(options);
  if (!ledger) return 2;
  const std::int64_t now = SystemClock().now_unix_ms();
  const Result<store::LedgerFaults> faults = ledger->store->ledger().verify({});
  if (!faults) return cannot(faults.error());
  if (options.as_json) {
    std::string json;
    api::append_faults(json, *faults, api::timestamp(now));
    std::cout << json << "\n";
  } else {
    for (const store::LedgerFault& fault : faults->listed) {
      std::cout << store::name_of(fault.kind);
      if (fault.sequence != 0) std::cout << " at " << fault.sequence;
      if (!fault.account.empty()) {
        std::cout << " (" << fault.verification.text() << " " << fault.account << " " << fault.sku
                  << " " << fault.event << " call " << fault.call << ")";
      }
      std::cout << ": " << store::meaning_of(fault.kind) << "\n";
    }
    if (faults->total() > faults->listed.size())
      std::cout << "and " << faults->total() - faults->listed.size() << " more\n";
    std::cout << "ledger verify: entries=" << faults->entries << " charges=" << faults->charges
              << " faults=" << faults->total() << "\n";
  }
  return is_printed() && faults->total() == 0 ? 0 : 1;
}

}  // namespace idswitch::app

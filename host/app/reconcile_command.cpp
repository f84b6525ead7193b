#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "app/commands.hpp"
#include "base/text/nearest_word.hpp"
#include "base/values/calendar.hpp"
#include "config/config_load.hpp"
#include "present/reconciliation_page.hpp"
#include "present/settlement_line.hpp"
#include "reconcile/statement_settlement.hpp"

namespace idswitch::app {
namespace {

constexpr int k_agreed = 0;
constexpr int k_differs = 1;
constexpr int k_not_begun = 2;

int refuse(const std::string& why) {
  std::cerr << why << "\n";
  return k_not_begun;
}

int refuse(const std::vector<config::Complaint>& complaints) {
  for (const config::Complaint& complaint : complaints) std::cerr << complaint.line() << "\n";
  return k_not_begun;
}

// "2026-11" or "2026-11-21", in the contract's time.
std::optional<billing::Period> period_of(const std::string& text, int utc_offset_min) {
  const bool is_month = text.size() == 7;
  const auto begin = midnight_unix_ms(is_month ? text + "-01" : text, utc_offset_min);
  if (!begin) return {};
  return billing::period_of(*begin, is_month ? config::Per::month : config::Per::day,
                            utc_offset_min);
}

std::optional<std::string> text_of(const std::string& path, std::string& why) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (stream && !stream.bad()) return text;
  why = "cannot read " + path + ": " + (errno == 0 ? "no text" : std::strerror(errno));
  return {};
}

// lines.csv and report.html in a folder; neither when there is none.
class Output {
 public:
  Output(const std::string& folder, const engine::ReconciliationSettings& settings)
      : folder_(folder), utc_offset_min_(settings.contract->utc_offset_min), page_(settings) {}

  bool begin() {
    if (folder_.empty()) return true;
    std::error_code failed;
    std::filesystem::create_directories(folder_, failed);
    lines_.open(folder_ / "lines.csv", std::ios::binary | std::ios::trunc);
    // A spreadsheet takes the text for UTF-8 only with a byte order mark.
    lines_ << "\xEF\xBB\xBF" << engine::csv_header();
    return bool(lines_);
  }

  void take(const engine::ReconciledRow& row) {
    if (folder_.empty()) return;
    lines_ << engine::csv_line(row, utc_offset_min_);
    page_.take(row);
  }

  bool finish(const engine::Reconciliation& done) {
    if (folder_.empty()) return true;
    lines_.close();
    std::ofstream page(folder_ / "report.html", std::ios::binary | std::ios::trunc);
    page << page_.html(done);
    page.close();
    return bool(lines_) && bool(page);
  }

 private:
  std::filesystem::path folder_;
  int utc_offset_min_;
  std::ofstream lines_;
  engine::ReconciliationPage page_;
};

// What the statement settles, a line for each; nothing when nobody asked for it.
class Proposals {
 public:
  explicit Proposals(const ReconcileOptions& options)
      : reading_{options.account, "-",
                 std::filesystem::path(options.statement_file).filename().string(),
                 options.is_complete},
        path_(options.settle_file) {}

  bool begin() {
    if (path_.empty()) return true;
    lines_.open(path_, std::ios::binary | std::ios::trunc);
    return bool(lines_);
  }

  void take(const engine::ReconciledRow& row) {
    if (path_.empty()) return;
    const auto settlement = engine::settlement_of(row, reading_);
    if (settlement) lines_ << engine::settlement_line(*settlement);
  }

  bool finish() {
    if (path_.empty()) return true;
    lines_.close();
    return bool(lines_);
  }

 private:
  engine::StatementReading reading_;  // who takes it over is said when it is
  std::string path_;
  std::ofstream lines_;
};

int reconcile(const ReconcileOptions& options, const config::Config& config,
              const config::Account& account) {
  const config::Contract& contract = account.contract;
  std::string why;
  const auto map_text = text_of(options.map_file, why);
  if (!map_text) return refuse(why);
  const auto map = billing::read_statement_map(*map_text, options.map_file, contract);
  if (!map.complaints.empty()) return refuse(map.complaints);

  engine::ReconciliationTask task;
  task.account = account.name;
  task.statement_file = options.statement_file;
  task.map = &map.map;
  task.contract = &contract;
  if (!options.period.empty()) {
    task.period = period_of(options.period, contract.utc_offset_min);
    if (!task.period) {
      return refuse("\"" + options.period +
                    "\" is no period: wanted a month like 2026-11, or a day");
    }
  }
  const auto store = store::Store::open_for_reading(config.store.path);
  if (!store) return refuse(store.error().detail());
  task.store = store->get();

  const engine::ReconciliationSettings settings{
      account.name, account.product, options.statement_file, options.map_file, &map.map, &contract};
  Output output(options.out_folder, settings);
  if (!output.begin()) return refuse("cannot write into the folder " + options.out_folder);
  Proposals proposals(options);
  if (!proposals.begin()) return refuse("cannot write " + options.settle_file);
  const auto done = engine::reconcile(task, [&](const engine::ReconciledRow& row) {
    output.take(row);
    proposals.take(row);
  });
  if (!proposals.finish()) return refuse("cannot write " + options.settle_file);
  if (!done) return refuse(done.error().detail());
  if (!output.finish(*done)) return refuse("cannot write into the folder " + options.out_folder);
  std::cout << engine::summary_text(settings, *done);
  return done->is_agreed() ? k_agreed : k_differs;
}

}  // namespace

int ledger_reconcile(const ReconcileOptions& options) {
  const config::LoadResult loaded =
      config::load_file(options.config_file, config::Secrets::left_out);
  if (!loaded.complaints.empty()) return refuse(loaded.complaints);
  const auto account = loaded.config.accounts.find(options.account);
  if (account == loaded.config.accounts.end()) {
    std::vector<std::string> known;
    for (const auto& [name, one] : loaded.config.accounts) known.push_back(name);
    return refuse("the configuration has no account " + options.account + ": " +
                  suggestion(options.account, known));
  }
  return reconcile(options, loaded.config, account->second);
}

}  // namespace idswitch::app

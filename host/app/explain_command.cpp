#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "api/request_json.hpp"
#include "app/commands.hpp"
#include "base/values/decimal.hpp"
#include "engine/explain/explanation.hpp"
#include "present/explanation_json.hpp"
#include "present/text_table.hpp"
#include "present/verification_json.hpp"

namespace idswitch::app {
namespace {

using engine::AccountChoice;
using engine::Explanation;
using engine::Setup;

int cannot(const std::string& why) {
  std::cerr << why << "\n";
  return 2;
}

int cannot(const Error& error) {
  return cannot((error.field().empty() ? "" : error.field() + ": ") + error.detail());
}

std::shared_ptr<Setup> open(config::LoadResult loaded) {
  std::vector<config::Complaint> complaints = loaded.complaints;
  std::vector<config::Complaint> warnings;
  std::shared_ptr<Setup> setup;
  if (complaints.empty()) setup = engine::make_setup(std::move(loaded), complaints, warnings);
  for (const config::Complaint& complaint : complaints) std::cerr << complaint.line() << "\n";
  return setup;
}

// ---- text --------------------------------------------------------------------------------------

std::string percent(std::uint32_t ppm) {
  return decimal_text(std::int64_t{ppm} * 100) + "%";
}

std::string state_text(const routing::AccountNow& now) {
  std::string text(engine::word(now.availability));
  if (now.until_unix_ms > 0) text += " until " + api::timestamp(now.until_unix_ms);
  if (now.availability == routing::Availability::ramping) text += " " + percent(now.share_ppm);
  return text;
}

// How many verdicts the pass rate was seen in, and how many the prior counts for.
std::string seen_text(const AccountChoice& choice) {
  const auto& ended = choice.now.account.ended;
  const auto abandoned = ended[static_cast<std::size_t>(routing::End::abandoned)];
  std::uint64_t verdicts = 0;
  for (const std::uint32_t one : ended) verdicts += one;
  return std::to_string(verdicts - abandoned) + "+" + std::to_string(choice.figures->prior_weight);
}

std::vector<std::string> row(const AccountChoice& choice) {
  std::vector<std::string> cells = {choice.position > 0 ? std::to_string(choice.position) : "-",
                                    choice.account, percent(choice.first_ppm)};
  if (choice.figures) {
    const engine::Figures& figures = *choice.figures;
    cells.push_back(figures.expected_charge.text());
    cells.push_back(figures.cost_per_pass ? figures.cost_per_pass->text() : "none");
    cells.push_back(percent(figures.rates.pass_rate_ppm));
    cells.push_back(seen_text(choice));
    cells.push_back(figures.worst_price.text() + " " + figures.currency);
    cells.push_back(figures.latency_p95_ms ? std::to_string(*figures.latency_p95_ms) + "ms" : "-");
  } else {
    cells.insert(cells.end(), 6, "-");
  }
  cells.push_back(state_text(choice.now));
  cells.push_back(choice.sentence);
  return cells;
}

void print_table(const Explanation& explanation) {
  std::vector<std::vector<std::string>> rows = {{"#", "account", "first", "charge", "per pass",
                                                 "pass rate", "seen+prior", "worst", "p95", "state",
                                                 "why"}};
  for (const AccountChoice& choice : explanation.accounts) rows.push_back(row(choice));
  std::cout << table_text(rows);
}

void print(const Explanation& explanation) {
  std::string checks;
  for (const std::string_view check : check_words(explanation.checks)) {
    checks += (checks.empty() ? "" : ", ") + std::string(check);
  }
  std::cout << "tenant " << explanation.tenant << ", route " << explanation.route << " ("
            << explanation.where.file << ":" << explanation.where.line << ")\n"
            << "takes: " << method_word(explanation.method) << " with " << checks << "; "
            << explanation.when << "\n";
  if (!explanation.segment.empty()) std::cout << "segment: " << explanation.segment << "\n";
  if (!explanation.experiment.empty()) {
    std::cout << "experiment: " << explanation.experiment << ", arm " << explanation.arm << ", "
              << routing::word(explanation.exposure) << "\n";
  }
  std::cout << "seed: " << explanation.seed
            << (explanation.is_sticky ? "" : "; not sticky, since the request has no person")
            << "\n\n";
  print_table(explanation);
}

void print(const engine::Replay& replay, const engine::Redecision& now, const std::string& id) {
  std::cout << id << ", decided " << api::timestamp(replay.recorded.at_unix_ms)
            << " under configuration " << replay.recorded.config_version << "\n";
  print(replay.recorded);
  std::cout << "\ndecided again: "
            << (replay.differences.empty() ? "agrees" : "DIFFERS from what is recorded") << "\n";
  for (const std::string& one : replay.differences) std::cout << "  " << one << "\n";
  std::cout << "\nthe same request under the configuration as it is now\n";
  for (const std::string& one : now.notes) std::cout << "  note: " << one << "\n";
  if (now.decided) print(*now.decided);
}

// ---- the two ways to ask -----------------------------------------------------------------------

int explain_request(const ExplainOptions& options, const Setup& setup) {
  std::string body;
  std::ifstream file;
  if (options.request_file != "-") {
    file.open(options.request_file, std::ios::binary);
    if (!file) return cannot("cannot read " + options.request_file);
  }
  std::istream& in = options.request_file == "-" ? std::cin : file;
  body.assign(std::istreambuf_iterator<char>(in), {});
  Result<StartRequest> request = api::parse_start(body);
  if (!request) return cannot(request.error());
  request->tenant = options.tenant;

  const SystemClock clock;
  engine::Traffic traffic(setup, clock);
  const std::string& path = setup.config.store.path;
  std::unique_ptr<store::Store> store;
  std::string known = "statistics: none seen, priors only: there is no store at " + path;
  if (std::error_code error; std::filesystem::exists(path, error)) {
    auto opened = store::Store::open_for_reading(path);
    const Result<void> loaded = opened ? traffic.load(**opened) : Result<void>(opened.error());
    if (loaded) {
      store = std::move(*opened);
      known = "statistics: of " + path;
    } else {
      known = "statistics: none seen, priors only: " + loaded.error().detail();
    }
  }
  const auto explained =
      engine::explain(setup, traffic, store.get(), clock.now_unix_ms(), *request, options.seed);
  if (!explained) return cannot(explained.error());
  if (options.as_json) {
    std::string text;
    api::append_explanation(text, *explained);
    std::cout << text << "\n";
    std::cerr << known << "\n";
    return 0;
  }
  print(*explained);
  std::cout << "\n"
            << known << "\n"
            << "state: only the running switch knows who is open, throttled or full: "
               "POST /v1/routes:explain\n";
  return 0;
}

int explain_verification(const ExplainOptions& options, const Setup& setup) {
  const auto id = VerificationId::parse(options.verification_id);
  if (!id) return cannot("\"" + options.verification_id + "\" is no verification id");
  auto store = store::Store::open_for_reading(setup.config.store.path);
  if (!store) return cannot(store.error());
  const auto record = (*store)->verifications().find(*id);
  if (!record) return cannot(record.error());
  const std::string missing = "the store has no verification " + options.verification_id;
  if (!*record) return cannot(missing);
  if (!options.tenant.empty() && (*record)->verification.tenant != options.tenant) {
    return cannot(missing + " of tenant " + options.tenant);
  }
  const std::int64_t number = (*record)->config_version;
  const auto version = (*store)->agreement().config_version(number);
  if (!version) return cannot(version.error());
  if (!*version) return cannot("the store does not have the configuration that decided it");
  const std::string folder = std::filesystem::path(options.config_file).parent_path().string();
  const std::shared_ptr<Setup> made_under =
      open(config::load_text((*version)->text, "configuration " + std::to_string(number), folder,
                             config::Secrets::left_out));
  if (made_under == nullptr) return 2;
  made_under->version = number;
  const auto replay = engine::replay(*made_under, **record);
  if (!replay) return cannot(replay.error());
  const auto now = engine::redecide(setup, *made_under, **record);
  if (!now) return cannot(now.error());
  if (options.as_json) {
    std::string text;
    api::append_replay(text, *replay, *now);
    std::cout << text << "\n";
  } else {
    print(*replay, *now, options.verification_id);
  }
  return replay->differences.empty() ? 0 : 1;
}

}  // namespace

int explain(const ExplainOptions& options) {
  const bool is_replay = !options.verification_id.empty();
  if (!is_replay && (options.tenant.empty() || options.request_file.empty())) {
    return cannot("say which request: --tenant and --request, or --verification");
  }
  const std::shared_ptr<Setup> setup =
      open(config::load_file(options.config_file, config::Secrets::left_out));
  if (setup == nullptr) return 2;
  return is_replay ? explain_verification(options, *setup) : explain_request(options, *setup);
}

}  // namespace idswitch::app

#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <thread>

#include "app/commands.hpp"
#include "present/simulation_text.hpp"
#include "simulate/population_simulation.hpp"
#include "simulate/recorded_simulation.hpp"

namespace idswitch::app {
namespace {

using engine::Setup;
using engine::SimulationReport;

constexpr std::int64_t k_day_ms = 86'400'000;
constexpr std::size_t k_page = 1000;

struct Side {
  std::shared_ptr<Setup> setup;
  std::string name;
};

void print(const std::vector<config::Complaint>& complaints) {
  for (const config::Complaint& complaint : complaints) std::cerr << complaint.line() << "\n";
}

// Prints why when there is none. Secrets are not needed: nobody is called.
std::shared_ptr<Setup> setup_of(config::LoadResult loaded) {
  std::vector<config::Complaint> complaints = std::move(loaded.complaints);
  loaded.complaints.clear();
  std::vector<config::Complaint> warnings;
  std::shared_ptr<Setup> setup;
  if (complaints.empty()) setup = engine::make_setup(std::move(loaded), complaints, warnings);
  if (setup == nullptr) print(complaints);
  return setup;
}

Side side_of_file(const std::string& file) {
  return {setup_of(config::load_file(file, config::Secrets::left_out)), file};
}

// The newest version that ran. Its relative paths are taken from `folder`. setup is nullptr, and
// the reason printed, when it cannot be had.
Side newest_version(store::Store& store, const std::string& store_file, const std::string& folder) {
  const auto versions = store.agreement().config_versions(1);
  if (!versions || versions->empty()) {
    std::cerr << (versions ? store_file + " holds no configuration: give --running FILE"
                           : versions.error().detail())
              << "\n";
    return {};
  }
  const auto version = store.agreement().config_version(versions->front().number);
  if (!version || !*version) {
    std::cerr << store_file << ": the newest configuration cannot be read: give --running FILE\n";
    return {};
  }
  const std::string name = "version " + std::to_string((*version)->number) + " in " + store_file;
  return {setup_of(config::load_text((*version)->text, name, folder, config::Secrets::left_out)),
          name};
}

std::string folder_of(const std::string& file) {
  return std::filesystem::path(file).parent_path().string();
}

int finish(const SimulateOptions& options, const SimulationReport& report) {
  std::cout << (options.as_json ? engine::simulation_json(report)
                                : engine::simulation_text(report));
  return 0;
}

std::int64_t elapsed_ms(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               since)
      .count();
}

// ---- recorded traffic

struct Recorded {
  Recorded(const Setup& setup, const Clock& clock, store::Ledger& ledger)
      : traffic(setup, clock), simulation(setup, traffic, &ledger) {}

  engine::Traffic traffic;
  engine::RecordedSimulation simulation;
};

Result<void> run_through(store::Store& store, const SimulateOptions& options,
                         std::int64_t since_unix_ms, Recorded& draft, Recorded& running,
                         SimulationReport& report) {
  store::RecordedQuery query;
  query.tenant = options.tenant;
  query.since_unix_ms = since_unix_ms;
  query.limit = k_page;
  for (;;) {
    const auto page = store.verifications().recorded(query);
    if (!page) return page.error();
    if (page->empty()) return {};
    for (const VerificationRecord& record : *page) {
      ++report.requests;
      const auto recorded = engine::read_recorded(record);
      if (!recorded) {
        ++report.unusable[recorded.error().detail()];
        continue;
      }
      if (!is_final(record.verification.status)) ++report.not_ended;
      draft.simulation.take(*recorded);
      running.simulation.take(*recorded);
    }
    query.after = page->back().id.high;
  }
}

int simulate_recorded(const SimulateOptions& options, const Side& draft) {
  Side running;
  std::string store_file = options.store_file;
  if (!options.running_file.empty()) {
    running = side_of_file(options.running_file);
    if (running.setup == nullptr) return 2;
    if (store_file.empty()) store_file = running.setup->config.store.path;
  }
  if (store_file.empty()) store_file = draft.setup->config.store.path;
  auto store = store::Store::open_for_reading(store_file);
  if (!store) {
    std::cerr << store.error().detail()
              << "\nrecorded traffic is needed: give --store FILE, or make traffic up with "
                 "--population FILE (configs/population.yaml is an example)\n";
    return 2;
  }
  if (running.setup == nullptr) {
    running = newest_version(**store, store_file, folder_of(options.draft_file));
    if (running.setup == nullptr) return 2;
  }
  const ManualClock clock(SystemClock().now_unix_ms());
  Recorded draft_run(*draft.setup, clock, (*store)->ledger());
  Recorded running_run(*running.setup, clock, (*store)->ledger());
  SimulationReport report;
  report.days = options.days;
  report.tenant = options.tenant;
  Result<void> done = draft_run.traffic.load(**store);
  if (done) done = running_run.traffic.load(**store);
  if (done) {
    done = run_through(**store, options, clock.now_unix_ms() - options.days * k_day_ms, draft_run,
                       running_run, report);
  }
  if (!done) {
    std::cerr << done.error().detail() << "\n";
    return 2;
  }
  if (report.requests == 0) {
    std::cerr << store_file << " holds no verification of the last " << options.days << " days"
              << (options.tenant.empty() ? "" : " of tenant " + options.tenant)
              << ": there is nothing to run through the draft.\nGive more --days, or make traffic "
                 "up with --population FILE (configs/population.yaml is an example)\n";
    return 2;
  }
  report.draft = draft_run.simulation.side(draft.name);
  report.running = running_run.simulation.side(running.name);
  return finish(options, report);
}

// ---- a generated population

// What the population lacks for this configuration, printed; true when nothing.
bool fits(const Side& side, const engine::Population& population, const std::string& file) {
  if (side.setup->tenant(population.tenant) == nullptr) {
    std::cerr << file << ": tenant: " << side.name << " has no tenant `" << population.tenant
              << "`\n";
    return false;
  }
  const auto missing = engine::accounts_without_truth(*side.setup, population);
  for (const std::string& account : missing) {
    std::cerr << file << ": accounts: a route of " << side.name << " leads to `" << account
              << "`: add what is true of it\n";
  }
  return missing.empty();
}

// The running configuration, when one is named or found; setup is nullptr without. False: it was
// named and cannot be had.
bool find_running(const SimulateOptions& options, const Side& draft, Side& running) {
  if (!options.running_file.empty()) {
    running = side_of_file(options.running_file);
    return running.setup != nullptr;
  }
  const std::string store_file =
      options.store_file.empty() ? draft.setup->config.store.path : options.store_file;
  auto store = store::Store::open_for_reading(store_file);
  if (!store) {
    if (options.store_file.empty()) return true;
    std::cerr << store.error().detail() << "\n";
    return false;
  }
  running = newest_version(**store, store_file, folder_of(options.draft_file));
  return running.setup != nullptr;
}

int simulate_population(const SimulateOptions& options, const Side& draft) {
  const engine::PopulationRead read = engine::load_population(options.population_file);
  if (!read.complaints.empty()) {
    print(read.complaints);
    return 2;
  }
  const engine::Population& population = read.population;
  Side running;
  if (!find_running(options, draft, running)) return 2;
  if (!options.tenant.empty() && options.tenant != population.tenant) {
    std::cerr << options.population_file << " describes tenant " << population.tenant << ", not "
              << options.tenant << "\n";
    return 2;
  }
  if (!fits(draft, population, options.population_file)) return 2;
  if (running.setup && !fits(running, population, options.population_file)) return 2;
  if (running.setup == nullptr) {
    std::cerr << "no running configuration to compare with: give --running FILE\n";
  }
  SimulationReport report;
  report.is_generated = true;
  report.requests = population.count;
  report.days = options.days;
  report.tenant = population.tenant;
  const auto began = std::chrono::steady_clock::now();
  const auto run = [&](const Side& side) {
    return engine::PopulationSimulation(*side.setup, population, options.seed, options.days)
        .run(side.name);
  };
  {
    // Beside each other: neither knows of the other.
    std::jthread beside;
    if (running.setup) beside = std::jthread([&] { report.running = run(running); });
    report.draft = run(draft);
  }
  report.elapsed_ms = elapsed_ms(began);
  return finish(options, report);
}

}  // namespace

int simulate(const SimulateOptions& options) {
  const Side draft = side_of_file(options.draft_file);
  if (draft.setup == nullptr) return 2;
  if (!options.tenant.empty() && draft.setup->tenant(options.tenant) == nullptr) {
    std::cerr << options.draft_file << " has no tenant `" << options.tenant << "`\n";
    return 2;
  }
  return options.population_file.empty() ? simulate_recorded(options, draft)
                                         : simulate_population(options, draft);
}

}  // namespace idswitch::app

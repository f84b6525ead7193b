// `./dev bench routing`: what one routing decision costs, by how many tenants there are and how
// many rules each of them has. A decision is the look-up of the tenant's table by its name,
// RouteTable::match and routing::decide with a filled Moment; one thread. Gathering the Moment and
// writing the decision down are the engine's and not measured.
//
// Each decision is timed alone by the steady clock, whose own cost (printed) is in every figure.
// The request is made just before, as a parsed request would be; the tenant is any, so its rules
// are in no cache when there are more than fit. Decisions per second come from batches without the
// clock.
//
// Where all rules do not fit into --memory-gib, tenants share tables: tenant i has table i modulo
// the number of tables that fit. Names and their index are every tenant's own, and nothing is
// shared between tables but the twenty accounts.

#include <malloc.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "idswitch/abi/vocabulary.h"
#include "routing/decide.hpp"
#include "routing_tenant.hpp"

namespace {

using namespace idswitch;
using namespace idswitch::bench;
using Clock = std::chrono::steady_clock;

constexpr std::size_t k_batch = 4096;

// ---- the accounts as they are now
// ----------------------------------------------------------------

routing::Counts counts_of(Random& random) {
  routing::Counts counts;
  counts.starts = static_cast<std::uint32_t>(500 + random.below(5000));
  counts.starts_failed = counts.starts / 50;
  const std::uint32_t opened = counts.starts - counts.starts_failed;
  counts.ended = {opened / 10, opened / 10 * 7, opened / 10, opened / 10};
  for (std::size_t end = 0; end < routing::k_ends; ++end) {
    counts.charged[0][end] = counts.ended[end];
  }
  for (std::size_t i = 8; i < 16; ++i) counts.latency[i] = opened / 8;
  return counts;
}

routing::AccountNow account_now(Random& random, std::uint32_t number) {
  routing::AccountNow now;
  if (number == 7) now.availability = routing::Availability::open;
  if (number == 13) now.availability = routing::Availability::ramping, now.share_ppm = 300'000;
  if (number == 17) now.is_full = true;
  now.account = counts_of(random);
  now.segment = counts_of(random);
  for (auto& price : now.price_micros[0]) {
    price = static_cast<std::int64_t>(100'000 + random.below(900'000));
  }
  return now;
}

// ---- one cell of the table
// -------------------------------------------------------------------------

double resident_gib() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t all = 0, resident = 0;
  file >> all >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE)) / (1 << 30);
}

struct Cell {
  std::uint32_t tenants = 0;
  std::uint32_t rules = 0;
  std::uint32_t tables = 0;
  double gib = 0;
  std::uint64_t p50_ns = 0;
  std::uint64_t p99_ns = 0;
  std::uint64_t p999_ns = 0;
  double per_second = 0;
};

class World {
 public:
  World(std::uint32_t tenants, std::uint32_t rules, double memory_gib) : random_(99) {
    ::malloc_trim(0);  // what the world before this one left
    const double before_gib = resident_gib();
    for (std::uint32_t i = 0; i < k_accounts; ++i) {
      routing::AccountFacts& facts = facts_[account_name(i)];
      facts.name = account_name(i);
      facts.charged_prior_ppm[0].fill(config::k_all_ppm);
      now_.push_back(account_now(random_, i));
    }
    // Twice, so that any window of accounts is a span.
    for (std::uint32_t i = 0; i < k_accounts; ++i) now_.push_back(now_[i]);
    for (std::uint32_t i = 0; i < tenants; ++i) {
      if (i == tables_.size() && (i == 0 || resident_gib() < memory_gib)) {
        tenants_.push_back(make_tenant(i, rules));
        tables_.emplace_back(
            tenants_.back(), [this](const std::string& name) -> const auto& {
              return facts_.at(name);
            });
      }
      names_.push_back("tenant-" + std::to_string(i * 7919 % tenants));
      by_name_[names_.back()] = &tables_[i % tables_.size()];
    }
    cell_.tenants = tenants;
    cell_.rules = rules;
    cell_.tables = static_cast<std::uint32_t>(tables_.size());
    cell_.gib = resident_gib() - before_gib;
  }

  Cell measure(std::size_t decisions, int rounds) {
    std::vector<Cell> cells;
    for (int round = 0; round < rounds; ++round) cells.push_back(measure_once(decisions));
    std::sort(cells.begin(), cells.end(),
              [](const Cell& a, const Cell& b) { return a.p99_ns < b.p99_ns; });
    return cells[cells.size() / 2];
  }

 private:
  struct Asked {
    const std::string* tenant = nullptr;
    routing::Request request;
    std::uint64_t seed = 0;
  };

  void ask(Asked& asked) {
    const auto text = [](routing::AttributeValue& value, const char* what) {
      value.kind = routing::AttributeValue::Kind::text;
      value.text = what;
    };
    const auto number = [&](routing::AttributeValue& value, std::int64_t all) {
      value.kind = routing::AttributeValue::Kind::number;
      value.number = static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(all)));
    };
    asked.tenant = &names_[random_.below(names_.size())];
    asked.request.method = IDSW_METHOD_H5;
    asked.request.checks = IDSW_CHECK_LIVENESS | IDSW_CHECK_ID_MATCH;
    asked.request.person_id = "person-" + std::to_string(random_.below(1'000'000'000));
    auto& attributes = asked.request.attributes;
    attributes.resize(5);
    text(attributes[channel], random_.one_of(k_channels));
    text(attributes[region], random_.one_of(k_regions));
    if (random_.below(10) == 0) attributes[region].kind = routing::AttributeValue::Kind::absent;
    number(attributes[risk], k_risk_all);
    number(attributes[amount], k_amount_all);
    number(attributes[account_age_days], k_age_all);
    asked.seed = random_.below(~std::uint64_t{0});
  }

  std::size_t decide(const Asked& asked) {
    const routing::RouteTable& table = *by_name_.find(*asked.tenant)->second;
    const routing::TableRoute& route = *table.match(asked.request);
    const auto first = static_cast<std::size_t>(route.accounts[0]->name.size() == 9
                                                    ? route.accounts[0]->name[8] - '0'
                                                    : 10 + route.accounts[0]->name[9] - '0');
    const routing::Moment moment{{&now_[first], route.accounts.size()}, {}};
    return routing::decide(table, route, moment, asked.request, asked.seed).candidates.size();
  }

  Cell measure_once(std::size_t decisions) {
    Cell cell = cell_;
    Asked asked;
    std::vector<std::uint64_t> times;
    times.reserve(decisions);
    std::size_t sum = 0;
    for (std::size_t i = 0; i < decisions; ++i) {
      ask(asked);
      const Clock::time_point begin = Clock::now();
      sum += decide(asked);
      times.push_back(static_cast<std::uint64_t>((Clock::now() - begin).count()));
    }
    std::sort(times.begin(), times.end());
    cell.p50_ns = times[decisions / 2];
    cell.p99_ns = times[decisions * 99 / 100];
    cell.p999_ns = times[decisions * 999 / 1000];

    std::vector<Asked> batch(k_batch);
    Clock::duration spent{};
    std::size_t done = 0;
    for (; done < decisions; done += batch.size()) {
      for (Asked& one : batch) ask(one);
      const Clock::time_point begin = Clock::now();
      for (const Asked& one : batch) sum += decide(one);
      spent += Clock::now() - begin;
    }
    cell.per_second = static_cast<double>(done) / std::chrono::duration<double>(spent).count();
    if (sum == 0) std::abort();  // it is looked at, so that nothing is left out
    return cell;
  }

  Random random_;
  std::map<std::string, routing::AccountFacts> facts_;
  std::vector<routing::AccountNow> now_;
  std::deque<config::Tenant> tenants_;
  std::deque<routing::RouteTable> tables_;
  std::vector<std::string> names_;
  std::map<std::string, const routing::RouteTable*, std::less<>> by_name_;  // as in engine::Setup
  Cell cell_;
};

std::uint64_t clock_cost_ns() {
  std::vector<Clock::rep> times;
  for (int i = 0; i < 100'000; ++i) {
    const Clock::time_point begin = Clock::now();
    times.push_back((Clock::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  return static_cast<std::uint64_t>(times[times.size() / 2]);
}

void write_json(const std::string& path, const std::vector<Cell>& cells, std::uint64_t clock_ns) {
  std::ofstream out(path);
  const auto cell_of = [&](std::uint32_t tenants) {
    const auto found = std::find_if(cells.begin(), cells.end(), [&](const Cell& cell) {
      return cell.tenants == tenants && cell.rules == 1000;
    });
    return found == cells.end() ? Cell() : *found;
  };
  out << "{\"p99_ns_10_tenants\": " << cell_of(10).p99_ns
      << ", \"p99_ns_10000_tenants\": " << cell_of(10000).p99_ns
      << ", \"decisions_per_second\": " << static_cast<std::uint64_t>(cell_of(10000).per_second)
      << ", \"clock_ns\": " << clock_ns << ",\n \"cells\": [";
  const char* separator = "";
  for (const Cell& cell : cells) {
    out << separator << "\n  {\"tenants\": " << cell.tenants << ", \"rules\": " << cell.rules
        << ", \"tables\": " << cell.tables << ", \"gib\": " << cell.gib
        << ", \"decisions_per_second\": " << static_cast<std::uint64_t>(cell.per_second)
        << ", \"p50_ns\": " << cell.p50_ns << ", \"p99_ns\": " << cell.p99_ns
        << ", \"p999_ns\": " << cell.p999_ns << "}";
    separator = ",";
  }
  out << "]}\n";
  if (!out.flush()) {
    std::fprintf(stderr, "cannot write %s\n", path.c_str());
    std::exit(1);
  }
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app{"what a routing decision costs"};
  std::string output = "build/bench/routing.json";
  std::vector<std::uint32_t> tenants{10, 1000, 10000}, rules{10, 1000};
  std::size_t decisions = 200'000;
  int rounds = 5;
  double memory_gib = 6;
  app.add_option("--output", output, "JSON file");
  app.add_option("--tenants", tenants, "how many tenants, for each row");
  app.add_option("--rules", rules, "how many rules a tenant has, for each row");
  app.add_option("--decisions", decisions, "timed, a round");
  app.add_option("--rounds", rounds, "the one with the median p99 is reported");
  app.add_option("--memory-gib", memory_gib, "from here on tenants share tables");
  CLI11_PARSE(app, count, arguments);

  const std::uint64_t clock_ns = clock_cost_ns();
  std::vector<Cell> cells;
  std::printf("%8s %6s %8s %7s %12s %8s %8s %8s\n", "tenants", "rules", "tables", "GiB",
              "decisions/s", "p50 ns", "p99 ns", "p99.9");
  for (const std::uint32_t rule_count : rules) {
    for (const std::uint32_t tenant_count : tenants) {
      const auto world = std::make_unique<World>(tenant_count, rule_count, memory_gib);
      cells.push_back(world->measure(decisions, rounds));
      const Cell& cell = cells.back();
      std::printf("%8u %6u %8u %7.2f %12.0f %8llu %8llu %8llu\n", cell.tenants, cell.rules,
                  cell.tables, cell.gib, cell.per_second,
                  static_cast<unsigned long long>(cell.p50_ns),
                  static_cast<unsigned long long>(cell.p99_ns),
                  static_cast<unsigned long long>(cell.p999_ns));
      std::fflush(stdout);
    }
    const auto p99_of = [&](std::uint32_t tenant_count) {
      double found = 0;
      for (const Cell& cell : cells) {
        if (cell.rules == rule_count && cell.tenants == tenant_count) {
          found = static_cast<double>(cell.p99_ns);
        }
      }
      return found;
    };
    if (p99_of(10) > 0 && p99_of(10000) > 0) {
      std::printf("%u rules: p99 with 10,000 tenants is %.2f times that with 10\n", rule_count,
                  p99_of(10000) / p99_of(10));
    }
  }
  std::printf("the clock's own %llu ns are in each figure but decisions/s\n",
              static_cast<unsigned long long>(clock_ns));
  write_json(output, cells, clock_ns);
  return 0;
}

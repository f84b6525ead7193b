// `./dev bench ledger`: how many ledger entries a second become durable in one file, and whether
// that depends on how many are there. 64 coroutines on one thread write as the engine does: a hold,
// wait until it is durable, its capture, wait, the next charge. One entry a batch; nothing else of
// a verification is written. The file is on the disk of --folder, synchronous=FULL.
//
// A figure is the median of some rounds of so many entries that the log is moved into the file in
// each; sizes take turns. Up to a million entries each round has a file of its own; ten million
// take a minute to grow, so that file stays and is used again while it is sound: it is grown
// through the same store, in big batches, and checked with Store::verify_ledger, whose speed is
// said as well.
//
// With --make FILE it only makes a file with so many entries, all of this month, for `./dev bench
// life` to open.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/counts_fold.hpp"
#include "store/ledger/ledger_chain.hpp"
#include "store/store.hpp"

namespace {

using namespace idswitch;
namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint64_t k_submitters = 64;
constexpr std::uint64_t k_grow_charges = 256;  // in one batch
constexpr std::uint64_t k_grow_submitters = 4;
constexpr std::uint64_t k_kept_from = 10'000'000;

// When the first charge was.
std::int64_t begin_unix_ms = 1'750'000'000'000;

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "ledger: %s\n", why.c_str());
  std::exit(1);
}

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Of the charge with this number; a thousand tenants, twenty accounts.
LedgerEntry entry_of(std::uint64_t charge, EntryKind kind) {
  LedgerEntry entry;
  entry.verification = {(std::uint64_t{1} << 60) + charge, charge * 0x9e3779b97f4a7c15ULL};
  entry.tenant = "tenant-" + std::to_string(charge * 7919 % 1000);
  entry.account = "account-" + std::to_string(charge % 20);
  entry.sku = "life_check";
  entry.event = "init";
  entry.kind = kind;
  entry.amount = {300'000};
  entry.currency = "CNY";
  entry.at_unix_ms = begin_unix_ms + static_cast<std::int64_t>(charge);
  entry.contract_version = "2026-01";
  entry.rule = "prices.life_check";
  if (kind == EntryKind::hold) {
    entry.evidence = 1;
  } else {
    entry.evidence = 2;
    entry.source = 2;
    entry.vendor_code = "1000";
    entry.vendor_reference = "vendor-session-" + std::to_string(charge);
  }
  return entry;
}

// As a switch books it: the counts that a price asks for change with it.
store::Booking booking_of(std::uint64_t charge, EntryKind kind) {
  LedgerEntry entry = entry_of(charge, kind);
  entry.utc_offset_min = 0;
  const std::string day = day_of(entry.at_unix_ms, 0), month = month_of(entry.at_unix_ms, 0);
  store::Booking booking;
  booking.touch.usage = {{entry.account, entry.sku, "", ""}};
  booking.touch.spend = {{entry.tenant, entry.account, entry.currency, day}};
  if (kind == EntryKind::capture) {
    entry.place = 0;
    for (const std::string& period : {day, month}) {
      booking.touch.usage.push_back({entry.account, entry.sku, "", period});
      booking.touch.usage.push_back({entry.account, "", entry.currency, period});
    }
  }
  booking.price = [entry](Counts& counts) {
    const Hold hold{{300'000}, entry.currency, entry.at_unix_ms, 0};
    count_entry(entry, hold, {}, counts);
    return Booked{{entry}, {}};
  };
  return booking;
}

class Ledger {
 public:
  // counts: it is known how many entries there are.
  explicit Ledger(const std::string& file, bool counts = true) {
    store::Options options;
    options.path = file;
    options.queue_max = 1'000'000;
    auto opened = store::Store::open(options);
    if (!opened) fail(opened.error().detail());
    store_ = std::move(*opened);
    if (counts) next_ = size() / 2;
  }

  // Entries in it.
  std::uint64_t size() {
    // Sequences have no gaps.
    std::uint64_t low = 0, high = std::uint64_t{1} << 40;
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      const auto found = store_->ledger().entries({{}, {}, middle, 1});
      if (!found) fail(found.error().detail());
      if (found->empty()) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  void grow(std::uint64_t entries) {
    const std::uint64_t wanted = entries / 2;
    run(k_grow_submitters, [this, wanted]() { return grow_until(wanted); });
    ::sync();  // what the growing left to the disk is not what is measured
  }

  struct Speed {
    double per_second = 0;
    double cpu_us = 0;  // of the process, per entry: less noisy on a machine with other work
  };

  Speed load(std::uint64_t entries) {
    const std::uint64_t until = next_ + entries / 2;
    const std::uint64_t first = next_;
    const std::clock_t cpu = std::clock();
    const auto begin = Clock::now();
    run(k_submitters, [this, until]() { return submit_until(until); });
    const auto written = static_cast<double>(2 * (next_ - first));
    return {written / seconds_since(begin),
            static_cast<double>(std::clock() - cpu) * 1e6 / CLOCKS_PER_SEC / written};
  }

  store::LedgerFaults verify() {
    auto faults = store_->ledger().verify({});
    if (!faults) fail(faults.error().detail());
    return std::move(*faults);
  }

 private:
  template <class Make>
  void run(std::uint64_t coroutines, Make make) {
    boost::asio::io_context context(1);
    for (std::uint64_t i = 0; i < coroutines; ++i)
      boost::asio::co_spawn(context, make(), boost::asio::detached);
    context.run();
  }

  boost::asio::awaitable<void> write(store::Change change) {
    const auto written = co_await store_->write(std::move(change));
    if (!written.committed()) fail(written.error.detail());
  }

  boost::asio::awaitable<void> submit_until(std::uint64_t until) {
    while (next_ < until) {
      const std::uint64_t charge = next_++;
      store::Change hold;
      hold.emplace_back(booking_of(charge, EntryKind::hold));
      co_await write(std::move(hold));
      store::Change capture;
      capture.emplace_back(booking_of(charge, EntryKind::capture));
      co_await write(std::move(capture));
    }
  }

  boost::asio::awaitable<void> grow_until(std::uint64_t until) {
    while (next_ < until) {
      const std::uint64_t first = next_;
      next_ = std::min(next_ + k_grow_charges, until);
      store::Change change;
      for (std::uint64_t charge = first; charge < next_; ++charge)
        change.emplace_back(booking_of(charge, EntryKind::hold));
      for (std::uint64_t charge = first; charge < std::min(first + k_grow_charges, until); ++charge)
        change.emplace_back(booking_of(charge, EntryKind::capture));
      co_await write(std::move(change));
    }
  }

  std::unique_ptr<store::Store> store_;
  std::uint64_t next_ = 0;  // charge
};

struct Cell {
  std::uint64_t size = 0;  // entries that were there
  double per_second = 0, slowest = 0, fastest = 0, cpu_us = 0;
};

Cell cell_of(std::uint64_t size, std::vector<Ledger::Speed> rounds) {
  std::sort(rounds.begin(), rounds.end(), [](const Ledger::Speed& a, const Ledger::Speed& b) {
    return a.per_second < b.per_second;
  });
  const Ledger::Speed& median = rounds[rounds.size() / 2];
  return {size, median.per_second, rounds.front().per_second, rounds.back().per_second,
          median.cpu_us};
}

void remove(const std::string& file) {
  for (const char* suffix : {"", "-wal", "-shm", ".lock"}) fs::remove(file + suffix);
}

Ledger::Speed measure_fresh(const std::string& file, std::uint64_t size, std::uint64_t entries) {
  remove(file);
  Ledger::Speed speed;
  {
    Ledger ledger(file);
    ledger.grow(size);
    speed = ledger.load(entries);
  }
  remove(file);
  return speed;
}

// Of a ledger with so many entries, to the moment at which a change could be written. The median.
double open_ms(const std::string& file, std::uint64_t size) {
  remove(file);
  Ledger(file).grow(size);
  std::vector<double> times;
  for (int i = 0; i < 7; ++i) {
    const auto begin = Clock::now();
    const Ledger ledger(file, false);
    times.push_back(seconds_since(begin) * 1e3);
  }
  remove(file);
  std::sort(times.begin(), times.end());
  std::printf("open: %llu entries in %.2f ms\n", static_cast<unsigned long long>(size),
              times[times.size() / 2]);
  return times[times.size() / 2];
}

void print(const Cell& cell) {
  std::printf("%12llu %12.0f %12.0f %12.0f %12.2f\n", static_cast<unsigned long long>(cell.size),
              cell.per_second, cell.slowest, cell.fastest, cell.cpu_us);
  std::fflush(stdout);
}

double chain_ns() {
  store::Chainer chainer;
  store::Chain chain{};
  const LedgerEntry entry = entry_of(1, EntryKind::capture);
  constexpr int k_times = 200'000;
  const auto begin = Clock::now();
  for (int i = 0; i < k_times; ++i) chain = chainer.next(chain, store::line_of(entry, 1));
  const double spent = seconds_since(begin);
  if (chain == store::Chain{}) fail("the chain came to nothing");
  return spent * 1e9 / k_times;
}

struct Figures {
  std::vector<Cell> cells;
  double verified_per_second = 0;
  double chain_ns = 0;
  double open_ms_1e3 = 0;
  double open_ms_1e6 = 0;
};

double at(const Figures& figures, std::uint64_t size) {
  for (const Cell& cell : figures.cells)
    if (cell.size == size) return cell.per_second;
  return 0;
}

void write_json(const std::string& path, const Figures& figures) {
  std::ofstream out(path);
  const double small = at(figures, 10'000), big = at(figures, 10'000'000);
  char line[256];
  std::snprintf(line, sizeof line,
                "{\"entries_per_second_1e4\": %.0f, \"entries_per_second_1e7\": %.0f,"
                " \"ratio_1e7_to_1e4\": %.3f,\n \"verified_per_second\": %.0f, \"chain_ns\": %.0f,"
                "\n \"open_ms_1e3\": %.2f, \"open_ms_1e6\": %.2f,\n \"cells\": [",
                small, big, small > 0 ? big / small : 0, figures.verified_per_second,
                figures.chain_ns, figures.open_ms_1e3, figures.open_ms_1e6);
  out << line;
  const char* separator = "";
  for (const Cell& cell : figures.cells) {
    std::snprintf(line, sizeof line,
                  "%s\n  {\"entries\": %llu, \"entries_per_second\": %.0f, \"slowest\": %.0f,"
                  " \"fastest\": %.0f, \"cpu_us\": %.2f}",
                  separator, static_cast<unsigned long long>(cell.size), cell.per_second,
                  cell.slowest, cell.fastest, cell.cpu_us);
    out << line;
    separator = ",";
  }
  out << "]}\n";
  if (!out.flush()) fail("cannot write " + path);
}

// Makes sure that the file has so many entries, or some more.
void make_kept(const std::string& file, std::uint64_t size) {
  auto ledger = std::make_unique<Ledger>(file);
  if (ledger->size() > size * 5 / 4) {
    ledger.reset();
    remove(file);
    ledger = std::make_unique<Ledger>(file);
  }
  const std::uint64_t there = ledger->size();
  if (there < size) {
    const auto begin = Clock::now();
    ledger->grow(size);
    std::printf("(grown from %llu to %llu entries in %.0f s)\n",
                static_cast<unsigned long long>(there), static_cast<unsigned long long>(size),
                seconds_since(begin));
  }
}

// Entries per second. The charges' verifications are not there, and nothing else may be wrong.
double verify(Ledger& ledger, const std::string& file) {
  const auto begin = Clock::now();
  const store::LedgerFaults faults = ledger.verify();
  const double spent = seconds_since(begin);
  const auto missing =
      faults.counts[static_cast<std::size_t>(store::LedgerFaultKind::verification_missing)];
  if (faults.total() != missing) fail("the ledger in " + file + " is not sound: delete it");
  std::printf("verify: %llu entries, %llu charges in %.1f s\n",
              static_cast<unsigned long long>(faults.entries),
              static_cast<unsigned long long>(faults.charges), spent);
  return static_cast<double>(faults.entries) / spent;
}

// Of the month that runs now, by UTC; the charges are a millisecond apart and begin with it.
std::int64_t month_begin_unix_ms() {
  const auto day = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::chrono::year_month_day date{day};
  const std::chrono::sys_days first{date.year() / date.month() / std::chrono::day{1}};
  return std::chrono::duration_cast<std::chrono::milliseconds>(first.time_since_epoch()).count();
}

}  // namespace

int main(int count, char** arguments) {
  CLI::App app{"durable ledger entries per second"};
  std::string folder = "build/bench", output = "build/bench/ledger.json", make;
  std::vector<std::uint64_t> sizes{0, 10'000, 100'000, 1'000'000, 10'000'000};
  std::uint64_t entries = 60'000;
  int rounds = 5;
  app.add_option("--folder", folder, "where the files are made: some 5 GiB");
  app.add_option("--output", output, "JSON file");
  app.add_option("--sizes", sizes, "entries that are there before");
  app.add_option("--entries", entries, "written in a round");
  app.add_option("--make", make, "only make this file, with the last of the sizes, of this month");
  app.add_option("--rounds", rounds, "of which the median counts");
  CLI11_PARSE(app, count, arguments);
  if (!make.empty()) {
    begin_unix_ms = month_begin_unix_ms();
    Ledger(make).grow(sizes.back());
    return 0;
  }

  Figures figures;
  figures.chain_ns = chain_ns();
  figures.open_ms_1e3 = open_ms(folder + "/ledger.db", 1'000);
  figures.open_ms_1e6 = open_ms(folder + "/ledger.db", 1'000'000);
  std::printf("%12s %12s %12s %12s %12s\n", "entries", "entries/s", "slowest", "fastest",
              "CPU us/entry");
  const auto kept_file = [&](std::uint64_t size) {
    return folder + "/ledger-" + std::to_string(size) + ".db";
  };
  for (const std::uint64_t size : sizes)
    if (size >= k_kept_from) make_kept(kept_file(size), size);
  // Sizes take turns, so that what else the machine does meets all of them.
  std::map<std::uint64_t, std::vector<Ledger::Speed>> speeds;
  for (int round = 0; round < rounds; ++round) {
    for (const std::uint64_t size : sizes) {
      speeds[size].push_back(size < k_kept_from
                                 ? measure_fresh(folder + "/ledger.db", size, entries)
                                 : Ledger(kept_file(size)).load(entries));
    }
  }
  for (auto& [size, rounds_of_size] : speeds) {
    figures.cells.push_back(cell_of(size, std::move(rounds_of_size)));
    print(figures.cells.back());
  }
  for (const std::uint64_t size : sizes) {
    if (size < k_kept_from) continue;
    Ledger ledger(kept_file(size));
    figures.verified_per_second = verify(ledger, kept_file(size));
  }
  const double small = at(figures, 10'000), big = at(figures, 10'000'000);
  if (small > 0 && big > 0) {
    std::printf("with ten million entries %.2f times as fast as with ten thousand\n", big / small);
  }
  std::printf("the chain costs %.0f ns an entry; verify reads %.0f entries/s\n", figures.chain_ns,
              figures.verified_per_second);
  write_json(output, figures);
  return 0;
}

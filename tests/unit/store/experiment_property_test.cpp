#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <sstream>

#include "samples.hpp"
#include "store/sqlite/arm_tally.hpp"

namespace idswitch::store {
namespace {

std::string text_of(const std::vector<ArmCounts>& arms) {
  std::ostringstream out;
  for (const ArmCounts& a : arms) {
    out << a.arm << ' ' << a.persons << ' ' << a.crossovers << ' ' << a.verifications << ' '
        << a.completed << ' ' << a.passed << ' ' << a.charged_micros << ' '
        << a.largest_charge_micros << ' ' << a.first_opened << ' ' << a.first_ended << ' '
        << a.first_completed << ' ' << a.first_passed << ' ' << a.first_charged_micros << ' '
        << a.first_ended_ms_sum << ' ' << a.first_failed << ' ' << a.first_final_charged_micros;
    for (const WeightsPhase& p : a.phases) out << " [" << p.weights << ' ' << p.persons << ']';
    out << '\n';
  }
  return out.str();
}

// The rules over a list of everything that was written, as slow as they are plain.
class Model {
 public:
  struct Met {
    Exposure exposure;
    Status status = Status::starting;
    std::uint32_t verdict = 0;
    std::int64_t took_ms = 0;
    std::int64_t charged_micros = 0;
  };

  std::vector<Met> all;

  std::vector<ArmCounts> counts() const {
    std::map<std::string, ArmCounts> arms;
    for (std::size_t i = 0; i < all.size(); ++i) add(arms[all[i].exposure.arm], i);
    std::vector<ArmCounts> list;
    for (auto& [name, counts] : arms) {
      counts.arm = name;
      list.push_back(counts);
    }
    return list;
  }

 private:
  bool first(std::size_t i) const {
    return std::none_of(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(i),
                        [&](const Met& m) { return m.exposure.person == all[i].exposure.person; });
  }

  bool crossed(std::size_t i) const {
    return std::any_of(all.begin(), all.end(), [&](const Met& m) {
      return m.exposure.person == all[i].exposure.person && m.exposure.arm != all[i].exposure.arm;
    });
  }

  void add(ArmCounts& c, std::size_t i) const {
    const Met& m = all[i];
    const bool completed = m.status == Status::completed;
    const bool passed = completed && m.verdict == 1;
    ++c.verifications;
    c.completed += completed;
    c.passed += passed;
    c.charged_micros += m.charged_micros;
    c.largest_charge_micros = std::max(c.largest_charge_micros, m.charged_micros);
    if (!first(i)) return;
    ++c.persons;
    c.crossovers += crossed(i);
    c.first_opened += m.status != Status::starting && m.status != Status::failed;
    c.first_failed += m.status == Status::failed;
    c.first_completed += completed;
    c.first_passed += passed;
    c.first_charged_micros += m.charged_micros;
    if (completed || m.status == Status::expired || m.status == Status::cancelled) {
      ++c.first_ended;
      c.first_ended_ms_sum += m.took_ms;
    }
    if (m.status == Status::failed || completed || m.status == Status::expired ||
        m.status == Status::cancelled) {
      c.first_final_charged_micros += m.charged_micros;
    }
    for (WeightsPhase& phase : c.phases) {
      if (phase.weights != m.exposure.weights) continue;
      ++phase.persons;
      return;
    }
    c.phases.push_back({m.exposure.weights, 1});
  }
};

// One verification of a random person: perhaps in this experiment, perhaps in another one.
Change random_change(std::mt19937& random, std::uint64_t n, Model& model) {
  Change change;
  Model::Met met;
  met.exposure = sample_exposure(n, std::string(1, static_cast<char>('a' + random() % 3)),
                                 random() % 60 * 0x0765'4321'0fed'cba9);
  met.exposure.weights = "w" + std::to_string(n / 150);
  VerificationRecord record = sample_start(n);
  if (random() % 5 != 0) {
    record = sample_progress(n);
    met.status = record.verification.status = static_cast<Status>(random() % 8);
    met.verdict = record.verification.verdict = random() % 4;
    met.took_ms = static_cast<std::int64_t>(random() % 10'000);
    record.verification.updated_unix_ms = record.verification.created_unix_ms + met.took_ms;
  }
  change.push_back(Insert{share(record)});
  for (auto charges = random() % 3; charges > 0; --charges) {
    for (const EntryKind kind : {EntryKind::hold, EntryKind::capture, EntryKind::adjust}) {
      LedgerEntry entry = sample_entry(n, kind);
      entry.event = std::to_string(charges);
      entry.amount = {static_cast<std::int64_t>(random() % 1000) - 200};
      change.push_back(Append{{entry}});
      if (kind != EntryKind::hold) met.charged_micros += entry.amount.micros;
      if (random() % 2 == 0) break;
    }
  }
  const auto where = random() % 6;
  if (where == 0) return change;
  if (where == 1) met.exposure.experiment = "another";
  if (where == 2) met.exposure.tenant = "another";
  change.push_back(Expose{met.exposure});
  if (where > 2) model.all.push_back(met);
  return change;
}

TEST(ExperimentProperty, CountsAreThoseOfAPlainModel) {
  for (const std::uint32_t seed : {1U, 2U, 3U}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const Folder folder;
    Model model;
    auto store = open_store(folder.file());
    for (std::uint64_t n = 1; n <= 600; ++n) {
      store->write(random_change(random, n, model),
                   [](const Written& w) { EXPECT_TRUE(w.committed()); });
      if (n % 200 != 0) continue;
      ASSERT_TRUE(write(*store, Change()));
      const auto counts = store->agreement().arms("acme", "cheaper", "2024-06");
      ASSERT_TRUE(counts);
      ASSERT_EQ(text_of(everything(*counts)), text_of(model.counts()));
      // Admitting, in steps of any size, only moves what is known from one side to the other.
      for (auto steps = random() % 4; steps > 0; --steps) {
        auto next = store->agreement().admissible("acme", "cheaper", "2024-06",
                                                  {1, sample_exposure(n, "a", 1).at_unix_ms},
                                                  1 + random() % 99);
        ASSERT_TRUE(next);
        Change change;
        change.push_back(Admit{std::move(*next)});
        ASSERT_TRUE(write(*store, std::move(change)));
      }
      const auto later = store->agreement().arms("acme", "cheaper", "2024-06");
      ASSERT_EQ(text_of(everything(*later)), text_of(model.counts()));
    }
  }
}

}  // namespace
}  // namespace idswitch::store

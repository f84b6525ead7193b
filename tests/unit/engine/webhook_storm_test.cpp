#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

#include "webhook_memory.hpp"

namespace idswitch::engine {
namespace {

// An endpoint that fails at random, a store that fails at random, a process that dies at random.
class Storm {
 public:
  explicit Storm(std::uint32_t seed) : random_(seed) {
    for (std::uint64_t sequence = 1; sequence <= 150; ++sequence) {
      ledger_.push_back({sequence, verification(1 + draw(12)), draw(4) != 0});
    }
  }

  void run() {
    for (int round = 0; round < 20'000; ++round) {
      now_ += 1 + static_cast<std::int64_t>(draw(50));
      step();
      if (done()) break;
    }
    ASSERT_TRUE(done());
    std::set<std::uint64_t> dead;
    for (const auto& row : memory_.in(store::WebhookState::dead)) dead.insert(row.sequence);
    for (const Entry& entry : ledger_) {
      EXPECT_EQ(arrived_.contains(entry.sequence) || dead.contains(entry.sequence), entry.is_wanted)
          << entry.sequence;
    }
    deaths_ = dead.size();
  }

  std::size_t deaths() const { return deaths_; }

  std::size_t arrivals() const { return arrived_.size(); }

  std::size_t crashes() const { return crashes_; }

 private:
  struct Entry {
    std::uint64_t sequence;
    VerificationId verification;
    bool is_wanted;
  };

  std::uint32_t draw(std::uint32_t below) { return random_() % below; }

  static EventName name_of(const Entry& entry) {
    return {entry.verification, static_cast<std::uint32_t>(entry.sequence)};
  }

  bool done() {
    return queue_.delivered() == ledger_.size() &&
           memory_.in(store::WebhookState::waiting).empty() && queue_.waiting() == 0;
  }

  void step() {
    std::size_t room = queue_.room();
    while (queue_.read() < ledger_.size()) {
      const Entry& entry = ledger_[queue_.read()];
      if (!entry.is_wanted) {
        queue_.skip(entry.sequence);
      } else if (room == 0) {
        break;
      } else {
        queue_.offer(entry.sequence, name_of(entry), now_);
        --room;
      }
    }
    for (auto& event : queue_.take(now_, 8, 40)) under_way_.push_back(std::move(event.row));
    EXPECT_LE(under_way_.size(), 8u);
    std::shuffle(under_way_.begin(), under_way_.end(), random_);
    while (!under_way_.empty() && draw(3) != 0) land();
    if (draw(4) != 0) memory_.keep(queue_, draw(5) != 0);
    if (draw(60) == 0) crash();
  }

  void land() {
    const store::WebhookFailure event = under_way_.back();
    under_way_.pop_back();
    const std::uint32_t end = draw(10);
    if (end < 5) {
      arrive(event);
      queue_.delivered(event.event);
      return;
    }
    if (end == 5) arrive(event);  // and the answer was lost
    if (end == 6) {
      queue_.postpone(event.event, now_ + 5);
    } else if (event.attempts + 1 == 4) {
      queue_.died(event.event, "HTTP 500");
      gone_.insert(event.sequence);
    } else {
      queue_.failed(event.event, now_ + draw(100), "HTTP 500");
    }
  }

  // Every earlier event of the verification has arrived before, or was given up.
  void arrive(const store::WebhookFailure& event) {
    for (const Entry& entry : ledger_) {
      if (entry.sequence >= event.sequence) break;
      if (!entry.is_wanted || entry.verification != event.event.verification) continue;
      EXPECT_TRUE(arrived_.contains(entry.sequence) || gone_.contains(entry.sequence))
          << entry.sequence << " comes after " << event.sequence;
    }
    arrived_.insert(event.sequence);
  }

  void crash() {
    ++crashes_;
    under_way_.clear();
    queue_ = memory_.reopened();
  }

  std::mt19937 random_;
  std::vector<Entry> ledger_;
  WebhookMemory memory_;
  WebhookQueue queue_{"e", 0, {}};
  std::vector<store::WebhookFailure> under_way_;
  std::set<std::uint64_t> arrived_;
  std::set<std::uint64_t> gone_;
  std::int64_t now_ = k_now;
  std::size_t crashes_ = 0;
  std::size_t deaths_ = 0;
};

TEST(WebhookQueue, LosesNothingAndKeepsTheOrderWhateverFails) {
  std::size_t deaths = 0;
  std::size_t arrivals = 0;
  std::size_t crashes = 0;
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(seed);
    Storm storm(seed);
    storm.run();
    if (::testing::Test::HasFailure()) return;
    deaths += storm.deaths();
    arrivals += storm.arrivals();
    crashes += storm.crashes();
  }
  EXPECT_GT(deaths, 100u);
  EXPECT_GT(arrivals, 5'000u);
  EXPECT_GT(crashes, 100u);
}

}  // namespace
}  // namespace idswitch::engine

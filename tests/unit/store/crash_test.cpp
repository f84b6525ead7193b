#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <random>
#include <set>

#include "samples.hpp"
#include "store/sqlite/database_file.hpp"

namespace idswitch::store {
namespace {

// Two batches a verification, as a request makes them: the start with its hold and its claim, then
// what came of it with its capture. Each is acknowledged through the pipe once it is durable.
struct Acknowledged {
  std::uint32_t n;
  std::uint32_t step;
};

Change first_change(std::uint32_t n) {
  Change change;
  change.push_back(sample_claim(n, "key-" + std::to_string(n)));
  change.push_back(Insert{share(sample_start(n))});
  change.push_back(Append{{sample_entry(n, EntryKind::hold)}});
  if (n % 2 == 0) change.push_back(Expose{sample_exposure(n, n % 4 == 0 ? "a" : "b", n % 40)});
  return change;
}

Change second_change(std::uint32_t n) {
  Change change;
  change.push_back(progress_of(share(sample_progress(n))));
  change.push_back(Append{{sample_entry(n, EntryKind::capture)}});
  change.push_back(
      Answer{sample_name("key-" + std::to_string(n)), fixed(201, "body " + std::to_string(n))});
  return change;
}

// Writes as fast as it can until it is killed.
[[noreturn]] void write_under_load(const std::string& file, std::uint32_t from, int pipe) {
  auto store = open_store(file);
  const auto acknowledge = [pipe](std::uint32_t n, std::uint32_t step, bool durable) {
    const Acknowledged message{n, step};
    if (!durable || ::write(pipe, &message, sizeof message) != sizeof message) ::_exit(9);
  };
  for (std::uint32_t n = from;; ++n) {
    store->write(first_change(n), [=](const Written& r) { acknowledge(n, 1, r.committed()); });
    if (n < from + 20) continue;
    const std::uint32_t earlier = n - 20;
    store->write(second_change(earlier),
                 [=](const Written& r) { acknowledge(earlier, 2, r.committed()); });
  }
}

// An exposure is there exactly when its verification is, and a person exactly when an exposure is.
void expect_whole_exposures(const std::string& file) {
  auto database = open_for_reading(file);
  ASSERT_TRUE(database);
  const auto zero = [&](const char* sql) { EXPECT_EQ(*database->number(sql), 0) << sql; };
  zero("SELECT count(*) FROM exposure WHERE verification NOT IN (SELECT id FROM verification)");
  zero(
      "SELECT count(*) FROM verification AS v WHERE (v.id - (1 << 60)) / 1000 % 2 = 0"
      " AND NOT EXISTS (SELECT 1 FROM exposure AS e WHERE e.verification = v.id)");
  zero(
      "SELECT count(*) FROM exposure AS e LEFT JOIN exposure_person AS p ON p.tenant = e.tenant"
      " AND p.experiment = e.experiment AND p.seed = e.seed AND p.person = e.person"
      " WHERE (p.verification IS e.verification) <> e.first OR p.person IS NULL");
  zero(
      "SELECT count(*) FROM exposure_person AS p"
      " WHERE NOT EXISTS (SELECT 1 FROM exposure AS e WHERE e.verification = p.verification)");
  EXPECT_GT(*database->number("SELECT count(*) FROM exposure"), 0);
}

void expect_step(Store& store, std::uint32_t n, std::uint32_t at_least) {
  const auto found = store.verifications().find(sample_id(n));
  const auto entries = store.ledger().of(sample_id(n));
  const auto claim = find_claim(store, "key-" + std::to_string(n));
  ASSERT_TRUE(found && entries && claim);
  std::uint32_t step = 0;
  if (*found) step = (*found)->verification.status == Status::starting ? 1 : 2;
  EXPECT_GE(step, at_least) << n;
  // Whole: every part of a change is there, or none is.
  EXPECT_EQ(entries->size(), step) << n;
  ASSERT_EQ(claim->has_value(), step > 0) << n;
  if (step > 0) {
    EXPECT_EQ((*claim)->state, step == 2 ? ClaimState::answered : ClaimState::running) << n;
    EXPECT_EQ(text_of(**found), text_of(step == 2 ? sample_progress(n) : sample_start(n)));
  }
}

TEST(Crash, LosesNothingAcknowledgedAndSplitsNoChange) {
  const Folder folder;
  std::mt19937 random(20240611);
  std::uint32_t next = 1;
  for (int round = 0; round < 8; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(pipe[0]);
      write_under_load(folder.file(), next, pipe[1]);
    }
    ::close(pipe[1]);
    const std::uint32_t kill_after = 50 + random() % 3000;
    std::map<std::uint32_t, std::uint32_t> steps;
    Acknowledged message{};
    std::uint32_t received = 0;
    // Also what was in the pipe when the child died was durable.
    while (::read(pipe[0], &message, sizeof message) == sizeof message) {
      steps[message.n] = message.step;
      if (++received == kill_after) ::kill(child, SIGKILL);
    }
    ::close(pipe[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_GE(received, kill_after);

    const auto store = open_store(folder.file());
    for (const auto& [n, step] : steps) expect_step(*store, n, step);
    const auto last =
        static_cast<std::uint32_t>((*store->verifications().last_id() - sample_id(0).high) / 1000);
    for (std::uint32_t n = next; n <= last; ++n) {
      if (!steps.contains(n)) expect_step(*store, n, 0);
    }
    expect_whole_exposures(folder.file());
    const auto interrupted = starting_of(*store);
    ASSERT_TRUE(interrupted);
    std::set<std::uint64_t> left;
    for (const auto& record : *interrupted) left.insert(record.id.high);
    for (std::uint32_t n = next; n <= last; ++n) {
      const auto found = store->verifications().find(sample_id(n));
      const bool starting = *found && (*found)->verification.status == Status::starting;
      EXPECT_EQ(left.contains(sample_id(n).high), starting) << n;
    }
    next = last + 1000;
  }
}

}  // namespace
}  // namespace idswitch::store

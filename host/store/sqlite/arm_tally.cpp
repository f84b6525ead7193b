#include "store/sqlite/arm_tally.hpp"

#include <algorithm>

#include "idswitch/abi/vocabulary.h"

namespace idswitch::store {
namespace {

bool opened(Status status) {
  return status != Status::starting && status != Status::failed;
}

bool ended(Status status) {
  return is_final(status) && status != Status::failed;
}

void count_phase(ArmCounts& arm, std::string_view weights, std::int64_t persons) {
  // The newest is the likeliest.
  const auto found = std::find_if(arm.phases.rbegin(), arm.phases.rend(),
                                  [&](const WeightsPhase& p) { return p.weights == weights; });
  if (found == arm.phases.rend()) {
    arm.phases.push_back({std::string(weights), persons});
  } else {
    found->persons += persons;
  }
}

void add(ArmCounts& to, const ArmCounts& more) {
  for (const auto member :
       {&ArmCounts::persons, &ArmCounts::crossovers, &ArmCounts::verifications,
        &ArmCounts::completed, &ArmCounts::passed, &ArmCounts::charged_micros,
        &ArmCounts::first_opened, &ArmCounts::first_ended, &ArmCounts::first_failed,
        &ArmCounts::first_completed, &ArmCounts::first_passed, &ArmCounts::first_charged_micros,
        &ArmCounts::first_final_charged_micros, &ArmCounts::first_ended_ms_sum}) {
    to.*member += more.*member;
  }
  to.largest_charge_micros = std::max(to.largest_charge_micros, more.largest_charge_micros);
  for (const WeightsPhase& phase : more.phases) count_phase(to, phase.weights, phase.persons);
  to.currencies_differ =
      to.currencies_differ || more.currencies_differ ||
      (!to.currency.empty() && !more.currency.empty() && to.currency != more.currency);
  if (to.currency.empty()) to.currency = more.currency;
}

}  // namespace

ArmCounts& ArmTally::arm(std::string_view name) {
  auto found = std::find_if(arms_.begin(), arms_.end(),
                            [&](const ArmCounts& counts) { return counts.arm == name; });
  if (found == arms_.end()) {
    found = arms_.insert(arms_.end(), ArmCounts());
    found->arm = name;
  }
  return *found;
}

bool ArmTally::begins(std::int64_t verification) {
  if (verification == verification_) return false;
  settle();
  verification_ = verification;
  return true;
}

void ArmTally::verification(std::string_view name, std::string_view weights, bool first,
                            Status status, std::uint32_t verdict, std::int64_t took_ms) {
  ArmCounts& counts = arm(name);
  arm_ = static_cast<std::size_t>(&counts - arms_.data());
  first_ = first;
  final_ = is_final(status);
  const bool completed = status == Status::completed;
  const bool passed = completed && verdict == IDSW_VERDICT_PASS;
  ++counts.verifications;
  counts.completed += completed ? 1 : 0;
  counts.passed += passed ? 1 : 0;
  if (!first) return;
  ++counts.persons;
  counts.first_opened += opened(status) ? 1 : 0;
  counts.first_failed += status == Status::failed ? 1 : 0;
  counts.first_completed += completed ? 1 : 0;
  counts.first_passed += passed ? 1 : 0;
  if (ended(status)) {
    ++counts.first_ended;
    // A clock set back must not take time away from the others.
    counts.first_ended_ms_sum += std::max<std::int64_t>(took_ms, 0);
  }
  count_phase(counts, weights, 1);
}

void ArmTally::charge(std::int64_t micros, std::string_view currency) {
  charged_micros_ += micros;
  ArmCounts& counts = arms_[arm_];
  if (counts.currency.empty()) counts.currency = currency;
  if (counts.currency != currency) counts.currencies_differ = true;
}

void ArmTally::settle() {
  if (verification_ < 0) return;
  ArmCounts& counts = arms_[arm_];
  counts.charged_micros += charged_micros_;
  counts.largest_charge_micros = std::max(counts.largest_charge_micros, charged_micros_);
  if (first_) counts.first_charged_micros += charged_micros_;
  if (first_ && final_) counts.first_final_charged_micros += charged_micros_;
  charged_micros_ = 0;
}

std::vector<ArmCounts> ArmTally::arms() && {
  settle();
  std::sort(arms_.begin(), arms_.end(),
            [](const ArmCounts& a, const ArmCounts& b) { return a.arm < b.arm; });
  return std::move(arms_);
}

std::vector<ArmCounts> everything(const ExperimentCounts& counts) {
  std::vector<ArmCounts> all = counts.admitted;
  for (const ArmCounts& more : counts.waiting) {
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const ArmCounts& one) { return one.arm == more.arm; });
    if (found == all.end())
      all.push_back(more);
    else
      add(*found, more);
  }
  std::sort(all.begin(), all.end(),
            [](const ArmCounts& a, const ArmCounts& b) { return a.arm < b.arm; });
  return all;
}

}  // namespace idswitch::store

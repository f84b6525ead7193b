#pragma once

// Plan: what a decision says: whom to ask, in which order, and why; and who is left out, and why.
// Accounts are indices into Route::accounts. Plain values; any thread.

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"

namespace idswitch::routing {

// Why an account stands where it stands.
enum class Why : std::uint8_t {
  listed,        // by its place in a priority list
  drawn,         // the person's draw by weight
  drawn_next,    // comes after the drawn one
  cheapest,      // by expected cost, the cheapest first
  explored,      // moved to the front, to learn about it
  missed_limit,  // cheapest: misses the pass rate, price or latency that is wanted, so it comes
                 // last
  last_resort,   // its breaker is open, but all the others may fail
};

// Why an account is left out.
enum class Filter : std::uint8_t {
  none,
  not_allowed,  // not among the tenant's accounts
  data_region,  // keeps data where the tenant's may not go
  budget,       // a budget is used up; see AccountNow::budget
  throttled,
  full,
  over_rate,
  open,
  tripped,
  ramping,  // was down, and takes only a share of the requests yet; not this one
};

struct Candidate {
  std::uint32_t account = 0;
  Why why = Why::listed;
  Filter in_spite_of = Filter::none;  // last_resort: open, tripped or ramping
  std::uint32_t first_ppm = 0;        // how probable it was to be asked first, over all people
  // Only where the policy looked at them.
  std::int64_t expected_charge_micros = -1;
  std::int64_t cost_per_pass_micros = -1;
  std::uint32_t pass_ppm = 0;  // of a request that asks it

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

struct LeftOut {
  std::uint32_t account = 0;
  Filter filter = Filter::none;

  friend bool operator==(const LeftOut&, const LeftOut&) = default;
};

// The experiment a decision went through.
struct Exposure {
  enum class Kind : std::uint8_t {
    counted,      // in the experiment
    not_covered,  // outside its coverage: control, uncounted
    no_person,    // the request has no person id, so nothing could stick: control, uncounted
    paused,       // control for everybody, uncounted
  };
  std::uint32_t experiment = 0;  // index into Tenant::experiments
  std::uint32_t arm = 0;         // index into Experiment::arms
  Kind kind = Kind::counted;

  friend bool operator==(const Exposure&, const Exposure&) = default;
};

inline constexpr std::uint32_t k_no_experiment = std::numeric_limits<std::uint32_t>::max();

struct Plan {
  std::vector<Candidate> candidates;  // ask them in this order
  std::vector<LeftOut> left_out;
  Exposure exposure{k_no_experiment, 0, Exposure::Kind::counted};
  bool is_sticky = true;  // false: a draw had no person id to stick to

  bool has_exposure() const { return exposure.experiment != k_no_experiment; }

  friend bool operator==(const Plan&, const Plan&) = default;
};

std::string_view word(Why why);
std::string_view word(Filter filter);
std::string_view word(Exposure::Kind kind);

}  // namespace idswitch::routing

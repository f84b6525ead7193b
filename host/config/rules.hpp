#pragma once

// Rules: what a tenant's routes are made of: attributes, conditions over them, policies,
// experiments. Only data, checked by the loader: every attribute, account and experiment that is
// named exists, every value has its attribute's type. routing/ decides with it. Plain values; any
// thread.

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "base/values/money.hpp"
#include "config/position.hpp"

namespace idswitch::config {

// Shares, rates and probabilities are whole millionths: 1,000,000 = all.
inline constexpr std::uint32_t k_all_ppm = 1'000'000;

enum class AttributeType : std::uint8_t {
  text,
  number,  // a decimal, in millionths
  truth,
};

// Something a request may say about itself, for rules and segments. Every tenant has these without
// declaring them: channel (text), region (text), risk (number), amount (number), account_age_days
// (number).
struct Attribute {
  std::string name;
  AttributeType type = AttributeType::text;
  std::vector<std::string> values;  // of a text: the only ones allowed; empty = any
  Position where;                   // no line for a built-in one
};

// A condition over a request's attributes. One about an attribute that the request does not have is
// false (and so `none` of it is true).
struct Condition {
  enum class Kind : std::uint8_t {
    all,     // every one of parts; true without parts
    any,     // at least one of parts
    none,    // not one of parts
    is_in,   // a text: equal to one of texts; a number: to one of numbers
    prefix,  // a text that begins with one of texts
    range,   // a number: least <= it <= most
    truth,   // a truth: equal to `wanted`
  };
  Kind kind = Kind::all;
  std::uint32_t attribute = 0;  // index into Tenant::attributes
  std::vector<std::string> texts;
  std::vector<std::int64_t> numbers;  // millionths
  // `above: 3` has least = 3'000'001, since attributes have at most six decimals.
  std::int64_t least = std::numeric_limits<std::int64_t>::min();
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
  bool wanted = true;
  std::vector<Condition> parts;
  Position where;
};

// What `cheapest` makes small.
enum class Goal : std::uint8_t {
  cost_per_pass,  // expected charges per passed verification, over the whole cascade
  spend,          // expected charges, over the whole cascade
};

// How a route orders accounts. A tree.
struct Policy {
  enum class Kind : std::uint8_t {
    account,     // one account
    priority,    // parts in order
    weighted,    // parts drawn by weight; the same person draws the same
    cheapest,    // parts are accounts, ordered by expected cost
    experiment,  // the policy of the person's arm
  };
  Kind kind = Kind::priority;
  std::string account;
  std::vector<Policy> parts;
  std::vector<std::uint32_t> weights;  // weighted: beside parts; 0 = only when all others failed
  std::string seed;                    // weighted: salts the draw
  Goal goal = Goal::cost_per_pass;
  std::uint32_t pass_rate_min_ppm = 0;  // cheapest: below this an account comes last
  std::optional<Money> unit_price_max;  // cheapest: dearer in the worst case comes last
  std::chrono::milliseconds latency_max{
      0};                         // cheapest: slower at the 95th percentile comes last; 0 = any
  std::uint32_t explore_ppm = 0;  // cheapest: share of requests that try another one first
  std::string experiment;
  Position where;
};

struct Arm {
  std::string name;
  std::uint32_t weight = 0;
  Policy use;
};

// When an experiment stops by itself. Each is judged by an anytime-valid interval, so looking often
// is no error. Nothing = not guarded.
struct Guardrail {
  std::optional<std::uint32_t> pass_rate_drop_ppm;        // against control, absolute
  std::optional<std::uint32_t> completion_rate_drop_ppm;  // against control, absolute
  std::optional<std::uint32_t> cost_per_pass_rise_ppm;    // against control, relative
};

struct Experiment {
  std::string name;
  std::string seed;  // another seed draws everybody anew and counts from zero
  std::uint32_t coverage_ppm =
      k_all_ppm;                     // share of people in it; the others get control uncounted
  std::vector<Arm> arms;             // at least two
  std::size_t control = 0;           // index of the arm everybody gets when it is paused
  std::uint32_t alpha_ppm = 50'000;  // chance of any false alarm, over all time
  Guardrail guardrail;
  Position where;
};

}  // namespace idswitch::config

#pragma once

// Situation: everything about the moment that a decision depends on, as values. The engine gathers
// it, decide() reads it, and what decide() read is stored with the decision, so that it can be made
// again. Plain values; any thread.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "config/config.hpp"

namespace idswitch::routing {

// How a verification that was opened ended, as far as money and routing care.
enum class End : std::uint8_t {
  abandoned,  // expired, cancelled, or no verdict for another reason
  pass,
  fail,
  inconclusive,
};

inline constexpr std::size_t k_ends = 4;
inline constexpr std::size_t k_skus_max = 4;          // of one product
inline constexpr std::size_t k_latency_buckets = 24;  // see latency.hpp

// What was seen of one account (in one segment, or all of it) within the window.
struct Counts {
  std::uint32_t starts = 0;                   // asked to open a session
  std::uint32_t starts_failed = 0;            // of those: failed, and another account may be asked
  std::array<std::uint32_t, k_ends> ended{};  // by End
  std::array<std::array<std::uint32_t, k_ends>, k_skus_max> charged{};  // units, by SKU and End
  std::array<std::uint32_t, k_latency_buckets> latency{};               // of starts that worked

  friend bool operator==(const Counts&, const Counts&) = default;
};

// Whether an account may be asked, by its breaker.
enum class Availability : std::uint8_t {
  up,
  ramping,    // was open, and comes back slowly: only share_ppm of the requests
  probing,    // half open, and the next request may be its probe
  open,       // failed too often, not before `until` (or a probe is under way)
  tripped,    // credentials, account_suspended or quota_exhausted: not before `until`
  throttled,  // the vendor asked us to wait until `until`
};

// One account as it is now.
struct AccountNow {
  Availability availability = Availability::up;
  std::uint32_t share_ppm = config::k_all_ppm;  // ramping
  std::uint32_t error_class = 0;                // tripped: IDSW_ERROR_*
  std::int64_t until_unix_ms = 0;               // open, tripped, throttled
  bool is_full = false;                         // as many operations as its limit allows
  bool is_over_rate = false;                    // starts_per_second is used up
  std::string budget;                           // the budget that is used up; empty = none
  std::string budget_detail;                    // of it, a sentence for the caller; not recorded
  Counts segment;                               // of the request's segment
  Counts account;                               // of all segments
  // What one more unit of a SKU costs, by how the verification ends; from billing/pricing. In the
  // account's currency.
  std::array<std::array<std::int64_t, k_ends>, k_skus_max> price_micros{};

  friend bool operator==(const AccountNow&, const AccountNow&) = default;
};

// The value of one of the tenant's attributes in a request.
struct AttributeValue {
  enum class Kind : std::uint8_t { absent, text, number, truth };
  Kind kind = Kind::absent;
  std::string text;
  std::int64_t number = 0;  // millionths
  bool truth = false;

  friend bool operator==(const AttributeValue&, const AttributeValue&) = default;
};

// What a request is, to routing. Nothing of it is personal data.
struct Request {
  std::uint32_t method = 0;
  std::uint32_t checks = 0;
  std::string person_id;  // the platform's pseudonym; empty = unknown
  // By index of Tenant::attributes; shorter means absent.
  std::vector<AttributeValue> attributes;
};

}  // namespace idswitch::routing

#pragma once

// What is not kept for ever, by kind, and what becomes of what names a person. The ledger is never
// touched: its entries name nobody, and its sums and chain stay provable. Plain values.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "model/verification_id.hpp"

namespace idswitch::store {

enum class RetentionKind : std::uint8_t {
  pictures,                // kept ones
  states_and_actions,      // adapters' states, actions, options, answers to Idempotency-Keys
  attempts_and_decisions,  // attempts, vendors' messages, how it was routed
  person_ids,              // person_id, reference, return_url, the person's number in experiments
  verifications,           // all of it
};

inline constexpr std::size_t k_retention_kinds = 5;

// One bounded step. Verifications up to an id (its high half) are looked at, once: what is still
// open or has an unresolved charge is left and looked at again later.
struct Retain {
  RetentionKind kind{};
  std::uint64_t up_to = 0;
  // Those that were left, above this id; 0 = those that nobody has looked at.
  std::uint64_t left_after = 0;
  bool looks_at_left = false;
};

// Erases what names a person in one of the person's verifications: person_id, reference,
// return_url, state, action, options, decision, scores, vendors' messages, pictures, kept answers,
// and the person's number in experiments and once-a-person charges. It must have ended with nothing
// held and nobody at work: a lost case otherwise, or when the fence is another.
struct ErasePerson {
  VerificationId verification;
  std::uint64_t fence = 0;
  std::uint64_t person = 0;  // hash of the platform's pseudonym
};

// That a person was forgotten: who ordered it, when, and how far it came. A later one of the same
// person and beginning adds to it.
struct ForgottenPerson {
  std::string tenant;
  std::uint64_t person = 0;
  std::int64_t begun_unix_ms = 0;
  std::int64_t ended_unix_ms = 0;  // 0 = not yet
  std::string actor;
  std::int64_t verifications = 0;  // that were erased
};

// A person's verifications among those that were looked at.
struct PersonPage {
  struct Found {
    VerificationId id;
    std::uint64_t fence = 0;
    bool is_open = false;  // not ended, or something is held
  };

  std::vector<Found> found;
  std::uint64_t looked_up_to = 0;  // where the next page begins
  bool is_last = false;
};

}  // namespace idswitch::store

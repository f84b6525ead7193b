#pragma once

// VerificationRecord: a verification as the store keeps it, with what only the switch needs to see.
// Plain value.

#include <array>
#include <cstdint>
#include <string>

#include "idswitch/verification.hpp"
#include "model/verification_id.hpp"

namespace idswitch {

struct VerificationRecord {
  VerificationId id;
  // Everything but charges, images and document: those live in tables of their own, or nowhere.
  Verification verification;
  std::string state;  // the adapter's blob, opaque; at most 4096 bytes
  // The account's settings with the request's vendor options laid over, as START saw them; empty
  // when the request had none. Later operations see the same.
  std::string options;
  std::string return_url;  // the tenant's page the person goes back to
  // Make /return/ and /callbacks/ unguessable: the first half is the person's, the second the
  // vendor's. The two are alike in a verification from before they were apart.
  std::array<std::uint8_t, 32> path_secrets{};
  // When the vendor is to be asked next how it ended, whether or not anybody wants to know; 0 =
  // never.
  std::int64_t next_ask_unix_ms = 0;
  // Who may write: see store::Progress. Its maker's is 1.
  std::uint64_t fence = 1;
  // Known when the request is taken, and never changed afterwards:
  std::string decision;             // how it was routed, compact JSON; empty = not recorded
  std::string segment;              // whose statistics it counts in
  std::int64_t config_version = 0;  // which configuration decided; 0 = not recorded
};

}  // namespace idswitch

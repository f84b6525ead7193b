#pragma once

// Evidence: what an adapter saw, or the host concluded, about one charge; and how the verification
// ended, which the price may depend on. Plain values; any thread.

#include <cstdint>
#include <string>

#include "idswitch/abi/vocabulary.h"

namespace idswitch {

struct Evidence {
  std::uint32_t state = 0;   // IDSW_CHARGE_*; 0 = nobody knows
  std::uint32_t source = 0;  // IDSW_SOURCE_*
  std::string sku;
  std::string event;  // the adapter's dedupe key
  std::string vendor_reference;
  std::string vendor_code;
  std::uint32_t call = 0;  // of the event; 0 = the latest one, which is all that an adapter knows
};

struct Ending {
  std::uint32_t verdict = 0;  // IDSW_VERDICT_*
  std::uint32_t reason = 0;   // IDSW_REASON_*
  std::string vendor_code;
};

// Of an IDSW_SOURCE_*: the higher, the better it knows.
inline int rank_of_source(std::uint32_t source) {
  switch (source) {
    case IDSW_SOURCE_VENDOR_FLAG: return 3;
    case IDSW_SOURCE_RESULT_CODE: return 2;
    case IDSW_SOURCE_DOCUMENTED_RULE: return 1;
    default: return 0;
  }
}

inline bool is_free(std::uint32_t state) {
  return state == IDSW_CHARGE_RELEASED || state == IDSW_CHARGE_NOT_CHARGED;
}

// A number that this build does not know says as little as none.
inline std::uint32_t known_state(std::uint32_t state) {
  return state <= IDSW_CHARGE_NOT_CHARGED ? state : std::uint32_t{IDSW_CHARGE_UNKNOWN};
}

}  // namespace idswitch

#pragma once

// Evidence: what an adapter saw, or the host concluded, about one charge; and how the verification
// ended, which the price may depend on. Plain values; any thread.

#include <cstdint>
#include <string>

namespace idswitch::billing {

struct Evidence {
  std::uint32_t state = 0;   // IDSW_CHARGE_*; 0 = nobody knows
  std::uint32_t source = 0;  // IDSW_SOURCE_*
  std::string sku;
  std::string dedupe_key;
  std::string vendor_reference;
  std::string vendor_code;
  std::uint32_t verdict = 0;  // IDSW_VERDICT_* of the verification; 0 = none, or not known yet
  std::uint32_t reason = 0;   // IDSW_REASON_*
};

struct Ending {
  std::uint32_t verdict = 0;  // IDSW_VERDICT_*
  std::uint32_t reason = 0;   // IDSW_REASON_*
  std::string vendor_code;
};

}  // namespace idswitch::billing

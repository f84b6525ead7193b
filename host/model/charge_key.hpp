#pragma once

// ChargeName: what a charge is called within its verification. The event is the adapter's dedupe
// key, letter by letter as it said it; a request that is made once more for the same event is
// another call of it. Plain value.

#include <compare>
#include <cstdint>
#include <string>

namespace idswitch {

struct ChargeName {
  std::string account;
  std::string sku;
  std::string event;
  std::uint32_t call = 1;  // the first is 1

  friend auto operator<=>(const ChargeName&, const ChargeName&) = default;
};

}  // namespace idswitch

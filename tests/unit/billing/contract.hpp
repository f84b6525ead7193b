#pragma once

// The contract and the evidence that the billing tests work with.

#include <string>

#include "billing/charge_book.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::billing {

inline config::Contract contract() {
  config::Contract contract;
  contract.version = "2026-1";
  contract.currency = "CNY";
  contract.prices = {{"verify", Money{200'000}}, {"sessioncode", Money{10'000}}};
  return contract;
}

inline Evidence evidence(std::uint32_t state, std::string key = "verify") {
  Evidence evidence;
  evidence.state = state;
  evidence.source = IDSW_SOURCE_RESULT_CODE;
  evidence.sku = "verify";
  evidence.dedupe_key = std::move(key);
  evidence.vendor_reference = "log-17";
  evidence.vendor_code = "0";
  return evidence;
}

}  // namespace idswitch::billing

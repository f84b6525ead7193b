#pragma once

// The contract, the pricers and the evidence that the billing tests work with.

#include <string>

#include "billing/charge_book.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::billing {

inline config::SkuPrice flat(std::int64_t micros) {
  config::SkuPrice price;
  price.price = Money{micros};
  return price;
}

inline config::Contract contract() {
  config::ContractVersion version;
  version.version = "2026-1";
  version.prices = {{"verify", flat(200'000)}, {"sessioncode", flat(10'000)}};
  config::Contract contract;
  contract.currency = "CNY";
  contract.versions = {version};
  return contract;
}

inline config::SkuPrice& verify_of(config::Contract& contract, std::size_t version = 0) {
  return contract.versions.at(version).prices["verify"];
}

// A contract, what was charged under it, and pricers for its accounts.
struct Office {
  config::Contract contract = billing::contract();
  Usage usage;

  Pricer pricer(std::string account = "baidu", std::vector<std::string> person_charged = {}) {
    return Pricer(std::move(account), contract, usage, std::move(person_charged));
  }
};

inline Evidence evidence(std::uint32_t state, std::string event = "verify",
                         std::uint32_t call = 1) {
  Evidence evidence;
  evidence.state = state;
  evidence.source = IDSW_SOURCE_RESULT_CODE;
  evidence.sku = "verify";
  evidence.event = std::move(event);
  evidence.call = call;
  evidence.vendor_reference = "log-17";
  evidence.vendor_code = "0";
  return evidence;
}

}  // namespace idswitch::billing

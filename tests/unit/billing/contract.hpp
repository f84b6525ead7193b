#pragma once

// The contract, the pricers and the evidence that the billing tests work with.

#include <string>

#include "billing/charge_book.hpp"
#include "billing/memory_counts.hpp"
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

// A contract, what was charged under it, and pricers for its accounts, which borrow from it.
struct Office {
  config::Contract contract = billing::contract();
  Budgets budgets;
  MemoryCounts counts;
  std::vector<std::string> skus = {"verify", "sessioncode"};

  Terms terms(std::string_view account = "baidu") const {
    return {account, contract, budgets, skus};
  }

  Pricer pricer(std::string_view account = "baidu", std::uint64_t person = 0) {
    return Pricer(terms(account), "shop", person, counts);
  }

  std::int64_t units(std::string period) {
    return counts.usage({"baidu", "verify", "", std::move(period)}).units;
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

// Evidence that came with the verification's end.
struct Seen {
  Evidence evidence;
  Ending ending;
};

inline Seen captured(std::uint32_t verdict, std::string event = "verify", std::uint32_t call = 1) {
  return {billing::evidence(IDSW_CHARGE_CAPTURED, std::move(event), call), {verdict, 0, {}}};
}

inline std::vector<LedgerEntry> tell(ChargeBook& book, Pricer& pricer, const Seen& seen,
                                     std::int64_t now_unix_ms) {
  return book.apply(pricer, seen.evidence, now_unix_ms, seen.ending);
}

}  // namespace idswitch::billing

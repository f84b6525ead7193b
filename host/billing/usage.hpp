#pragma once

// Usage: what has been charged under each account, by day and by month, as the ledger says. It is
// what volume prices, free units and minimum commitments are counted with. It remembers the latest
// period in which something was charged and the one before it. Not thread-safe: the caller locks.

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "config/contract.hpp"
#include "model/ledger_entry.hpp"

namespace idswitch::billing {

class Usage {
 public:
  // Takes in one entry; entries come in the ledger's order. utc_offset_min: of the account's
  // contract, and the same as long as the account has it.
  //   hold: one more unit is open. capture: a unit and its money, in the period of the capture; no
  //   unit when the person had been charged before, or another call of its session pays. void: one
  //   less is open. adjust: money, in the period of the adjustment, and no unit.
  void take(const LedgerEntry& entry, int utc_offset_min);

  // Undoes take() for an entry that could not be made durable.
  void take_back(const LedgerEntry& entry, int utc_offset_min);

  // Units charged in the period that contains the instant; 0 when that is forgotten.
  std::int64_t units(std::string_view account, std::string_view sku, config::Per per,
                     std::int64_t at_unix_ms, int utc_offset_min) const;

  // Held and neither captured nor voided, whenever that was.
  std::int64_t units_open(std::string_view account, std::string_view sku) const;

  // Money charged in this currency in the period that contains the instant; 0 when forgotten.
  Money charged(std::string_view account, std::string_view currency, config::Per per,
                std::int64_t at_unix_ms, int utc_offset_min) const;

 private:
  // A sum for each of the two latest periods of one kind.
  class Recent {
   public:
    void add(std::int64_t period, std::int64_t value);
    std::int64_t sum(std::int64_t period) const;

   private:
    struct Sum {
      std::int64_t period = 0;
      std::int64_t value = 0;
      bool is_set = false;
    };

    Sum latest_;
    Sum before_;
  };

  struct Counter {
    std::array<Recent, 2> by_per;  // by Per

    void add(std::int64_t at_unix_ms, int utc_offset_min, std::int64_t value);
    std::int64_t sum(config::Per per, std::int64_t at_unix_ms, int utc_offset_min) const;
  };

  struct Units {
    Counter charged;
    std::int64_t open = 0;
  };

  struct Account {
    std::map<std::string, Units, std::less<>> by_sku;
    std::map<std::string, Counter, std::less<>> by_currency;
  };

  void count(const LedgerEntry& entry, int utc_offset_min, std::int64_t sign);
  const Units* find_units(std::string_view account, std::string_view sku) const;

  std::map<std::string, Account, std::less<>> accounts_;
};

}  // namespace idswitch::billing

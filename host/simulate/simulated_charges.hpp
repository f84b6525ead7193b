#pragma once

// SimulatedCharges: what a simulated population is charged under one account's contract, and what
// its next unit would cost. Prices come from billing/pricing, volumes from counts, as for real
// charges; only ledger and holds are left out. One thread.

#include <array>
#include <cstdint>
#include <vector>

#include "billing/memory_counts.hpp"
#include "billing/period.hpp"
#include "engine/setup/setup.hpp"

namespace idswitch::engine {

class SimulatedCharges {
 public:
  using Prices = std::array<std::array<std::int64_t, routing::k_ends>, routing::k_skus_max>;

  // people: how many there are; persons are numbers below it. account outlives it.
  SimulatedCharges(const AccountRuntime& account, std::int64_t people, std::int64_t begins_unix_ms);

  // What one more unit of each SKU costs this person (-1 = nobody) now; see AccountNow.
  const Prices& prices(std::int64_t at_unix_ms, std::int64_t person);

  // A unit of the SKU is charged. Times never go back.
  void charge(std::size_t sku, std::int64_t at_unix_ms, std::int64_t person, routing::End end);

  // Adds what the minimum commitment leaves to pay in the periods that end at or before the
  // instant; last: and in the present one. A period that is only partly simulated owes its share.
  void settle_minimum(std::int64_t until_unix_ms, bool last);

  Money spend() const { return charged_ + minimum_missing_; }

  Money minimum_missing() const { return minimum_missing_; }

 private:
  // What prices depend on.
  struct Key {
    const config::ContractVersion* version = nullptr;
    std::array<std::int64_t, routing::k_skus_max> bracket{};
    std::array<bool, routing::k_skus_max> person_charged{};
    bool is_swallowed = false;

    friend bool operator==(const Key&, const Key&) = default;
  };

  // The counts of one day and its month; they stay where they are.
  struct Today {
    billing::Period day;
    std::array<std::array<UsageCount*, routing::k_skus_max>, 2> units{};  // by Per
    std::array<UsageCount*, 2> money{};                                   // by Per
  };

  std::size_t sku_count() const;
  Today& today(std::int64_t at_unix_ms);
  std::int64_t units(std::size_t sku, const config::SkuPrice& price, std::int64_t at_unix_ms);
  bool is_person_charged(std::size_t sku, const config::SkuPrice& price, std::int64_t at_unix_ms,
                         std::int64_t person) const;
  Money charged_in_period(std::int64_t at_unix_ms);

  const AccountRuntime& account_;
  const config::Contract& contract_;
  billing::MemoryCounts counts_;
  Today today_;
  // By SKU and person, when the charge was that lasts; none for SKUs charged every time.
  std::array<std::vector<std::int64_t>, routing::k_skus_max> charged_at_;
  Key key_;
  bool has_prices_ = false;
  Prices prices_{};
  std::int64_t settled_unix_ms_;
  Money charged_;
  Money minimum_missing_;
};

// The verdict of an end; 0 = none.
std::uint32_t verdict_of(routing::End end);

}  // namespace idswitch::engine

#pragma once

// LedgerWindow: the newest entries of the ledger as events, read once for all endpoints that have
// come so far. An endpoint that is far behind reads pages of its own. One thread at a time.

#include <cstdint>
#include <deque>
#include <vector>

#include "base/result.hpp"
#include "engine/webhooks/outgoing_event.hpp"
#include "store/ledger.hpp"

namespace idswitch::engine {

class LedgerWindow {
 public:
  static constexpr std::size_t k_page = 500;
  static constexpr std::size_t k_events_max = 4'000;

  // The ledger's entries after the sequence, in their order, a page at most; none: it ends there,
  // for now. Error: storage_failed.
  Result<std::vector<OutgoingEventPointer>> after(store::Ledger& ledger, std::uint64_t sequence);

  // The one that stands there; nullptr when there is none of this name.
  static Result<OutgoingEventPointer> at(store::Ledger& ledger, std::uint64_t sequence,
                                         const EventName& name);

 private:
  bool holds_after(std::uint64_t sequence) const;
  void keep(std::uint64_t sequence, const std::vector<OutgoingEventPointer>& page);

  std::deque<OutgoingEventPointer> events_;  // without a gap
};

}  // namespace idswitch::engine

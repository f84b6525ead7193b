#include "engine/webhooks/ledger_window.hpp"

#include <algorithm>

#include "engine/webhooks/entry_numbers.hpp"

namespace idswitch::engine {
namespace {

Result<std::vector<OutgoingEventPointer>> read(store::Ledger& ledger, std::uint64_t after,
                                               std::size_t limit) {
  store::EntryQuery query;
  query.after = after;
  query.limit = limit;
  auto entries = ledger.entries(query);
  if (!entries) return entries.error();
  if (auto numbered = number_entries(ledger, *entries); !numbered) return numbered.error();
  std::vector<OutgoingEventPointer> events;
  events.reserve(entries->size());
  for (LedgerEntry& entry : *entries) {
    events.push_back(std::make_shared<OutgoingEvent>(std::move(entry)));
  }
  return events;
}

}  // namespace

bool LedgerWindow::holds_after(std::uint64_t sequence) const {
  return !events_.empty() && events_.front()->entry().sequence <= sequence + 1 &&
         sequence < events_.back()->entry().sequence;
}

Result<std::vector<OutgoingEventPointer>> LedgerWindow::after(store::Ledger& ledger,
                                                              std::uint64_t sequence) {
  if (!holds_after(sequence)) {
    auto page = read(ledger, sequence, k_page);
    if (page) keep(sequence, *page);
    return page;
  }
  const auto first = std::upper_bound(events_.begin(), events_.end(), sequence,
                                      [](std::uint64_t value, const OutgoingEventPointer& event) {
                                        return value < event->entry().sequence;
                                      });
  const auto count = std::min<std::ptrdiff_t>(events_.end() - first, k_page);
  return std::vector<OutgoingEventPointer>(first, first + count);
}

void LedgerWindow::keep(std::uint64_t sequence, const std::vector<OutgoingEventPointer>& page) {
  if (page.empty()) return;
  if (!events_.empty()) {
    const std::uint64_t end = events_.back()->entry().sequence;
    if (sequence < end) return;  // far behind the others
    if (sequence > end) events_.clear();
  }
  events_.insert(events_.end(), page.begin(), page.end());
  if (events_.size() > k_events_max) {
    events_.erase(events_.begin(),
                  events_.begin() + static_cast<std::ptrdiff_t>(events_.size() - k_events_max));
  }
}

Result<OutgoingEventPointer> LedgerWindow::at(store::Ledger& ledger, std::uint64_t sequence,
                                              const EventName& name) {
  const auto found = read(ledger, sequence - 1, 1);
  if (!found) return found.error();
  if (found->empty() || found->front()->name() != name) return OutgoingEventPointer();
  return found->front();
}

}  // namespace idswitch::engine

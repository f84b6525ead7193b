#pragma once

// WebhookMemory: what the store would hold of one endpoint, from the batches that were written.

#include <gtest/gtest.h>

#include <map>
#include <variant>
#include <vector>

#include "engine/webhooks/webhook_queue.hpp"

namespace idswitch::engine {

inline constexpr std::int64_t k_now = 1'000'000;

inline VerificationId verification(std::uint64_t number) {
  return {number, 1};
}

struct WebhookMemory {
  std::uint64_t cursor = 0;
  std::map<std::uint64_t, store::WebhookFailure> rows;
  std::size_t items = 0;  // written so far

  void apply(const store::Change& change) {
    items += change.size();
    for (const store::Item& item : change) {
      if (const auto* advance = std::get_if<store::AdvanceWebhook>(&item)) {
        EXPECT_GE(advance->delivered, cursor);
        cursor = advance->delivered;
      } else if (const auto* failure = std::get_if<store::FailWebhook>(&item)) {
        rows[failure->failure.sequence] = failure->failure;
      } else if (const auto* drop = std::get_if<store::DropWebhook>(&item)) {
        std::erase_if(rows, [&](const auto& one) { return one.second.event == drop->event; });
      }
    }
  }

  std::vector<store::WebhookFailure> in(store::WebhookState state) const {
    std::vector<store::WebhookFailure> found;
    for (const auto& [sequence, row] : rows) {
      if (row.state == state) found.push_back(row);
    }
    return found;
  }

  bool keep(WebhookQueue& queue, bool durable = true) {
    store::Change change;
    if (!queue.add_changes(change)) return false;
    if (durable) apply(change);
    queue.kept(durable);
    return true;
  }

  WebhookQueue reopened() const {
    std::vector<store::WebhookFailure> kept = in(store::WebhookState::waiting);
    for (const auto& row : in(store::WebhookState::dead)) {
      if (row.sequence > cursor) kept.push_back(row);
    }
    return {"e", cursor, std::move(kept)};
  }
};

}  // namespace idswitch::engine

#pragma once

// WebhookQueue: what one endpoint still has to get, and in which order: an event of a verification
// is taken only when every earlier one of that verification is delivered or dead; events of
// different verifications overtake each other. It also says what the store has to remember. No
// clock, no I/O; one thread at a time.
//
// All events up to delivered() need nothing more, or have a row in the store. After a crash, what
// was under way is sent again: at least once. While an endpoint only fails, hardly any event is
// taken from the ledger: the others wait there, behind the cursor, and none of them dies.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "model/verification_id.hpp"
#include "store/change.hpp"
#include "store/webhook.hpp"

namespace idswitch::engine {

class WebhookQueue {
 public:
  static constexpr std::size_t k_read_ahead_max = 64;
  static constexpr std::uint32_t k_failures_to_slow_down = 8;

  // As the store remembers it. rows: all that wait, and the dead ones after `delivered`, which the
  // ledger offers once more. waiting_max: when so many wait, there is no room for others.
  WebhookQueue(std::string endpoint, std::uint64_t delivered,
               std::vector<store::WebhookFailure> rows, std::size_t waiting_max = 100'000);

  // How many events may be offered now. slow_down_ms: what passes between two of them while the
  // endpoint only fails.
  std::size_t room(std::int64_t now_unix_ms, std::int64_t slow_down_ms);

  // The ledger's entries after read(), in their order: each is offered or skipped, because the
  // endpoint does not want it.
  std::uint64_t read() const { return read_; }

  void offer(std::uint64_t sequence, VerificationId verification, std::int64_t now_unix_ms);

  void skip(std::uint64_t sequence) { read_ = sequence; }

  // The events to send now, so that in_flight_max at most are under way. Each must be given back to
  // one of the four functions below.
  std::vector<store::WebhookFailure> take(std::int64_t now_unix_ms, std::size_t in_flight_max);

  void delivered(std::uint64_t sequence);
  // The endpoint is not to have it any more.
  void drop(std::uint64_t sequence);
  // An attempt failed, and there is another one.
  void failed(std::uint64_t sequence, std::int64_t next_try_unix_ms, std::string error);
  // The last attempt failed.
  void died(std::uint64_t sequence, std::string error);
  // There was no attempt after all.
  void postpone(std::uint64_t sequence, std::int64_t next_try_unix_ms);

  // A dead row of the store waits again, without attempts, and is due at once. Nothing happens when
  // it waits already.
  void revive(const store::WebhookFailure& row, std::int64_t now_unix_ms);

  // One that waits is due at once; false when none of this sequence does.
  bool hasten(std::uint64_t sequence, std::int64_t now_unix_ms);

  // Adds what the store has to remember since the last time; false when that is nothing. Follow
  // with kept() of what the write gave, before the next call.
  bool add_changes(store::Change& change);
  void kept(bool durable);

  // What the store remembers, or is about to.
  std::uint64_t delivered() const;

  std::size_t waiting() const { return items_.size(); }

  std::size_t in_flight() const { return in_flight_; }

 private:
  struct Item {
    store::WebhookFailure row;
    bool is_fresh = false;  // has no row in the store, and holds the cursor back
    bool is_in_flight = false;
  };

  // The events of one verification.
  struct Line {
    std::set<std::uint64_t> sequences;
    std::uint64_t in_flight = 0;  // sequence; 0 = none
    std::uint64_t due = 0;        // the one that stands in due_; 0 = none
  };

  Item& add(store::WebhookFailure row, bool is_fresh);
  Item& landed(std::uint64_t sequence);
  void remove(std::uint64_t sequence);
  void remember(Item& item);
  // Puts the first event of the line, when none is under way, where take() looks.
  void line_up(VerificationId verification);

  std::string endpoint_;
  std::size_t waiting_max_;
  std::uint64_t read_;
  std::uint64_t durable_;         // the store's cursor
  bool is_cursor_known_ = false;  // the store has one
  std::uint64_t writing_ = 0;
  std::map<std::uint64_t, Item> items_;
  std::map<VerificationId, Line> lines_;
  std::set<std::pair<std::int64_t, std::uint64_t>> due_;  // next try, sequence
  std::set<std::uint64_t> fresh_;
  std::set<std::uint64_t> died_earlier_;                 // before the start, after the cursor
  std::map<std::uint64_t, store::WebhookFailure> dead_;  // whose death is not durable yet
  std::set<std::uint64_t> changed_;
  std::vector<std::uint64_t> being_written_;
  std::size_t in_flight_ = 0;
  std::uint32_t failures_in_a_row_ = 0;
  std::int64_t next_offer_unix_ms_ = 0;
};

}  // namespace idswitch::engine

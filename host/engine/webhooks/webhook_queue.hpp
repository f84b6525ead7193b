#pragma once

// WebhookQueue: what one endpoint still has to get, and in which order: an event of a verification
// is taken only when every earlier one of that verification is delivered or dead; events of
// different verifications overtake each other. It also says what the store has to remember. No
// clock, no I/O; one thread at a time.
//
// An event is fresh until it has failed: it has no row in the store, and holds the cursor back. All
// events up to delivered() need nothing more, or have a row. So what is delivered at once costs no
// row, and a batch of it one move of the cursor. After a crash, what was under way or not written
// yet is sent again: at least once. While an endpoint only fails, hardly any fresh event is taken:
// the others wait in the ledger, behind the cursor, and none of them dies.

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/webhooks/outgoing_event.hpp"
#include "model/event_name.hpp"
#include "store/change.hpp"
#include "store/webhook.hpp"

namespace idswitch::engine {

class WebhookQueue {
 public:
  static constexpr std::size_t k_read_ahead_max = 512;  // fresh ones
  static constexpr std::uint32_t k_failures_to_slow_down = 8;
  // So many overtake a fresh one at most; then it gets a row, and the cursor passes it.
  static constexpr std::size_t k_overtaken_max = 1'024;
  // So many end before the store has remembered it; then nothing more is taken from the ledger.
  static constexpr std::size_t k_unkept_max = 4'096;
  // A cursor that only passed what the endpoint does not want is not worth a write before that.
  static constexpr std::uint64_t k_skipped_unkept_max = 10'000;

  struct Taken {
    store::WebhookFailure row;
    OutgoingEventPointer event;  // none: to be read again
  };

  // As the store remembers it. rows: all that wait, and the dead ones whose entries stand after
  // `delivered`, which the ledger offers once more. waiting_max: when so many wait, there is no
  // room for others.
  WebhookQueue(std::string endpoint, std::uint64_t delivered,
               std::vector<store::WebhookFailure> rows, std::size_t waiting_max = 100'000);

  // How many events may be offered now.
  std::size_t room() const;

  // The ledger's entries after read(), in their order: each is offered or skipped, because the
  // endpoint does not want it.
  std::uint64_t read() const { return read_; }

  void offer(std::uint64_t sequence, const EventName& name, std::int64_t now_unix_ms,
             OutgoingEventPointer event = nullptr);

  void skip(std::uint64_t sequence) { read_ = sequence; }

  // The events to send now, so that in_flight_max at most are under way. Each must be given back to
  // one of the five functions below. slow_down_ms: what passes between two fresh ones while the
  // endpoint only fails.
  std::vector<Taken> take(std::int64_t now_unix_ms, std::size_t in_flight_max,
                          std::int64_t slow_down_ms);

  void delivered(const EventName& name);
  // The endpoint is not to have it any more.
  void drop(const EventName& name);
  // An attempt failed, and there is another one.
  void failed(const EventName& name, std::int64_t next_try_unix_ms, std::string error);
  // The last attempt failed.
  void died(const EventName& name, std::string error);
  // There was no attempt after all.
  void postpone(const EventName& name, std::int64_t next_try_unix_ms);

  // A dead row of the store waits again, without attempts, and is due at once. Nothing happens when
  // it waits already.
  void revive(const store::WebhookFailure& row, std::int64_t now_unix_ms);

  // One that waits is due at once; false when none of this name does.
  bool hasten(const EventName& name, std::int64_t now_unix_ms);

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
    OutgoingEventPointer event;
    bool is_fresh = false;
    bool is_in_flight = false;
  };

  // The events of one verification, by their numbers. 0 = none.
  struct Line {
    std::set<std::uint32_t> numbers;
    std::uint32_t in_flight = 0;
    std::uint32_t due = 0;  // the one that stands in due_ or due_fresh_
  };

  // When it is tried next, and where its entry stands.
  struct Turn {
    std::int64_t at_unix_ms;
    std::uint64_t sequence;
    EventName name;

    friend auto operator<=>(const Turn&, const Turn&) = default;
  };

  static Turn turn_of(const Item& item);

  std::set<Turn>& turns_of(const Item& item) { return item.is_fresh ? due_fresh_ : due_; }

  bool is_slowed() const { return failures_in_a_row_ >= k_failures_to_slow_down; }

  bool may_take_fresh(std::int64_t now_unix_ms) const;
  Item& add(store::WebhookFailure row, OutgoingEventPointer event, bool is_fresh);
  Taken begin(Item& item);
  Item& landed(const EventName& name);
  void remove(const EventName& name);
  // From now on it has a row.
  void remember(Item& item);
  // And what is fresh behind it, which must not hold the cursor back as long as it waits.
  void remember_line(VerificationId verification);
  void remember_overtaken();
  // Puts the first event of the line, when none is under way, where take() looks.
  void line_up(VerificationId verification);
  void leave_turn(Line& line, VerificationId verification);

  std::string endpoint_;
  std::size_t waiting_max_;
  std::uint64_t read_;
  std::uint64_t durable_;         // the store's cursor
  bool is_cursor_known_ = false;  // the store has one
  std::uint64_t writing_ = 0;
  std::map<EventName, Item> items_;
  std::map<VerificationId, Line> lines_;
  std::set<Turn> due_;
  std::set<Turn> due_fresh_;
  std::map<std::uint64_t, EventName> fresh_;         // by sequence
  std::set<std::uint64_t> overtaking_;               // ended before an older fresh one
  std::set<EventName> died_earlier_;                 // before the start, after the cursor
  std::map<EventName, store::WebhookFailure> dead_;  // whose death is not durable yet
  std::set<EventName> changed_;
  std::vector<EventName> being_written_;
  std::size_t unkept_ = 0;  // ended since the cursor was written
  std::size_t unkept_being_written_ = 0;
  std::size_t in_flight_ = 0;
  std::size_t fresh_in_flight_ = 0;
  std::uint32_t failures_in_a_row_ = 0;
  std::int64_t next_fresh_unix_ms_ = 0;
};

}  // namespace idswitch::engine

#include "engine/webhooks/webhook_queue.hpp"

#include <utility>

namespace idswitch::engine {

WebhookQueue::WebhookQueue(std::string endpoint, std::uint64_t delivered,
                           std::vector<store::WebhookFailure> rows, std::size_t waiting_max)
    : endpoint_(std::move(endpoint)),
      waiting_max_(waiting_max),
      read_(delivered),
      durable_(delivered) {
  for (store::WebhookFailure& row : rows) {
    if (row.state == store::WebhookState::dead) {
      died_earlier_.insert(row.event);
      continue;
    }
    const VerificationId verification = row.event.verification;
    add(std::move(row), nullptr, false);
    line_up(verification);
  }
}

std::size_t WebhookQueue::room() const {
  if (items_.size() >= waiting_max_ || unkept_ >= k_unkept_max) return 0;
  const std::size_t fresh_max = is_slowed() ? 1 : k_read_ahead_max;
  return fresh_.size() >= fresh_max ? 0 : fresh_max - fresh_.size();
}

WebhookQueue::Turn WebhookQueue::turn_of(const Item& item) {
  return {item.row.next_try_unix_ms, item.row.sequence, item.row.event};
}

WebhookQueue::Item& WebhookQueue::add(store::WebhookFailure row, OutgoingEventPointer event,
                                      bool is_fresh) {
  const EventName name = row.event;
  lines_[name.verification].numbers.insert(name.number);
  Item& item = items_[name];
  item.row = std::move(row);
  item.event = std::move(event);
  item.is_fresh = is_fresh;
  if (is_fresh) fresh_.emplace(item.row.sequence, name);
  return item;
}

void WebhookQueue::remember(Item& item) {
  changed_.insert(item.row.event);
  if (!item.is_fresh) return;
  Line& line = lines_.at(item.row.event.verification);
  const bool is_due = line.due == item.row.event.number;
  if (is_due) due_fresh_.erase(turn_of(item));
  item.is_fresh = false;
  if (is_due) due_.insert(turn_of(item));
  if (item.is_in_flight) --fresh_in_flight_;
  fresh_.erase(item.row.sequence);
  // It may wait for days: until then it is the ledger that holds it.
  item.event.reset();
}

void WebhookQueue::remember_line(VerificationId verification) {
  for (const std::uint32_t number : lines_.at(verification).numbers) {
    Item& item = items_.at({verification, number});
    if (item.is_fresh) remember(item);
  }
}

void WebhookQueue::leave_turn(Line& line, VerificationId verification) {
  if (line.due == 0) return;
  const Item& item = items_.at({verification, std::exchange(line.due, 0)});
  turns_of(item).erase(turn_of(item));
}

void WebhookQueue::line_up(VerificationId verification) {
  Line& line = lines_.at(verification);
  leave_turn(line, verification);
  if (line.in_flight != 0) return;
  if (line.numbers.empty()) {
    lines_.erase(verification);
    return;
  }
  line.due = *line.numbers.begin();
  const Item& item = items_.at({verification, line.due});
  turns_of(item).insert(turn_of(item));
}

void WebhookQueue::offer(std::uint64_t sequence, const EventName& name, std::int64_t now_unix_ms,
                         OutgoingEventPointer event) {
  read_ = sequence;
  // Rows may be ahead of the cursor.
  if (items_.contains(name) || died_earlier_.erase(name) != 0) return;
  store::WebhookFailure row;
  row.endpoint = endpoint_;
  row.event = name;
  row.sequence = sequence;
  row.next_try_unix_ms = now_unix_ms;
  Item& item = add(std::move(row), std::move(event), true);
  // Behind one that waits for days the cursor must not wait as long.
  const std::uint32_t first = *lines_.at(name.verification).numbers.begin();
  if (!items_.at({name.verification, first}).is_fresh) remember(item);
  line_up(name.verification);
}

bool WebhookQueue::may_take_fresh(std::int64_t now_unix_ms) const {
  if (!is_slowed()) return true;
  if (fresh_in_flight_ > 0) return false;
  const bool others_wait = items_.size() > fresh_.size();
  return !others_wait || now_unix_ms >= next_fresh_unix_ms_;
}

std::vector<WebhookQueue::Taken> WebhookQueue::take(std::int64_t now_unix_ms,
                                                    std::size_t in_flight_max,
                                                    std::int64_t slow_down_ms) {
  std::vector<Taken> taken;
  while (in_flight_ < in_flight_max) {
    const auto is_due = [&](const std::set<Turn>& turns) {
      return !turns.empty() && turns.begin()->at_unix_ms <= now_unix_ms;
    };
    const bool fresh = is_due(due_fresh_) && may_take_fresh(now_unix_ms);
    const bool row = is_due(due_);
    if (!fresh && !row) break;
    const bool is_fresh_first = fresh && (!row || *due_fresh_.begin() < *due_.begin());
    if (is_fresh_first && is_slowed()) next_fresh_unix_ms_ = now_unix_ms + slow_down_ms;
    const EventName name = (is_fresh_first ? due_fresh_ : due_).begin()->name;
    taken.push_back(begin(items_.at(name)));
  }
  return taken;
}

WebhookQueue::Taken WebhookQueue::begin(Item& item) {
  Line& line = lines_.at(item.row.event.verification);
  leave_turn(line, item.row.event.verification);
  line.in_flight = item.row.event.number;
  item.is_in_flight = true;
  ++in_flight_;
  if (item.is_fresh) ++fresh_in_flight_;
  return {item.row, item.event};
}

WebhookQueue::Item& WebhookQueue::landed(const EventName& name) {
  Item& item = items_.at(name);
  if (std::exchange(item.is_in_flight, false)) {
    --in_flight_;
    if (item.is_fresh) --fresh_in_flight_;
    lines_.at(name.verification).in_flight = 0;
  }
  return item;
}

void WebhookQueue::remove(const EventName& name) {
  Line& line = lines_.at(name.verification);
  if (line.due == name.number) leave_turn(line, name.verification);
  line.numbers.erase(name.number);
  items_.erase(name);
  line_up(name.verification);
}

void WebhookQueue::delivered(const EventName& name) {
  failures_in_a_row_ = 0;
  drop(name);
}

void WebhookQueue::drop(const EventName& name) {
  const Item& item = landed(name);
  ++unkept_;
  if (item.is_fresh) {
    const std::uint64_t sequence = item.row.sequence;
    fresh_.erase(sequence);
    if (!fresh_.empty() && fresh_.begin()->first < sequence) overtaking_.insert(sequence);
  } else {
    changed_.insert(name);
  }
  remove(name);
}

void WebhookQueue::failed(const EventName& name, std::int64_t next_try_unix_ms, std::string error) {
  ++failures_in_a_row_;
  Item& item = landed(name);
  ++item.row.attempts;
  item.row.next_try_unix_ms = next_try_unix_ms;
  item.row.last_error = std::move(error);
  remember(item);
  remember_line(name.verification);
  line_up(name.verification);
}

void WebhookQueue::died(const EventName& name, std::string error) {
  ++failures_in_a_row_;
  ++unkept_;
  Item& item = landed(name);
  ++item.row.attempts;
  item.row.state = store::WebhookState::dead;
  item.row.last_error = std::move(error);
  remember(item);
  dead_[name] = item.row;
  remove(name);
}

void WebhookQueue::postpone(const EventName& name, std::int64_t next_try_unix_ms) {
  Item& item = landed(name);
  item.row.next_try_unix_ms = next_try_unix_ms;
  if (!item.is_fresh) changed_.insert(name);
  line_up(name.verification);
}

void WebhookQueue::revive(const store::WebhookFailure& row, std::int64_t now_unix_ms) {
  if (items_.contains(row.event)) return;
  dead_.erase(row.event);
  store::WebhookFailure again = row;
  again.state = store::WebhookState::waiting;
  again.attempts = 0;
  again.next_try_unix_ms = now_unix_ms;
  remember(add(std::move(again), nullptr, false));
  // What is fresh behind it waits for it now.
  remember_line(row.event.verification);
  line_up(row.event.verification);
}

bool WebhookQueue::hasten(const EventName& name, std::int64_t now_unix_ms) {
  const auto found = items_.find(name);
  if (found == items_.end()) return false;
  Item& item = found->second;
  if (item.is_in_flight) return true;
  Line& line = lines_.at(name.verification);
  if (line.due == name.number) leave_turn(line, name.verification);
  item.row.next_try_unix_ms = now_unix_ms;
  if (!item.is_fresh) changed_.insert(name);
  line_up(name.verification);
  return true;
}

std::uint64_t WebhookQueue::delivered() const {
  return fresh_.empty() ? read_ : fresh_.begin()->first - 1;
}

void WebhookQueue::remember_overtaken() {
  for (;;) {
    overtaking_.erase(overtaking_.begin(), overtaking_.upper_bound(delivered()));
    if (fresh_.empty() || overtaking_.size() <= k_overtaken_max) return;
    remember_line(fresh_.begin()->second.verification);
  }
}

bool WebhookQueue::add_changes(store::Change& change) {
  remember_overtaken();
  const std::uint64_t moved = delivered() - durable_;
  const bool moves =
      !is_cursor_known_ || (moved > 0 && (unkept_ > 0 || moved >= k_skipped_unkept_max));
  if (changed_.empty() && !moves) return false;
  for (const EventName& name : changed_) {
    const auto item = items_.find(name);
    const auto dead = dead_.find(name);
    if (item != items_.end()) {
      change.push_back(store::FailWebhook{item->second.row});
    } else if (dead != dead_.end()) {
      change.push_back(store::FailWebhook{dead->second});
    } else {
      change.push_back(store::DropWebhook{endpoint_, name});
    }
  }
  writing_ = delivered();
  change.push_back(store::AdvanceWebhook{endpoint_, writing_});
  being_written_.assign(changed_.begin(), changed_.end());
  changed_.clear();
  unkept_being_written_ = unkept_;
  return true;
}

void WebhookQueue::kept(bool durable) {
  for (const EventName& name : std::exchange(being_written_, {})) {
    if (!durable) {
      changed_.insert(name);
    } else if (!changed_.contains(name)) {
      dead_.erase(name);
    }
  }
  if (!durable) return;
  unkept_ -= unkept_being_written_;
  durable_ = writing_;
  is_cursor_known_ = true;
}

}  // namespace idswitch::engine

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
      died_earlier_.insert(row.sequence);
      continue;
    }
    const VerificationId verification = row.verification;
    add(std::move(row), false);
    line_up(verification);
  }
}

std::size_t WebhookQueue::room(std::int64_t now_unix_ms, std::int64_t slow_down_ms) {
  if (items_.size() >= waiting_max_ || fresh_.size() >= k_read_ahead_max) return 0;
  if (failures_in_a_row_ < k_failures_to_slow_down) return k_read_ahead_max - fresh_.size();
  if (!fresh_.empty()) return 0;
  if (!items_.empty() && now_unix_ms < next_offer_unix_ms_) return 0;
  next_offer_unix_ms_ = now_unix_ms + slow_down_ms;
  return 1;
}

WebhookQueue::Item& WebhookQueue::add(store::WebhookFailure row, bool is_fresh) {
  const std::uint64_t sequence = row.sequence;
  lines_[row.verification].sequences.insert(sequence);
  Item& item = items_[sequence];
  item.row = std::move(row);
  item.is_fresh = is_fresh;
  if (is_fresh) fresh_.insert(sequence);
  return item;
}

void WebhookQueue::remember(Item& item) {
  if (std::exchange(item.is_fresh, false)) fresh_.erase(item.row.sequence);
  changed_.insert(item.row.sequence);
}

void WebhookQueue::line_up(VerificationId verification) {
  Line& line = lines_.at(verification);
  if (line.due != 0) {
    due_.erase({items_.at(line.due).row.next_try_unix_ms, line.due});
    line.due = 0;
  }
  if (line.in_flight != 0) return;
  if (line.sequences.empty()) {
    lines_.erase(verification);
    return;
  }
  line.due = *line.sequences.begin();
  due_.emplace(items_.at(line.due).row.next_try_unix_ms, line.due);
}

void WebhookQueue::offer(std::uint64_t sequence, VerificationId verification,
                         std::int64_t now_unix_ms) {
  read_ = sequence;
  // Rows may be ahead of the cursor.
  if (items_.contains(sequence) || died_earlier_.erase(sequence) != 0) return;
  store::WebhookFailure row;
  row.endpoint = endpoint_;
  row.sequence = sequence;
  row.verification = verification;
  row.next_try_unix_ms = now_unix_ms;
  Item& item = add(std::move(row), true);
  // Behind one that waits for days the cursor must not wait as long.
  const Item& first = items_.at(*lines_.at(verification).sequences.begin());
  if (!first.is_fresh) remember(item);
  line_up(verification);
}

std::vector<store::WebhookFailure> WebhookQueue::take(std::int64_t now_unix_ms,
                                                      std::size_t in_flight_max) {
  std::vector<store::WebhookFailure> taken;
  while (in_flight_ < in_flight_max && !due_.empty() && due_.begin()->first <= now_unix_ms) {
    Item& item = items_.at(due_.begin()->second);
    due_.erase(due_.begin());
    Line& line = lines_.at(item.row.verification);
    line.due = 0;
    line.in_flight = item.row.sequence;
    item.is_in_flight = true;
    ++in_flight_;
    taken.push_back(item.row);
  }
  return taken;
}

WebhookQueue::Item& WebhookQueue::landed(std::uint64_t sequence) {
  Item& item = items_.at(sequence);
  if (std::exchange(item.is_in_flight, false)) {
    --in_flight_;
    lines_.at(item.row.verification).in_flight = 0;
  }
  return item;
}

void WebhookQueue::remove(std::uint64_t sequence) {
  const VerificationId verification = items_.at(sequence).row.verification;
  lines_.at(verification).sequences.erase(sequence);
  fresh_.erase(sequence);
  items_.erase(sequence);
  line_up(verification);
}

void WebhookQueue::delivered(std::uint64_t sequence) {
  failures_in_a_row_ = 0;
  drop(sequence);
}

void WebhookQueue::drop(std::uint64_t sequence) {
  if (!landed(sequence).is_fresh) changed_.insert(sequence);
  remove(sequence);
}

void WebhookQueue::failed(std::uint64_t sequence, std::int64_t next_try_unix_ms,
                          std::string error) {
  ++failures_in_a_row_;
  Item& item = landed(sequence);
  ++item.row.attempts;
  item.row.next_try_unix_ms = next_try_unix_ms;
  item.row.last_error = std::move(error);
  for (const std::uint64_t one : lines_.at(item.row.verification).sequences) {
    Item& behind = items_.at(one);
    if (one == sequence || behind.is_fresh) remember(behind);
  }
  line_up(item.row.verification);
}

void WebhookQueue::died(std::uint64_t sequence, std::string error) {
  ++failures_in_a_row_;
  Item& item = landed(sequence);
  ++item.row.attempts;
  item.row.state = store::WebhookState::dead;
  item.row.last_error = std::move(error);
  remember(item);
  dead_[sequence] = item.row;
  remove(sequence);
}

void WebhookQueue::postpone(std::uint64_t sequence, std::int64_t next_try_unix_ms) {
  Item& item = landed(sequence);
  item.row.next_try_unix_ms = next_try_unix_ms;
  if (!item.is_fresh) changed_.insert(sequence);
  line_up(item.row.verification);
}

void WebhookQueue::revive(const store::WebhookFailure& row, std::int64_t now_unix_ms) {
  if (items_.contains(row.sequence)) return;
  dead_.erase(row.sequence);
  store::WebhookFailure again = row;
  again.state = store::WebhookState::waiting;
  again.attempts = 0;
  again.next_try_unix_ms = now_unix_ms;
  remember(add(std::move(again), false));
  line_up(row.verification);
}

bool WebhookQueue::hasten(std::uint64_t sequence, std::int64_t now_unix_ms) {
  const auto found = items_.find(sequence);
  if (found == items_.end()) return false;
  Item& item = found->second;
  if (item.is_in_flight) return true;
  Line& line = lines_.at(item.row.verification);
  if (line.due == sequence) {
    due_.erase({item.row.next_try_unix_ms, sequence});
    line.due = 0;
  }
  item.row.next_try_unix_ms = now_unix_ms;
  if (!item.is_fresh) changed_.insert(sequence);
  line_up(item.row.verification);
  return true;
}

std::uint64_t WebhookQueue::delivered() const {
  return fresh_.empty() ? read_ : *fresh_.begin() - 1;
}

bool WebhookQueue::add_changes(store::Change& change) {
  const bool moves = !is_cursor_known_ || delivered() != durable_;
  if (changed_.empty() && !moves) return false;
  for (const std::uint64_t sequence : changed_) {
    const auto item = items_.find(sequence);
    const auto dead = dead_.find(sequence);
    if (item != items_.end()) {
      change.push_back(store::FailWebhook{item->second.row});
    } else if (dead != dead_.end()) {
      change.push_back(store::FailWebhook{dead->second});
    } else {
      change.push_back(store::DropWebhook{endpoint_, sequence});
    }
  }
  writing_ = delivered();
  change.push_back(store::AdvanceWebhook{endpoint_, writing_});
  being_written_.assign(changed_.begin(), changed_.end());
  changed_.clear();
  return true;
}

void WebhookQueue::kept(bool durable) {
  for (const std::uint64_t sequence : std::exchange(being_written_, {})) {
    if (!durable) {
      changed_.insert(sequence);
    } else if (!changed_.contains(sequence)) {
      dead_.erase(sequence);
    }
  }
  if (!durable) return;
  durable_ = writing_;
  is_cursor_known_ = true;
}

}  // namespace idswitch::engine

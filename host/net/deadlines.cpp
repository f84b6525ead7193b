#include "net/deadlines.hpp"

namespace idswitch::net {

namespace {

constexpr auto k_sweep_every = std::chrono::milliseconds(50);

}  // namespace

Deadlines::Entry::Entry(Deadlines& owner) : owner_(&owner), index_(owner.slots_.size()) {
  owner.slots_.push_back({never, this});
  if (!owner.scheduled_) owner.schedule();
}

Deadlines::Entry::~Entry() {
  auto& slots = owner_->slots_;
  slots[index_] = slots.back();
  slots[index_].entry->index_ = index_;
  slots.pop_back();
}

Deadlines::Deadlines(boost::asio::io_context& lane)
    : timer_(lane),
      self_(std::make_shared<Deadlines*>(this)),
      now_(std::chrono::steady_clock::now()) {}

Deadlines::~Deadlines() {
  *self_ = nullptr;
}

void Deadlines::expire_all() {
  sweep(never);
}

void Deadlines::sweep(Time now) {
  for (std::size_t i = 0; i < slots_.size();) {
    Entry* const entry = slots_[i].entry;
    if (slots_[i].at <= now) {
      slots_[i].at = never;
      entry->on_deadline();
    }
    // An entry that destroyed itself has left its slot to the last one.
    if (i < slots_.size() && slots_[i].entry == entry) ++i;
  }
}

// Runs as long as there are entries, so that an idle lane sleeps.
void Deadlines::schedule() {
  scheduled_ = true;
  now_ = std::chrono::steady_clock::now();
  timer_.expires_after(k_sweep_every);
  timer_.async_wait([self = self_](const boost::system::error_code&) {
    Deadlines* const deadlines = *self;
    if (deadlines == nullptr) return;
    deadlines->now_ = std::chrono::steady_clock::now();
    deadlines->sweep(deadlines->now_);
    deadlines->scheduled_ = false;
    if (!deadlines->slots_.empty()) deadlines->schedule();
  });
}

}  // namespace idswitch::net

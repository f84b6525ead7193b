#pragma once

// BodyBudget: how many bytes of request bodies a whole server keeps at the same time. A Hold is one
// request's part of it, given back when the request is answered or its connection ends. It counts
// promises, not allocations: a body is held in full before its first byte is kept, so that what was
// let in can also be finished. Any thread; a Hold belongs to one.

#include <atomic>
#include <cstddef>

namespace idswitch::net {

class BodyBudget {
 public:
  explicit BodyBudget(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  BodyBudget(const BodyBudget&) = delete;
  BodyBudget& operator=(const BodyBudget&) = delete;

  std::size_t held() const { return held_.load(std::memory_order_relaxed); }

  class Hold {
   public:
    Hold() = default;

    ~Hold() { release(); }

    Hold(const Hold&) = delete;
    Hold& operator=(const Hold&) = delete;

    // The budget must outlive what is held of it. Only while nothing is held.
    void bind(BodyBudget& budget) { budget_ = &budget; }

    bool is_bound() const { return budget_ != nullptr; }

    std::size_t bytes() const { return bytes_; }

    // To so many bytes in all; it never shrinks. False: there is no room, and nothing has changed.
    bool grow_to(std::size_t bytes);

    // Gives everything back and forgets the budget.
    void release();

   private:
    BodyBudget* budget_ = nullptr;
    std::size_t bytes_ = 0;
  };

 private:
  bool take(std::size_t bytes);

  std::size_t bytes_max_;
  std::atomic<std::size_t> held_{0};
};

}  // namespace idswitch::net

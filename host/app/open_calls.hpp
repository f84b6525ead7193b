#pragma once

// OpenCalls: the calls of the embedding API that have no answer yet. Each completion is called
// exactly once: by the work, by the end of the grace, at the door when the switch is closing, or
// because the work was dropped. Not what a call does; that is the engine's. Any thread.

#include <chrono>
#include <functional>
#include <memory>

#include "idswitch/switch.hpp"

namespace idswitch::app {

class OpenCalls {
  struct Book;

 public:
  using Completion = std::function<void(Outcome<Verification>)>;

  class Call {
   public:
    Call(std::shared_ptr<Book> book, Completion done);
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;
    ~Call();  // answers, when nobody has: the work was dropped

    // Calls the completion unless it has been called.
    void answer(Outcome<Verification> outcome);

   private:
    std::shared_ptr<Book> book_;
    Completion done_;
    bool is_answered_ = false;  // under the book's mutex
  };

  OpenCalls();

  // nullptr after close(): the completion has been called, with shutting_down.
  std::shared_ptr<Call> enter(Completion done);

  // Nobody enters any more.
  void close();

  // Until every completion has returned; false when some had not by then. [blocking]
  bool wait_until(std::chrono::steady_clock::time_point deadline);

  // Answers those that are left with shutting_down, on this thread.
  void cut_off();

 private:
  std::shared_ptr<Book> book_;  // a call may outlive the switch's other parts
};

}  // namespace idswitch::app

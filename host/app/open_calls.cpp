#include "app/open_calls.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "engine/traffic/problems.hpp"

namespace idswitch::app {
namespace {

// A completion must not throw; one that does takes nobody else down.
void complete(const OpenCalls::Completion& done, Outcome<Verification> outcome) {
  try {
    done(std::move(outcome));
  } catch (...) {
    log::write(log::Level::error, "completion_threw");
  }
}

Problem stopping() {
  return engine::to_problem(
      Error(Errc::shutting_down, "the switch is closing; ask the next one that is opened"));
}

}  // namespace

struct OpenCalls::Book {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_closed = false;
  std::map<Call*, std::weak_ptr<Call>> open;
};

OpenCalls::Call::Call(std::shared_ptr<Book> book, Completion done)
    : book_(std::move(book)), done_(std::move(done)) {}

OpenCalls::Call::~Call() {
  answer(engine::to_problem(Error(Errc::internal, "the call was dropped before it had an answer")));
}

void OpenCalls::Call::answer(Outcome<Verification> outcome) {
  {
    const std::lock_guard lock(book_->mutex);
    if (std::exchange(is_answered_, true)) return;
  }
  complete(std::exchange(done_, {}), std::move(outcome));
  const std::lock_guard lock(book_->mutex);
  book_->open.erase(this);
  book_->changed.notify_all();
}

OpenCalls::OpenCalls() : book_(std::make_shared<Book>()) {}

std::shared_ptr<OpenCalls::Call> OpenCalls::enter(Completion done) {
  auto call = std::make_shared<Call>(book_, std::move(done));
  {
    const std::lock_guard lock(book_->mutex);
    if (!book_->is_closed) {
      book_->open.emplace(call.get(), call);
      return call;
    }
  }
  call->answer(stopping());
  return nullptr;
}

void OpenCalls::close() {
  const std::lock_guard lock(book_->mutex);
  book_->is_closed = true;
}

bool OpenCalls::wait_until(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(book_->mutex);
  return book_->changed.wait_until(lock, deadline, [this] { return book_->open.empty(); });
}

void OpenCalls::cut_off() {
  std::vector<std::shared_ptr<Call>> left;
  {
    const std::lock_guard lock(book_->mutex);
    for (const auto& [key, call] : book_->open) {
      if (auto held = call.lock()) left.push_back(std::move(held));
    }
  }
  for (const auto& call : left) call->answer(stopping());
}

}  // namespace idswitch::app

#pragma once

// Task<T>: a coroutine that an exchange steps through. An operation is a Task<Result>; it may co_await
// other tasks. It starts when it is awaited (or when the exchange starts) and runs on whatever thread
// steps the exchange. An exception passes to the awaiting task, and from the outermost one to the
// exchange, which turns it into IDSW_E_INTERNAL.

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace idswitch::sdk {

template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type {
    std::optional<T> value;
    std::exception_ptr exception;
    std::coroutine_handle<> waiting;

    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }

    std::suspend_always initial_suspend() noexcept { return {}; }

    struct Last {
      bool await_ready() noexcept { return false; }

      std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> self) noexcept {
        const auto next = self.promise().waiting;
        return next ? next : std::noop_coroutine();
      }

      void await_resume() noexcept {}
    };

    Last final_suspend() noexcept { return {}; }

    void return_value(T result) { value.emplace(std::move(result)); }
    void unhandled_exception() { exception = std::current_exception(); }
  };

  Task() = default;
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}

  Task& operator=(Task&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }

  ~Task() {
    if (handle_) handle_.destroy();
  }

  // Awaiting a task runs it to its end and gives its value.
  bool await_ready() const noexcept { return false; }

  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) noexcept {
    handle_.promise().waiting = waiting;
    return handle_;
  }

  T await_resume() { return take(); }

  // For the exchange.
  std::coroutine_handle<> handle() const { return handle_; }
  bool done() const { return handle_ && handle_.done(); }

  T take() {
    if (handle_.promise().exception) std::rethrow_exception(handle_.promise().exception);
    return std::move(*handle_.promise().value);
  }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}

  std::coroutine_handle<promise_type> handle_;
};

}  // namespace idswitch::sdk

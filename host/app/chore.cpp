#include "app/chore.hpp"

#include <pthread.h>

#include <utility>

namespace idswitch::app {

Chore::Chore(std::string name, std::chrono::milliseconds rest, Work work)
    : name_(std::move(name)), rest_(rest), work_(std::move(work)) {}

Chore::~Chore() {
  stop();
}

void Chore::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), name_.c_str());
}

void Chore::begin_stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
}

void Chore::stop() {
  begin_stop();
  if (thread_.joinable()) thread_.join();
}

bool Chore::goes_on() {
  const std::lock_guard lock(mutex_);
  return !is_stopping_;
}

void Chore::run() {
  std::unique_lock lock(mutex_);
  while (!is_stopping_) {
    lock.unlock();
    work_([this] { return goes_on(); });
    lock.lock();
    wake_.wait_for(lock, rest_, [this] { return is_stopping_; });
  }
}

}  // namespace idswitch::app

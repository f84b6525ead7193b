#pragma once

// Writer: the queue in front of GroupCommit and the one thread behind it. Whatever arrives while a
// group is being made durable forms the next one. Any thread may submit.

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

#include "store/sqlite/group_commit.hpp"

namespace idswitch::store {

class Writer {
 public:
  struct Limits {
    std::size_t group_max = 512;  // jobs in one commit at most, at least 1
    std::size_t queue_max = 20'000;
    std::size_t queue_bytes_max = std::size_t{256} << 20;
  };

  Writer(std::unique_ptr<GroupCommit> group_commit, Limits limits);

  // Waits until everything submitted is done.
  ~Writer();

  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Jobs are applied in the order of the calls. done is called on the writer's thread; at once,
  // with Errc::overloaded, when too much waits already.
  void submit(Change change, std::function<void(Written)> done);

  // Waits. Not from the writer's thread.
  Result<std::int64_t> perform(Errand errand);

  CountCache& counts() { return group_commit_->counts(); }

 private:
  // False: there is no room for it.
  bool push(Job& job);
  void run();
  // Waits for jobs and takes all there are; false when there will be none any more.
  bool take(std::vector<Job>& jobs);
  // They do not wait any more.
  void leave(std::span<const Job> jobs);
  void complete(std::span<Job> jobs);

  std::unique_ptr<GroupCommit> group_commit_;
  const Limits limits_;
  std::size_t last_taken_ = 0;  // the writer thread's

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job> queue_;
  std::size_t waiting_ = 0;        // jobs that are not done
  std::size_t waiting_bytes_ = 0;  // of these, about
  std::size_t gathering_ = 0;      // the thread waits for so many; 0: it does not
  bool stopping_ = false;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace idswitch::store

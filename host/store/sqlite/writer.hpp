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
  // group_max: jobs in one commit at most, at least 1.
  Writer(std::unique_ptr<GroupCommit> group_commit, std::size_t group_max);

  // Waits until everything submitted is done.
  ~Writer();

  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  // Jobs are applied in the order of the calls. done is called on the writer's thread.
  void submit(Change change, std::function<void(Written)> done);

  // Waits. Not from the writer's thread.
  Result<std::int64_t> perform(Errand errand);

 private:
  void push(Job job);
  void run();
  // Waits for jobs and takes all there are; false when there will be none any more.
  bool take(std::vector<Job>& jobs);
  void complete(std::span<Job> jobs);

  std::unique_ptr<GroupCommit> group_commit_;
  const std::size_t group_max_;
  std::size_t last_taken_ = 0;  // the writer thread's

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job> queue_;
  std::size_t gathering_ = 0;  // the thread waits for so many; 0: it does not
  bool stopping_ = false;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace idswitch::store

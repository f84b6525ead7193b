#pragma once

// Writer: the queue in front of GroupCommit and the one thread behind it. Whatever arrives while a
// group is being made durable forms the next one, and so does what a lane has ready in one pass: a
// commit costs about as much as a hundred rows, so what is written from a lane waits until the lane
// has run what was ready before it, and a few times more while that brings more to write. No clock
// is in it. Any thread may submit.

#include <boost/asio/any_io_executor.hpp>
#include <condition_variable>
#include <cstddef>
#include <memory>
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

  // The same, with what else the executor has ready now. The executor's context must outlive this.
  void submit(Change change, std::function<void(Written)> done,
              const boost::asio::any_io_executor& lane);

  // Waits. Not from the writer's thread.
  Result<std::int64_t> perform(Errand errand);

  CountCache& counts() { return group_commit_->counts(); }

 private:
  // A lane's passes under way: their end, or their being dropped, lets the thread go to work.
  class Pass;
  struct Passes;

  // False: there is no room for it. lane: null, or the context in whose pass it waits; begins_pass:
  // it is the first one there.
  bool push(Job& job, const void* lane, bool& begins_pass);
  void submit(Job job, const boost::asio::any_io_executor* lane);
  std::size_t queued();
  // The lane's passes are over: the thread may take what is there.
  void release(const void* lane);
  void run();
  // Waits for jobs and takes all there are; false when there will be none any more.
  bool take(std::vector<Job>& jobs);
  // They do not wait any more.
  void leave(std::span<const Job> jobs);
  void complete(std::span<Job> jobs);

  std::unique_ptr<GroupCommit> group_commit_;
  const Limits limits_;
  const std::shared_ptr<Passes> passes_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<Job> queue_;
  std::size_t waiting_ = 0;           // jobs that are not done
  std::size_t waiting_bytes_ = 0;     // of these, about
  std::vector<const void*> in_pass_;  // lanes
  bool is_due_ = false;               // the queue is to be taken
  bool stopping_ = false;

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace idswitch::store

#include "store/sqlite/writer.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <future>

#include "store/sqlite/deliveries.hpp"

namespace idswitch::store {
namespace {

// So many are worth a commit, whatever a lane is still at.
constexpr std::size_t k_enough = 64;

// As long as a lane's passes bring more it is waited for, but nobody for longer than this.
constexpr int k_passes_max = 4;

const void* context_of(const boost::asio::any_io_executor& lane) {
  return &boost::asio::query(lane, boost::asio::execution::context);
}

// What is large in a change; the rest counts as nothing.
std::size_t bytes_of(const Change& change) {
  std::size_t bytes = 0;
  for (const Item& item : change) {
    if (const auto* insert = std::get_if<Insert>(&item)) bytes += insert->record->decision.size();
    if (const auto* kept = std::get_if<KeepImage>(&item)) bytes += kept->image.bytes.size();
  }
  return bytes;
}

}  // namespace

// Outlives the writer in the handlers that lanes have not run.
struct Writer::Passes {
  std::mutex mutex;
  Writer* writer = nullptr;
};

class Writer::Pass {
 public:
  Pass(std::shared_ptr<Passes> passes, boost::asio::any_io_executor lane)
      : passes_(std::move(passes)), lane_(std::move(lane)) {}

  Pass(Pass&& other) noexcept = default;
  Pass& operator=(Pass&&) = delete;

  ~Pass() {
    if (!passes_) return;
    const std::lock_guard lock(passes_->mutex);
    if (passes_->writer != nullptr) passes_->writer->release(context_of(lane_));
  }

  void operator()() {
    if (++count_ >= k_passes_max || !brought_more()) return;
    const auto lane = lane_;  // goes with this
    boost::asio::post(lane, std::move(*this));
  }

 private:
  bool brought_more() {
    const std::lock_guard lock(passes_->mutex);
    if (passes_->writer == nullptr) return false;
    const std::size_t waiting = passes_->writer->queued();
    return std::exchange(waited_, waiting) < waiting;
  }

  std::shared_ptr<Passes> passes_;
  boost::asio::any_io_executor lane_;
  std::size_t waited_ = 1;  // in the queue, when the last pass began
  int count_ = 0;
};

Writer::Writer(std::unique_ptr<GroupCommit> group_commit, Limits limits)
    : group_commit_(std::move(group_commit)),
      limits_{std::max<std::size_t>(limits.group_max, 1), limits.queue_max, limits.queue_bytes_max},
      passes_(std::make_shared<Passes>()),
      thread_([this] { run(); }) {
  passes_->writer = this;
}

Writer::~Writer() {
  {
    const std::lock_guard lock(passes_->mutex);
    passes_->writer = nullptr;
  }
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Writer::submit(Change change, std::function<void(Written)> done) {
  Job job;
  job.change = std::move(change);
  job.done = std::move(done);
  submit(std::move(job), nullptr);
}

void Writer::submit(Change change, std::function<void(Written)> done,
                    const boost::asio::any_io_executor& lane) {
  Job job;
  job.change = std::move(change);
  job.done = std::move(done);
  submit(std::move(job), &lane);
}

void Writer::submit(Job job, const boost::asio::any_io_executor* lane) {
  job.bytes = bytes_of(job.change);
  const void* context = lane == nullptr ? nullptr : context_of(*lane);
  bool begins_pass = false;
  if (push(job, context, begins_pass)) {
    if (begins_pass) boost::asio::post(*lane, Pass(passes_, *lane));
    return;
  }
  job.done(
      Written::failed(Error(Errc::overloaded,
                            "the disk does not keep up with what is to be written; try again in a "
                            "second")));
}

Result<std::int64_t> Writer::perform(Errand errand) {
  std::promise<Result<std::int64_t>> promise;
  auto number = promise.get_future();
  Job job;
  job.errand = std::move(errand);
  job.answered = [&promise](Result<std::int64_t> answer) { promise.set_value(std::move(answer)); };
  bool begins_pass = false;
  push(job, nullptr, begins_pass);
  return number.get();
}

bool Writer::push(Job& job, const void* lane, bool& begins_pass) {
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    // Somebody waits for an errand, and there are few.
    const bool is_full = waiting_ >= limits_.queue_max ||
                         (waiting_ > 0 && waiting_bytes_ + job.bytes > limits_.queue_bytes_max);
    if (!job.errand && is_full) return false;
    ++waiting_;
    waiting_bytes_ += job.bytes;
    queue_.push_back(std::move(job));
    if (lane != nullptr && std::find(in_pass_.begin(), in_pass_.end(), lane) == in_pass_.end()) {
      in_pass_.push_back(lane);
      begins_pass = true;
    }
    if (lane == nullptr || queue_.size() >= k_enough) wakes = !std::exchange(is_due_, true);
  }
  if (wakes) wake_.notify_one();
  return true;
}

std::size_t Writer::queued() {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void Writer::release(const void* lane) {
  bool wakes = false;
  {
    const std::lock_guard lock(mutex_);
    std::erase(in_pass_, lane);
    if (!queue_.empty()) wakes = !std::exchange(is_due_, true);
  }
  if (wakes) wake_.notify_one();
}

void Writer::run() {
  std::vector<Job> jobs;
  while (take(jobs)) {
    for (std::span<Job> rest(jobs); !rest.empty();) {
      const auto group = rest.first(std::min(rest.size(), limits_.group_max));
      rest = rest.subspan(group.size());
      group_commit_->commit(group);
      leave(group);
      complete(group);
      group_commit_->checkpoint();
    }
    jobs.clear();
  }
}

bool Writer::take(std::vector<Job>& jobs) {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return stopping_ || is_due_; });
  is_due_ = false;
  jobs.swap(queue_);
  return !jobs.empty();
}

void Writer::leave(std::span<const Job> jobs) {
  const std::lock_guard lock(mutex_);
  waiting_ -= jobs.size();
  for (const Job& job : jobs) waiting_bytes_ -= job.bytes;
}

void Writer::complete(std::span<Job> jobs) {
  const Deliveries deliveries;
  for (Job& job : jobs) {
    if (job.answered) {
      job.answered(job.written.committed() ? Result<std::int64_t>(job.number) : job.written.error);
    }
    if (job.done) job.done(std::move(job.written));
  }
}

}  // namespace idswitch::store

#pragma once

// Store: what must survive, behind four doors and one way to write. One SQLite file (WAL,
// synchronous=FULL): changes are queued and made durable in groups by one writer thread. Not for
// decisions: what to write is the engine's and billing's business. Any thread, unless said
// otherwise.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "store/agreement.hpp"
#include "store/change.hpp"
#include "store/ledger.hpp"
#include "store/store_key.hpp"
#include "store/verifications.hpp"
#include "store/webhooks.hpp"

namespace idswitch::store {

struct Options {
  std::string path;             // created with mode 0600 when absent; its folder must exist
  std::size_t group_max = 512;  // changes in one commit at most

  // What may wait for the writer; what comes beyond is answered `overloaded` at once.
  std::size_t queue_max = 20'000;
  std::size_t queue_bytes_max = std::size_t{256} << 20;

  const Clock* clock = nullptr;  // must outlive the store; null: the system's

  // Of an account's contract, for what an older file is counted by; null: 0.
  std::function<int(std::string_view account)> utc_offset_min = {};
};

class Store {
 public:
  // Creates or migrates the schema. Fails with storage_failed and a sentence that names the file
  // when it is not ours, newer than this program, locked by another process, or its folder is
  // missing or read-only. [blocking]
  static Result<std::unique_ptr<Store>> open(const Options& options);

  // For reading beside the process that has it open, or while nobody has: every write fails. The
  // file must exist and have this program's schema. [blocking]
  static Result<std::unique_ptr<Store>> open_for_reading(const std::string& path);

  virtual ~Store() = default;  // waits until everything queued is durable

  // The switch stops: a read that is under way gives up, and none begins any more; they fail with
  // shutting_down. Writes go on. Any thread, and at once.
  virtual void end_reads() = 0;

  // done is called on the writer thread after the commit, or after the roll-back: keep it short and
  // do not throw. Changes are applied in the order they were queued. Too much is waiting: done is
  // called at once, with Errc::overloaded.
  virtual void write(Change change, std::function<void(Written)> done) = 0;

  // The same; resumes on the awaiting coroutine's own executor, whose context must outlive the
  // store. What the executor has ready when it is called is waited for, so that it shares a commit.
  boost::asio::awaitable<Written> write(Change change);

  // Of the file.
  virtual const StoreKey& key() const = 0;

  virtual Verifications& verifications() = 0;
  virtual Ledger& ledger() = 0;
  virtual Webhooks& webhooks() = 0;
  virtual Agreement& agreement() = 0;

 private:
  // For a coroutine on this executor; done is called as by write().
  virtual void write_in_pass(Change change, std::function<void(Written)> done,
                             const boost::asio::any_io_executor&) {
    write(std::move(change), std::move(done));
  }
};

}  // namespace idswitch::store

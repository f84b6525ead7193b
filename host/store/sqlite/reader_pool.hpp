#pragma once

// ReaderPool: read-only connections with their prepared statements, lent to one thread at a time.
// As many exist as threads have read at once. Any thread.

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/sqlite/claim_table.hpp"
#include "store/sqlite/config_version_table.hpp"
#include "store/sqlite/count_table.hpp"
#include "store/sqlite/experiment_table.hpp"
#include "store/sqlite/image_table.hpp"
#include "store/sqlite/lane_table.hpp"
#include "store/sqlite/ledger_table.hpp"
#include "store/sqlite/retention_table.hpp"
#include "store/sqlite/sqlite.hpp"
#include "store/sqlite/statistic_table.hpp"
#include "store/sqlite/verification_table.hpp"
#include "store/sqlite/webhook_table.hpp"
#include "store/sqlite/work_table.hpp"

namespace idswitch::store {

struct Reader {
  explicit Reader(Database opened)
      : database(std::move(opened)),
        verifications(database),
        ledger(database),
        claims(database),
        images(database),
        experiments(database),
        statistics(database),
        counts(database),
        lane(database),
        work(database),
        config_versions(database),
        webhooks(database),
        retention(database) {}

  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Database database;
  VerificationReader verifications;
  LedgerReader ledger;
  ClaimReader claims;
  ImageReader images;
  ExperimentReader experiments;
  StatisticReader statistics;
  CountReader counts;
  LaneReader lane;
  WorkReader work;
  ConfigVersionReader config_versions;
  WebhookReader webhooks;
  RetentionReader retention;
};

class ReaderPool {
 public:
  explicit ReaderPool(std::string path) : path_(std::move(path)) {}

  // Gives the reader back when it dies.
  class Loan {
   public:
    Loan(ReaderPool& pool, std::unique_ptr<Reader> reader)
        : pool_(&pool), reader_(std::move(reader)) {}

    Loan(Loan&&) = default;
    Loan& operator=(Loan&&) = delete;
    ~Loan();

    Reader* operator->() const { return reader_.get(); }

    // Closes it instead: it may have read a page that is damaged, and keep it.
    void discard() { reader_.reset(); }

   private:
    ReaderPool* pool_;
    std::unique_ptr<Reader> reader_;
  };

  // Error: storage_failed; shutting_down after end().
  Result<Loan> lend();

  // What `ask` reads on a connection of the pool.
  template <class Ask>
  auto read(Ask ask) -> decltype(ask(std::declval<Reader&>())) {
    auto reader = lend();
    if (!reader) return reader.error();
    auto answer = ask(*reader->operator->());
    if (!answer) reader->discard();
    if (!answer && ended()) return given_up();
    return answer;
  }

  // What reads on a connection of the pool, or on one that gives up when this says so, fails soon.
  void end() { ended_ = true; }

  const std::atomic<bool>& ended() const { return ended_; }

  static Error given_up() {
    return Error(Errc::shutting_down, "the switch is stopping, and what it read was not done");
  }

 private:
  const std::string path_;
  std::atomic<bool> ended_{false};
  std::mutex mutex_;
  std::vector<std::unique_ptr<Reader>> idle_;
};

}  // namespace idswitch::store

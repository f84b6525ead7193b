#pragma once

// Housekeeping: what a running switch does by itself, on a thread of its own: it keeps statistics
// durable, looks whether the config file has changed, pauses experiments that do harm, checks the
// ledger, and forgets what is old.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "engine/experiments/experiment_watch.hpp"
#include "engine/verification/engine.hpp"
#include "engine/verification/reload.hpp"
#include "report/ledger_watch.hpp"

namespace idswitch::app {

class Housekeeping {
 public:
  Housekeeping(engine::Engine& engine, engine::Reload& reload, engine::LedgerWatch& ledger)
      : engine_(engine),
        reload_(reload),
        ledger_(ledger),
        experiments_(engine.store(), engine.traffic(), engine.clock()) {}

  ~Housekeeping();

  // Once, after the engine has recovered.
  void start();

  // Idempotent; waits for the thread, and keeps what is not durable yet. [blocking]
  void stop();

 private:
  void run();
  void keep_statistics();
  void forget_old();
  void look_at_experiments();
  bool is_stopping();

  engine::Engine& engine_;
  engine::Reload& reload_;
  engine::LedgerWatch& ledger_;
  engine::ExperimentWatch experiments_;
  std::chrono::steady_clock::time_point next_look_{};  // at the experiments
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace idswitch::app

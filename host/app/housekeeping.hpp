#pragma once

// Housekeeping: what a running switch does by itself: it looks whether the config file has changed,
// pauses experiments that do harm, checks the ledger, keeps statistics durable and forgets what is
// old or not to be kept any longer. Each of these has a thread of its own: none waits for another's
// long read.

#include <array>
#include <chrono>

#include "app/chore.hpp"
#include "engine/experiments/experiment_watch.hpp"
#include "engine/verification/engine.hpp"
#include "engine/verification/reload.hpp"
#include "report/ledger_watch.hpp"

namespace idswitch::app {

class Housekeeping {
 public:
  Housekeeping(engine::Engine& engine, engine::Reload& reload, engine::LedgerWatch& ledger);

  // Once, after the engine has recovered.
  void start();

  // Begins nothing more, and lets what is under way know. Returns at once.
  void begin_stop();

  // Idempotent; waits for the threads, and keeps what is not durable yet. Whoever needs that to be
  // prompt ends the store's reads first. [blocking]
  void stop();

 private:
  std::array<Chore*, 6> all();
  void keep_statistics();
  void forget_old(const Chore::GoesOn& goes_on);
  void retain(const Chore::GoesOn& goes_on);
  void look_at_experiments(const Chore::GoesOn& goes_on);

  engine::Engine& engine_;
  engine::ExperimentWatch experiments_;
  std::chrono::steady_clock::time_point next_look_{};  // at the experiments
  bool is_started_ = false;
  Chore file_;
  Chore guard_;
  Chore check_;
  Chore statistics_;
  Chore forgetting_;
  Chore retention_;
};

}  // namespace idswitch::app

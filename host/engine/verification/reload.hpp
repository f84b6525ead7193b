#pragma once

// Reload: another configuration for a running engine. The file is read, checked and made ready
// beside the running version; only when nothing is wrong does it become the one that new requests
// use, under the next number. A version that could not become that, because the store refused, is
// tried again until it does. Any thread; one reload at a time.

#include <array>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config_load.hpp"
#include "engine/verification/engine.hpp"

namespace idswitch::engine {

struct Reloaded {
  std::int64_t version = 0;                   // the one that runs now
  bool changed = false;                       // false: the file is refused, or is what runs already
  std::vector<config::Complaint> complaints;  // why it is refused; empty = it is not
  std::vector<config::Complaint> warnings;
};

// Reads and checks a file as a whole: nullptr with complaints, or a setup without a number.
std::shared_ptr<Setup> open_setup(const std::string& config_file, Reloaded& result);

// What a reload does to the switch, and by which clock it waits.
struct ReloadSteps {
  std::function<std::shared_ptr<const Setup>()> running;
  // As open_setup, of what has been read.
  std::function<std::shared_ptr<Setup>(config::LoadResult, Reloaded&)> prepare;
  // Numbers it and lets new requests use it; the number. On failure the running version stays, and
  // it may be asked again. [blocking]
  std::function<Result<std::int64_t>(std::shared_ptr<Setup>)> adopt;
  std::function<std::chrono::steady_clock::time_point()> now;
};

ReloadSteps reload_steps(Engine& engine);

class Reload {
 public:
  Reload(Engine& engine, std::string config_file)
      : Reload(reload_steps(engine), std::move(config_file)) {}

  Reload(ReloadSteps steps, std::string config_file);

  // why: for the log, "reload", "admin ops". Error: storage_failed; the running version stays then,
  // and look() tries again. [blocking]
  Result<Reloaded> run(std::string_view why);

  // Now and then: loads the file when it has other bytes than those that were adopted or refused
  // last, and tries again what failed, after a pause that doubles. Everything that comes of it is
  // logged, the same failure once. [blocking]
  void look();

  const std::string& config_file() const { return config_file_; }

 private:
  using Digest = std::array<std::uint8_t, 32>;  // SHA-256

  struct Failure {
    Digest digest{};  // of the file that could not be adopted
    std::string detail;
    std::chrono::steady_clock::duration pause{};
    std::chrono::steady_clock::time_point again{};
  };

  // is_asked: by somebody who wants to know each time.
  Result<Reloaded> take(config::LoadResult loaded, std::string_view why, bool is_asked);
  void refuse(const Reloaded& result, std::string_view why) const;
  void note_failure(const Digest& digest, const Error& error, std::string_view why, bool is_asked);
  bool is_due(const Digest& digest) const;

  const ReloadSteps steps_;
  const std::string config_file_;
  std::mutex mutex_;
  Digest settled_{};  // of the file that was adopted, or refused for its own faults, last
  std::optional<Failure> failure_;
  int unread_ = 0;  // looks in a row that could not read the file
};

}  // namespace idswitch::engine

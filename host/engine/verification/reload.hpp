#pragma once

// Reload: another configuration for a running engine. The file is read, checked and made ready
// beside the running version; only when nothing is wrong does it become the one that new requests
// use, under the next number. Any thread; one reload at a time.

#include <mutex>
#include <string>
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

class Reload {
 public:
  Reload(Engine& engine, std::string config_file)
      : engine_(engine), config_file_(std::move(config_file)) {}

  // why: for the log, "reload", "file changed", "admin ops". Error: storage_failed; the running
  // version stays then, too. [blocking]
  Result<Reloaded> run(std::string_view why);

  // Whether the file has other bytes than when it was last read here, refused or not. [blocking]
  bool is_file_changed();

  const std::string& config_file() const { return config_file_; }

 private:
  Engine& engine_;
  std::string config_file_;
  std::mutex mutex_;
  std::array<std::uint8_t, 32> last_read_{};  // SHA-256
};

}  // namespace idswitch::engine

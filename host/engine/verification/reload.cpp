#include "engine/verification/reload.hpp"

#include <fstream>
#include <iterator>

#include "base/digest.hpp"
#include "base/log.hpp"

namespace idswitch::engine {
namespace {

using config::Complaint;

// What a running process cannot change; it keeps its value, and says so.
void warn_of_restart(const config::Config& running, const config::Config& next,
                     std::vector<Complaint>& warnings) {
  const auto warn = [&](bool differs, const char* key) {
    if (!differs) return;
    warnings.push_back({{next.file, 0, 0},
                        key,
                        "is another value than the running one: it takes effect after a restart"});
  };
  const config::Server& old = running.server;
  const config::Server& now = next.server;
  warn(old.listen != now.listen, "server.listen");
  warn(old.certificate_file != now.certificate_file, "server.certificate_file");
  warn(old.private_key_file != now.private_key_file, "server.private_key_file");
  warn(old.threads != now.threads, "server.threads");
  warn(old.body_bytes_max != now.body_bytes_max, "server.body_bytes_max");
  warn(old.buffered_bytes_max != now.buffered_bytes_max, "server.buffered_bytes_max");
  warn(old.stop_grace != now.stop_grace, "server.stop_grace");
  warn(running.store.path != next.store.path, "store.path");
}

void log_lines(std::string_view event, const std::vector<Complaint>& complaints) {
  for (const Complaint& complaint : complaints) {
    log::write(log::Level::warn, event, {{"detail", complaint.line()}});
  }
}

}  // namespace

std::shared_ptr<Setup> open_setup(const std::string& config_file, Reloaded& result) {
  config::LoadResult loaded = config::load_file(config_file);
  if (!loaded.complaints.empty()) {
    result.complaints = std::move(loaded.complaints);
    return nullptr;
  }
  return make_setup(std::move(loaded), result.complaints, result.warnings);
}

bool Reload::is_file_changed() {
  std::ifstream stream(config_file_, std::ios::binary);
  if (!stream) return false;  // being replaced, perhaps; look again later
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  const auto digest = sha256(text);
  const std::lock_guard lock(mutex_);
  if (last_read_ == decltype(last_read_){}) last_read_ = sha256(engine_.setup()->text);
  return digest != last_read_;
}

Result<Reloaded> Reload::run(std::string_view why) {
  const std::lock_guard lock(mutex_);
  const std::shared_ptr<const Setup> running = engine_.setup();
  Reloaded result;
  result.version = running->version;
  std::shared_ptr<Setup> setup = open_setup(config_file_, result);
  if (setup == nullptr) {
    std::ifstream stream(config_file_, std::ios::binary);
    last_read_ = sha256(
        std::string{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()});
    log::write(log::Level::error, "config_refused",
               {{"why", why}, {"running_version", running->version}});
    log_lines("config_complaint", result.complaints);
    return result;
  }
  last_read_ = sha256(setup->text);
  // Secrets and plugins may have changed although the text has not: it is loaded anyway.
  warn_of_restart(running->config, setup->config, result.warnings);
  const auto number =
      engine_.store().adopt_config(setup->text, last_read_, engine_.clock().now_unix_ms());
  if (!number) return number.error();
  setup->version = *number;
  log::set_level(setup->config.log_level);
  if (const auto adopted = engine_.adopt(std::move(setup)); !adopted) return adopted.error();
  result.version = *number;
  result.changed = *number != running->version;
  log::write(log::Level::info, "config_loaded", {{"why", why}, {"version", *number}});
  log_lines("config_warning", result.warnings);
  return result;
}

}  // namespace idswitch::engine

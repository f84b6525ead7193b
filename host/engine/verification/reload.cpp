#include "engine/verification/reload.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/digest.hpp"
#include "base/log.hpp"
#include "billing/booking.hpp"

namespace idswitch::engine {
namespace {

using config::Complaint;
using Duration = std::chrono::steady_clock::duration;

constexpr Duration k_pause_min = std::chrono::seconds(2);
constexpr Duration k_pause_max = std::chrono::seconds(60);
constexpr int k_unread_max = 2;

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

std::shared_ptr<Setup> prepare(config::LoadResult loaded, Reloaded& result) {
  if (!loaded.complaints.empty()) {
    result.complaints = std::move(loaded.complaints);
    return nullptr;
  }
  return make_setup(std::move(loaded), result.complaints, result.warnings);
}

void log_lines(std::string_view event, const std::vector<Complaint>& complaints) {
  for (const Complaint& complaint : complaints) {
    log::write(log::Level::warn, event, {{"detail", complaint.line()}});
  }
}

// What an account holds is in the currency of its contract then; that must have come to its end.
Result<void> check_currencies(Engine& engine, const Setup& next) {
  const std::shared_ptr<const Setup> running = engine.setup();
  for (const auto& [name, account] : next.accounts) {
    const AccountRuntime* before = running->account(name);
    const std::string& currency = account.config.contract.currency;
    if (before == nullptr || before->config.contract.currency == currency) continue;
    Touch touch;
    for (const std::string& sku : before->skus) touch.usage.push_back({name, sku, "", ""});
    const auto counted = engine.store().ledger().look(touch);
    if (!counted) return counted.error();
    std::int64_t open = 0;
    for (const UsageCount& one : counted->usage) open += one.open;
    if (const auto refusal =
            billing::currency_refusal(name, before->config.contract.currency, currency, open)) {
      return Error(Errc::config_invalid, *refusal);
    }
  }
  return {};
}

}  // namespace

std::shared_ptr<Setup> open_setup(const std::string& config_file, Reloaded& result) {
  return prepare(config::load_file(config_file), result);
}

ReloadSteps reload_steps(Engine& engine) {
  const auto adopt = [&engine](std::shared_ptr<Setup> setup) -> Result<std::int64_t> {
    if (const auto fits = check_currencies(engine, *setup); !fits) return fits.error();
    const auto number = engine.store().agreement().adopt(
        setup->text, sha256(setup->text), engine.clock().now_unix_ms(), setup->budgets.limits());
    if (!number) return number.error();
    setup->version = *number;
    if (const auto adopted = engine.adopt(std::move(setup)); !adopted) return adopted.error();
    return *number;
  };
  return {[&engine] { return engine.setup(); }, prepare, adopt,
          [] { return std::chrono::steady_clock::now(); }};
}

Reload::Reload(ReloadSteps steps, std::string config_file)
    : steps_(std::move(steps)),
      config_file_(std::move(config_file)),
      settled_(sha256(steps_.running()->text)) {}

bool Reload::is_due(const Digest& digest) const {
  if (!failure_) return digest != settled_;
  return digest != failure_->digest || steps_.now() >= failure_->again;
}

void Reload::look() {
  const std::lock_guard lock(mutex_);
  std::ifstream stream(config_file_, std::ios::binary);
  if (!stream) {
    // Once may be a file that is being replaced.
    if (++unread_ == k_unread_max) {
      log::write(log::Level::error, "config_not_read",
                 {{"file", config_file_}, {"detail", "the file cannot be opened any more"}});
    }
    return;
  }
  unread_ = 0;
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  const Digest digest = sha256(text);
  if (stream.bad() || !is_due(digest)) return;
  const bool is_again = failure_ && failure_->digest == digest;
  const std::string folder = std::filesystem::path(config_file_).parent_path().string();
  static_cast<void>(take(config::load_text(text, config_file_, folder),
                         is_again ? "tried again" : "file changed", false));
}

Result<Reloaded> Reload::run(std::string_view why) {
  const std::lock_guard lock(mutex_);
  // Secrets and plugins may have changed although the text has not: it is loaded anyway.
  return take(config::load_file(config_file_), why, true);
}

Result<Reloaded> Reload::take(config::LoadResult loaded, std::string_view why, bool is_asked) {
  const Digest digest = sha256(loaded.text);
  const std::shared_ptr<const Setup> running = steps_.running();
  Reloaded result;
  result.version = running->version;
  std::shared_ptr<Setup> setup = steps_.prepare(std::move(loaded), result);
  if (setup == nullptr) {
    settled_ = digest;
    failure_.reset();
    refuse(result, why);
    return result;
  }
  warn_of_restart(running->config, setup->config, result.warnings);
  const log::Level level = setup->config.log_level;
  const Result<std::int64_t> number = steps_.adopt(std::move(setup));
  if (!number) {
    note_failure(digest, number.error(), why, is_asked);
    return number.error();
  }
  settled_ = digest;
  failure_.reset();
  log::set_level(level);
  result.version = *number;
  result.changed = *number != running->version;
  log::write(log::Level::info, "config_loaded", {{"why", why}, {"version", *number}});
  log_lines("config_warning", result.warnings);
  return result;
}

void Reload::refuse(const Reloaded& result, std::string_view why) const {
  log::write(log::Level::error, "config_refused",
             {{"why", why}, {"running_version", result.version}});
  log_lines("config_complaint", result.complaints);
}

void Reload::note_failure(const Digest& digest, const Error& error, std::string_view why,
                          bool is_asked) {
  const bool is_same = failure_ && failure_->digest == digest;
  const bool is_told = is_same && failure_->detail == error.detail();
  if (is_asked || !is_told) {
    log::write(
        log::Level::error, "config_not_adopted",
        {{"why", why}, {"running_version", steps_.running()->version}, {"detail", error.detail()}});
  }
  const auto pause = is_same ? std::min(failure_->pause * 2, k_pause_max) : k_pause_min;
  failure_ = Failure{digest, std::string(error.detail()), pause, steps_.now() + pause};
}

}  // namespace idswitch::engine

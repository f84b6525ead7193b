#include "idswitch/switch.hpp"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <future>
#include <map>
#include <mutex>

#include "api/http_api.hpp"
#include "app/call_work.hpp"
#include "app/grace.hpp"
#include "app/housekeeping.hpp"
#include "app/open_calls.hpp"
#include "app/request_digest.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "engine/traffic/problems.hpp"
#include "engine/verification/engine.hpp"
#include "engine/verification/sweeper.hpp"
#include "present/verification_json.hpp"

// Composition, in the order of the ladder: config, plugins and accounts, store, lanes, engine, API,
// server.

namespace idswitch {

namespace asio = boost::asio;

namespace {

// Events that did not arrive by then are sent again after the next start.
constexpr std::chrono::seconds k_webhook_grace{2};

Problem problem_of(const std::vector<config::Complaint>& complaints) {
  std::string lines;
  for (const config::Complaint& complaint : complaints) {
    lines += (lines.empty() ? "" : "\n") + complaint.line();
  }
  return engine::to_problem(Error(Errc::config_invalid, std::move(lines)));
}

// The digest that is kept with an idempotency key is keyed with the store's own bytes.
template <class Request>
engine::Idempotency idempotency_of(engine::Engine& engine, const Request& request) {
  engine::Idempotency use;
  use.key = request.idempotency_key;
  const store::StoreKey& key = engine.store().key();
  if (!use.key.empty()) {
    use.request_digest = app::request_digest(
        std::string_view(reinterpret_cast<const char*>(key.data()), key.size()), request);
  }
  return use;
}

}  // namespace

class Switch::Impl {
 public:
  // setup is the version to begin with; the engine has the newest.
  Impl(std::shared_ptr<const engine::Setup> setup, std::unique_ptr<store::Store> store,
       std::string config_file)
      : setup_(std::move(setup)),
        lanes_(setup_->config.server.threads),
        store_(std::move(store)),
        engine_(setup_, lanes_, *store_, clock_),
        sweeper_(engine_, lanes_),
        reload_(engine_, std::move(config_file)),
        webhooks_(engine_, webhook_lane_.at(0), random_u64()),
        ledger_watch_(*store_, clock_),
        api_(engine_, reload_, webhooks_, ledger_watch_),
        housekeeping_(engine_, reload_, ledger_watch_) {}

  ~Impl() { close(); }

  Result<void> begin() {
    if (const auto loaded = engine_.load(); !loaded) return loaded;
    lanes_.start();
    webhook_lane_.start();
    webhooks_.start();
    sweeper_.start();
    housekeeping_.start();
    log::write(log::Level::info, "open",
               {{"config_version", setup_->version},
                {"accounts", static_cast<std::int64_t>(setup_->accounts.size())},
                {"tenants", static_cast<std::int64_t>(setup_->config.tenants.size())},
                {"lanes", static_cast<std::int64_t>(lanes_.size())}});
    return {};
  }

  Result<std::uint16_t> listen() {
    const config::Server& config = setup_->config.server;
    net::ServerConfig server;
    server.listen = config.listen;
    server.certificate_file = config.certificate_file;
    server.private_key_file = config.private_key_file;
    server.body_bytes_max = config.body_bytes_max;
    server.buffered_bytes_max = config.buffered_bytes_max;
    server_ = std::make_unique<net::HttpServer>(
        lanes_, server,
        [this](const net::IncomingRequest& request, net::OutgoingReply& reply) {
          return api_.handle(request, reply);
        },
        api::HttpApi::write_error,
        [this](const net::IncomingRequest& head, net::OutgoingReply& refusal) {
          return api_.admit(head, refusal);
        });
    if (const Result<void> started = server_->start(); !started) return started.error();
    log::write(log::Level::info, "listening",
               {{"port", static_cast<std::int64_t>(server_->port())}});
    return server_->port();
  }

  // Runs work on one lane after the other; done gets its answer there, or shutting_down.
  template <class Work>
  void run(Work work, Completion done) {
    const std::shared_ptr<app::OpenCalls::Call> call = calls_.enter(std::move(done));
    if (call == nullptr) return;
    const std::size_t lane = next_lane_++ % lanes_.size();
    asio::co_spawn(
        lanes_.at(lane),
        [call, lane, work = std::move(work)]() mutable -> asio::awaitable<void> {
          call->answer(co_await app::outcome_of_work(std::move(work), lane));
        },
        asio::detached);
  }

  engine::Engine& engine() { return engine_; }

  engine::Reload& reload() { return reload_; }

  void close() {
    const std::lock_guard lock(close_mutex_);
    if (closed_) return;
    const app::Grace grace(setup_->config.server.stop_grace);
    calls_.close();
    sweeper_.stop(std::chrono::milliseconds(0));
    housekeeping_.begin_stop();
    if (server_) server_->stop(grace.left());
    static_cast<void>(calls_.wait_until(grace.end()));
    sweeper_.stop(grace.left());
    webhooks_.stop(grace.left(k_webhook_grace));
    calls_.cut_off();
    // Reports, and what housekeeping reads, would be waited for otherwise, however long they are.
    store_->end_reads();
    lanes_.stop();
    webhook_lane_.stop();
    housekeeping_.stop();
    closed_ = true;
    log::write(log::Level::info, "closed");
  }

 private:
  SystemClock clock_;
  std::shared_ptr<const engine::Setup> setup_;
  net::Lanes lanes_;            // outlives the store, whose last completions go to it
  net::Lanes webhook_lane_{1};  // likewise
  std::unique_ptr<store::Store> store_;
  engine::Engine engine_;
  engine::Sweeper sweeper_;
  engine::Reload reload_;
  engine::WebhookDelivery webhooks_;
  engine::LedgerWatch ledger_watch_;
  api::HttpApi api_;
  app::Housekeeping housekeeping_;
  std::unique_ptr<net::HttpServer> server_;
  std::atomic<std::size_t> next_lane_{0};
  app::OpenCalls calls_;
  std::mutex close_mutex_;
  bool closed_ = false;
};

Outcome<std::unique_ptr<Switch>> Switch::open(const OpenOptions& options) {
  engine::Reloaded read;
  std::shared_ptr<engine::Setup> setup = engine::open_setup(options.config_file, read);
  if (setup == nullptr) return problem_of(read.complaints);
  log::set_level(setup->config.log_level);
  for (const config::Complaint& warning : read.warnings) {
    log::write(log::Level::warn, "config_warning", {{"detail", warning.line()}});
  }
  store::Options store_options;
  store_options.path = setup->config.store.path;
  std::map<std::string, int, std::less<>> offsets;
  for (const auto& [name, account] : setup->accounts)
    offsets[name] = account.config.contract.utc_offset_min;
  store_options.utc_offset_min = [offsets = std::move(offsets)](std::string_view name) {
    const auto found = offsets.find(name);
    return found == offsets.end() ? 0 : found->second;
  };
  Result<std::unique_ptr<store::Store>> store = store::Store::open(store_options);
  if (!store) return engine::to_problem(store.error());
  const auto version = (*store)->agreement().adopt(
      setup->text, sha256(setup->text), SystemClock().now_unix_ms(), setup->budgets.limits());
  if (!version) return engine::to_problem(version.error());
  setup->version = *version;
  auto impl = std::make_unique<Impl>(std::move(setup), std::move(*store), options.config_file);
  if (const Result<void> begun = impl->begin(); !begun) return engine::to_problem(begun.error());
  return std::unique_ptr<Switch>(new Switch(std::move(impl)));
}

Switch::Switch(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Switch::~Switch() = default;

namespace {

Outcome<Verification> outcome_of(Result<Verification> result) {
  if (!result) return engine::to_problem(result.error());
  return std::move(*result);
}

// A repeated Idempotency-Key gives the verification that the first request made.
Outcome<Verification> outcome_of(engine::Engine& engine, const std::string& tenant,
                                 Result<engine::Reply> reply) {
  if (!reply) return engine::to_problem(reply.error());
  if (reply->verification != nullptr) return *reply->verification;
  return outcome_of(engine.stored(tenant, reply->kept->verification_id));
}

// Waits for the completion that it hands to call.
template <class Call>
Outcome<Verification> wait_for(Call call) {
  // Shared: this thread may be gone before the other one is out of set_value.
  const auto promise = std::make_shared<std::promise<Outcome<Verification>>>();
  auto future = promise->get_future();
  call([promise](Outcome<Verification> outcome) { promise->set_value(std::move(outcome)); });
  return future.get();
}

}  // namespace

void Switch::start(StartRequest request, Completion done) {
  impl_->run(
      [engine = &impl_->engine(), request = std::move(request)](
          std::size_t lane) mutable -> asio::awaitable<Outcome<Verification>> {
        engine::Idempotency use = idempotency_of(*engine, request);
        use.render = api::render_started;
        const std::string tenant = request.tenant;
        Result<engine::Reply> reply =
            co_await engine->start(std::move(request), std::move(use), lane);
        co_return outcome_of(*engine, tenant, std::move(reply));
      },
      std::move(done));
}

Outcome<Verification> Switch::start(StartRequest request) {
  return wait_for([&](Completion done) { start(std::move(request), std::move(done)); });
}

void Switch::result(ResultRequest request, Completion done) {
  impl_->run(
      [engine = &impl_->engine(), request = std::move(request)](
          std::size_t lane) mutable -> asio::awaitable<Outcome<Verification>> {
        co_return outcome_of(co_await engine->result(std::move(request), lane));
      },
      std::move(done));
}

Outcome<Verification> Switch::result(ResultRequest request) {
  return wait_for([&](Completion done) { result(std::move(request), std::move(done)); });
}

void Switch::submit(SubmitRequest request, Completion done) {
  impl_->run(
      [engine = &impl_->engine(), request = std::move(request)](
          std::size_t lane) mutable -> asio::awaitable<Outcome<Verification>> {
        engine::Idempotency use = idempotency_of(*engine, request);
        use.render = api::render_found;
        const std::string tenant = request.tenant;
        Result<engine::Reply> reply =
            co_await engine->submit(std::move(request), std::move(use), lane);
        co_return outcome_of(*engine, tenant, std::move(reply));
      },
      std::move(done));
}

Outcome<Verification> Switch::submit(SubmitRequest request) {
  return wait_for([&](Completion done) { submit(std::move(request), std::move(done)); });
}

Outcome<Verification> Switch::cancel(std::string tenant, std::string id) {
  return wait_for([&](Completion done) {
    impl_->run(
        [engine = &impl_->engine(), tenant = std::move(tenant),
         id = std::move(id)](std::size_t) mutable -> asio::awaitable<Outcome<Verification>> {
          co_return outcome_of(co_await engine->cancel(std::move(tenant), std::move(id)));
        },
        std::move(done));
  });
}

Outcome<std::uint16_t> Switch::listen() {
  const Result<std::uint16_t> port = impl_->listen();
  if (!port) return engine::to_problem(port.error());
  return *port;
}

Outcome<std::int64_t> Switch::reload() {
  const Result<engine::Reloaded> reloaded = impl_->reload().run("reload");
  if (!reloaded) return engine::to_problem(reloaded.error());
  if (!reloaded->complaints.empty()) return problem_of(reloaded->complaints);
  return reloaded->version;
}

void Switch::close() {
  impl_->close();
}

}  // namespace idswitch

#pragma once

// Engine: the life of a verification. It ties routing, adapters, billing and the store to I/O, and
// is the only place that does. Every call runs on a lane and names it; see ARCHITECTURE.md, "The
// life of a request".

#include <array>
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "engine/setup/setup.hpp"
#include "engine/traffic/traffic.hpp"
#include "engine/verification/in_flight.hpp"
#include "idswitch/switch.hpp"
#include "net/lanes.hpp"
#include "store/store.hpp"

namespace idswitch::engine {

// An answer as the platform will see it; kept with an Idempotency-Key.
struct RenderedAnswer {
  int http_status = 0;
  std::string body;
  std::string verification_id;  // whom it is about, when it was kept with an Idempotency-Key
};

// How an answer is written; the engine needs it only to keep the bytes with an Idempotency-Key.
using Render = std::function<RenderedAnswer(const Verification&)>;

// A use of an Idempotency-Key; key empty = none.
struct Idempotency {
  std::string key;
  std::array<std::uint8_t, 32> request_digest{};
  Render render;
};

// What start and submit give: a verification, or the bytes that were answered to the same key
// before.
using Reply = std::variant<Verification, RenderedAnswer>;

// What arrives at /return/ or /callbacks/ names a verification and proves itself with its path
// secret.
struct PathToken {
  VerificationId id;
  std::array<std::uint8_t, 16> secret{};

  // "ver_.../<32 hex digits>"
  std::string text() const;
  static std::optional<PathToken> parse(std::string_view text);
};

struct ReturnTarget {
  std::string url;  // where to send the browser; empty = the tenant gave none
  Verification verification;
};

class Engine {
 public:
  Engine(std::shared_ptr<const Setup> setup, net::Lanes& lanes, store::Store& store,
         const Clock& clock);
  ~Engine();

  // The configuration of requests that begin from now on; those under way finish on theirs. What
  // cannot change without a restart (see reload.hpp) keeps its old value. [blocking]
  Result<void> adopt(std::shared_ptr<const Setup> setup);

  // Takes from the store what Traffic remembers, and marks what a dead process left unfinished as
  // failed, its holds as unknown. Before the first request. [blocking]
  Result<std::size_t> recover();

  boost::asio::awaitable<Result<Reply>> start(StartRequest request, Idempotency idempotency,
                                              std::size_t lane);
  boost::asio::awaitable<Result<Verification>> result(ResultRequest request, std::size_t lane);
  boost::asio::awaitable<Result<Reply>> submit(SubmitRequest request, Idempotency idempotency,
                                               std::size_t lane);
  boost::asio::awaitable<Result<Verification>> cancel(std::string tenant, std::string id);

  // The person came back: asks the vendor how it ended, and says where to send the browser.
  boost::asio::awaitable<Result<ReturnTarget>> person_returned(PathToken token, std::size_t lane);

  // A vendor posted something: a hint to ask `result`, never a verdict.
  boost::asio::awaitable<Result<void>> vendor_called(PathToken token, std::string body,
                                                     std::string content_type, std::size_t lane);

  // For the sweeper: one verification that is due.
  boost::asio::awaitable<Result<void>> sweep(VerificationId id, std::size_t lane);

  Result<std::vector<Verification>> list(const store::ListQuery& query);

  // As it is in the store, with its charges; the vendor is not asked. [blocking]
  Result<Verification> stored(const std::string& tenant, const std::string& id);

  // The newest; hold on to it for as long as one request lasts.
  std::shared_ptr<const Setup> setup() const { return setup_.load(); }

  Traffic& traffic() { return traffic_; }

  store::Store& store() { return store_; }

  const Clock& clock() const { return clock_; }

 private:
  friend class StartFlow;
  friend class ResultFlow;
  friend class SubmitFlow;

  // The answer to a request whose Idempotency-Key was seen before. A claim that a dead process left
  // without an answer is answered from the verification as it is now.
  Result<Reply> repeated(const std::string& tenant, const store::ClaimResult& claim,
                         const Render& render);

  // The answer when this Idempotency-Key was used before; nothing when it is new.
  std::optional<Result<Reply>> earlier_answer(const std::string& tenant, const Idempotency& use);

  // The record if it is this tenant's; not_found otherwise.
  Result<VerificationRecord> find(const std::string& tenant, const std::string& id);
  Result<VerificationRecord> find(const PathToken& token);
  Result<void> add_charges(VerificationRecord& record);

  net::HttpClient& client(std::size_t lane) { return *clients_[lane]; }

  std::atomic<std::shared_ptr<const Setup>> setup_;
  net::Lanes& lanes_;
  store::Store& store_;
  const Clock& clock_;
  Traffic traffic_;
  VerificationIds ids_;
  std::shared_ptr<InFlight> in_flight_ = std::make_shared<InFlight>();
  std::vector<std::unique_ptr<net::HttpClient>> clients_;
};

}  // namespace idswitch::engine

#pragma once

// Engine: the life of a verification. It ties routing, adapters, billing and the store to I/O, and
// is the only place that does; what happens is told by the stories beside it (start, ask, submit,
// cancel, recovery). Every call runs on a lane and names it; see ARCHITECTURE.md, "The life of a
// request".

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>
#include <vector>

#include "engine/setup/newest_setup.hpp"
#include "engine/setup/setup.hpp"
#include "engine/traffic/traffic.hpp"
#include "engine/verification/desk.hpp"
#include "engine/verification/forget.hpp"
#include "engine/verification/idempotency.hpp"
#include "engine/verification/path_token.hpp"
#include "engine/verification/settle.hpp"
#include "idswitch/switch.hpp"
#include "net/lanes.hpp"
#include "store/store.hpp"

namespace idswitch::engine {

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

  // Takes from the store what Traffic remembers. Before the first request. What a dead process left
  // unfinished is found by the sweep, and by whoever looks at it first. [blocking]
  Result<void> load();

  boost::asio::awaitable<Result<Reply>> start(StartRequest request, Idempotency idempotency,
                                              std::size_t lane);
  boost::asio::awaitable<Result<Verification>> result(ResultRequest request, std::size_t lane);
  boost::asio::awaitable<Result<Reply>> submit(SubmitRequest request, Idempotency idempotency,
                                               std::size_t lane);
  boost::asio::awaitable<Result<Verification>> cancel(std::string tenant, std::string id);

  // Any tenant's: for those who run the switch.
  boost::asio::awaitable<Result<Settled>> settle(SettleOrder order);

  boost::asio::awaitable<Result<Forgotten>> forget(ForgetOrder order, FindPerson find);

  // The person came back: asks the vendor how it ended, and says where to send the browser.
  boost::asio::awaitable<Result<ReturnTarget>> person_returned(PathToken token, std::size_t lane);

  // A vendor posted something: a hint to ask `result`, never a verdict.
  boost::asio::awaitable<Result<void>> vendor_called(PathToken token, std::string body,
                                                     std::string content_type, std::size_t lane);

  // For the sweeper: one verification that is due. is_leased: its question is claimed.
  boost::asio::awaitable<Result<void>> sweep(VerificationId id, bool is_leased, std::size_t lane);

  Result<std::vector<Verification>> list(const store::ListQuery& query);

  // As it is in the store, with its charges; the vendor is not asked. [blocking]
  Result<Verification> stored(const std::string& tenant, const std::string& id);

  // The newest; hold on to it for as long as one request lasts.
  std::shared_ptr<const Setup> setup() const { return setup_.get(); }

  Traffic& traffic() { return traffic_; }

  store::Store& store() { return store_; }

  const Clock& clock() const { return clock_; }

  InFlight& in_flight() { return *in_flight_; }

 private:
  class LaneVendors;
  using Owned = std::shared_ptr<VerificationRecord>;

  // The record if it is this tenant's; not_found otherwise.
  Result<Owned> find(const std::string& tenant, const std::string& id);
  Result<Owned> find(const PathToken& token, PathToken::Use use);
  Result<void> add_charges(VerificationRecord& record);

  NewestSetup setup_;
  store::Store& store_;
  const Clock& clock_;
  Traffic traffic_;
  VerificationIds ids_;
  std::shared_ptr<InFlight> in_flight_ = std::make_shared<InFlight>();
  std::unique_ptr<LaneVendors> vendors_;
  Desk desk_;
};

}  // namespace idswitch::engine

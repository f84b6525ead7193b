#pragma once

// TokenGate: lets one fetch of a dynamic slot run while all who want its value wait, on whatever
// lane they are. The fetch belongs to none of them: it has its own deadline, and each of them has
// his own end of waiting. It knows nothing of tokens; see operation_run. Any thread.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "plugin/exchange.hpp"

namespace idswitch::engine {

// What came of a fetch, or of waiting for one.
struct TokenAnswer {
  std::optional<plugin::FailStep> failure;  // nothing: there is a value now
  // We ran short of something of our own or out of patience, or somebody else reports this failure:
  // it says nothing of the account.
  bool is_no_evidence = false;
};

class TokenGate : public std::enable_shared_from_this<TokenGate> {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // Fetches once, under its own deadline, and says what failed. It is run detached on the lane of
  // whoever asked first, so it must own what it uses.
  using Fetch = std::function<boost::asio::awaitable<TokenAnswer>()>;

  // Waits for the slot's value until the deadline; begins the fetch when none is under way. When
  // that of somebody else fails, one of those who still have time fetches again, once.
  boost::asio::awaitable<TokenAnswer> obtain(std::uint32_t slot, Time deadline, Fetch fetch);

 private:
  // One fetch and those who wait for it.
  struct Round {
    std::vector<std::shared_ptr<boost::asio::steady_timer>> waiting;
    bool is_done = false;
    TokenAnswer answer;
  };

  // The round to wait for; has_begun: it is new, and the caller begins its fetch.
  std::shared_ptr<Round> join(std::uint32_t slot, std::shared_ptr<boost::asio::steady_timer> waiter,
                              bool& has_begun);
  void done(std::uint32_t slot, Round& round, TokenAnswer answer);
  bool has_failed(const Round& round);
  TokenAnswer answer(Round& round);

  std::mutex mutex_;
  std::map<std::uint32_t, std::shared_ptr<Round>> fetching_;  // by slot
};

}  // namespace idswitch::engine

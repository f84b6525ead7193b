#pragma once

// ScriptedPlugin: a plugin inside the test binary whose steps are lambdas, so that a test can make
// an adapter do exactly one wrong thing. Its one product is `stub/thing`. One thread.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugin/account.hpp"
#include "plugin/exchange.hpp"

namespace idswitch::test {

inline constexpr std::uint32_t k_api_key_slot = 0;   // required, "k3y"
inline constexpr std::uint32_t k_token_slot = 1;     // dynamic
inline constexpr std::uint32_t k_spare_slot = 2;     // optional, absent
inline constexpr std::uint32_t k_bad_text_slot = 3;  // optional; "a\r\nB: c" when it is asked for
inline constexpr std::int64_t k_now = 1'750'000'000'000;

using StepBody = std::function<idsw_status(const idsw_event&, const idsw_sink&)>;

// An open account of stub/thing, whose dynamic slots live by the clock when there is one. Throws
// when it is refused.
std::shared_ptr<plugin::Account> scripted_account(std::string settings = "{}",
                                                  const Clock* clock = nullptr);

// An exchange whose n-th step is bodies[n]; more steps answer IDSW_E_STATE.
class ScriptedExchange {
 public:
  explicit ScriptedExchange(std::vector<StepBody> bodies, std::uint32_t operation = IDSW_OP_START,
                            std::shared_ptr<plugin::Account> account = scripted_account(),
                            const std::vector<Image>* media = nullptr);
  ~ScriptedExchange();

  plugin::Step start(std::int64_t now = k_now) { return exchange_->start(now); }

  plugin::Step resume() { return exchange_->resume(); }

  plugin::Step reply(std::string_view body = "{}", int status = 200);

  plugin::Step transport(std::uint32_t transport) { return exchange_->transport(transport, k_now); }

  std::vector<Evidence> charges() { return exchange_->take_charges(); }

  plugin::Account& account() { return *account_; }

 private:
  std::shared_ptr<plugin::Account> account_;
  std::unique_ptr<plugin::Exchange> exchange_;
};

// Runs one step that does this and nothing else.
plugin::Step step_of(StepBody body, std::uint32_t operation = IDSW_OP_START);

// The FailStep's detail; empty when the step is something else.
std::string refusal_of(const plugin::Step& step);

// ---- what an adapter hands out, right in everything but what the test changes -----------------

idsw_str text(std::string_view value);
idsw_segment bytes(std::string_view value);

// Owns the segments that its request names.
struct GoodRequest {
  GoodRequest();
  GoodRequest(const GoodRequest&) = delete;
  GoodRequest& operator=(const GoodRequest&) = delete;

  idsw_segment target = bytes("/v1/check?a=b");
  idsw_segment header_value = bytes("yes");
  idsw_segment body = bytes("{}");
  idsw_header header{};
  idsw_request request{};
};

idsw_outcome opened();
idsw_outcome completed(std::uint32_t verdict, std::uint32_t reason);
idsw_charge charge(std::uint32_t state, std::string_view key = "k1");

// Steps.
StepBody sends_good_request();
StepBody sends_billed(std::uint32_t billable, std::string key = "k1");
StepBody finishes(idsw_outcome outcome);

}  // namespace idswitch::test

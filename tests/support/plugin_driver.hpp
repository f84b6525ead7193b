#pragma once

// PluginDriver: a built plugin file behind the host's own loader and runner, with the vendor's
// answers scripted and the clock in hand. It stands where the engine stands: it sends nothing, runs
// the TOKEN operation when a request waits for a dynamic slot, and keeps all that the adapter gave
// out. One thread.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plugin/account.hpp"
#include "plugin/exchange.hpp"

namespace idswitch::test {

// What becomes of one request: a reply, or IDSW_TRANSPORT_* when transport is not 0.
struct Answer {
  std::string body;
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::uint32_t transport = 0;

  static Answer no_reply(std::uint32_t transport) { return {{}, 0, {}, transport}; }
};

// All that one operation did. Of finish, fail and grant exactly one is set.
struct OperationRun {
  std::vector<plugin::SendStep> sent;  // in order, those of TOKEN operations included
  std::vector<Evidence> charges;
  std::optional<plugin::FinishStep> finish;
  std::optional<plugin::FailStep> fail;
  std::optional<plugin::GrantStep> grant;
  std::optional<plugin::FailStep> token_fail;  // of the TOKEN operation that failed, also in fail
  int tokens = 0;                              // TOKEN operations that were run on the side

  bool passed() const { return finish && finish->verdict == IDSW_VERDICT_PASS; }
};

// Everything an adapter said that the host stores, logs or shows, in one text.
std::string all_text(const OperationRun& run);

// What a call that is billed on acceptance comes to when no readable reply arrives.
struct LostReply {
  std::uint32_t transport;
  std::string_view outcome;
  std::uint32_t charge;
};

inline constexpr LostReply k_lost_replies[] = {
    {IDSW_TRANSPORT_NOT_SENT, "unavailable", IDSW_CHARGE_NOT_CHARGED},
    {IDSW_TRANSPORT_SENT_NO_REPLY, "unknown_outcome", IDSW_CHARGE_UNKNOWN},
    {IDSW_TRANSPORT_REPLY_TOO_BIG, "protocol", IDSW_CHARGE_UNKNOWN},
    {IDSW_TRANSPORT_REPLY_BROKEN, "protocol", IDSW_CHARGE_UNKNOWN},
};

class PluginDriver {
 public:
  // Throws std::runtime_error when the plugin is not built or refused, or the account is refused.
  PluginDriver(const std::string& stem, std::string_view product_id,
               plugin::AccountSettings account);

  // Opens an account for tests of refusals.
  static Result<std::shared_ptr<plugin::Account>> open(const std::string& stem,
                                                       std::string_view product_id,
                                                       plugin::AccountSettings account);
  // The product's table. Throws as the constructor.
  static const idsw_product& product(const std::string& stem, std::string_view product_id);

  // Runs one operation. input.options are the caller's vendor options, checked and laid over the
  // settings as the host does. Answers are used in the order of the sends; std::runtime_error when
  // there are too few, when some are left, or when the options are refused.
  OperationRun run(plugin::OperationInput input, std::vector<Answer> answers);

  plugin::Account& account() { return *account_; }

  std::int64_t now_unix_ms = 1'750'000'000'000;  // of the next event
  std::int64_t step_ms = 250;                    // the clock moves this much after each event

 private:
  plugin::Step drive(plugin::Exchange& exchange, std::vector<Answer>& answers, OperationRun& run,
                     const plugin::OperationInput& input);
  // False: the TOKEN operation failed, which ends the operation that waited.
  bool obtain_slot(std::uint32_t slot, const plugin::OperationInput& input,
                   std::vector<Answer>& answers, OperationRun& run);
  std::int64_t tick();

  std::shared_ptr<plugin::Account> account_;
};

}  // namespace idswitch::test

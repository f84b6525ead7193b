#include "engine/traffic/operation_run.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "engine/webhooks/webhook_schedule.hpp"
#include "idswitch/abi/vocabulary.h"

namespace idswitch::engine {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

std::int64_t microseconds_since(steady_clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - begin).count();
}

constexpr int k_fetches_max = 2;

plugin::FailStep unavailable(std::string detail) {
  plugin::FailStep fail;
  fail.error_class = IDSW_ERROR_UNAVAILABLE;
  fail.detail = std::move(detail);
  return fail;
}

// Why a fetch failed, for the attempts of all who waited for it.
plugin::FailStep why_no_token(const OperationReport& report) {
  std::string detail = "the access token could not be obtained";
  const Attempt& attempt = report.attempt;
  if (!attempt.vendor_code.empty()) {
    detail += ": the vendor answered " + attempt.vendor_code;
    if (!attempt.vendor_message.empty()) detail += " (" + attempt.vendor_message + ")";
  } else if (!attempt.detail.empty()) {
    detail += ": " + attempt.detail;
  } else if (attempt.http_status != 0) {
    detail += ": the vendor answered HTTP " + std::to_string(attempt.http_status);
  }
  plugin::FailStep fail = report.fail() != nullptr ? *report.fail() : plugin::FailStep();
  // Whether a token was issued is of no interest once it is lost: nothing was bought.
  if (report.fail() == nullptr || fail.error_class == IDSW_ERROR_UNKNOWN_OUTCOME) {
    fail.error_class = IDSW_ERROR_UNAVAILABLE;
  }
  fail.detail = std::move(detail);
  return fail;
}

// Runs the TOKEN operation once. It owns what it uses but for the lane and the clock: nobody waits
// for its end, neither the operation that asked for it nor its configuration.
asio::awaitable<TokenAnswer> fetch_slot(std::shared_ptr<const AccountRuntime> account,
                                        std::string verification_id, std::uint32_t slot,
                                        const Clock& clock, net::HttpClient& client) {
  plugin::OperationInput input;
  input.kind = IDSW_OP_TOKEN;
  input.slot = slot;
  input.verification_id = verification_id;
  const RunContext context{clock, client, steady_clock::now() + account->config.limits.timeout};
  const Report report = co_await run_operation(*account, input, context, nullptr);
  const auto* grant = std::get_if<plugin::GrantStep>(&report->end);
  if (grant == nullptr) co_return TokenAnswer{why_no_token(*report), report->is_no_evidence};
  account->adapter->grant(slot, grant->value, grant->lifetime_s);
  co_return TokenAnswer();
}

// Retry-After of a 429 or 503; 0 = it says none.
std::uint32_t asked_to_wait_ms(const net::Reply& reply, std::int64_t now_unix_ms) {
  if (reply.status != 429 && reply.status != 503) return 0;
  const auto asked = retry_after(net::find_header(reply.headers, "Retry-After"), now_unix_ms);
  return asked ? static_cast<std::uint32_t>(asked->count()) : 0;
}

class Run {
 public:
  Run(const AccountRuntime& account, const plugin::OperationInput& input, RunContext context,
      BeforeSend before_send)
      : account_(account),
        input_(input),
        context_(context),
        before_send_(std::move(before_send)),
        exchange_(account.adapter, input_) {
    report_.attempt.account = account.config.name;
    report_.attempt.operation = input.kind;
    report_.attempt.transport = IDSW_TRANSPORT_NOT_SENT;
    report_.attempt.started_unix_ms = context.clock.now_unix_ms();
  }

  asio::awaitable<Report> run() {
    const steady_clock::time_point begin = steady_clock::now();
    plugin::Step step = exchange_.start(now());
    for (;;) {
      take_charges();
      if (auto* send = std::get_if<plugin::SendStep>(&step)) {
        co_await exchange(*send, step);
      } else if (const auto* need = std::get_if<plugin::NeedSlotStep>(&step)) {
        step = co_await obtain(need->slot);
      } else {
        break;
      }
    }
    take_charges();
    account_for_silence();
    end(std::move(step));
    report_.attempt.latency_us = microseconds_since(begin);
    co_return std::move(reported_);
  }

 private:
  std::int64_t now() const { return context_.clock.now_unix_ms(); }

  void take_charges() {
    for (Evidence& charge : exchange_.take_charges()) {
      // 429 says that the request was not taken on (RFC 6585), whatever its body is.
      const bool is_turned_away = report_.attempt.http_status == 429 &&
                                  charge.state == IDSW_CHARGE_UNKNOWN &&
                                  charge.source != IDSW_SOURCE_VENDOR_FLAG;
      if (is_turned_away) charge.state = IDSW_CHARGE_NOT_CHARGED;
      report_.charges.push_back(std::move(charge));
    }
  }

  // A request that may have been billed and about which the adapter says nothing is unknown, not
  // free.
  void account_for_silence() {
    for (const auto& [sku, key] : billable_) {
      const bool spoken_of = std::any_of(
          report_.charges.begin(), report_.charges.end(),
          [&](const Evidence& charge) { return charge.sku == sku && charge.event == key; });
      if (spoken_of) continue;
      report_.charges.push_back({IDSW_CHARGE_UNKNOWN, IDSW_SOURCE_INFERRED, sku, key, {}, {}});
    }
  }

  // next may be what holds send.
  asio::awaitable<void> exchange(const plugin::SendStep& send, plugin::Step& next) {
    report_.attempt.step = send.step;
    if (before_send_) {
      const Result<void> ready = co_await before_send_(send);
      if (!ready) {
        report_.refused = ready.error();
        next = unavailable("not sent: " + ready.error().detail());
        co_return;
      }
    }
    if (send.billable == IDSW_BILLABLE_ON_ACCEPT) billable_.emplace_back(send.sku, send.dedupe_key);
    net::OutgoingRequest request;
    request.method = send.method;
    request.target = send.target;
    request.headers = send.headers;
    request.body = send.body;
    request.resend_safe = send.resend_safe;
    auto limit = account_.config.limits.timeout;
    if (send.timeout_hint_ms > 0) {
      limit = std::min(limit, std::chrono::milliseconds(send.timeout_hint_ms));
    }
    const auto deadline = std::min(context_.deadline, steady_clock::now() + limit);
    const net::Reply reply =
        co_await context_.client.exchange(account_.origins[send.origin], request, deadline);
    next = feed(reply);
  }

  plugin::Step feed(const net::Reply& reply) {
    report_.attempt.transport = static_cast<std::uint32_t>(reply.transport);
    report_.attempt.http_status = static_cast<std::uint32_t>(reply.status);
    report_.is_no_evidence = reply.is_our_shortage;
    if (reply.transport != net::Transport::replied) {
      report_.attempt.detail = reply.detail;
      return exchange_.transport(static_cast<std::uint32_t>(reply.transport), now());
    }
    plugin::Response response;
    retry_after_ms_ = asked_to_wait_ms(reply, now());
    response.status = reply.status;
    response.body = reply.body;
    response.headers.reserve(reply.headers.size());
    for (const net::Header& header : reply.headers) {
      response.headers.emplace_back(header.name, header.value);
    }
    return exchange_.response(response, now());
  }

  asio::awaitable<plugin::Step> obtain(std::uint32_t slot) {
    // The value that was fetched may have been dropped again meanwhile.
    for (int fetches = 0; fetches < k_fetches_max && !account_.adapter->slot(slot); ++fetches) {
      const TokenGate::Fetch fetch = [this, slot] {
        return fetch_slot(std::make_shared<const AccountRuntime>(account_),
                          std::string(input_.verification_id), slot, context_.clock,
                          context_.client);
      };
      const TokenAnswer answer = co_await account_.tokens->obtain(slot, context_.deadline, fetch);
      if (!answer.failure) continue;
      report_.is_no_evidence = answer.is_no_evidence;
      co_return *answer.failure;
    }
    co_return exchange_.resume();
  }

  void end(plugin::Step step) {
    Attempt& attempt = report_.attempt;
    if (auto* finish = std::get_if<plugin::FinishStep>(&step)) {
      attempt.vendor_code = finish->vendor_code;
      attempt.vendor_message = finish->vendor_message;
      report_.end = std::move(*finish);
    } else if (auto* fail = std::get_if<plugin::FailStep>(&step)) {
      attempt.error_class = fail->error_class;
      attempt.vendor_code = fail->vendor_code;
      attempt.vendor_message = fail->vendor_message;
      if (!fail->detail.empty()) attempt.detail = fail->detail;
      const bool may_wait =
          fail->error_class == IDSW_ERROR_THROTTLED || fail->error_class == IDSW_ERROR_UNAVAILABLE;
      if (fail->retry_after_ms == 0 && may_wait) fail->retry_after_ms = retry_after_ms_;
      report_.end = std::move(*fail);
    } else if (auto* grant = std::get_if<plugin::GrantStep>(&step)) {
      report_.end = std::move(*grant);
    }
  }

  const AccountRuntime& account_;
  const plugin::OperationInput& input_;
  RunContext context_;
  BeforeSend before_send_;
  plugin::Exchange exchange_;
  Report reported_ = std::make_unique<OperationReport>();
  OperationReport& report_ = *reported_;
  std::uint32_t retry_after_ms_ = 0;  // of the last reply, whatever the adapter made of it
  std::vector<std::pair<std::string, std::string>> billable_;  // SKU and key of what was sent
};

}  // namespace

asio::awaitable<Report> run_operation(const AccountRuntime& account, plugin::OperationInput input,
                                      RunContext context, BeforeSend before_send) {
  Run run(account, input, context, std::move(before_send));
  Report reported = co_await run.run();
  const OperationReport& report = *reported;
  if (report.fail() != nullptr && !report.refused) {
    log::write(log::Level::warn, "attempt_failed",
               {{"verification", input.verification_id},
                {"account", report.attempt.account},
                {"operation", operation_word(report.attempt.operation)},
                {"step", report.attempt.step},
                {"error_class", error_class_word(report.attempt.error_class)},
                {"http_status", static_cast<std::int64_t>(report.attempt.http_status)},
                {"vendor_code", report.attempt.vendor_code},
                {"detail", report.attempt.detail},
                {"latency_us", report.attempt.latency_us}});
  }
  co_return reported;
}

}  // namespace idswitch::engine

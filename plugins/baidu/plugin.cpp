// The Baidu plugin: one product, two operations and the access token they need.

#include "idswitch/sdk.hpp"
#include "product.hpp"
#include "request.hpp"
#include "response.hpp"

namespace idswitch::baidu {
namespace {

class VoiceCode final : public sdk::Account {
 public:
  sdk::Task<sdk::Result> token(sdk::Exchange& exchange) const override {
    const sdk::Request request = token_request();
    const sdk::Reply reply = co_await exchange.send(request);
    if (!reply.arrived()) co_return exchange.no_reply(reply);
    co_return read_token(reply);
  }

  sdk::Task<sdk::Result> start(sdk::Exchange& exchange) const override {
    std::optional<sdk::Result> wrong = wrong_with_code(exchange.operation());
    if (wrong) co_return std::move(*wrong);
    const sdk::Request request = sessioncode_request(exchange.operation());
    // The session's life is counted from when it was asked for, which is never too late.
    std::int64_t sent_unix_ms = exchange.now_unix_ms();
    sdk::Reply reply = co_await exchange.send(request);
    if (refuses_token(reply)) {
      // Said now, in case no new token can be had; the second answer has the last word.
      exchange.uncharged(IDSW_SOURCE_ASSUMED);
      exchange.drop_slot(k_access_token);
      sent_unix_ms = exchange.now_unix_ms();
      reply = co_await exchange.send(request);
    }
    if (!reply.arrived()) co_return exchange.no_reply(reply);
    co_return read_code(exchange, reply, sent_unix_ms);
  }

  sdk::Task<sdk::Result> submit(sdk::Exchange& exchange) const override {
    const std::optional<Session> session = Session::from_state(exchange.operation().state);
    if (!session) co_return sdk::Result::protocol().code({}, "the stored session has no id");
    std::optional<sdk::Result> wrong = wrong_with_video(exchange.operation());
    if (wrong) co_return std::move(*wrong);
    const sdk::Request request = verify_request(exchange.operation(), *session);
    sdk::Reply reply = co_await exchange.send(request);
    if (refuses_token(reply)) {
      // Said now, in case no new token can be had; the second answer has the last word.
      exchange.uncharged(IDSW_SOURCE_ASSUMED);
      exchange.drop_slot(k_access_token);
      reply = co_await exchange.send(request);
    }
    if (!reply.arrived()) co_return exchange.no_reply(reply);
    co_return read_verdict(exchange, reply, *session);
  }
};

std::unique_ptr<sdk::Account> open_account(const sdk::AccountConfig&) {
  return std::make_unique<VoiceCode>();
}

const idsw_product* const k_products[] = {&voice_code};
const idsw_plugin k_plugin =
    sdk::plugin_table<open_account>("baidu", "1.0.0", "Baidu AI Cloud (百度智能云)", k_products);

}  // namespace
}  // namespace idswitch::baidu

IDSWITCH_EXPORT_PLUGIN(idswitch::baidu::k_plugin)

// The Jumdata plugin: one product, two operations.

#include "idswitch/sdk.hpp"
#include "product.hpp"
#include "request.hpp"
#include "response.hpp"

namespace idswitch::jumdata {
namespace {

class LifeCheck final : public sdk::Account {
 public:
  sdk::Task<sdk::Result> start(sdk::Exchange& exchange) const override {
    std::optional<sdk::Result> wrong = wrong_with(exchange.operation());
    if (wrong) co_return std::move(*wrong);
    // The token's life is counted from when it was asked for, which is never too late.
    const std::int64_t sent_unix_ms = exchange.now_unix_ms();
    const sdk::Request request = init_request(exchange);
    const sdk::Reply reply = co_await exchange.send(request);
    if (!reply.arrived()) co_return exchange.no_reply(reply);
    co_return read_init(exchange, reply, sent_unix_ms);
  }

  sdk::Task<sdk::Result> result(sdk::Exchange& exchange) const override {
    const std::optional<Session> session = Session::from_state(exchange.operation().state);
    if (!session) co_return sdk::Result::protocol().code({}, "the stored session has no token");
    const sdk::Request request = result_request(exchange, session->token);
    const sdk::Reply reply = co_await exchange.send(request);
    if (!reply.arrived()) co_return exchange.no_reply(reply);
    co_return read_result(exchange, reply, *session);
  }
};

std::unique_ptr<sdk::Account> open_account(const sdk::AccountConfig&) {
  return std::make_unique<LifeCheck>();
}

const idsw_product* const k_products[] = {&life_check_v2};
const idsw_plugin k_plugin =
    sdk::plugin_table<open_account>("jumdata", "1.0.0", "Jumdata (聚美智数)", k_products);

}  // namespace
}  // namespace idswitch::jumdata

IDSWITCH_EXPORT_PLUGIN(idswitch::jumdata::k_plugin)

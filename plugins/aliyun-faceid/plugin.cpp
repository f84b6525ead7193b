// aliyun-faceid: the accounts of aliyun-faceid/sdk_v1_2 and aliyun-faceid/lite_v1 and the plugin's
// entry. See README.md.

#include "product.hpp"
#include "refusal.hpp"
#include "request.hpp"
#include "response.hpp"
#include "signing.hpp"

namespace idswitch::aliyun_faceid {
namespace {

sdk::Result unreadable_state() {
  return sdk::Result::protocol().code({}, "the session state is not readable");
}

class SdkV12 final : public sdk::Account {
 public:
  explicit SdkV12(const sdk::AccountConfig& config) : authorization_(config) {}

  sdk::Task<sdk::Result> start(sdk::Exchange& x) const override {
    if (auto refusal = sdk_start_refusal(x.operation())) co_return std::move(*refusal);
    Session session = sdk_session(x.operation());
    const sdk::Request request = sdk_biz_token_request(x, authorization_);
    const sdk::Reply reply = co_await x.send(request);
    if (!reply.arrived()) co_return x.no_reply(reply);
    if (auto refusal = read_biz_token(x, k_sdk_v1_2, reply, session)) co_return std::move(*refusal);
    sdk::Action action =
        sdk::Action::sdk("megvii-faceid-zfac", session.biz_token, session.expires_unix_ms);
    co_return sdk::Result::opened(std::move(action))
        .state(session.text())
        .reference(session.request_id);
  }

  sdk::Task<sdk::Result> result(sdk::Exchange& x) const override {
    const std::optional<Session> session = Session::parse(x.operation().state);
    if (!session) co_return unreadable_state();
    const sdk::Request request = sdk_result_request(x, authorization_, *session);
    const sdk::Reply reply = co_await x.send(request);
    if (!reply.arrived()) co_return x.no_reply(reply);
    co_return read_result(x, k_sdk_v1_2, reply, *session, {});
  }

 private:
  Authorization authorization_;
};

class LiteV1 final : public sdk::Account {
 public:
  explicit LiteV1(const sdk::AccountConfig& config)
      : authorization_(config), page_url_(config.setting("page_url").text()) {
    if (page_url_.empty()) page_url_ = "https://openapi.faceid.com/lite/v1/do/";
  }

  sdk::Task<sdk::Result> start(sdk::Exchange& x) const override {
    if (auto refusal = lite_start_refusal(x.operation(), authorization_))
      co_return std::move(*refusal);
    Session session = lite_session(x, authorization_);
    const sdk::Request request = lite_biz_token_request(x, authorization_);
    const sdk::Reply reply = co_await x.send(request);
    if (!reply.arrived()) co_return x.no_reply(reply);
    if (auto refusal = read_biz_token(x, k_lite_v1, reply, session)) co_return std::move(*refusal);
    sdk::Action action = action_of(x.operation(), session);
    co_return sdk::Result::opened(std::move(action))
        .state(session.text())
        .reference(session.request_id);
  }

  sdk::Task<sdk::Result> result(sdk::Exchange& x) const override {
    const std::optional<Session> session = Session::parse(x.operation().state);
    if (!session) co_return unreadable_state();
    const sdk::Request request = lite_result_request(x, authorization_, *session);
    const sdk::Reply reply = co_await x.send(request);
    if (!reply.arrived()) co_return x.no_reply(reply);
    const std::string id_number = session->claim.empty() ? std::string() : id_number_in(reply);
    const std::string claim =
        id_number.empty() ? std::string() : claim_of(x, authorization_, id_number);
    co_return read_result(x, k_lite_v1, reply, *session, claim);
  }

  sdk::Task<sdk::Result> callback(sdk::Exchange& x) const override {
    const std::optional<Session> session = Session::parse(x.operation().state);
    if (!session) co_return unreadable_state();
    co_return read_notice(x.operation(), *session);
  }

 private:
  sdk::Action action_of(const sdk::Operation& operation, const Session& session) const {
    if (operation.method == IDSW_METHOD_MINI_PROGRAM) {
      return sdk::Action::mini_program("faceid-verify", session.biz_token, session.expires_unix_ms);
    }
    return sdk::Action::redirect(page_url_ + session.biz_token, session.expires_unix_ms);
  }

  Authorization authorization_;
  std::string page_url_;
};

std::unique_ptr<sdk::Account> open_account(const sdk::AccountConfig& config) {
  switch (config.product()) {
    case 0: return std::make_unique<SdkV12>(config);
    case 1: return std::make_unique<LiteV1>(config);
    default: return nullptr;
  }
}

constexpr const idsw_product* k_products[] = {&k_sdk_v1_2, &k_lite_v1};
constexpr idsw_plugin k_plugin = sdk::plugin_table<open_account>(
    "aliyun-faceid", "1.0.0", "Megvii FaceID in the Aliyun market", k_products);

}  // namespace
}  // namespace idswitch::aliyun_faceid

IDSWITCH_EXPORT_PLUGIN(idswitch::aliyun_faceid::k_plugin)

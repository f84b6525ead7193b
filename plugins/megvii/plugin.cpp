// megvii: the account of megvii/faceid_v5 and the plugin's entry. See README.md.

#include "product.hpp"
#include "request.hpp"
#include "response.hpp"
#include "signing.hpp"

namespace idswitch::megvii {
namespace {

constexpr std::int64_t k_sign_validity_s =
    3600;  // when the settings name none; as the vendor's samples

class FaceidV5 final : public sdk::Account {
 public:
  explicit FaceidV5(const sdk::AccountConfig& config)
      : sign_validity_s_(config.setting("sign_validity_s").integer().value_or(k_sign_validity_s)) {
    if (config.setting("encryption_type").integer().value_or(0) != 0) {
      throw sdk::SettingsError(
          "encryption_type 1 (SM2) and 2 (RSA) are not implemented; use 0 or leave it out");
    }
  }

  sdk::Task<sdk::Result> start(sdk::Exchange& x) const override {
    if (auto refusal = start_refusal(x.operation())) co_return std::move(*refusal);
    const sdk::Request request = biz_token_request(x.operation(), sign(x, sign_validity_s_));
    const sdk::Reply reply = co_await x.send(request);
    if (!reply.arrived()) co_return x.no_reply(reply);
    co_return read_biz_token(x, reply);
  }

  sdk::Task<sdk::Result> result(sdk::Exchange& x) const override {
    const std::optional<Session> session = Session::parse(x.operation().state);
    if (!session) co_return sdk::Result::protocol().code({}, "the session state is not readable");
    if (auto refusal = result_refusal(x.operation())) {
      // Who began within the token's hour has until the end of the grace to be compared.
      if (x.is_given_up(session->expires_unix_ms)) co_return expired(x, *session);
      co_return std::move(*refusal);
    }
    const sdk::Request request = result_request(x.operation(), *session, sign(x, sign_validity_s_));
    const sdk::Reply reply = co_await x.send(request);
    if (!reply.arrived()) co_return read_silence(x, reply, *session);
    co_return read_result(x, reply, *session);
  }

 private:
  std::int64_t sign_validity_s_;
};

std::unique_ptr<sdk::Account> open_account(const sdk::AccountConfig& config) {
  return config.product() == 0 ? std::make_unique<FaceidV5>(config) : nullptr;
}

constexpr const idsw_product* k_products[] = {&k_faceid_v5};
constexpr idsw_plugin k_plugin =
    sdk::plugin_table<open_account>("megvii", "1.0.0", "Megvii (FaceID)", k_products);

}  // namespace
}  // namespace idswitch::megvii

IDSWITCH_EXPORT_PLUGIN(idswitch::megvii::k_plugin)

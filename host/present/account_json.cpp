#include "present/account_json.hpp"

#include "base/values/decimal.hpp"
#include "present/explanation_json.hpp"
#include "present/verification_json.hpp"

namespace idswitch::api {

void append_account(std::string& out, const engine::AccountView& view,
                    const engine::AccountRuntime& account, const routing::AccountFacts& facts) {
  const engine::Figures figures = engine::figures_of(account, facts, view.now);
  json_text::Object object(out);
  object.text("account", view.account).text("product", account.config.product);
  append_state(object, view.now);
  object.number("in_flight", view.in_flight);
  {
    json_text::Object follow_ups(object.member("follow_ups"));
    follow_ups.text("availability", engine::word(view.follow_ups))
        .number("in_flight", view.follow_ups_in_flight);
  }
  {
    json_text::Object submits(object.member("submits"));
    submits.text("availability", engine::word(view.submits));
  }
  {
    json_text::Object opened(object.member("opened"));
    opened.number("count", static_cast<std::int64_t>(view.opened_count));
    opened.text_if("reason", view.last_opened_reason);
    if (view.last_opened_unix_ms > 0) opened.text("at", timestamp(view.last_opened_unix_ms));
  }
  append_counts(object.member("seen"), view.now.account);
  object.raw("pass_rate", decimal_text(figures.rates.pass_rate_ppm));
  object.number("prior_weight", figures.prior_weight);
  if (figures.latency_p95_ms) {
    object.number("latency_p95_ms", *figures.latency_p95_ms);
  } else {
    object.null("latency_p95_ms");
  }
}

}  // namespace idswitch::api

#include "present/explanation_json.hpp"

#include "base/values/decimal.hpp"
#include "present/verification_json.hpp"

namespace idswitch::api {
namespace {

using engine::AccountChoice;
using engine::Explanation;
using engine::Figures;
using json_text::Object;

void share(Object& object, std::string_view name, std::uint32_t ppm) {
  object.raw(name, decimal_text(ppm));
}

void append_figures(Object& object, const AccountChoice& choice) {
  const Figures& figures = *choice.figures;
  object.text("currency", figures.currency);
  object.text("expected_charge", figures.expected_charge.text());
  if (figures.cost_per_pass) {
    object.text("cost_per_pass", figures.cost_per_pass->text());
  } else {
    object.null("cost_per_pass");
  }
  object.text("worst_price", figures.worst_price.text());
  share(object, "passes_when_asked", figures.asked_pass_ppm);
  share(object, "start_rate", config::k_all_ppm - figures.rates.start_fail_ppm);
  share(object, "completion_rate", figures.rates.completion_rate_ppm);
  share(object, "pass_rate", figures.rates.pass_rate_ppm);
  if (figures.latency_p95_ms) {
    object.number("latency_p95_ms", *figures.latency_p95_ms);
  } else {
    object.null("latency_p95_ms");
  }
  object.number("prior_weight", figures.prior_weight);
  append_counts(object.member("seen"), choice.now.account);
  append_counts(object.member("seen_in_segment"), choice.now.segment);
}

void append_choice(std::string& out, const AccountChoice& choice) {
  Object object(out);
  object.text("account", choice.account).text("product", choice.product);
  if (choice.position > 0) {
    object.number("position", choice.position);
  } else {
    object.null("position");
  }
  object.text("why", choice.why).text("explanation", choice.sentence);
  share(object, "first_choice_probability", choice.first_ppm);
  append_state(object, choice.now);
  if (choice.figures) append_figures(object, choice);
}

}  // namespace

void append_state(Object& object, const routing::AccountNow& now) {
  object.text("availability", engine::word(now.availability));
  if (now.until_unix_ms > 0) object.text("until", timestamp(now.until_unix_ms));
  if (now.availability == routing::Availability::ramping) share(object, "share", now.share_ppm);
  if (now.error_class != 0) object.text("error_class", error_class_word(now.error_class));
  if (now.is_full) object.boolean("full", true);
  if (now.is_over_rate) object.boolean("over_rate", true);
  object.text_if("budget", now.budget);
}

void append_counts(std::string& out, const routing::Counts& counts) {
  const auto ended = [&](routing::End end) { return counts.ended[static_cast<std::size_t>(end)]; };
  Object object(out);
  object.number("starts", counts.starts).number("starts_failed", counts.starts_failed);
  Object(object.member("ended"))
      .number("pass", ended(routing::End::pass))
      .number("fail", ended(routing::End::fail))
      .number("inconclusive", ended(routing::End::inconclusive))
      .number("abandoned", ended(routing::End::abandoned));
}

void append_explanation(std::string& out, const Explanation& explanation) {
  Object object(out);
  object.text("tenant", explanation.tenant);
  if (explanation.config_version > 0) object.number("config_version", explanation.config_version);
  object.text("at", timestamp(explanation.at_unix_ms));
  {
    Object route(object.member("route"));
    route.text("name", explanation.route).number("line", explanation.where.line);
    route.text("method", method_word(explanation.method))
        .texts("checks", check_words(explanation.checks))
        .text("when", explanation.when);
  }
  object.text_if("segment", explanation.segment);
  if (!explanation.experiment.empty()) {
    Object(object.member("experiment"))
        .text("name", explanation.experiment)
        .text("arm", explanation.arm)
        .text("exposure", routing::word(explanation.exposure));
  }
  // As a text: many readers of JSON have only 53 bits.
  object.text("seed", std::to_string(explanation.seed))
      .boolean("sticky", explanation.is_sticky)
      .list("accounts", explanation.accounts, append_choice);
}

void append_replay(std::string& out, const engine::Replay& replay, const engine::Redecision& now) {
  Object object(out);
  object.boolean("agrees", replay.differences.empty()).texts("differences", replay.differences);
  append_explanation(object.member("recorded"), replay.recorded);
  if (now.decided) {
    append_explanation(object.member("now"), *now.decided);
  } else {
    object.null("now");
  }
  object.texts("notes", now.notes);
}

}  // namespace idswitch::api

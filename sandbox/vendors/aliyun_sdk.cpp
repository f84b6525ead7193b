#include "vendors/aliyun_sdk.hpp"

#include "vendors/aliyun_gateway.hpp"
#include "vendors/faceid.hpp"

namespace idswitch::sandbox::aliyun_sdk {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view separator = ":";
constexpr Duration results_kept = 24h;

Reply open_session(Sandbox& sandbox, const Request& request) {
  if (request.body.size() > faceid_request_bytes_max) return too_large_reply();
  const Form form = read_any_form(request);
  Arguments arguments(form);
  arguments.require("liveness_type")
      .one_of("liveness_type", {"meglive"})
      .require("idcard_name")
      .require("idcard_number")
      .bytes_max("biz_no", 128)
      .integer("liveness_timeout", 1, INT32_MAX)
      .integer("liveness_action_count", 1, 3)
      .integer("security_level", 1, 4)
      .one_of("force_compare", {"0", "1"})
      .one_of("multi_oriented_detection", {"0", "1"});
  if (arguments.failure()) return argument_error(sandbox, *arguments.failure(), separator);
  if (auto refusal = refuse_photos(sandbox, form, {"image_ref1", "image_ref2"})) {
    return std::move(*refusal);
  }
  const TimePoint now = sandbox.clock.now();
  Session& session =
      sandbox.sessions.open(Product::aliyun_sdk, sandbox.identifiers.stamped_uuid(now), now, 1h);
  session.biz_no = form.text("biz_no");
  session.with_registry = true;
  session.with_reference_1 = arguments.has("image_ref1");
  session.with_reference_2 = arguments.has("image_ref2");
  session.magic = find_magic_field(Product::aliyun_sdk, form, {"biz_no", "idcard_name", "uuid"});
  session.opening_request = sandbox.identifiers.stamped_uuid(now);
  return biz_token_reply(session);
}

Outcome state_of(Sandbox& sandbox, Session& session) {
  static_cast<void>(apply_magic(sandbox, session));
  if (session.is_dead(sandbox.clock.now())) return {"9000", "LIVING_OVERTIME"};
  return session.result.value_or(Outcome{"9000", "LIVING_NOT_START"});
}

Reply show_result(Sandbox& sandbox, const Request& request) {
  const Form query = parse_urlencoded(request.query).value_or(Form());
  Arguments arguments(query);
  arguments.require("biz_token").one_of("verbose", {"0", "1"});
  Session* session = sandbox.sessions.find(Product::aliyun_sdk, query.text("biz_token"));
  const TimePoint now = sandbox.clock.now();
  if (!session || session->created + results_kept <= now) arguments.fail_bad("biz_token");
  if (arguments.failure()) return argument_error(sandbox, *arguments.failure(), separator);
  const Outcome outcome = state_of(sandbox, *session);
  json::object body = {{"request_id", sandbox.identifiers.stamped_uuid(now)},
                       {"time_used", 108},
                       {"biz_no", session->biz_no},
                       {"biz_token", session->token},
                       {"result_code", parse_integer(outcome.code).value_or(0)},
                       {"result_message", outcome.word}};
  if (query.text("verbose") == "1" && (outcome.code == "1000" || outcome.code == "2000")) {
    body["verification"] = verification_of(*session);
    body["images"] = {{"image_best", invented_photo("aliyun sdk best")}};
  }
  return json_reply(200, body);
}

}  // namespace

Reply get_biz_token(Sandbox& sandbox, const Request& request) {
  return aliyun::behind_gateway(sandbox, request, open_session);
}

Reply get_result(Sandbox& sandbox, const Request& request) {
  return aliyun::behind_gateway(sandbox, request, show_result);
}

void on_finished(Sandbox& sandbox, const Session& session) {
  if (!is_billed(sandbox.settings, Product::aliyun_sdk, *session.result)) return;
  sandbox.charges.capture(Product::aliyun_sdk, "verification", session.token,
                          session.opening_request, sandbox.clock.now());
}

}  // namespace idswitch::sandbox::aliyun_sdk

#include "vendors/aliyun_lite.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "vendors/aliyun_gateway.hpp"
#include "vendors/faceid.hpp"

namespace idswitch::sandbox::aliyun_lite {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view separator = ":";
constexpr Duration results_kept = 24h * 30;

void check(Arguments& arguments, const Form& form) {
  arguments.require("return_url").web_address("return_url");
  arguments.require("notify_url").web_address("notify_url");
  arguments.bytes_max("biz_no", 128)
      .one_of("group", {"0", "1"})
      .one_of("comparison_type", {"0", "1"});
  const bool with_registry = form.text("comparison_type") != "0";
  if (with_registry && form.text("group") != "1") {
    arguments.require("idcard_name").require("idcard_number");
  }
  arguments.fraction("idcard_threshold")
      .integer("idcard_retry_time", 1, 5)
      .one_of("idcard_side", {"0", "1"})
      .require("liveness_type")
      .one_of("liveness_type", {"video_number"})
      .integer("security_level", 1, 3)
      .integer("liveness_preferences", 1, 2)
      .integer("liveness_retry_count", 1, 5);
  if (!with_registry) arguments.require("uuid");
  arguments.bytes_max("uuid", 128);
  if (!with_registry) arguments.require("image_ref1");
}

Reply open_session(Sandbox& sandbox, const Request& request) {
  if (request.body.size() > faceid_request_bytes_max) return too_large_reply();
  const Form form = read_any_form(request);
  Arguments arguments(form);
  check(arguments, form);
  for (const std::string_view name : {"image_ref1", "image_ref2"}) {
    // Lite's error table has no word for an unusable photo.
    if (arguments.has(name) && !photo_bytes(*form.find(name))) arguments.fail_bad(name);
  }
  if (arguments.failure()) return argument_error(sandbox, *arguments.failure(), separator);
  const TimePoint now = sandbox.clock.now();
  Session& session = sandbox.sessions.open(
      Product::aliyun_lite, std::to_string(unix_seconds(now)) + ',' + sandbox.identifiers.hex(32),
      now, 1h);
  session.biz_no = form.text("biz_no");
  session.return_url = form.text("return_url");
  session.notify_url = form.text("notify_url");
  session.with_registry = form.text("comparison_type") != "0";
  session.with_reference_1 = arguments.has("image_ref1");
  session.with_reference_2 = arguments.has("image_ref2");
  session.with_document = session.with_registry && form.text("group") == "1";
  session.with_back_side = form.text("idcard_side") != "1";
  session.magic = find_magic_field(Product::aliyun_lite, form, {"biz_no", "uuid", "idcard_name"});
  session.opening_request = sandbox.identifiers.stamped_uuid(now);
  return biz_token_reply(session);
}

json::object legality() {
  return {{"Photocopy", 0},          {"Edited", 0},
          {"ID_Photo", 0.999},       {"Screen", 0.001},
          {"Temporary_ID_Photo", 0}, {"ID_Photo_Threshold", 0.8}};
}

// An invented person.
json::object document_of(const Session& session) {
  json::object document = {{"name", "沙箱人"},
                           {"idcard_number", "110101199003070000"},
                           {"gender", "男"},
                           {"nationality", "汉"},
                           {"birth_year", "1990"},
                           {"birth_month", "3"},
                           {"birth_day", "7"},
                           {"address", "北京市沙箱路1号"},
                           {"frontside_legality", legality()},
                           {"frontside_completeness", 0},
                           {"image_portrait", invented_photo("lite portrait")}};
  if (session.with_back_side) {
    document["issued_by"] = "北京市公安局沙箱分局";
    document["valid_date_start"] = "20150516";
    document["valid_date_end"] = "20350516";
    document["backside_legality"] = legality();
    document["backside_completeness"] = 0;
  }
  return document;
}

void add_details(json::object& body, const Session& session) {
  const std::string& code = session.result->code;
  const bool was_captured = code == "1000" || code == "2000";
  json::object images;
  if (was_captured) images["image_best"] = invented_photo("lite best");
  if (session.with_document && code != "6000" && code != "3100") {
    images["idcard_frontside"] = invented_photo("lite front");
    if (session.with_back_side) images["idcard_backside"] = invented_photo("lite back");
    images["idcard_portrait"] = invented_photo("lite portrait");
    body["idcard_result"] = document_of(session);
  }
  body["images"] = std::move(images);
  if (was_captured) body["verification"] = verification_of(session);
}

Reply show_result(Sandbox& sandbox, const Request& request) {
  const Form query = parse_urlencoded(request.query).value_or(Form());
  Arguments arguments(query);
  arguments.require("biz_token");
  Session* session = sandbox.sessions.find(Product::aliyun_lite, query.text("biz_token"));
  const TimePoint now = sandbox.clock.now();
  if (!session || session->created + results_kept <= now) arguments.fail_bad("biz_token");
  if (arguments.failure()) return argument_error(sandbox, *arguments.failure(), separator);
  std::vector<Notification> notifications = apply_magic(sandbox, *session);
  const Outcome outcome = session->result.value_or(Outcome{"9000", "LIVING_NOT_START"});
  json::object body = {{"request_id", sandbox.identifiers.stamped_uuid(now)},
                       {"time_used", 12},
                       {"biz_token", session->token},
                       {"biz_no", session->biz_no},
                       {"result_code", outcome.code},  // a string in Lite
                       {"result_message", outcome.word},
                       {"action", json::array()}};
  if (session->has_ended()) add_details(body, *session);
  Reply reply = json_reply(200, body);
  // The asker may be the one to be notified, and busy with this very call.
  reply.notifications = std::move(notifications);
  reply.notifies_first = false;
  return reply;
}

}  // namespace

Reply get_biz_token(Sandbox& sandbox, const Request& request) {
  return aliyun::behind_gateway(sandbox, request, open_session);
}

Reply get_result(Sandbox& sandbox, const Request& request) {
  return aliyun::behind_gateway(sandbox, request, show_result);
}

std::vector<Notification> on_finished(Sandbox& sandbox, const Session& session) {
  if (is_billed(sandbox.settings, Product::aliyun_lite, *session.result)) {
    sandbox.charges.capture(Product::aliyun_lite, "verification", session.token,
                            session.opening_request, sandbox.clock.now());
  }
  if (!session.has_ended()) return {};
  // error_code as a string, as Lite's result_code; the document names only the fields.
  const std::string data = json::serialize(json::value{{"biz_token", session.token},
                                                       {"error_code", session.result->code},
                                                       {"error_msg", session.result->word}});
  const Notification notification{session.notify_url, "data=" + percent_encode(data),
                                  session.token};
  return std::vector<Notification>(sandbox.settings.lite_notify_copies, notification);
}

}  // namespace idswitch::sandbox::aliyun_lite

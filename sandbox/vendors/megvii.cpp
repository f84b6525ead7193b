#include "vendors/megvii.hpp"

#include "vendors/faceid.hpp"
#include "wire/arguments.hpp"
#include "wire/multipart.hpp"

namespace idswitch::sandbox::megvii {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view separator = ": ";  // as the document's sample prints it

// Anything but form-data has no fields the server can see.
Form read_form(const Request& request) {
  if (request.media_type() != "multipart/form-data") return {};
  return parse_multipart(request.header("content-type"), request.body).value_or(Form());
}

std::optional<Reply> refuse_arguments(Sandbox& sandbox, const Arguments& arguments) {
  if (!arguments.failure()) return std::nullopt;
  return argument_error(sandbox, *arguments.failure(), separator);
}

std::optional<Reply> refuse_signature(Sandbox& sandbox, const Form& form) {
  const Settings& settings = sandbox.settings;
  const SignatureCheck check =
      check_signature(form.text("sign"), settings.megvii_api_key, settings.megvii_api_secret,
                      unix_seconds(sandbox.clock.signing_now()));
  switch (check.fault) {
    case SignatureFault::malformed:
    case SignatureFault::unknown_key: return faceid_error(sandbox, 403, "AUTHENTICATION_ERROR");
    case SignatureFault::mismatch:
      return faceid_error(sandbox, 403, "AUTHORIZATION_ERROR: INVALID_SIGN");
    case SignatureFault::expired:
      return faceid_error(sandbox, 403, "AUTHORIZATION_ERROR: EXPIRED_SIGN");
    case SignatureFault::none: break;
  }
  if (check.is_single_use &&
      !sandbox.signatures.use(std::string(form.text("sign")), sandbox.clock.now(), 24h)) {
    return faceid_error(sandbox, 403, "AUTHORIZATION_ERROR: REPLAY_ATTACK");
  }
  return std::nullopt;
}

Arguments& check_verify(Arguments& arguments, const Form& form, const Settings& settings,
                        bool with_comparison) {
  arguments.require("sign").require("sign_version").one_of("sign_version", {"hmac_sha1"});
  if (with_comparison) {
    arguments.require("comparison_type").one_of("comparison_type", {"0", "1"});
  }
  arguments.require("data_type").one_of("data_type", {"0", "1", "2", "3"});
  arguments.require("verify_id").one_of("verify_id", {settings.megvii_verify_id});
  arguments.require("encryption_type").one_of("encryption_type", {"0", "1", "2"});
  const std::string_view data_type = form.text("data_type");
  if (data_type == "0") arguments.require("biz_token");
  if (data_type == "1") arguments.require("image");
  if (data_type == "3") arguments.require("meglive_data");
  if (with_comparison && form.text("comparison_type") == "1") {
    arguments.require("idcard_name").require("idcard_number");
  }
  if (with_comparison && form.text("comparison_type") == "0") arguments.require("image_ref");
  return arguments.bytes_max("uuid", 128);
}

json::object result_body(const Session& session, const std::string& request_id) {
  const Outcome& outcome = *session.result;
  json::object body = {{"request_id", request_id},
                       {"biz_no", session.biz_no},
                       {"time_used", 312},
                       {"result_code", parse_integer(outcome.code).value_or(0)},
                       {"result_message", outcome.word}};
  if (!is_final(Product::megvii, outcome)) return body;
  const bool is_attack = outcome.code == "4100";
  body["attack_result"] = {
      {"score", is_attack ? 0.97 : 0.01}, {"threshold", 0.5}, {"result", is_attack}};
  json::object verification = verification_of(session);
  if (!verification.empty()) body["verification"] = std::move(verification);
  if (outcome.code == "1000" || outcome.code == "2000") {
    body["images"] = {{"image_best", invented_photo("megvii best")}};
  }
  return body;
}

// A biz_token's session, or a passing one made for data sent with the call itself.
Session* find_session(Sandbox& sandbox, const Form& form, Session& own_data) {
  if (form.text("data_type") == "0") {
    return sandbox.sessions.find(Product::megvii, form.text("biz_token"));
  }
  own_data.product = Product::megvii;
  own_data.expires = TimePoint::max();
  own_data.result = complete_outcome(Product::megvii, "1000", "");
  return &own_data;
}

Reply answer(Sandbox& sandbox, const Request& request, bool with_comparison) {
  if (request.body.size() > faceid_request_bytes_max) return too_large_reply();
  const Form form = read_form(request);
  Arguments arguments(form);
  check_verify(arguments, form, sandbox.settings, with_comparison);
  if (auto refusal = refuse_arguments(sandbox, arguments)) return std::move(*refusal);
  if (auto refusal = refuse_signature(sandbox, form)) return std::move(*refusal);
  if (auto refusal = refuse_photos(sandbox, form, {"image_ref", "image"})) {
    return std::move(*refusal);
  }
  Session own_data;
  Session* session = find_session(sandbox, form, own_data);
  if (!session) {
    return argument_error(sandbox, {ArgumentFailure::Kind::bad, "biz_token"}, separator);
  }
  if (with_comparison) {
    session->with_registry = form.text("comparison_type") == "1";
    session->with_reference_1 = !session->with_registry;
  }
  const bool is_own = session == &own_data;
  if (auto magic = find_magic_field(Product::megvii, form, {"uuid", "idcard_name", "biz_no"})) {
    if (is_own) session->result = magic;
    if (!session->magic) session->magic = magic;
  }
  static_cast<void>(apply_magic(sandbox, *session));
  if (!session->result) {
    session->result = Outcome{"9000", "LIVING_NOT_START"};
  }
  if (session->is_dead(sandbox.clock.now())) {
    session->result = Outcome{"9000", "LIVING_OVERTIME"};
  }
  const TimePoint now = sandbox.clock.now();
  const std::string request_id = sandbox.identifiers.stamped_uuid(now);
  const std::string reference = is_own ? request_id : session->token;
  if (is_billed(sandbox.settings, Product::megvii, *session->result) &&
      !sandbox.charges.has(Product::megvii, reference)) {
    sandbox.charges.capture(Product::megvii, with_comparison ? "verify" : "liveness", reference,
                            request_id, now);
  }
  return json_reply(200, result_body(*session, request_id));
}

}  // namespace

Reply get_biz_token(Sandbox& sandbox, const Request& request) {
  if (request.body.size() > faceid_request_bytes_max) return too_large_reply();
  const Form form = read_form(request);
  Arguments arguments(form);
  arguments.require("sign")
      .require("sign_version")
      .one_of("sign_version", {"hmac_sha1"})
      .require("liveness_id")
      .one_of("liveness_id", {sandbox.settings.megvii_liveness_id})
      .bytes_max("uuid", 128);
  if (auto refusal = refuse_arguments(sandbox, arguments)) return std::move(*refusal);
  if (auto refusal = refuse_signature(sandbox, form)) return std::move(*refusal);
  const TimePoint now = sandbox.clock.now();
  Session& session =
      sandbox.sessions.open(Product::megvii, sandbox.identifiers.stamped_uuid(now), now, 1h);
  session.magic = find_magic_field(Product::megvii, form, {"uuid"});
  session.opening_request = sandbox.identifiers.stamped_uuid(now);
  return biz_token_reply(session);
}

Reply verify(Sandbox& sandbox, const Request& request) {
  return answer(sandbox, request, true);
}

Reply liveness(Sandbox& sandbox, const Request& request) {
  return answer(sandbox, request, false);
}

}  // namespace idswitch::sandbox::megvii

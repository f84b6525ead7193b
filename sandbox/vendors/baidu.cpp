#include "vendors/baidu.hpp"

#include "vendors/errors.hpp"
#include "wire/arguments.hpp"
#include "wire/digest.hpp"

namespace idswitch::sandbox::baidu {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view content_type = "application/json;charset=utf-8";
constexpr std::int64_t largest_exact_double = 9'007'199'254'740'992;

Reply refuse_client(unsigned status, std::string_view error, std::string_view description) {
  return json_reply(status, {{"error", error}, {"error_description", description}}, content_type);
}

struct CodeRequest {
  bool is_action = false;
  std::int64_t length_min = 3;
  std::int64_t length_max = 6;
};

// Fills `wanted` or returns the error code of the first bad parameter (supplement 1.5: 222027-29).
std::string read_code_request(const Form& form, CodeRequest& wanted) {
  const std::string_view type = form.text("type");
  if (type != "" && type != "0" && type != "1") return "222002";
  wanted.is_action = type == "1";
  const std::int64_t low = wanted.is_action ? 1 : 3;
  const std::int64_t high = wanted.is_action ? 3 : 6;
  wanted.length_min = low;
  wanted.length_max = high;
  const Arguments arguments(form);
  if (arguments.has("min_code_length")) {
    const auto length = parse_integer(form.text("min_code_length"));
    if (!length || *length < low || *length > high) return "222028";
    wanted.length_min = *length;
  }
  if (arguments.has("max_code_length")) {
    const auto length = parse_integer(form.text("max_code_length"));
    if (!length || *length < low || *length > high) return "222029";
    wanted.length_max = *length;
  }
  return wanted.length_min > wanted.length_max ? "222027" : "";
}

std::string invent_code(Identifiers& identifiers, const CodeRequest& wanted) {
  const auto length = identifiers.number(static_cast<std::uint64_t>(wanted.length_min),
                                         static_cast<std::uint64_t>(wanted.length_max));
  std::string code = identifiers.digits(length);
  if (wanted.is_action) {
    // 0 blink, 4 raise head, 5 lower head, 7 turn left and right.
    for (char& c : code) c = "0457"[(c - '0') % 4];
  } else if (identifiers.number(0, 3) == 0) {
    code[0] = '0';  // often enough that a client reading the code as a number notices
  }
  return code;
}

}  // namespace

Reply token(Sandbox& sandbox, const Request& request) {
  const auto query = parse_urlencoded(request.query);
  if (!query) return refuse_client(400, "invalid_request", "malformed query");
  if (query->text("grant_type") != "client_credentials") {
    return refuse_client(400, "unsupported_grant_type", "The grant type is not supported");
  }
  const Settings& settings = sandbox.settings;
  if (!equals_in_constant_time(query->text("client_id"), settings.baidu_api_key)) {
    return refuse_client(401, "invalid_client", "unknown client id");
  }
  if (!equals_in_constant_time(query->text("client_secret"), settings.baidu_secret_key)) {
    return refuse_client(401, "invalid_client", "Client authentication failed");
  }
  Identifiers& identifiers = sandbox.identifiers;
  const TimePoint now = sandbox.clock.now();
  const std::int64_t lifetime = settings.baidu_token_lifetime.count();
  const std::string tail = std::to_string(lifetime) + '.' +
                           std::to_string(unix_seconds(now) + lifetime) + ".282335-8574074";
  const std::string token = "24." + identifiers.hex(32) + '.' + tail;
  sandbox.baidu_access_tokens[token] = now + settings.baidu_token_lifetime;
  return json_reply(200,
                    {{"refresh_token", "25." + identifiers.hex(32) + '.' + tail},
                     {"expires_in", lifetime},
                     {"scope", "public brain_all_scope wise_adapt"},
                     {"session_key", base64_encode(identifiers.hex(32))},
                     {"access_token", token},
                     {"session_secret", identifiers.hex(32)}},
                    content_type);
}

std::optional<Reply> refuse_access_token(Sandbox& sandbox, const Request& request) {
  const auto query = parse_urlencoded(request.query);
  const std::string_view token = query ? query->text("access_token") : std::string_view();
  if (token.empty()) return platform_error(100, message_of("100"));
  const auto known = sandbox.baidu_access_tokens.find(std::string(token));
  if (known == sandbox.baidu_access_tokens.end()) return platform_error(110, message_of("110"));
  if (known->second <= sandbox.clock.now()) return platform_error(111, message_of("111"));
  return std::nullopt;
}

Reply sessioncode(Sandbox& sandbox, const Request& request) {
  if (auto refusal = refuse_access_token(sandbox, request)) return std::move(*refusal);
  const auto fail = [&](std::string_view code, std::string_view message) {
    return service_reply(sandbox, *parse_integer(code), message, {}).reply;
  };
  if (!request.body.empty() && request.media_type() != "application/x-www-form-urlencoded") {
    return fail("222001", "Content-Type must be application/x-www-form-urlencoded");
  }
  const auto form = parse_urlencoded(request.body);
  if (!form) return fail("222001", "malformed form body");
  CodeRequest wanted;
  if (const std::string error = read_code_request(*form, wanted); !error.empty()) {
    return fail(error, message_of(error));
  }
  const TimePoint now = sandbox.clock.now();
  Session& session =
      sandbox.sessions.open(Product::baidu, "S" + sandbox.identifiers.hex(22), now, 5min);
  session.spoken_code = invent_code(sandbox.identifiers, wanted);
  session.is_action = wanted.is_action;
  ServiceReply answer = service_reply(
      sandbox, 0, "SUCCESS", {{"session_id", session.token}, {"code", session.spoken_code}});
  session.opening_request = answer.log_id;
  sandbox.charges.capture(Product::baidu, "sessioncode", session.token, answer.log_id, now);
  return std::move(answer.reply);
}

ServiceReply service_reply(Sandbox& sandbox, std::int64_t code, std::string_view message,
                           json::object result) {
  const std::uint64_t turn = sandbox.baidu_replies++;
  BaiduNaming naming = sandbox.settings.baidu_naming;
  if (naming == BaiduNaming::rotate) {
    constexpr BaiduNaming turns[] = {BaiduNaming::err_no, BaiduNaming::error_code,
                                     BaiduNaming::error_no};
    naming = turns[turn % 3];
  }
  BaiduLogId kind = sandbox.settings.baidu_log_id;
  if (kind == BaiduLogId::rotate) kind = turn / 3 % 2 ? BaiduLogId::integer : BaiduLogId::string;

  // An integer that a reader through double would change, or a string that may begin with 0.
  ServiceReply answer;
  json::value log_id;
  if (kind == BaiduLogId::integer) {
    const auto number =
        static_cast<std::int64_t>(sandbox.identifiers.number(largest_exact_double + 1, INT64_MAX));
    answer.log_id = std::to_string(number | 1);
    log_id = number | 1;
  } else {
    answer.log_id = sandbox.identifiers.digits(10);
    log_id = answer.log_id;
  }
  json::object body;
  if (naming == BaiduNaming::err_no || naming == BaiduNaming::both) {
    body["err_no"] = code;
    body["err_msg"] = message;
  }
  if (naming == BaiduNaming::error_no) {
    body["error_no"] = code;
  }
  if (naming == BaiduNaming::error_code || naming == BaiduNaming::both) {
    body["error_code"] = code;
  }
  if (naming != BaiduNaming::err_no) body["error_msg"] = message;
  if (code == 0) {
    body["result"] = std::move(result);
  } else if (naming == BaiduNaming::error_code) {
    body["result"] = nullptr;
  }
  body["timestamp"] = unix_seconds(sandbox.clock.now());
  body["cached"] = 0;
  const bool is_wire_name = naming == BaiduNaming::err_no || naming == BaiduNaming::both;
  body[is_wire_name ? "serverlogid" : "log_id"] = std::move(log_id);
  answer.reply = json_reply(200, body, content_type);
  return answer;
}

Reply platform_error(std::int64_t code, std::string_view message) {
  return json_reply(200, {{"error_code", code}, {"error_msg", message}}, content_type);
}

std::string_view message_of(std::string_view code) {
  if (const DocumentedError* error = find_error(Product::baidu, code)) return error->message;
  for (const DocumentedOutcome& outcome : documented_outcomes(Product::baidu)) {
    if (outcome.code == code) return outcome.word;
  }
  return "unknown error";
}

}  // namespace idswitch::sandbox::baidu

#include "world/control.hpp"

#include <boost/json/parse.hpp>

#include "wire/arguments.hpp"
#include "world/control_views.hpp"

namespace idswitch::sandbox {
namespace {

namespace json = boost::json;

// Ends a call with that reply.
struct Refusal {
  unsigned status;
  std::string reason;
};

json::object read_object(const Request& request) {
  if (request.body.empty()) return {};
  boost::system::error_code error;
  json::value value = json::parse(request.body, error);
  if (error) throw Refusal{400, "the body is not JSON: " + error.message()};
  if (!value.is_object()) throw Refusal{400, "the body must be a JSON object"};
  return std::move(value.get_object());
}

// Strings as they are, integers as decimal text; "" when absent.
std::string read_text(const json::object& object, std::string_view key) {
  const json::value* value = object.if_contains(key);
  if (!value) return "";
  if (value->is_string()) return std::string(value->get_string());
  if (value->is_int64()) return std::to_string(value->get_int64());
  throw Refusal{400, "\"" + std::string(key) + "\" must be a string or an integer"};
}

void allow_only(const json::object& object, std::initializer_list<std::string_view> keys) {
  for (const auto& [key, value] : object) {
    if (std::ranges::find(keys, std::string_view(key)) == keys.end()) {
      throw Refusal{400, "unknown member \"" + std::string(key) + "\""};
    }
  }
}

// By {"token"} or, the last one opened, by {"product"}.
Session& find_session(Sandbox& sandbox, const json::object& object) {
  const std::string token = read_text(object, "token");
  const std::string product_name = read_text(object, "product");
  if (token.empty() == product_name.empty()) {
    throw Refusal{400, "give either \"token\" or \"product\""};
  }
  if (!token.empty()) {
    if (Session* session = sandbox.sessions.find(token)) return *session;
    throw Refusal{404, "no session has that token"};
  }
  const auto product = find_product(product_name);
  if (!product) throw Refusal{400, "unknown product: " + product_name};
  if (Session* session = sandbox.sessions.last(*product)) return *session;
  throw Refusal{404, "no session of " + product_name + " yet"};
}

Reply finish(Sandbox& sandbox, const Request& request) {
  const json::object object = read_object(request);
  allow_only(object, {"token", "product", "code", "word"});
  Session& session = find_session(sandbox, object);
  const std::string code = read_text(object, "code");
  if (!parse_integer(code)) throw Refusal{400, "\"code\" must be a result code such as 1000"};
  if (session.has_ended()) throw Refusal{409, "the session has already ended"};
  if (session.is_dead(sandbox.clock.now())) throw Refusal{409, "the session has expired"};
  auto notifications = finish_session(
      sandbox, session, complete_outcome(session.product, code, read_text(object, "word")));
  Reply reply = json_reply(200, session_view(sandbox, session));
  reply.notifications = std::move(notifications);
  return reply;
}

Reply expire(Sandbox& sandbox, const Request& request) {
  const json::object object = read_object(request);
  allow_only(object, {"token", "product"});
  Session& session = find_session(sandbox, object);
  session.expires = std::min(session.expires, sandbox.clock.now());
  refund_expired(sandbox);
  return json_reply(200, session_view(sandbox, session));
}

// Baidu access tokens, all of them or {"token"}: expired ones get 111, revoked ones 110.
Reply end_access_tokens(Sandbox& sandbox, const Request& request, bool revoke) {
  const json::object object = read_object(request);
  allow_only(object, {"token"});
  const std::string only = read_text(object, "token");
  auto& tokens = sandbox.baidu_access_tokens;
  std::uint64_t count = 0;
  for (auto& [token, expires] : tokens) {
    if (!only.empty() && token != only) continue;
    expires = std::min(expires, sandbox.clock.now());
    ++count;
  }
  if (!only.empty() && count == 0) throw Refusal{404, "no such access token"};
  if (revoke) {
    std::erase_if(tokens, [&](const auto& token) { return only.empty() || token.first == only; });
  }
  return json_reply(200, {{"access_tokens", count}});
}

Reply add_fault(Sandbox& sandbox, const Request& request) {
  try {
    sandbox.faults.add(parse_fault(read_object(request)));
  } catch (const std::invalid_argument& error) {
    throw Refusal{400, error.what()};
  }
  return json_reply(201, to_json(sandbox.faults.all().back()));
}

Reply remove_faults(Sandbox& sandbox, const Request& request) {
  const Form query = parse_urlencoded(request.query).value_or(Form());
  if (!query.find("id")) {
    sandbox.faults.clear();
    return json_reply(200, faults_view(sandbox));
  }
  const auto id = parse_integer(query.text("id"));
  if (!id || !sandbox.faults.remove(static_cast<std::uint64_t>(*id))) {
    throw Refusal{404, "no fault has that id"};
  }
  return json_reply(200, faults_view(sandbox));
}

Reply move_clock(Sandbox& sandbox, const Request& request) {
  const json::object object = read_object(request);
  allow_only(object, {"advance_s", "skew_s"});
  constexpr std::int64_t seconds_max = 315'360'000;
  for (const auto& [key, value] : object) {
    if (!value.is_int64() || std::abs(value.get_int64()) > seconds_max) {
      throw Refusal{400, "\"" + std::string(key) + "\" must be an integer number of seconds"};
    }
  }
  if (const json::value* advance = object.if_contains("advance_s")) {
    sandbox.clock.advance(std::chrono::seconds(advance->get_int64()));
  }
  if (const json::value* skew = object.if_contains("skew_s")) {
    sandbox.clock.set_skew(std::chrono::seconds(skew->get_int64()));
  }
  return json_reply(200, clock_view(sandbox));
}

Reply change_settings(Sandbox& sandbox, const Request& request) {
  try {
    merge_settings(sandbox.settings, request.body);
  } catch (const std::invalid_argument& error) {
    throw Refusal{400, error.what()};
  }
  sandbox.charges.set_prices(sandbox.settings.prices);
  return json_reply(200, {{"status", "ok"}});
}

Reply reset(Sandbox& sandbox, const Request& request) {
  const json::object object = read_object(request);
  allow_only(object, {"access_tokens"});
  const json::value* tokens = object.if_contains("access_tokens");
  sandbox.reset(tokens && tokens->is_bool() && tokens->get_bool());
  return json_reply(200, {{"status", "ok"}});
}

Reply list_sessions(Sandbox& sandbox, const Request& request) {
  const Form query = parse_urlencoded(request.query).value_or(Form());
  const auto product = find_product(query.text("product"));
  if (query.find("product") && !product) throw Refusal{400, "unknown product"};
  return json_reply(200, sessions_view(sandbox, product));
}

Reply statement(Sandbox& sandbox, const Request&) {
  refund_expired(sandbox);
  return text_reply(200, sandbox.charges.to_csv(), "text/csv; charset=utf-8");
}

Reply charges(Sandbox& sandbox, const Request&) {
  refund_expired(sandbox);
  return json_reply(200, sandbox.charges.to_json());
}

struct Call {
  std::string_view method;
  std::string_view path;
  Reply (*handle)(Sandbox&, const Request&);
};

constexpr Call calls[] = {
    {"GET", "/control/health",
     [](Sandbox&, const Request&) {
       return json_reply(200, {{"status", "ok"}});
     }},
    {"GET", "/control/sessions", list_sessions},
    {"POST", "/control/sessions/finish", finish},
    {"POST", "/control/sessions/expire", expire},
    {"POST", "/control/access-tokens/expire",
     [](Sandbox& s, const Request& r) { return end_access_tokens(s, r, false); }},
    {"POST", "/control/access-tokens/revoke",
     [](Sandbox& s, const Request& r) { return end_access_tokens(s, r, true); }},
    {"GET", "/control/faults",
     [](Sandbox& s, const Request&) { return json_reply(200, faults_view(s)); }},
    {"POST", "/control/faults", add_fault},
    {"DELETE", "/control/faults", remove_faults},
    {"GET", "/control/charges", charges},
    {"GET", "/control/charges.csv", statement},
    {"GET", "/control/requests",
     [](Sandbox& s, const Request&) { return json_reply(200, requests_view(s)); }},
    {"GET", "/control/notifications",
     [](Sandbox& s, const Request&) {
       return json_reply(200, {{"notifications", s.notifications}});
     }},
    {"GET", "/control/outcomes",
     [](Sandbox&, const Request&) { return json_reply(200, outcomes_view()); }},
    {"GET", "/control/clock",
     [](Sandbox& s, const Request&) { return json_reply(200, clock_view(s)); }},
    {"POST", "/control/clock", move_clock},
    {"POST", "/control/settings", change_settings},
    {"POST", "/control/reset", reset},
};

}  // namespace

Reply answer_control(Sandbox& sandbox, const Request& request) {
  Refusal refusal{404, "no such call; see README.md"};
  for (const Call& call : calls) {
    if (call.path != request.path) continue;
    if (call.method != request.method) {
      refusal = {405, "wrong method"};
      continue;
    }
    try {
      return call.handle(sandbox, request);
    } catch (Refusal& thrown) {
      refusal = std::move(thrown);
      break;
    }
  }
  return json_reply(refusal.status, {{"error", refusal.reason}});
}

}  // namespace idswitch::sandbox

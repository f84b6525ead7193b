#include "vendors/jumdata.hpp"

#include <algorithm>
#include <boost/json/object.hpp>

#include "vendors/errors.hpp"
#include "wire/arguments.hpp"
#include "wire/digest.hpp"

namespace idswitch::sandbox::jumdata {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view content_type = "application/json;charset=UTF-8";

std::string task_number(Sandbox& sandbox) {
  return "04" + sandbox.identifiers.digits(22);
}

Reply parameter_error(Sandbox& sandbox, std::string_view key) {
  return error(sandbox, 400, "参数错误: " + std::string(key));
}

// The common parameters, in the document's order.
std::optional<Reply> refuse_common(Sandbox& sandbox, const Form& form) {
  for (const std::string_view key : {"appId", "timestamp", "sign", "productCode"}) {
    if (form.text(key).empty()) return parameter_error(sandbox, key);
  }
  const Settings& settings = sandbox.settings;
  if (form.text("appId") != settings.jumdata_app_id) {
    return error(sandbox, 601, "接口未开通");  // an unknown appId has no code of its own
  }
  const std::string_view timestamp = form.text("timestamp");
  if (timestamp.size() != 13 || !parse_integer(timestamp)) {
    return parameter_error(sandbox, "timestamp");
  }
  if (!is_signed(settings.jumdata_app_id, settings.jumdata_app_secret, timestamp,
                 form.text("sign"))) {
    return parameter_error(sandbox, "sign");
  }
  if (form.text("productCode") != "life_check_v2") return parameter_error(sandbox, "productCode");
  return std::nullopt;
}

bool are_actions(std::string_view actions) {
  constexpr std::string_view known[] = {"LookLeft", "LookRight", "OpenMouth",
                                        "BlinkEye", "ShakeHead", "NodHead"};
  while (true) {
    const std::size_t comma = actions.find(',');
    if (std::ranges::find(known, actions.substr(0, comma)) == std::end(known)) return false;
    if (comma == std::string_view::npos) return true;
    actions.remove_prefix(comma + 1);
  }
}

// The first business parameter of init that breaks its rule; "" when none does.
std::string_view bad_parameter(const Form& form) {
  const auto length = [&](std::string_view key) {
    return count_characters(form.text(key)).value_or(SIZE_MAX);
  };
  const std::string_view return_url = form.text("returnUrl");
  if (length("returnUrl") > 256 || !parse_return_url(return_url)) return "returnUrl";
  Arguments arguments(form);
  arguments.one_of("actionStyle", {"1", "2", "3", "-1"})
      .one_of("actionMutex", {"0", "1"})
      .one_of("antiCameraHack", {"0", "1"});
  if (arguments.failure()) return form.find(arguments.failure()->key)->name;
  const bool is_custom = form.text("actionStyle") == "3";
  if ((is_custom || arguments.has("actions")) && !are_actions(form.text("actions"))) {
    return "actions";
  }
  return length("title") > 32 ? "title" : "";
}

std::optional<Form> read_form(const Request& request) {
  if (request.media_type() != "application/x-www-form-urlencoded") return std::nullopt;
  return parse_urlencoded(request.body);
}

}  // namespace

Reply error(Sandbox& sandbox, std::int64_t code, std::string_view message) {
  return json_reply(
      200, {{"code", code}, {"msg", message}, {"taskNo", task_number(sandbox)}, {"charge", false}},
      content_type);
}

bool is_signed(std::string_view app_id, std::string_view app_secret, std::string_view timestamp,
               std::string_view sign) {
  std::string text(app_id);
  text.append(app_secret).append(timestamp);
  return equals_in_constant_time(sha256_hex(text), sign);
}

std::optional<ReturnAction> parse_return_url(std::string_view url) {
  using Kind = ReturnAction::Kind;
  const auto is_web = [](std::string_view text) {
    return (text.starts_with("http://") && text.size() > 7) ||
           (text.starts_with("https://") && text.size() > 8);
  };
  if (is_web(url)) return ReturnAction{Kind::redirect, std::string(url)};
  if (url == "wx.history") return ReturnAction{Kind::wx_history, ""};
  const auto after = [&](std::string_view prefix) -> std::optional<std::string> {
    if (!url.starts_with(prefix)) return std::nullopt;
    std::string_view rest = url.substr(prefix.size());
    // The document writes "replace: http://xxx".
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    if (rest.empty()) return std::nullopt;
    return std::string(rest);
  };
  if (auto target = after("replace:"); target && is_web(*target)) {
    return ReturnAction{Kind::replace, *target};
  }
  if (auto target = after("wx.redirect:")) return ReturnAction{Kind::wx_redirect, *target};
  if (auto target = after("app:")) {
    const bool is_name = std::ranges::all_of(*target, [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             c == '_' || c == '$' || c == '.';
    });
    if (is_name) return ReturnAction{Kind::app_function, *target};
  }
  if (auto target = after("scheme:"); target && target->find("://") != std::string::npos) {
    return ReturnAction{Kind::scheme, *target};
  }
  return std::nullopt;
}

Reply init(Sandbox& sandbox, const Request& request) {
  const auto form = read_form(request);
  if (!form) return parameter_error(sandbox, "application/x-www-form-urlencoded");
  if (auto refusal = refuse_common(sandbox, *form)) return std::move(*refusal);
  if (const std::string_view key = bad_parameter(*form); !key.empty()) {
    return parameter_error(sandbox, key);
  }
  const TimePoint now = sandbox.clock.now();
  Session& session = sandbox.sessions.open(Product::jumdata, sandbox.identifiers.hex(32), now, 2h);
  session.return_url = form->text("returnUrl");
  session.title = form->text("title");
  session.opening_request = task_number(sandbox);
  session.magic = find_magic(Product::jumdata, session.title);
  if (!session.magic) session.magic = find_magic(Product::jumdata, session.return_url);
  sandbox.charges.hold(Product::jumdata, "life_check_v2", session.token, session.opening_request,
                       now);
  return json_reply(
      200,
      {{"code", 200},
       {"msg", "成功"},
       {"taskNo", session.opening_request},
       {"charge", true},
       {"data",
        {{"token", session.token},
         {"checkUrl",
          sandbox.settings.origin + "/lifecheck/v2-1/check/capture.html?token=" + session.token}}}},
      content_type);
}

Reply result(Sandbox& sandbox, const Request& request) {
  const auto form = read_form(request);
  if (!form) return parameter_error(sandbox, "application/x-www-form-urlencoded");
  if (auto refusal = refuse_common(sandbox, *form)) return std::move(*refusal);
  Session* session = sandbox.sessions.find(Product::jumdata, form->text("token"));
  if (!session) return parameter_error(sandbox, "token");
  refund_expired(sandbox);
  // Nothing to deliver: only Lite notifies.
  static_cast<void>(apply_magic(sandbox, *session));
  Outcome outcome = session->result.value_or(complete_outcome(Product::jumdata, "201", ""));
  if (session->expires <= sandbox.clock.now()) {
    outcome = complete_outcome(Product::jumdata, "301", "");
  }
  if (outcome.code == "200" || outcome.code == "202") {
    sandbox.charges.settle(Product::jumdata, session->token, ChargeState::captured,
                           sandbox.clock.now());
  } else if (outcome.code == "203" || outcome.code == "301") {
    sandbox.charges.settle(Product::jumdata, session->token, ChargeState::refunded,
                           sandbox.clock.now());
  }
  if (const DocumentedError* common = find_error(Product::jumdata, outcome.code)) {
    return error_reply(sandbox, Product::jumdata, common->code);
  }
  // As in the document's samples, results carry no `charge`.
  json::object body = {{"code", parse_integer(outcome.code).value_or(999)},
                       {"msg", outcome.word},
                       {"taskNo", task_number(sandbox)}};
  if (outcome.code == "200") {
    body["data"] = {
        {"faceImageUrl", sandbox.settings.origin + "/lifecheck/image/" + session->token + ".jpg"}};
  }
  return json_reply(200, body, content_type);
}

}  // namespace idswitch::sandbox::jumdata

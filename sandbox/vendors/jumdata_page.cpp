#include "vendors/jumdata.hpp"
#include "vendors/pages.hpp"
#include "wire/arguments.hpp"

namespace idswitch::sandbox::jumdata {
namespace {

// Where the page leaves to (Jumdata document, returnUrl prefixes). `passed` is named by the
// document but not spelled: true/false is assumed.
Reply leave(const Session& session) {
  const std::string result = "token=" + percent_encode(session.token) +
                             "&passed=" + (session.result->code == "200" ? "true" : "false");
  const auto action = parse_return_url(session.return_url);
  if (!action) return dead_link_page();
  if (action->kind == ReturnAction::Kind::redirect) {
    return redirect(add_query(action->target, result));
  }
  const std::string with_result = add_query(action->target, result);
  std::string call;
  switch (action->kind) {
    case ReturnAction::Kind::redirect: break;
    case ReturnAction::Kind::replace:
      call = "window.location.replace(\"" + with_result + "\")";
      break;
    case ReturnAction::Kind::wx_redirect:
      call = "wx.miniProgram.redirectTo({url: \"" + with_result + "\"})";
      break;
    case ReturnAction::Kind::wx_history: call = "wx.miniProgram.navigateBack()"; break;
    case ReturnAction::Kind::app_function:
      call = "handleLive." + action->target + "(\"" + session.token + "\")";
      break;
    case ReturnAction::Kind::scheme: call = "window.location.href = \"" + with_result + "\""; break;
  }
  return html_page(
      200, "检测结束",
      "<p>The vendor's page would now call</p><p><code>" + escape_html(call) + "</code></p>");
}

}  // namespace

Reply page(Sandbox& sandbox, const Request& request) {
  const PageChoice choice = read_choice(request);
  Session* session = sandbox.sessions.find(Product::jumdata, choice.token);
  if (!session || session->used || session->expires <= sandbox.clock.now()) {
    return dead_link_page();
  }
  if (choice.outcome.empty() && !session->magic && !session->has_ended()) {
    return outcome_page(Product::jumdata, session->title.empty() ? "活体检测" : session->title,
                        "?token=" + percent_encode(session->token) + '&');
  }
  if (!choice.outcome.empty() && !parse_integer(choice.outcome)) {
    return html_page(400, "outcome must be a result code such as 202", "");
  }
  if (!session->has_ended()) {
    const Outcome outcome = choice.outcome.empty()
                                ? *session->magic
                                : complete_outcome(Product::jumdata, choice.outcome, choice.word);
    static_cast<void>(finish_session(sandbox, *session, outcome));
  }
  if (!session->has_ended()) {
    return html_page(200, "活体检测", "<p>The person left without finishing.</p>");
  }
  session->used = true;
  return leave(*session);
}

}  // namespace idswitch::sandbox::jumdata

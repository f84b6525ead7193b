#include "vendors/aliyun_lite.hpp"
#include "vendors/pages.hpp"
#include "wire/arguments.hpp"

namespace idswitch::sandbox::aliyun_lite {

Reply page(Sandbox& sandbox, const Request& request) {
  static constexpr std::string_view prefix = "/lite/v1/do/";
  const auto token = decode_path(std::string_view(request.path).substr(prefix.size()));
  const PageChoice choice = read_choice(request);
  Session* session = token ? sandbox.sessions.find(Product::aliyun_lite, *token) : nullptr;
  if (!session || session->used || session->expires <= sandbox.clock.now()) {
    return dead_link_page();
  }
  if (choice.outcome.empty() && !session->magic && !session->has_ended()) {
    return outcome_page(Product::aliyun_lite, "身份验证", "?");
  }
  if (!choice.outcome.empty() && !parse_integer(choice.outcome)) {
    return html_page(400, "outcome must be a result code such as 2000", "");
  }
  std::vector<Notification> notifications;
  if (!session->has_ended()) {
    notifications =
        finish_session(sandbox, *session,
                       choice.outcome.empty()
                           ? *session->magic
                           : complete_outcome(Product::aliyun_lite, choice.outcome, choice.word));
  }
  if (!session->has_ended()) {
    return html_page(200, "身份验证", "<p>The person left without finishing.</p>");
  }
  session->used = true;
  Reply reply = redirect(session->return_url);
  reply.notifications = std::move(notifications);
  return reply;
}

}  // namespace idswitch::sandbox::aliyun_lite

#include "api/return_page.hpp"

#include "api/query.hpp"

namespace idswitch::api {
namespace {

std::string page(std::string_view title, std::string_view text) {
  return "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
         "content=\"width=device-width\"><title>" +
         std::string(title) + "</title><body><h1>" + std::string(title) + "</h1><p>" +
         std::string(text) + "</p></body></html>\n";
}

}  // namespace

Answer return_page(const Result<engine::ReturnTarget>& target) {
  Answer answer;
  // The address is as good as a key to this page, so it must not leak on to the next one.
  answer.headers = "Referrer-Policy: no-referrer\r\nCache-Control: no-store\r\n";
  answer.content_type = "text/html; charset=utf-8";
  if (!target) {
    answer.status = describe(target.error().code()).http_status;
    answer.body = answer.status == 404
                      ? page("Page not found", "This address is not, or no longer, in use.")
                      : page("Please try again", "Reload this page in a few seconds.");
    return answer;
  }
  if (target->url.empty()) {
    answer.body = page("Thank you", "You can go back to the application now.");
    return answer;
  }
  answer.status = 303;
  answer.headers += "Location: " +
                    with_query(target->url, {{"verification_id", target->verification.id},
                                             {"status", word(target->verification.status)}}) +
                    "\r\n";
  return answer;
}

}  // namespace idswitch::api

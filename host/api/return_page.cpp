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

void write_return_page(const Result<engine::ReturnTarget>& target, net::OutgoingReply& reply) {
  // The address is as good as a key to this page, so it must not leak on to the next one.
  reply.headers = "Referrer-Policy: no-referrer\r\nCache-Control: no-store\r\n";
  reply.content_type = "text/html; charset=utf-8";
  if (!target) {
    reply.status = describe(target.error().code()).http_status;
    reply.body = reply.status == 404
                     ? page("Page not found", "This address is not, or no longer, in use.")
                     : page("Please try again", "Reload this page in a few seconds.");
    return;
  }
  if (target->url.empty()) {
    reply.status = 200;
    reply.body = page("Thank you", "You can go back to the application now.");
    return;
  }
  reply.status = 303;
  reply.headers += "Location: " +
                   with_query(target->url, {{"verification_id", target->verification.id},
                                            {"status", word(target->verification.status)}}) +
                   "\r\n";
}

}  // namespace idswitch::api

#include "vendors/pages.hpp"

#include "wire/form.hpp"
#include "world/outcomes.hpp"

namespace idswitch::sandbox {

std::string escape_html(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&': result += "&amp;"; break;
      case '<': result += "&lt;"; break;
      case '>': result += "&gt;"; break;
      case '"': result += "&quot;"; break;
      case '\'': result += "&#39;"; break;
      default: result += c;
    }
  }
  return result;
}

Reply html_page(unsigned status, std::string_view title, std::string_view body_html) {
  std::string html =
      "<!doctype html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width\">"
      "<style>body{font:16px sans-serif;max-width:40em;margin:2em auto;padding:0 1em}"
      "a{display:block;margin:.4em 0;padding:.5em;border:1px solid #888;border-radius:.4em;"
      "text-decoration:none}code{word-break:break-all}</style><title>";
  const std::string heading = escape_html(title);
  html.append(heading).append("</title></head>\n<body><h1>").append(heading).append("</h1>\n");
  html.append(body_html).append("\n</body></html>\n");
  Reply reply = text_reply(status, std::move(html), "text/html; charset=utf-8");
  reply.set_header("Cache-Control", "no-store");
  return reply;
}

Reply outcome_page(Product product, std::string_view title, std::string_view link_prefix) {
  std::string body = "<p>idswitch sandbox: choose how this person's attempt ends.</p>\n";
  for (const DocumentedOutcome& outcome : documented_outcomes(product)) {
    std::string address(link_prefix);
    address.append("outcome=").append(outcome.code);
    address.append("&word=").append(percent_encode(outcome.word));
    body.append("<a href=\"").append(escape_html(address)).append("\">");
    body.append(outcome.code).append(" ").append(escape_html(outcome.word)).append("</a>\n");
  }
  return html_page(200, title, body);
}

Reply dead_link_page() {
  return html_page(400, "无效请求，或当前请求已过期", "");
}

std::string add_query(std::string_view url, std::string_view query) {
  const std::size_t fragment = std::min(url.find('#'), url.size());
  std::string result(url.substr(0, fragment));
  result += result.find('?') == std::string::npos ? '?' : '&';
  result.append(query).append(url.substr(fragment));
  return result;
}

Reply redirect(std::string_view url) {
  Reply reply = text_reply(303, "");
  reply.set_header("Location", url);
  reply.set_header("Cache-Control", "no-store");
  return reply;
}

PageChoice read_choice(const Request& request) {
  const Form query = parse_urlencoded(request.query).value_or(Form());
  const Form body =
      request.method == "POST" ? parse_urlencoded(request.body).value_or(Form()) : Form();
  const auto read = [&](std::string_view name) {
    return std::string(query.find(name) ? query.text(name) : body.text(name));
  };
  return {read("token"), read("outcome"), read("word")};
}

}  // namespace idswitch::sandbox

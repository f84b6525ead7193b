#include "wire/message.hpp"

#include <algorithm>

#include "wire/json_text.hpp"

namespace idswitch::sandbox {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), lower);
  return result;
}

const Header* Request::find_header(std::string_view name) const {
  const auto found = std::ranges::find_if(
      headers, [&](const Header& header) { return equals_ignoring_case(header.name, name); });
  return found == headers.end() ? nullptr : &*found;
}

std::string_view Request::header(std::string_view name) const {
  const Header* found = find_header(name);
  return found ? std::string_view(found->value) : std::string_view();
}

std::string Request::media_type() const {
  std::string_view type = header("content-type");
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.remove_suffix(1);
  return lower_case(type);
}

void Reply::set_header(std::string_view name, std::string_view value) {
  for (Header& header : headers) {
    if (equals_ignoring_case(header.name, name)) {
      header.value = value;
      return;
    }
  }
  headers.push_back({std::string(name), std::string(value)});
}

std::string_view Reply::header(std::string_view name) const {
  for (const Header& header : headers) {
    if (equals_ignoring_case(header.name, name)) return header.value;
  }
  return {};
}

Reply json_reply(unsigned status, const boost::json::value& body, std::string_view content_type) {
  return text_reply(status, json_text(body), content_type);
}

Reply text_reply(unsigned status, std::string body, std::string_view content_type) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.set_header("Content-Type", content_type);
  return reply;
}

Reply too_large_reply() {
  return text_reply(413, "Request Entity Too Large");
}

}  // namespace idswitch::sandbox

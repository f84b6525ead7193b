#include "api/query.hpp"

#include <boost/url/encode.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace idswitch::api {
namespace {

int digit_of(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

// Tolerant: a stray percent sign stands for itself.
std::string decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size() && digit_of(text[i + 1]) >= 0 &&
                        digit_of(text[i + 2]) >= 0;
    if (escape) {
      out += static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view field = query.substr(0, query.find('&'));
    query.remove_prefix(field.size() < query.size() ? field.size() + 1 : query.size());
    const auto equals = field.find('=');
    if (field.substr(0, equals) == name) {
      return equals == std::string_view::npos ? std::string() : decode(field.substr(equals + 1));
    }
  }
  return {};
}

std::string with_query(
    std::string_view url,
    std::initializer_list<std::pair<std::string_view, std::string_view>> values) {
  const auto hash = url.find('#');
  std::string out(url.substr(0, hash));
  for (const auto& [name, value] : values) {
    out += out.find('?') == std::string::npos ? '?' : '&';
    out += name;
    out += '=';
    out += boost::urls::encode({value.data(), value.size()}, boost::urls::unreserved_chars);
  }
  if (hash != std::string_view::npos) out += url.substr(hash);
  return out;
}

}  // namespace idswitch::api

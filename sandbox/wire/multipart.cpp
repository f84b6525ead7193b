#include "wire/multipart.hpp"

#include <algorithm>

#include "wire/message.hpp"

namespace idswitch::sandbox {
namespace {

// The value of `name=` among the ";"-separated parameters of a header; quotes removed.
std::optional<std::string> parameter(std::string_view header, std::string_view name) {
  std::size_t at = header.find(';');
  while (at != std::string_view::npos) {
    std::size_t begin = header.find_first_not_of("; \t", at);
    if (begin == std::string_view::npos) return std::nullopt;
    const std::size_t equals = header.find('=', begin);
    if (equals == std::string_view::npos) return std::nullopt;
    const std::string_view key = header.substr(begin, equals - begin);
    std::string value;
    begin = equals + 1;
    if (begin < header.size() && header[begin] == '"') {
      std::size_t i = begin + 1;
      for (; i < header.size() && header[i] != '"'; ++i) {
        if (header[i] == '\\' && i + 1 < header.size()) ++i;
        value += header[i];
      }
      if (i == header.size()) return std::nullopt;
      at = header.find(';', i);
    } else {
      at = header.find(';', begin);
      value = header.substr(begin, at == std::string_view::npos ? at : at - begin);
      while (!value.empty() && value.back() == ' ') value.pop_back();
    }
    if (equals_ignoring_case(key, name)) return value;
  }
  return std::nullopt;
}

// One part: its header lines, a blank line, its bytes.
std::optional<Field> parse_part(std::string_view part) {
  const std::size_t blank = part.find("\r\n\r\n");
  if (blank == std::string_view::npos) return std::nullopt;
  std::string_view lines = part.substr(0, blank + 2);
  Field field;
  field.value = part.substr(blank + 4);
  bool named = false;
  while (!lines.empty()) {
    const std::size_t end = lines.find("\r\n");
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 2);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    if (!equals_ignoring_case(line.substr(0, colon), "content-disposition")) continue;
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    if (!equals_ignoring_case(value.substr(0, value.find(';')), "form-data")) return std::nullopt;
    const auto name = parameter(value, "name");
    if (!name) return std::nullopt;
    field.name = *name;
    field.is_file = parameter(value, "filename").has_value();
    named = true;
  }
  if (!named) return std::nullopt;
  return field;
}

}  // namespace

std::optional<Form> parse_multipart(std::string_view content_type, std::string_view body) {
  const auto boundary = parameter(content_type, "boundary");
  if (!boundary || boundary->empty() || boundary->size() > 70) return std::nullopt;
  const std::string opening = "--" + *boundary;
  const std::string separator = "\r\n" + opening;
  if (!body.starts_with(opening)) return std::nullopt;
  body.remove_prefix(opening.size());
  Form form;
  while (!body.starts_with("--")) {
    if (!body.starts_with("\r\n")) return std::nullopt;
    body.remove_prefix(2);
    const std::size_t end = body.find(separator);
    if (end == std::string_view::npos) return std::nullopt;
    auto field = parse_part(body.substr(0, end));
    if (!field) return std::nullopt;
    form.add(std::move(*field));
    body.remove_prefix(end + separator.size());
  }
  return form;
}

}  // namespace idswitch::sandbox

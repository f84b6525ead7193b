// Form fields of a request, in the order sent, whichever encoding carried them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace idswitch::sandbox {

struct Field {
  std::string name;
  std::string value;  // decoded
  bool is_file = false;
};

class Form {
 public:
  void add(Field field) { fields_.push_back(std::move(field)); }

  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }

  // First field of that name; nullptr when absent.
  [[nodiscard]] const Field* find(std::string_view name) const;

  // Its value, or "" when absent.
  [[nodiscard]] std::string_view text(std::string_view name) const;

 private:
  std::vector<Field> fields_;
};

// application/x-www-form-urlencoded: "+" is a space. nullopt when a percent escape is broken.
[[nodiscard]] std::optional<Form> parse_urlencoded(std::string_view text);

// Percent-decodes a path; "+" stays. nullopt when an escape is broken.
[[nodiscard]] std::optional<std::string> decode_path(std::string_view text);

// Percent-encodes everything but RFC 3986 unreserved characters.
[[nodiscard]] std::string percent_encode(std::string_view text);

// Unicode code points in UTF-8 text; nullopt when it is not UTF-8.
[[nodiscard]] std::optional<std::size_t> count_characters(std::string_view utf8);

}  // namespace idswitch::sandbox

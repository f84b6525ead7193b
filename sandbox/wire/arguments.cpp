#include "wire/arguments.hpp"

#include <algorithm>
#include <charconv>

namespace idswitch::sandbox {

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Arguments& Arguments::require(std::string_view name) {
  if (!failure_ && !has(name)) {
    failure_ = ArgumentFailure{ArgumentFailure::Kind::missing, std::string(name)};
  }
  return *this;
}

Arguments& Arguments::fail_bad(std::string_view name) {
  if (!failure_) failure_ = ArgumentFailure{ArgumentFailure::Kind::bad, std::string(name)};
  return *this;
}

Arguments& Arguments::one_of(std::string_view name,
                             std::initializer_list<std::string_view> values) {
  if (!has(name) || std::ranges::find(values, form_.text(name)) != values.end()) return *this;
  return fail_bad(name);
}

Arguments& Arguments::integer(std::string_view name, std::int64_t low, std::int64_t high) {
  if (!has(name)) return *this;
  const auto value = parse_integer(form_.text(name));
  return value && *value >= low && *value <= high ? *this : fail_bad(name);
}

Arguments& Arguments::fraction(std::string_view name) {
  if (!has(name)) return *this;
  const std::string_view text = form_.text(name);
  double value = -1;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  const bool good = error == std::errc() && end == text.data() + text.size();
  return good && value >= 0 && value <= 1 ? *this : fail_bad(name);
}

Arguments& Arguments::bytes_max(std::string_view name, std::size_t bytes) {
  return form_.text(name).size() <= bytes ? *this : fail_bad(name);
}

Arguments& Arguments::web_address(std::string_view name) {
  if (!has(name)) return *this;
  const std::string_view text = form_.text(name);
  const bool good = (text.starts_with("http://") && text.size() > 7) ||
                    (text.starts_with("https://") && text.size() > 8);
  return good ? *this : fail_bad(name);
}

}  // namespace idswitch::sandbox

// Checks a form against a vendor's parameter table, in the table's order; the first failure counts.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "wire/form.hpp"

namespace idswitch::sandbox {

struct ArgumentFailure {
  enum class Kind { missing, bad };
  Kind kind;
  std::string key;
};

// An empty value counts as absent.
class Arguments {
 public:
  explicit Arguments(const Form& form) : form_(form) {}

  [[nodiscard]] bool has(std::string_view name) const { return !form_.text(name).empty(); }

  Arguments& require(std::string_view name);
  Arguments& one_of(std::string_view name, std::initializer_list<std::string_view> values);
  Arguments& integer(std::string_view name, std::int64_t low, std::int64_t high);
  Arguments& fraction(std::string_view name);  // a decimal from 0 to 1
  Arguments& bytes_max(std::string_view name, std::size_t bytes);
  Arguments& web_address(std::string_view name);  // begins with http:// or https://
  Arguments& fail_bad(std::string_view name);

  [[nodiscard]] const std::optional<ArgumentFailure>& failure() const { return failure_; }

 private:
  const Form& form_;
  std::optional<ArgumentFailure> failure_;
};

// Decimal text; nullopt when it is anything else or does not fit.
[[nodiscard]] std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace idswitch::sandbox

#pragma once

// Secret: a credential in memory. It cannot be printed, compared by accident or logged, and wipes
// its memory when it goes. Movable and copyable; any thread for const use.

#include <string>
#include <string_view>

namespace idswitch {

class Secret {
 public:
  Secret() = default;

  explicit Secret(std::string value) : value_(std::move(value)) {}

  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) noexcept = default;

  ~Secret();

  bool empty() const { return value_.empty(); }

  // The value itself, for the one place that puts it on the wire or into a MAC.
  std::string_view reveal() const { return value_; }

 private:
  std::string value_;
};

// Overwrites the text's memory in a way the compiler keeps.
void wipe(std::string& text);

}  // namespace idswitch

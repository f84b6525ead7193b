#pragma once

// Secret: a credential in memory. It cannot be printed, compared by accident or logged, and wipes
// its memory when it goes. Movable and copyable; any thread for const use.

#include <string>
#include <string_view>

namespace idswitch {

class Secret {
 public:
  Secret() = default;

  explicit Secret(std::string value);

  // A short text lies inside the string object and stays in what it was moved from: wiped there.
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;

  ~Secret();

  bool empty() const { return value_.empty(); }

  // The value itself, for the one place that puts it on the wire or into a MAC.
  std::string_view reveal() const { return value_; }

 private:
  std::string value_;
};

// Overwrites the text's memory in a way the compiler keeps, also what lies behind its end from
// before. The text is empty afterwards and keeps its memory.
void wipe(std::string& text);

}  // namespace idswitch

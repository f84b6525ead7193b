#pragma once

// VerificationId: 128 bits, ordered by time. The high half (milliseconds, the lane of who made it,
// a counter) is the key of every table on the hot path, which keeps SQLite appending; the low half
// is random and makes the text unguessable. Text: "ver_" and 26 characters of Crockford's base 32,
// lower case.

#include <array>
#include <atomic>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace idswitch {

struct VerificationId {
  std::uint64_t high = 0;  // below 2^63, so that it is also a positive SQLite integer
  std::uint64_t low = 0;

  std::string text() const;

  // When it was made, as the clock said then.
  std::int64_t created_unix_ms() const { return static_cast<std::int64_t>(high >> 20); }

  // Nothing when text is not exactly what text() writes.
  static std::optional<VerificationId> parse(std::string_view text);

  friend auto operator<=>(const VerificationId&, const VerificationId&) = default;
};

// Makes ids whose high half strictly grows. Any thread.
class VerificationIds {
 public:
  // after: the highest high half already in use, so that a clock set back repeats nothing.
  explicit VerificationIds(std::uint64_t after = 0) : last_(after) {}

  VerificationId next(std::int64_t now_unix_ms);

 private:
  std::atomic<std::uint64_t> last_;
};

}  // namespace idswitch

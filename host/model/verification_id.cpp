#include "model/verification_id.hpp"

#include <algorithm>

#include "base/random.hpp"

namespace idswitch {
namespace {

constexpr std::string_view k_prefix = "ver_";
constexpr std::string_view k_alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t k_digits = 26;
// 43 bits of milliseconds last until the year 2248; ten of the writer's lane, zero so far; 2^10 ids
// a millisecond. Older ids have a counter in the lane's place, and nothing reads a lane out of an
// id.
constexpr int k_lane_bits = 10;
constexpr int k_counter_bits = 10;

// The next one, or the first one of the next millisecond: never one of another lane's.
std::uint64_t after(std::uint64_t high) {
  constexpr int k_ms_shift = k_lane_bits + k_counter_bits;
  constexpr std::uint64_t k_counter_max = (std::uint64_t{1} << k_counter_bits) - 1;
  const std::uint64_t in_ms = high & ((std::uint64_t{1} << k_ms_shift) - 1);
  if (in_ms < k_counter_max) return high + 1;
  return ((high >> k_ms_shift) + 1) << k_ms_shift;
}

__extension__ using Wide = unsigned __int128;

}  // namespace

std::string VerificationId::text() const {
  std::string out(k_prefix);
  out.resize(k_prefix.size() + k_digits);
  Wide value = (static_cast<Wide>(high) << 64) | low;
  for (std::size_t i = 0; i < k_digits; ++i) {
    out[out.size() - 1 - i] = k_alphabet[static_cast<std::size_t>(value & 31)];
    value >>= 5;
  }
  return out;
}

std::optional<VerificationId> VerificationId::parse(std::string_view text) {
  if (text.size() != k_prefix.size() + k_digits || !text.starts_with(k_prefix)) return {};
  Wide value = 0;
  // 26 digits hold 130 bits: a first digit above 3 would not fit.
  if (k_alphabet.find(text[k_prefix.size()]) > 3) return {};
  for (const char c : text.substr(k_prefix.size())) {
    const auto digit = k_alphabet.find(c);
    if (digit == std::string_view::npos) return {};
    value = (value << 5) | digit;
  }
  const VerificationId id{static_cast<std::uint64_t>(value >> 64),
                          static_cast<std::uint64_t>(value)};
  if (id.high >> 63 != 0) return {};
  return id;
}

VerificationId VerificationIds::next(std::int64_t now_unix_ms) {
  const std::uint64_t now = static_cast<std::uint64_t>(std::max<std::int64_t>(now_unix_ms, 0))
                            << (k_lane_bits + k_counter_bits);
  std::uint64_t last = last_.load(std::memory_order_relaxed);
  std::uint64_t next = 0;
  do {
    next = std::max(after(last), now);
  } while (!last_.compare_exchange_weak(last, next, std::memory_order_relaxed));
  return {next, random_u64()};
}

}  // namespace idswitch

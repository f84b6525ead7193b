#include "routing/person_draw.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/digest.hpp"
#include "config/rules.hpp"

namespace idswitch::routing {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr unsigned k_fraction_bits = 40;

// Of `count` bytes, at most eight.
std::uint64_t little_endian(const void* bytes, std::size_t count = 8) {
  const auto* byte = static_cast<const unsigned char*>(bytes);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value |= std::uint64_t{byte[i]} << (8 * i);
  return value;
}

// salt, separator, rest in one piece for the digest.
template <typename Use>
auto with_joined(std::string_view salt, char separator, std::string_view rest, Use use) {
  const std::size_t size = salt.size() + 1 + rest.size();
  const auto write = [&](char* to) {
    to = std::copy(salt.begin(), salt.end(), to);
    *to++ = separator;
    std::copy(rest.begin(), rest.end(), to);
  };
  std::array<char, 256> buffer;
  if (size <= buffer.size()) {
    write(buffer.data());
    return use(std::string_view(buffer.data(), size));
  }
  std::string long_one(size, '\0');
  write(long_one.data());
  return use(std::string_view(long_one));
}

// SipHash-2-4 (Aumasson and Bernstein 2012): a keyed hash that is strong for short texts, and ten
// times cheaper than another SHA-256.
std::uint64_t siphash(const std::uint64_t (&key)[2], std::string_view text) {
  std::uint64_t v0 = key[0] ^ 0x736f6d6570736575, v1 = key[1] ^ 0x646f72616e646f6d;
  std::uint64_t v2 = key[0] ^ 0x6c7967656e657261, v3 = key[1] ^ 0x7465646279746573;
  const auto mix = [&](int rounds) {
    for (int i = 0; i < rounds; ++i) {
      v0 += v1, v1 = std::rotl(v1, 13) ^ v0, v0 = std::rotl(v0, 32);
      v2 += v3, v3 = std::rotl(v3, 16) ^ v2;
      v0 += v3, v3 = std::rotl(v3, 21) ^ v0;
      v2 += v1, v1 = std::rotl(v1, 17) ^ v2, v2 = std::rotl(v2, 32);
    }
  };
  const auto absorb = [&](std::uint64_t word) {
    v3 ^= word;
    mix(2);
    v0 ^= word;
  };
  std::string_view left = text;
  for (; left.size() >= 8; left.remove_prefix(8)) absorb(little_endian(left.data()));
  absorb(little_endian(left.data(), left.size()) | std::uint64_t{text.size() & 0xff} << 56);
  v2 ^= 0xff;
  mix(4);
  return v0 ^ v1 ^ v2 ^ v3;
}

// -log2(luck / 2^64) in 2^-40, rounded up; of 0 as of 1. The fraction's bits come from squaring the
// mantissa: where the square reaches 2, the next bit is one.
std::uint64_t negative_log2(std::uint64_t luck) {
  luck = std::max<std::uint64_t>(luck, 1);
  const unsigned leading = static_cast<unsigned>(std::countl_zero(luck));
  std::uint64_t mantissa = luck << leading;  // in 2^-63: from 1 to below 2
  std::uint64_t fraction = 0;
  for (unsigned i = 0; i < k_fraction_bits; ++i) {
    const Wide square = Wide{mantissa} * mantissa;
    const auto bit = static_cast<unsigned>(square >> 127);
    fraction = fraction << 1 | bit;
    mantissa = static_cast<std::uint64_t>(square >> (63 + bit));
  }
  return (std::uint64_t{leading + 1} << k_fraction_bits) - fraction;
}

bool comes_before(const DrawPlace& a, const DrawPlace& b) {
  if (a.weight == 0 || b.weight == 0) {
    return a.weight == b.weight ? a.part < b.part : b.weight == 0;
  }
  const Wide time_a = Wide{a.time} * b.weight, time_b = Wide{b.time} * a.weight;
  if (time_a != time_b) return time_a < time_b;
  // By the name's luck, not by index: a tie must not depend on how the parts are written down.
  return a.luck != b.luck ? a.luck > b.luck : a.part < b.part;
}

}  // namespace

PersonDraw::PersonDraw(std::string_view hashed) {
  const auto digest = sha256(hashed);
  coverage_ = 0;
  for (std::size_t i = 0; i < 8; ++i) coverage_ = coverage_ << 8 | digest[i];
  key_[0] = little_endian(digest.data() + 8);
  key_[1] = little_endian(digest.data() + 16);
}

PersonDraw::PersonDraw(std::string_view salt, std::string_view person_id)
    : PersonDraw(with_joined(salt, '\0', person_id,
                             [](std::string_view hashed) { return PersonDraw(hashed); })) {}

PersonDraw PersonDraw::of_seed(std::string_view salt, std::uint64_t seed) {
  std::array<char, 8> bytes;
  for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(seed >> (8 * i) & 0xff);
  return with_joined(salt, '\1', {bytes.data(), bytes.size()},
                     [](std::string_view hashed) { return PersonDraw(hashed); });
}

bool PersonDraw::is_covered(std::uint32_t coverage_ppm) const {
  return Wide{coverage_} * config::k_all_ppm < Wide{coverage_ppm} << 64;
}

DrawPlace PersonDraw::place(const DrawPart& part, std::size_t index) const {
  DrawPlace place;
  place.part = static_cast<std::uint32_t>(index);
  place.weight = part.weight;
  if (part.weight == 0) return place;
  place.luck = siphash(key_, part.name);
  place.time = negative_log2(place.luck);
  return place;
}

void PersonDraw::order(std::span<const DrawPart> parts, std::span<DrawPlace> places) const {
  if (places.size() != parts.size()) std::abort();
  for (std::size_t i = 0; i < parts.size(); ++i) places[i] = place(parts[i], i);
  std::sort(places.begin(), places.end(), comes_before);
}

std::size_t PersonDraw::first(std::span<const DrawPart> parts) const {
  if (parts.empty()) std::abort();
  DrawPlace best = place(parts[0], 0);
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const DrawPlace next = place(parts[i], i);
    if (comes_before(next, best)) best = next;
  }
  return best.part;
}

}  // namespace idswitch::routing

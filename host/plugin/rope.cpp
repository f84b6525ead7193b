#include "plugin/rope.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/text/base64.hpp"
#include "base/text/json_text.hpp"
#include "base/values/byte_size.hpp"
#include "base/wiped_text.hpp"

namespace idswitch::plugin {
namespace {

constexpr int k_depth_max = 4;
constexpr std::uint64_t k_segments_max = 4096;
constexpr std::size_t k_short_bytes = 16 * k_kib;  // longer than any secret
constexpr char k_hex_lower[] = "0123456789abcdef";
constexpr char k_hex_upper[] = "0123456789ABCDEF";

// The URL alphabet of RFC 4648 section 5.
std::string base64url(std::string_view bytes) {
  std::string text = base64_encode(bytes);
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  return text;
}

void append_hex(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += k_hex_lower[byte >> 4];
    out += k_hex_lower[byte & 15];
  }
}

// RFC 3986 section 2.3: what stands for itself in a URL.
constexpr std::array<bool, 256> k_unreserved = [] {
  std::array<bool, 256> unreserved{};
  for (const char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                       "0123456789-._~")) {
    unreserved[static_cast<unsigned char>(c)] = true;
  }
  return unreserved;
}();

bool is_unreserved(char c) {
  return k_unreserved[static_cast<unsigned char>(c)];
}

std::size_t percent_bytes(std::string_view bytes) {
  return bytes.size() +
         2 * static_cast<std::size_t>(bytes.end() - bytes.begin() -
                                      std::count_if(bytes.begin(), bytes.end(), is_unreserved));
}

// Runs of what stands for itself are taken over at once.
void append_percent(std::string& out, std::string_view bytes, bool space_as_plus) {
  for (const char *at = bytes.data(), *const end = at + bytes.size(); at != end;) {
    const char* const run = std::find_if_not(at, end, is_unreserved);
    out.append(at, run);
    if (run == end) return;
    if (*run == ' ' && space_as_plus) {
      out += '+';
    } else {
      const auto byte = static_cast<unsigned char>(*run);
      const char escape[] = {'%', k_hex_upper[byte >> 4], k_hex_upper[byte & 15]};
      out.append(escape, sizeof escape);
    }
    at = run + 1;
  }
}

// At most so many bytes come of it. Of a text that is long enough to be no secret, about so many.
std::size_t encoded_bytes(std::uint8_t encoding, std::string_view bytes) {
  switch (encoding) {
    case IDSW_ENCODE_BASE64:
    case IDSW_ENCODE_BASE64URL: return (bytes.size() + 2) / 3 * 4;
    case IDSW_ENCODE_HEX: return bytes.size() * 2;
    case IDSW_ENCODE_PERCENT:
    case IDSW_ENCODE_FORM: return percent_bytes(bytes);
    case IDSW_ENCODE_JSON: return bytes.size() * (bytes.size() <= k_short_bytes ? 6 : 1);
    default: return bytes.size();
  }
}

bool append_encoded(std::string& out, std::uint8_t encoding, std::string_view bytes) {
  WipedText::make_room(out, encoded_bytes(encoding, bytes));
  switch (encoding) {
    case IDSW_ENCODE_NONE: out += bytes; return true;
    case IDSW_ENCODE_BASE64: out += WipedText(base64_encode(bytes)); return true;
    case IDSW_ENCODE_BASE64URL: out += WipedText(base64url(bytes)); return true;
    case IDSW_ENCODE_HEX: append_hex(out, bytes); return true;
    case IDSW_ENCODE_PERCENT: append_percent(out, bytes, false); return true;
    case IDSW_ENCODE_FORM: append_percent(out, bytes, true); return true;
    case IDSW_ENCODE_JSON: json_text::append_escaped(out, bytes); return true;
    default: return false;
  }
}

class Assembler {
 public:
  Assembler(const RopeSources& sources, std::size_t bytes_max, std::uint64_t* missing_slot)
      : sources_(sources), bytes_max_(bytes_max), missing_slot_(missing_slot) {}

  RopeError rope(const idsw_rope& rope, int depth, std::string& out) {
    if (depth > k_depth_max || rope.count > k_segments_max) return RopeError::bad_segment;
    if (rope.segments == nullptr && rope.count > 0) return RopeError::bad_segment;
    for (std::uint64_t i = 0; i < rope.count; ++i) {
      const RopeError error = segment(rope.segments[i], depth, out);
      if (error != RopeError::none) return error;
      if (out.size() > bytes_max_) return RopeError::too_large;
    }
    return RopeError::none;
  }

 private:
  RopeError segment(const idsw_segment& segment, int depth, std::string& out) {
    if (segment.kind == IDSW_SEGMENT_ROPE) {
      WipedText inner;  // nested ropes are how signed strings are built, so they often hold a key
      const idsw_rope child{static_cast<const idsw_segment*>(segment.data), segment.length};
      const RopeError error = rope(child, depth + 1, inner);
      return error == RopeError::none ? encode(segment, inner, out) : error;
    }
    std::string_view bytes;
    const RopeError error = find(segment, bytes);
    return error == RopeError::none ? encode(segment, bytes, out) : error;
  }

  RopeError find(const idsw_segment& segment, std::string_view& bytes) {
    switch (segment.kind) {
      case IDSW_SEGMENT_BYTES: {
        if (segment.data == nullptr && segment.length > 0) return RopeError::bad_segment;
        bytes = {static_cast<const char*>(segment.data), segment.length};
        return RopeError::none;
      }
      case IDSW_SEGMENT_BLOB: {
        const auto blob = sources_.blob ? sources_.blob(segment.handle) : std::nullopt;
        if (!blob) return RopeError::no_blob;
        bytes = *blob;
        return RopeError::none;
      }
      case IDSW_SEGMENT_SECRET: {
        const auto value = sources_.slot ? sources_.slot(segment.handle) : std::nullopt;
        if (!value) {
          if (missing_slot_ != nullptr) *missing_slot_ = segment.handle;
          return RopeError::no_slot;
        }
        bytes = *value;
        return RopeError::none;
      }
      default: return RopeError::bad_segment;
    }
  }

  // The first three encodings go through scratch text, the last one straight to out.
  RopeError encode(const idsw_segment& segment, std::string_view bytes, std::string& out) {
    std::size_t count = 0;
    while (count < 4 && segment.encode[count] != IDSW_ENCODE_NONE) ++count;
    if (count == 0) {
      WipedText::make_room(out, bytes.size());
      out += bytes;
      return RopeError::none;
    }
    WipedText scratch;
    for (std::size_t i = 0; i + 1 < count; ++i) {
      WipedText next;
      if (!append_encoded(next, segment.encode[i], bytes)) return RopeError::bad_segment;
      scratch = std::move(next);
      bytes = scratch;
    }
    return append_encoded(out, segment.encode[count - 1], bytes) ? RopeError::none
                                                                 : RopeError::bad_segment;
  }

  const RopeSources& sources_;
  std::size_t bytes_max_;
  std::uint64_t* missing_slot_;
};

// Of the plain pieces, and a guess for each of the others.
std::size_t seen_bytes(const idsw_rope& rope) {
  constexpr std::size_t k_guess = 48;
  if (rope.segments == nullptr || rope.count > k_segments_max) return 0;
  std::size_t bytes = 0;
  for (std::uint64_t i = 0; i < rope.count; ++i) {
    const idsw_segment& one = rope.segments[i];
    const bool is_plain = one.kind == IDSW_SEGMENT_BYTES && one.encode[0] == IDSW_ENCODE_NONE;
    bytes += is_plain ? std::min<std::size_t>(one.length, std::size_t{1} << 20) : k_guess;
  }
  return bytes;
}

const EVP_MD* digest_of(std::uint32_t algorithm) {
  // Fetched once: looking a digest up costs more than hashing a short text.
  static const EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  static const EVP_MD* const sha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  static const EVP_MD* const md5 = EVP_MD_fetch(nullptr, "MD5", nullptr);
  switch (algorithm) {
    case IDSW_DIGEST_SHA256: return sha256;
    case IDSW_DIGEST_SHA1: return sha1;
    case IDSW_DIGEST_MD5: return md5;
    default: return nullptr;
  }
}

}  // namespace

RopeError assemble(const idsw_rope& rope, const RopeSources& sources, std::size_t bytes_max,
                   std::string& out, std::uint64_t* missing_slot) {
  const std::size_t before = out.size();
  // At once, as far as it is seen from here: each larger memory is wiped when it is left.
  WipedText::make_room(out, std::min(seen_bytes(rope), bytes_max));
  const RopeError error = Assembler(sources, before + bytes_max, missing_slot).rope(rope, 0, out);
  if (error != RopeError::none) out.resize(before);
  return error;
}

std::string digest(std::uint32_t algorithm, std::string_view bytes) {
  const EVP_MD* md = digest_of(algorithm);
  if (md == nullptr) return {};
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(
      EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned int length = 0;
  if (EVP_DigestInit_ex2(context.get(), md, nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), out.data(), &length) != 1) {
    return {};
  }
  return {reinterpret_cast<const char*>(out.data()), length};
}

std::string mac(std::uint32_t algorithm, std::string_view key, std::string_view bytes) {
  const EVP_MD* md = algorithm == IDSW_MAC_HMAC_SHA256 ? digest_of(IDSW_DIGEST_SHA256)
                     : algorithm == IDSW_MAC_HMAC_SHA1 ? digest_of(IDSW_DIGEST_SHA1)
                                                       : nullptr;
  if (md == nullptr) return {};
  std::array<unsigned char, EVP_MAX_MD_SIZE> out;
  unsigned int length = 0;
  if (HMAC(md, key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(),
           &length) == nullptr) {
    return {};
  }
  return {reinterpret_cast<const char*>(out.data()), length};
}

}  // namespace idswitch::plugin

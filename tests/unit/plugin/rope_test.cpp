// Ropes as the host puts them together: every encoding, their composition, the limits, digests and
// MACs.

#include "plugin/rope.hpp"

#include <gtest/gtest.h>

#include "plugin/owned_request.hpp"
#include "scripted_plugin.hpp"

namespace idswitch::test {
namespace {

using plugin::RopeError;

constexpr std::size_t k_room = 1 << 20;

plugin::RopeSources sources() {
  plugin::RopeSources made;
  made.slot = [](std::uint64_t slot) -> std::optional<std::string_view> {
    if (slot == 0) return "s3cret/+ ";
    return {};
  };
  made.blob = [](std::uint64_t blob) -> std::optional<std::string_view> {
    if (blob == 1) return std::string_view("\x00\xFF\xFE>?", 5);
    return {};
  };
  return made;
}

RopeError assembled(const std::vector<idsw_segment>& segments, std::string& out,
                    std::size_t room = k_room) {
  return plugin::assemble({segments.data(), segments.size()}, sources(), room, out);
}

std::string assembled(const std::vector<idsw_segment>& segments) {
  std::string out;
  EXPECT_EQ(assembled(segments, out), RopeError::none);
  return out;
}

idsw_segment encoded(idsw_segment segment, std::initializer_list<int> encodings) {
  std::size_t i = 0;
  for (const int encoding : encodings) segment.encode[i++] = static_cast<std::uint8_t>(encoding);
  return segment;
}

idsw_segment secret(std::uint64_t slot) {
  return {IDSW_SEGMENT_SECRET, {}, slot, nullptr, 0};
}

idsw_segment blob(std::uint64_t id) {
  return {IDSW_SEGMENT_BLOB, {}, id, nullptr, 0};
}

idsw_segment nested(const std::vector<idsw_segment>& segments) {
  return {IDSW_SEGMENT_ROPE, {}, 0, segments.data(), segments.size()};
}

TEST(Rope, AppliesEachEncoding) {
  const struct {
    std::initializer_list<int> encodings;
    std::string_view in;
    std::string_view out;
  } rows[] = {
      {{}, "a b", "a b"},
      {{IDSW_ENCODE_BASE64}, "", ""},
      {{IDSW_ENCODE_BASE64}, "f", "Zg=="},
      {{IDSW_ENCODE_BASE64}, "fo", "Zm8="},
      {{IDSW_ENCODE_BASE64}, "foobar", "Zm9vYmFy"},
      {{IDSW_ENCODE_BASE64}, "\xFB\xFF\xBF", "+/+/"},
      {{IDSW_ENCODE_BASE64URL}, "\xFB\xFF\xBF", "-_-_"},
      {{IDSW_ENCODE_BASE64URL}, "f", "Zg=="},
      {{IDSW_ENCODE_HEX}, "\x01\xAB", "01ab"},
      {{IDSW_ENCODE_PERCENT}, "aZ09-._~ +/=\xE4\xBA\xBA", "aZ09-._~%20%2B%2F%3D%E4%BA%BA"},
      {{IDSW_ENCODE_FORM}, "a b+c&d*", "a+b%2Bc%26d%2A"},
      {{IDSW_ENCODE_JSON}, "a\"\\\n\x01/", "a\\\"\\\\\\n\\u0001/"},
      {{IDSW_ENCODE_BASE64, IDSW_ENCODE_FORM}, "\xFB\xFF", "%2B%2F8%3D"},
      {{IDSW_ENCODE_HEX, IDSW_ENCODE_BASE64}, "\x01", "MDE="},
      {{IDSW_ENCODE_HEX, IDSW_ENCODE_HEX, IDSW_ENCODE_HEX, IDSW_ENCODE_HEX},
       "\x01",
       "3333333033333331"},
  };

  for (const auto& row : rows) {
    EXPECT_EQ(assembled({encoded(bytes(row.in), row.encodings)}), row.out) << row.in;
  }
}

TEST(Rope, FillsInSlotsAndBlobs) {
  EXPECT_EQ(assembled({bytes("k="), encoded(secret(0), {IDSW_ENCODE_FORM})}), "k=s3cret%2F%2B+");
  EXPECT_EQ(assembled({encoded(blob(1), {IDSW_ENCODE_BASE64, IDSW_ENCODE_FORM})}),
            "AP%2F%2BPj8%3D");
  EXPECT_EQ(assembled({blob(1)}), std::string("\x00\xFF\xFE>?", 5));
}

TEST(Rope, EncodesANestedRopeAsAWhole) {
  const std::vector<idsw_segment> inner = {bytes("f"), bytes("o")};
  EXPECT_EQ(assembled({bytes("<"), encoded(nested(inner), {IDSW_ENCODE_BASE64}), bytes(">")}),
            "<Zm8=>");
}

TEST(Rope, NestsFourDeepAndNoDeeper) {
  std::vector<std::vector<idsw_segment>> levels = {{bytes("x")}};
  levels.reserve(8);
  for (int depth = 1; depth <= 5; ++depth) {
    levels.push_back({nested(levels.back())});
    std::string out = "kept";
    const RopeError error = assembled(levels.back(), out);
    EXPECT_EQ(error, depth <= 4 ? RopeError::none : RopeError::bad_segment) << depth;
    EXPECT_EQ(out, depth <= 4 ? "keptx" : "kept");
  }
}

TEST(Rope, RefusesWhatMakesNoSense) {
  std::string out = "kept";
  EXPECT_EQ(assembled({{99, {}, 0, nullptr, 0}}, out), RopeError::bad_segment);
  EXPECT_EQ(assembled({{0, {}, 0, nullptr, 0}}, out), RopeError::bad_segment);
  EXPECT_EQ(assembled({encoded(bytes("x"), {7})}, out), RopeError::bad_segment);
  EXPECT_EQ(assembled({encoded(bytes("x"), {IDSW_ENCODE_HEX, 200})}, out), RopeError::bad_segment);
  EXPECT_EQ(assembled({{IDSW_SEGMENT_BYTES, {}, 0, nullptr, 3}}, out), RopeError::bad_segment);
  EXPECT_EQ(assembled({{IDSW_SEGMENT_ROPE, {}, 0, nullptr, 3}}, out), RopeError::bad_segment);
  EXPECT_EQ(assembled({blob(2)}, out), RopeError::no_blob);
  EXPECT_EQ(plugin::assemble({nullptr, 2}, sources(), k_room, out), RopeError::bad_segment);
  EXPECT_EQ(out, "kept");
  const std::vector<idsw_segment> many(4097, bytes("x"));
  EXPECT_EQ(assembled(many, out), RopeError::bad_segment);
}

TEST(Rope, TellsWhichSlotHasNoValue) {
  const std::vector<idsw_segment> inner = {secret(7)};
  const std::vector<idsw_segment> segments = {bytes("a"), nested(inner)};
  std::string out;
  std::uint64_t missing = 0;
  EXPECT_EQ(plugin::assemble({segments.data(), 2}, sources(), k_room, out, &missing),
            RopeError::no_slot);
  EXPECT_EQ(missing, 7u);
  EXPECT_EQ(out, "");
}

TEST(Rope, StopsAtTheCapCountedFromWhereItBegan) {
  std::string out = "123";
  EXPECT_EQ(assembled({bytes("abcde")}, out, 5), RopeError::none);
  EXPECT_EQ(assembled({bytes("abcdef")}, out, 5), RopeError::too_large);
  EXPECT_EQ(out, "123abcde");
}

// A nested rope counts its own bytes against the same cap, before it is encoded.
TEST(Rope, StopsAtTheCapInsideANestedRope) {
  const std::vector<idsw_segment> inner = {bytes("abcdefgh"), bytes("abcdefgh")};
  std::string out;
  EXPECT_EQ(assembled({nested(inner)}, out, 9), RopeError::too_large);
}

TEST(Rope, DigestsAreThePublishedVectors) {
  const auto hex = [](const std::string& value) {
    std::string text;
    const idsw_segment segment = encoded(bytes(value), {IDSW_ENCODE_HEX});
    (void)plugin::assemble({&segment, 1}, {}, k_room, text);
    return text;
  };
  // FIPS 180-4, RFC 1321 A.5
  EXPECT_EQ(hex(plugin::digest(IDSW_DIGEST_SHA256, "abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(plugin::digest(IDSW_DIGEST_SHA1, "abc")),
            "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(hex(plugin::digest(IDSW_DIGEST_MD5, "abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(plugin::digest(0, "abc"), "");
  EXPECT_EQ(plugin::digest(4, "abc"), "");
  // RFC 4231 case 2, RFC 2202 case 2
  EXPECT_EQ(hex(plugin::mac(IDSW_MAC_HMAC_SHA256, "Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(plugin::mac(IDSW_MAC_HMAC_SHA1, "Jefe", "what do ya want for nothing?")),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(plugin::mac(3, "Jefe", "x"), "");
}

TEST(OwnedRope, SaysTheSameAfterTheOriginalIsGone) {
  plugin::OwnedRope owned;
  {
    std::string literal = "literal";
    const std::vector<idsw_segment> inner = {bytes(literal), secret(0)};
    const std::vector<idsw_segment> outer = {encoded(nested(inner), {IDSW_ENCODE_HEX}), blob(1)};
    owned = plugin::OwnedRope({outer.data(), outer.size()});
    literal.assign("XXXXXXX");
  }
  std::string out;
  EXPECT_EQ(plugin::assemble(owned.view(), sources(), k_room, out), RopeError::none);
  EXPECT_EQ(out, "6c69746572616c7333637265742f2b20" + std::string("\x00\xFF\xFE>?", 5));
}

// A request is copied before all of its parts were looked at: a bad part must survive as a bad
// part.
TEST(OwnedRope, KeepsWhatIsWrongWrong) {
  std::vector<std::vector<idsw_segment>> levels = {{bytes("x")}};
  levels.reserve(16);
  for (int depth = 1; depth <= 10; ++depth) levels.push_back({nested(levels.back())});
  const idsw_segment no_bytes{IDSW_SEGMENT_BYTES, {}, 0, nullptr, 3};
  const idsw_segment no_child{IDSW_SEGMENT_ROPE, {}, 0, nullptr, 3};
  const idsw_segment endless{IDSW_SEGMENT_ROPE, {}, 0, &no_bytes, std::uint64_t{1} << 60};
  const idsw_rope wrong[] = {{levels.back().data(), 1},           {nullptr, 2},   {&no_bytes, 1},
                             {&no_bytes, std::uint64_t{1} << 60}, {&no_child, 1}, {&endless, 1}};
  for (const idsw_rope& rope : wrong) {
    std::string out;
    EXPECT_EQ(plugin::assemble(plugin::OwnedRope(rope).view(), sources(), k_room, out),
              RopeError::bad_segment);
  }
}

}  // namespace
}  // namespace idswitch::test

#include <gtest/gtest.h>

#include "engine/verification/engine.hpp"

namespace idswitch::engine {
namespace {

PathToken token() {
  PathToken token{VerificationId{0x0123456789abcdef, 0xfedcba9876543210}, {}};
  for (std::size_t i = 0; i < token.secret.size(); ++i) {
    token.secret[i] = static_cast<std::uint8_t>(i * 17);
  }
  return token;
}

TEST(PathToken, ReadsWhatItWrites) {
  const std::string text = token().text();
  EXPECT_EQ(text, token().id.text() + "/00112233445566778899aabbccddeeff");
  const auto read = PathToken::parse(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, token().id);
  EXPECT_EQ(read->secret, token().secret);
}

TEST(PathToken, RefusesEverythingElse) {
  const std::string id = token().id.text();
  const std::string secret = "00112233445566778899aabbccddeeff";
  const std::string wrong[] = {
      "",
      "/",
      id,
      id + "/",
      "/" + secret,
      secret,
      id + "/" + secret.substr(1),
      id + "/" + secret + "0",
      id + "/" + secret + "/",
      id + "/" + secret + "?x",
      id + "//" + secret.substr(1),
      id + "/00112233445566778899AABBCCDDEEFF",
      id + "/00112233445566778899aabbccddeefg",
      id + "/0011223344556677 899aabbccddeeff",
      id.substr(1) + "/" + secret,
      "VER_" + id.substr(4) + "/" + secret,
      id + "x/" + secret,
      id + "%2F" + secret,
      std::string("\0", 1) + id + "/" + secret,
  };
  for (const std::string& text : wrong) EXPECT_FALSE(PathToken::parse(text)) << text;
}

}  // namespace
}  // namespace idswitch::engine

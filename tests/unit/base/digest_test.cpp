#include "base/digest.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <string>
#include <thread>
#include <vector>

namespace idswitch {
namespace {

std::array<std::uint8_t, 32> reference(const std::string& key, const std::string& bytes) {
  std::array<std::uint8_t, 32> out{};
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(), &length);
  return out;
}

// RFC 4231, test case 2.
TEST(Digest, IsTheMacOfThePublishedVector) {
  const auto mac = hmac_sha256("Jefe", "what do ya want for nothing?");
  EXPECT_EQ(mac[0], 0x5b);
  EXPECT_EQ(mac[1], 0xdc);
  EXPECT_EQ(mac[31], 0x43);
}

// What is kept from one call to the next must not show in the next.
TEST(Digest, RemembersNoKeyAndNoText) {
  const std::vector<std::string> keys = {
      "first", "", std::string(200, 'k'), "", std::string(64, '\0'), "first"};
  const std::vector<std::string> texts = {"", "a", std::string(1000, 'x')};
  const auto all = [&] {
    for (const std::string& key : keys) {
      for (const std::string& text : texts) {
        EXPECT_EQ(hmac_sha256(key, text), reference(key, text)) << key.size() << text.size();
      }
    }
    EXPECT_EQ(hmac_sha256({}, {}), reference("", ""));  // null pointers, both
  };
  all();
  std::thread(all).join();
}

TEST(Digest, OneKeyIsGoodForManyTexts) {
  for (const std::string& key :
       {std::string(), std::string("key"), std::string(64, 'k'), std::string(65, 'k')}) {
    HmacSha256 mac(key);
    for (int round = 0; round < 3; ++round) {
      for (const std::string& text : {std::string(), std::string("a"), std::string(1000, 'x')}) {
        EXPECT_EQ(mac(text), reference(key, text)) << key.size() << " " << text.size();
      }
    }
    HmacSha256 moved(std::move(mac));
    EXPECT_EQ(moved("a"), reference(key, "a"));
  }
}

}  // namespace
}  // namespace idswitch

// The signature against the published vector, through the plugin's own signing.cpp and the host's
// own ropes.

#include <gtest/gtest.h>

#include <set>

#include "account.hpp"
#include "base/text/base64.hpp"
#include "multipart_parts.hpp"
#include "plugin/rope.hpp"
#include "product.hpp"
#include "signing.hpp"

namespace idswitch::test::megvii {
namespace {

struct Key {
  std::string_view api_key, api_secret;
};

std::string assembled(const sdk::Rope& rope, const Key& key) {
  plugin::RopeSources sources;
  sources.slot = [&](std::uint64_t slot) -> std::optional<std::string_view> {
    return slot == idswitch::megvii::k_slot_api_key ? key.api_key : key.api_secret;
  };
  std::string out;
  const idsw_rope view = rope.view();
  EXPECT_EQ(plugin::assemble(view, sources, 10'000, out), plugin::RopeError::none);
  return out;
}

std::string mac_of(const sdk::Rope& text, const Key& key) {
  return plugin::mac(IDSW_MAC_HMAC_SHA1, key.api_secret, assembled(text, key));
}

std::string sign_of(const sdk::Rope& text, const Key& key) {
  const std::string mac = mac_of(text, key);
  const std::vector<std::uint8_t> bytes(mac.begin(), mac.end());
  return assembled(idswitch::megvii::signature(bytes, text), key);
}

TEST(MegviiSignature, EqualsThePublishedVectorM1) {
  const Key key{k_api_key, k_api_secret};
  const sdk::Rope text = idswitch::megvii::signed_text(1530762118, 100, "0799687066");
  EXPECT_EQ(assembled(text, key),
            "a=ICVvC_xUs6177WEtyUNwIH8J6NfGu50t&b=1530762218&c=1530762118&d=0799687066");
  EXPECT_TRUE(
      sign_of(text, key).starts_with("SPzLRbDBgTGC2A8YdDaa7Jrny+5h"));  // what the page prints
  EXPECT_EQ(
      sign_of(text, key),
      "SPzLRbDBgTGC2A8YdDaa7Jrny+5hPUlDVnZDX3hVczYxNzdXRXR5VU53SUg4SjZOZkd1NTB0JmI9MTUzMDc2MjIxOCZj"
      "PTE1MzA3NjIxMTgmZD0wNzk5Njg3MDY2");
}

TEST(MegviiSignature, EqualsTheComputedVectorM2ForOneUse) {
  const Key key{"API_KEY", "API_SECRET"};
  const sdk::Rope text = idswitch::megvii::signed_text(1600000000, 0, "0000000001");
  EXPECT_EQ(assembled(text, key), "a=API_KEY&b=0&c=1600000000&d=0000000001");
  EXPECT_EQ(sign_of(text, key),
            "cCyQdqYkG0WElB0ypbnLf7HToLBhPUFQSV9LRVkmYj0wJmM9MTYwMDAwMDAwMCZkPTAwMDAwMDAwMDE=");
}

TEST(MegviiSignature, TakesTenRandomDigits) {
  const std::vector<std::uint8_t> zeros(16, 0), ones(16, 0xFF);
  EXPECT_EQ(idswitch::megvii::random_digits(zeros), "0000000000");
  EXPECT_EQ(idswitch::megvii::random_digits(ones), "3709551615");  // 2^64 - 1, its last ten
}

// The sign that a request carries, taken apart.
std::string text_of_request(const plugin::SendStep& sent) {
  const auto sign = base64_decode(parts_of(sent).at("sign").value);
  EXPECT_TRUE(sign.has_value());
  const std::string whole = sign.value_or(std::string(20, ' '));
  const std::string text = whole.substr(20);
  EXPECT_EQ(whole.substr(0, 20), plugin::mac(IDSW_MAC_HMAC_SHA1, k_api_secret, text));
  return text;
}

TEST(MegviiSignature, IsOnEveryRequest) {
  const std::string text = text_of_request(driver().run(start(), {{token_reply()}}).sent.at(0));
  EXPECT_TRUE(text.starts_with("a=ICVvC_xUs6177WEtyUNwIH8J6NfGu50t&b=1750003600&c=1750000000&d="))
      << text;
  EXPECT_EQ(text.size() - text.find("&d="), 13u);
  EXPECT_TRUE(text_of_request(driver().run(result(), {{reply("9000", "X")}}).sent.at(0))
                  .find("&b=1750003600&c="));
}

TEST(MegviiSignature, IsGoodForOneUseWhenTheSettingSaysSo) {
  PluginDriver one =
      driver(R"({"liveness_id":"live-scene-1","verify_id":"verify-scene-1","sign_validity_s":0})");
  const std::string text = text_of_request(one.run(start(), {{token_reply()}}).sent.at(0));
  EXPECT_NE(text.find("&b=0&c=1750000000&d="), std::string::npos) << text;
}

TEST(MegviiSignature, IsNeverTheSameTwice) {
  std::set<std::string> seen;
  PluginDriver one = driver();
  for (int i = 0; i < 50; ++i) {
    one.now_unix_ms = 1'750'000'000'000;
    seen.insert(text_of_request(one.run(start(), {{token_reply()}}).sent.at(0)));
  }
  EXPECT_EQ(seen.size(), 50u);
}

}  // namespace
}  // namespace idswitch::test::megvii

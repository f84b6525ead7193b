#include "engine/webhooks/webhook_signature.hpp"

#include <gtest/gtest.h>

#include "base/text/base64.hpp"

namespace idswitch::engine {
namespace {

Secret key(std::string_view base64) {
  return Secret(base64_decode(base64).value());
}

// Of the Standard Webhooks libraries' tests.
constexpr std::string_view k_key = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr std::string_view k_id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr std::int64_t k_timestamp = 1614265330;
constexpr std::string_view k_body = "{\"test\": 2432232314}";
constexpr std::string_view k_signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
// Of the manual of Svix, who wrote the standard.
constexpr std::string_view k_other_key = "plJ3nmyCDGBKInavdOK15jsl";

TEST(WebhookSignature, IsThatOfThePublishedVectors) {
  std::vector<Secret> keys;
  keys.push_back(key(k_key));
  EXPECT_EQ(webhook_signature(keys, k_id, k_timestamp, k_body), k_signature);
  std::vector<Secret> others;
  others.push_back(key(k_other_key));
  EXPECT_EQ(webhook_signature(others, "msg_loFOjxBNrRLzqYUf", 1731705121,
                              "{\"event_type\":\"ping\",\"data\":{\"success\":true}}"),
            "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=");
}

TEST(WebhookSignature, HasOneForEveryKeyDuringARotation) {
  std::vector<Secret> other;
  other.push_back(key(k_other_key));
  const std::string alone = webhook_signature(other, k_id, k_timestamp, k_body);
  std::vector<Secret> both;
  both.push_back(key(k_key));
  both.push_back(key(k_other_key));
  EXPECT_EQ(webhook_signature(both, k_id, k_timestamp, k_body),
            std::string(k_signature) + " " + alone);
}

TEST(WebhookSignature, CoversIdTimestampAndBody) {
  std::vector<Secret> keys;
  keys.push_back(key(k_key));
  EXPECT_NE(webhook_signature(keys, "msg_p5jXN8AQM9LWM0D4loKWxJel", k_timestamp, k_body),
            k_signature);
  EXPECT_NE(webhook_signature(keys, k_id, k_timestamp + 1, k_body), k_signature);
  EXPECT_NE(webhook_signature(keys, k_id, k_timestamp, "{\"test\": 2432232315}"), k_signature);
}

}  // namespace
}  // namespace idswitch::engine

#pragma once

// WebhookSignature: whether a webhook is signed as Standard Webhooks say, under one secret.

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "life/message.hpp"

namespace idswitch::life {

class WebhookSignature {
 public:
  // secret: whsec_ and base64.
  explicit WebhookSignature(std::string_view secret) {
    const std::string_view text = secret.substr(secret.find('_') + 1);
    key_.resize(text.size());
    const int bytes =
        EVP_DecodeBlock(key_.data(), bytes_of(text.data()), static_cast<int>(text.size()));
    if (bytes < 0) throw std::runtime_error("the secret of the webhook is no base64");
    const auto padding = static_cast<std::size_t>(std::count(text.begin(), text.end(), '='));
    key_.resize(static_cast<std::size_t>(bytes) - padding);
  }

  bool is_right(const Message& message) const {
    std::string text(header(message.head, "webhook-id"));
    text.append(".").append(header(message.head, "webhook-timestamp")).append(".");
    text.append(message.body);
    std::array<unsigned char, 32> mac;
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), bytes_of(text.data()),
         text.size(), mac.data(), nullptr);
    std::array<unsigned char, 48> base64;
    EVP_EncodeBlock(base64.data(), mac.data(), mac.size());
    const void* encoded = base64.data();
    return header(message.head, "webhook-signature")
               .find(std::string_view(static_cast<const char*>(encoded), 44)) !=
           std::string_view::npos;
  }

 private:
  static const unsigned char* bytes_of(const char* text) {
    const void* bytes = text;
    return static_cast<const unsigned char*>(bytes);
  }

  std::vector<unsigned char> key_;
};

}  // namespace idswitch::life

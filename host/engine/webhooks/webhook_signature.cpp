#include "engine/webhooks/webhook_signature.hpp"

#include "base/digest.hpp"
#include "base/text/base64.hpp"

namespace idswitch::engine {

std::string webhook_signature(const std::vector<Secret>& keys, std::string_view id,
                              std::int64_t timestamp_unix_s, std::string_view body) {
  std::string content(id);
  content.append(1, '.').append(std::to_string(timestamp_unix_s)).append(1, '.').append(body);
  std::string signatures;
  for (const Secret& key : keys) {
    const auto mac = hmac_sha256(key.reveal(), content);
    if (!signatures.empty()) signatures += ' ';
    signatures += "v1,";
    signatures += base64_encode({reinterpret_cast<const char*>(mac.data()), mac.size()});
  }
  return signatures;
}

}  // namespace idswitch::engine

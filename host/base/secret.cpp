#include "base/secret.hpp"

#include <openssl/crypto.h>

namespace idswitch {

Secret::~Secret() {
  wipe(value_);
}

void wipe(std::string& text) {
  if (!text.empty()) OPENSSL_cleanse(text.data(), text.size());
  text.clear();
}

}  // namespace idswitch

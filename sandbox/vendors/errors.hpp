// The vendors' documented error replies, as tables.
#pragma once

#include <span>
#include <string_view>

#include "wire/message.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox {

struct DocumentedError {
  std::string_view code;  // number or word, as the vendor prints it
  unsigned status = 200;
  std::string_view message;  // Baidu, Jumdata, Aliyun gateway
};

[[nodiscard]] std::span<const DocumentedError> documented_errors(Product product);

// nullptr when the document has no such code. For words like "BAD_ARGUMENTS:key" the part before
// ":" decides.
[[nodiscard]] const DocumentedError* find_error(Product product, std::string_view code);

// That error in the vendor's own shape; undocumented codes too, so that a client's tolerance can be
// tested. For Aliyun, also the gateway's codes and texts (aliyun_gateway.hpp).
[[nodiscard]] Reply error_reply(Sandbox& sandbox, Product product, std::string_view code);

// The vendor's word for "too many requests".
[[nodiscard]] std::string_view throttling_code(Product product);

// What the vendor answers for a path it does not know, and for a wrong HTTP method (assumed).
[[nodiscard]] Reply unknown_path_reply(Sandbox& sandbox, Product product);
[[nodiscard]] Reply wrong_method_reply(Sandbox& sandbox, Product product);

}  // namespace idswitch::sandbox

#pragma once

// Session: what START leaves for RESULT, as the opaque state of the ABI. Plain value.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace idswitch::megvii {

struct Session {
  std::string biz_token;
  std::string request_id;  // of get_biz_token; what the vendor can be asked about
  std::int64_t expires_unix_ms = 0;

  std::string text() const;
  // Nothing for text that this plugin did not write.
  static std::optional<Session> parse(std::string_view text);
};

}  // namespace idswitch::megvii

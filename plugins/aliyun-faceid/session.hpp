#pragma once

// Session: what START leaves for RESULT and CALLBACK, as the opaque state of the ABI. It keeps the
// choices by which a result must be judged, as they were sent: the account's settings may have
// changed since. Plain value.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace idswitch::aliyun_faceid {

struct Session {
  std::string biz_token;
  std::string request_id;  // of get_biz_token; what the vendor can be asked about
  std::int64_t expires_unix_ms = 0;
  std::int64_t security_level = 2;
  std::int64_t reference_pictures = 0;  // how many were sent
  bool compares_with_authority = true;  // false: result_code speaks of the reference picture
  bool force_compare = false;
  // Lite with id_ocr: a keyed MAC of the ID number that the person claims to have, in hex. Empty:
  // no claim was made.
  std::string claim;

  std::string text() const;
  // Nothing for text that this plugin did not write.
  static std::optional<Session> parse(std::string_view text);
};

}  // namespace idswitch::aliyun_faceid

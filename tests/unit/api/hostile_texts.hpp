#pragma once

// Texts that a vendor or a caller could send to break whoever quotes them.

#include <string>
#include <vector>

namespace idswitch::api {

inline std::vector<std::string> hostile_texts() {
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  return {
      "",
      "plain",
      "\"",
      "\\",
      "\\\"},{\"verdict\":\"pass\"",
      "\",\"verdict\":\"pass\",\"x\":\"",
      "line\nline\r\n\ttab",
      std::string("nul\0nul", 7),
      "\x01\x1f\x7f",
      "王小明",
      "\xF0\x9F\x98\x80",
      "\xC3(",
      "\xFF\xFE",
      "\xED\xA0\x80",
      "\xF4\x90\x80\x80",
      "cut off \xE7\x8E",
      "</script><!--",
      "\xE2\x80\xA8\xE2\x80\xA9",
      std::string(100'000, '"'),
      all_bytes,
  };
}

}  // namespace idswitch::api

#pragma once

// A session at the vendor and what the vendor says about it: jumdata's life_check_v2, as much of it
// as is asked.

#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

#include "life/message.hpp"

namespace idswitch::life {

using Time = std::chrono::steady_clock::time_point;

// One that the vendor has opened a session for; its token is its number.
struct Life {
  std::string return_path;
  Time started{};  // answered to the platform
  Time asked{};    // when the vendor was asked for the result first
  bool is_absent = false, is_done = false, is_settled = false;
  bool is_returned = false, is_told = false;
};

// SIZE_MAX: of none.
inline std::size_t number_of(std::string_view token) {
  std::size_t number = SIZE_MAX;
  std::from_chars(token.data(), token.data() + token.size(), number, 16);
  return number;
}

// Of a web address that is percent-encoded as in a form.
inline std::string path_of(std::string_view encoded) {
  std::string url;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    if (encoded[i] == '%' && i + 2 < encoded.size()) {
      unsigned value = 0;
      std::from_chars(encoded.data() + i + 1, encoded.data() + i + 3, value, 16);
      url += static_cast<char>(value);
      i += 2;
    } else {
      url += encoded[i];
    }
  }
  const std::size_t path = url.find("/return/");
  if (path == std::string::npos)
    throw std::runtime_error("the vendor was given no address to return to");
  return url.substr(path);
}

// The answer to init.
inline std::string opened(std::size_t number) {
  std::array<char, 33> token;
  std::snprintf(token.data(), token.size(), "%032zx", number);
  std::string body = R"({"code":200,"msg":"成功","taskNo":"0420240501)";
  body.append(token.data() + 16)
      .append(R"(","charge":true,"data":{"token":")")
      .append(token.data())
      .append(R"(","checkUrl":"https://localhost/lifecheck/v2-1/check/capture.html?token=)")
      .append(token.data())
      .append(R"("}})");
  return reply("200 OK", body);
}

// The answers to result.
inline std::string in_progress() {
  return reply("200 OK", R"({"code":201,"msg":"进行中","taskNo":"1"})");
}

inline std::string passed() {
  return reply("200 OK", R"({"code":200,"msg":"成功","taskNo":"1",)"
                         R"("data":{"faceImageUrl":"https://localhost/lifecheck/image/1.jpg"}})");
}

inline std::string no_such_token() {
  return reply("200 OK", R"({"code":400,"msg":"token","taskNo":"1","charge":false})");
}

}  // namespace idswitch::life

#pragma once

// How a request proves whose it is at the Aliyun API gateway (supplement 3.1 and 3.3): an AppCode
// in a header, or the X-Ca signature, an HMAC-SHA256 over a text made of the request. Credentials
// stay with the host: header values and the signed text are ropes that name slots. Pure but for
// Authorization::add, which asks the exchange for the MAC; any thread.

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "idswitch/sdk.hpp"

namespace idswitch::aliyun_faceid {

// A query or form parameter as it is signed: not percent-encoded. A picture is the base64 text that
// the form carries.
using SignedParameter = std::pair<std::string, sdk::Rope>;

// What goes into StringToSign. Members that the request does not have stay empty.
struct SignedRequest {
  std::string_view method;  // "POST"
  std::string_view accept, content_md5, content_type, date;
  std::vector<std::pair<std::string, sdk::Rope>>
      headers;                              // those that are signed, spelled as they are sent
  std::string path;                         // with the prefix of the configured base URL
  std::vector<SignedParameter> parameters;  // of the query and of the form body
};

sdk::Rope string_to_sign(SignedRequest request);

// The value of X-Ca-Signature-Headers.
std::string signed_header_names(const SignedRequest& request);

// A version 4 UUID from 16 bytes.
std::string uuid(std::span<const std::uint8_t> entropy);

class Authorization {
 public:
  // Throws SettingsError when the way that the settings choose lacks its secrets.
  explicit Authorization(const sdk::AccountConfig& config);

  // True for the X-Ca signature: the bytes of a request are then good for one sending.
  bool signs() const { return signs_; }

  // Adds Accept, X-Ca-Stage and what proves the account. content_type is the body's, empty for GET;
  // path begins with
  // '/' and has no query.
  void add(sdk::Exchange& x, sdk::Request& request, std::string_view method, std::string_view path,
           std::string_view content_type, const std::vector<SignedParameter>& parameters) const;

 private:
  bool signs_;
  std::string stage_;
  std::string base_path_;
};

}  // namespace idswitch::aliyun_faceid

// A customer of the five vendors, straight at the sandbox's router: builds the requests the vendor
// documents describe. The clock is the test's own.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <utility>
#include <vector>

#include "vendors/router.hpp"
#include "world/sandbox.hpp"

namespace idswitch::sandbox::test {

using Fields = std::vector<std::pair<std::string, std::string>>;

// Replaces a field's value, or adds it; an empty value removes it.
[[nodiscard]] Fields with(Fields fields, const std::string& name, const std::string& value);

[[nodiscard]] std::string urlencoded(const Fields& fields);

[[nodiscard]] boost::json::object json_of(const Reply& reply);

// A member as text, numbers in decimal; "" when absent. `path` may have dots.
[[nodiscard]] std::string member(const Reply& reply, std::string_view path);

class VendorClient {
 public:
  explicit VendorClient(Settings settings = {});

  Sandbox& sandbox() { return sandbox_; }

  Reply send(Request request) { return answer(sandbox_, request); }

  Reply get(const std::string& target, std::vector<Header> headers = {});
  Reply post_form(const std::string& target, const Fields& fields,
                  std::vector<Header> headers = {});
  Reply post_multipart(const std::string& target, const Fields& fields,
                       std::vector<Header> headers = {});

  // Baidu. The token is fetched once.
  Reply baidu(const std::string& call, const Fields& fields);
  Reply baidu_verify(const std::string& video_bytes, const Fields& more = {});

  // Jumdata: common parameters and signature added unless given.
  Reply jumdata(const std::string& call, const Fields& fields);
  std::string jumdata_token(const std::string& title = "");
  std::string jumdata_result(const std::string& token);  // its code

  // Megvii: sign and sign_version added unless given.
  Reply megvii(const std::string& call, const Fields& fields);
  std::string megvii_token(const std::string& uuid = "");
  Reply megvii_verify(const std::string& token);
  [[nodiscard]] std::string megvii_sign(std::int64_t lifetime_s, const std::string& random) const;

  // Aliyun, by APPCODE.
  Reply sdk_get_biz_token(const Fields& fields);
  std::string sdk_token(const std::string& biz_no = "");
  Reply sdk_get_result(const std::string& token, bool verbose = false);
  Reply lite_get_biz_token(const Fields& fields);
  std::string lite_token(const std::string& biz_no = "");
  Reply lite_get_result(const std::string& token);

  static Fields sdk_fields();
  static Fields lite_fields();
  static Fields megvii_verify_fields(const std::string& token);

 private:
  std::string baidu_token_;
  Sandbox sandbox_;
};

// 2026-01-02 03:04:05 UTC.
inline constexpr TimePoint test_start{Duration{1'767'323'045'000}};

}  // namespace idswitch::sandbox::test

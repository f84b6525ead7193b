#include "request.hpp"

#include "product.hpp"

namespace idswitch::baidu {
namespace {

constexpr std::string_view k_video = "/video";
constexpr std::string_view k_min_code_length = "/vendor_options/baidu~1voice_code/min_code_length";
constexpr std::string_view k_max_code_length = "/vendor_options/baidu~1voice_code/max_code_length";
constexpr std::int64_t k_spoken_digits_min = 3;  // "数字形式，3~6 位数字"; the schema holds the 6

sdk::Form with_access_token() {
  sdk::Form query;
  query.secret("access_token", k_access_token);
  return query;
}

}  // namespace

bool is_action(const sdk::Operation& operation) {
  return operation.option("type_identify").text() == "action";
}

std::optional<sdk::Result> wrong_with_code(const sdk::Operation& operation) {
  const auto least = operation.option("min_code_length").integer();
  const auto most = operation.option("max_code_length").integer();
  if (!is_action(operation) && least && *least < k_spoken_digits_min) {
    return sdk::Result::invalid(k_min_code_length, "a spoken code has 3 to 6 digits");
  }
  if (!is_action(operation) && most && *most < k_spoken_digits_min) {
    return sdk::Result::invalid(k_max_code_length, "a spoken code has 3 to 6 digits");
  }
  if (least && most && *least > *most) {
    return sdk::Result::invalid(k_min_code_length, "is greater than max_code_length");
  }
  return {};
}

std::optional<sdk::Result> wrong_with_video(const sdk::Operation& operation) {
  const sdk::Blob* video = operation.blob("video");
  if (video == nullptr || video->size == 0) return sdk::Result::invalid(k_video, "is missing");
  if (video->size > k_video_bytes_max) return sdk::Result::invalid(k_video, "is larger than 20 MB");
  return {};
}

sdk::Request token_request() {
  sdk::Form query;
  query.field("grant_type", "client_credentials")
      .secret("client_id", k_api_key)
      .secret("client_secret", k_secret_key);
  sdk::Request request = sdk::Request::post("token", "/oauth/2.0/token");
  // A token costs nothing and does not end the ones before it.
  request.query(query).never_billed().safe_to_resend();
  return request;
}

sdk::Request sessioncode_request(const sdk::Operation& operation) {
  sdk::Form form;
  form.field_if("appid", operation.option("appid").text());
  if (is_action(operation)) form.field("type", "1");
  form.field_if("min_code_length", operation.option("min_code_length").scalar())
      .field_if("max_code_length", operation.option("max_code_length").scalar());
  sdk::Request request =
      sdk::Request::post("sessioncode", "/rest/2.0/face/v1/faceliveness/sessioncode");
  request.query(with_access_token()).body(form).billed_on_accept(k_sessioncode, k_sessioncode);
  return request;
}

sdk::Request verify_request(const sdk::Operation& operation, const Session& session) {
  sdk::Form form;
  form.field("type_identify", session.is_action ? "action" : "voice")
      .field("session_id", session.id);
  if (!session.is_action) form.field_if("lip_identify", operation.option("lip_identify").text());
  form.field_if("face_field", operation.option("face_field").text())
      .blob_base64("video_base64", operation.blob("video")->id);
  sdk::Request request = sdk::Request::post("verify", "/rest/2.0/face/v1/faceliveness/verify");
  request.query(with_access_token()).body(form).billed_on_accept(k_verify, k_verify);
  return request;
}

}  // namespace idswitch::baidu

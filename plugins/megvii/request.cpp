#include "request.hpp"

#include <algorithm>

#include "product.hpp"

namespace idswitch::megvii {
namespace {

constexpr std::uint32_t k_comparisons = IDSW_CHECK_ID_MATCH | IDSW_CHECK_FACE_MATCH;

std::optional<sdk::Result> unsupported(std::string_view why) {
  return sdk::Result::failed(IDSW_ERROR_UNSUPPORTED).code({}, why);
}

// The picture's type when it can stand in a part's header as it is.
std::string_view part_type(const sdk::Blob& blob) {
  static constexpr std::string_view k_types[] = {"image/jpeg", "image/png", "image/webp",
                                                 "image/bmp"};
  const bool known =
      std::find(std::begin(k_types), std::end(k_types), blob.media_type) != std::end(k_types);
  return known ? std::string_view(blob.media_type) : "application/octet-stream";
}

sdk::Multipart signed_parts(const sdk::Operation& operation, const sdk::Rope& sign) {
  sdk::Multipart parts{std::span<const std::uint8_t>(operation.entropy)};
  parts.rope("sign", sign).field("sign_version", "hmac_sha1");
  return parts;
}

}  // namespace

std::optional<sdk::Result> start_refusal(const sdk::Operation& operation) {
  if (operation.checks_any(IDSW_CHECK_ID_OCR)) return unsupported("no ID card is read");
  if (operation.checks_all(k_comparisons)) {
    return unsupported("compares with the authority or with a reference picture, not with both");
  }
  if (operation.person_id.size() > k_uuid_bytes_max) {
    return sdk::Result::invalid("/person/id", "longer than 128 bytes");
  }
  return {};
}

std::optional<sdk::Result> result_refusal(const sdk::Operation& operation) {
  if (operation.checks_any(IDSW_CHECK_ID_MATCH)) {
    static constexpr std::string_view k_why =
        "compared when the result is asked for: give it with :refresh";
    if (operation.person_name.empty()) return sdk::Result::invalid("/person/name", k_why);
    if (operation.person_id_number.empty()) return sdk::Result::invalid("/person/id_number", k_why);
  }
  if (operation.checks_any(IDSW_CHECK_FACE_MATCH) && operation.blob("ref1") == nullptr) {
    return sdk::Result::invalid("/images/ref1",
                                "compared when the result is asked for: give it with :refresh");
  }
  return {};
}

sdk::Request biz_token_request(const sdk::Operation& operation, const sdk::Rope& sign) {
  sdk::Multipart parts = signed_parts(operation, sign);
  parts.field("liveness_id", operation.option("liveness_id").text());
  parts.field_if("uuid", operation.person_id);
  sdk::Request request = sdk::Request::post("get_biz_token", "/faceid/v5/sdk/get_biz_token");
  request.header("Accept", "application/json").body(parts).billed_on_result(k_sku, k_dedupe_key);
  return request;
}

sdk::Request result_request(const sdk::Operation& operation, const Session& session,
                            const sdk::Rope& sign) {
  const bool compares = operation.checks_any(k_comparisons);
  sdk::Multipart parts = signed_parts(operation, sign);
  if (operation.checks_any(IDSW_CHECK_ID_MATCH)) {
    parts.field("comparison_type", "1");
    parts.field("idcard_name", operation.person_name)
        .field("idcard_number", operation.person_id_number);
  } else if (const sdk::Blob* picture = operation.blob("ref1"); compares && picture != nullptr) {
    parts.field("comparison_type", "0").file("image_ref", "ref1", part_type(*picture), picture->id);
  }
  parts.field("data_type", "0").field("biz_token", session.biz_token);
  parts.field("verify_id", operation.option("verify_id").text()).field("encryption_type", "0");
  sdk::Request request = compares ? sdk::Request::post("verify", "/faceid/v5/sdk/verify")
                                  : sdk::Request::post("liveness", "/faceid/v5/sdk/liveness");
  request.header("Accept", "application/json").body(parts).billed_on_result(k_sku, k_dedupe_key);
  return request;
}

}  // namespace idswitch::megvii

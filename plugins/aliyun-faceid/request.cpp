#include "request.hpp"

#include <algorithm>

#include "parameters.hpp"
#include "product.hpp"

namespace idswitch::aliyun_faceid {
namespace {

constexpr std::string_view k_form_type = "application/x-www-form-urlencoded; charset=UTF-8";

std::optional<sdk::Result> unsupported(std::string_view why) {
  return sdk::Result::failed(IDSW_ERROR_UNSUPPORTED).code({}, why);
}

std::optional<sdk::Result> missing_person(const sdk::Operation& operation) {
  if (operation.person_name.empty())
    return sdk::Result::invalid("/person/name", "needed for id_match");
  if (operation.person_id_number.empty())
    return sdk::Result::invalid("/person/id_number", "needed for id_match");
  return {};
}

constexpr std::string_view k_picture_names[] = {"ref1", "ref2"};
constexpr std::string_view k_picture_parameters[] = {"image_ref1", "image_ref2"};
constexpr std::string_view k_picture_pointers[] = {"/images/ref1", "/images/ref2"};

std::optional<sdk::Result> wrong_pictures(const sdk::Operation& operation,
                                          std::uint64_t bytes_max) {
  if (!operation.checks_any(IDSW_CHECK_FACE_MATCH)) return {};
  if (operation.blob("ref1") == nullptr)
    return sdk::Result::invalid("/images/ref1", "needed for face_match");
  for (std::size_t i = 0; i < std::size(k_picture_names); ++i) {
    const sdk::Blob* picture = operation.blob(k_picture_names[i]);
    if (picture != nullptr && picture->size > bytes_max) {
      return sdk::Result::invalid(k_picture_pointers[i],
                                  "larger than " + std::to_string(bytes_max >> 20) + " MB");
    }
  }
  return {};
}

// Only face_match sends them: a picture nobody asked to compare is nobody's business.
void add_pictures(Parameters& parameters, const sdk::Operation& operation) {
  if (!operation.checks_any(IDSW_CHECK_FACE_MATCH)) return;
  for (std::size_t i = 0; i < std::size(k_picture_names); ++i) {
    const sdk::Blob* picture = operation.blob(k_picture_names[i]);
    if (picture != nullptr) parameters.add_picture(k_picture_parameters[i], *picture);
  }
}

std::int64_t pictures_sent(const sdk::Operation& operation) {
  if (!operation.checks_any(IDSW_CHECK_FACE_MATCH)) return 0;
  return (operation.blob("ref1") != nullptr ? 1 : 0) + (operation.blob("ref2") != nullptr ? 1 : 0);
}

sdk::Request form_request(sdk::Exchange& x, const Authorization& authorization,
                          std::string_view path, const Parameters& parameters) {
  sdk::Request request = sdk::Request::post("get_biz_token", path);
  request.body(parameters.form().rope(), k_form_type);
  authorization.add(x, request, "POST", path, k_form_type, parameters.signed_parameters());
  return request;
}

sdk::Request query_request(sdk::Exchange& x, const Authorization& authorization,
                           std::string_view path, const Parameters& parameters) {
  sdk::Request request = sdk::Request::get("get_result", path);
  request.query(parameters.form()).never_billed();
  authorization.add(x, request, "GET", path, {}, parameters.signed_parameters());
  // A signed request carries a nonce that the gateway takes once, so that its bytes cannot be sent
  // again.
  if (!authorization.signs()) request.safe_to_resend();
  return request;
}

// ---- Lite's ways of comparing ----------------------------------------------------------------

// 1: with the authority's photo; 0: with the reference picture alone.
bool compares_with_authority(const sdk::Operation& operation) {
  return operation.checks_any(IDSW_CHECK_ID_MATCH | IDSW_CHECK_ID_OCR);
}

bool reads_card(const sdk::Operation& operation) {
  return operation.checks_any(IDSW_CHECK_ID_OCR);
}

std::string_view lite_uuid(const sdk::Operation& operation) {
  return operation.person_id.empty() ? operation.verification_id : operation.person_id;
}

Parameters lite_parameters(const sdk::Operation& operation) {
  Parameters parameters;
  parameters.add("return_url", operation.return_url).add("notify_url", operation.callback_url);
  parameters.add("biz_no", operation.verification_id).add("liveness_type", "video_number");
  parameters.add("comparison_type", compares_with_authority(operation) ? "1" : "0");
  if (reads_card(operation)) {
    parameters.add("group", "1").add_option(operation, "idcard_threshold");
    parameters.add_option(operation, "idcard_retry_time").add_option(operation, "idcard_side");
  } else if (compares_with_authority(operation)) {
    parameters.add("group", "0").add("idcard_name", operation.person_name);
    parameters.add("idcard_number", operation.person_id_number);
  } else {
    parameters.add("uuid", lite_uuid(operation));
  }
  parameters.add_option(operation, "security_level").add_option(operation, "liveness_preferences");
  parameters.add_option(operation, "liveness_retry_count");
  add_pictures(parameters, operation);
  return parameters;
}

}  // namespace

// ---- SDK v1.2 --------------------------------------------------------------------------------

std::optional<sdk::Result> sdk_start_refusal(const sdk::Operation& operation) {
  if (operation.checks_any(IDSW_CHECK_ID_OCR)) return unsupported("no ID card is read");
  if (!operation.checks_any(IDSW_CHECK_ID_MATCH))
    return unsupported("always compares with the authority's photo");
  if (auto missing = missing_person(operation)) return missing;
  return wrong_pictures(operation, k_picture_bytes_max);
}

sdk::Request sdk_biz_token_request(sdk::Exchange& x, const Authorization& authorization) {
  const sdk::Operation& operation = x.operation();
  Parameters parameters;
  parameters.add("liveness_type", "meglive").add("biz_no", operation.verification_id);
  parameters.add("idcard_name", operation.person_name)
      .add("idcard_number", operation.person_id_number);
  for (const std::string_view name : {"liveness_timeout", "liveness_action_count", "security_level",
                                      "force_compare", "multi_oriented_detection"}) {
    parameters.add_option(operation, name);
  }
  add_pictures(parameters, operation);
  sdk::Request request = form_request(x, authorization, "/face/v1.2/sdk/get_biz_token", parameters);
  request.billed_on_result(k_sdk_sku, k_dedupe_key);
  return request;
}

sdk::Request sdk_result_request(sdk::Exchange& x, const Authorization& authorization,
                                const Session& session) {
  Parameters parameters;
  // verbose 1: the confidences and thresholds by which a pass is checked.
  parameters.add("biz_token", session.biz_token).add("verbose", "1");
  return query_request(x, authorization, "/face/v1.2/sdk/get_result", parameters);
}

Session sdk_session(const sdk::Operation& operation) {
  Session session;
  session.security_level = operation.option("security_level").integer().value_or(2);
  session.reference_pictures = pictures_sent(operation);
  session.force_compare = operation.option("force_compare").integer().value_or(0) == 1;
  return session;
}

// ---- Lite v1 ---------------------------------------------------------------------------------

std::optional<sdk::Result> lite_start_refusal(const sdk::Operation& operation,
                                              const Authorization& authorization) {
  if (!compares_with_authority(operation) && !operation.checks_any(IDSW_CHECK_FACE_MATCH)) {
    return unsupported("always compares with the authority's photo or a reference picture");
  }
  if (operation.return_url.empty() || operation.callback_url.empty()) {
    return unsupported("needs a public address to return to and to notify");
  }
  if (compares_with_authority(operation) && !reads_card(operation)) {
    if (auto missing = missing_person(operation)) return missing;
  }
  if (!compares_with_authority(operation) && lite_uuid(operation).size() > k_uuid_bytes_max) {
    return sdk::Result::invalid("/person/id", "longer than 128 bytes");
  }
  if (auto wrong = wrong_pictures(operation, k_request_bytes_max)) return wrong;
  if (authorization.signs() && pictures_sent(operation) > 0) {
    return unsupported(
        "how the gateway signs multipart bodies is not documented; auth appcode can send pictures");
  }
  return {};
}

sdk::Request lite_biz_token_request(sdk::Exchange& x, const Authorization& authorization) {
  static constexpr std::string_view k_path = "/lite/v1/get_biz_token";
  const Parameters parameters = lite_parameters(x.operation());
  if (pictures_sent(x.operation()) == 0) {
    sdk::Request request = form_request(x, authorization, k_path, parameters);
    request.billed_on_result(k_lite_sku, k_dedupe_key);
    return request;
  }
  sdk::Request request = sdk::Request::post("get_biz_token", k_path);
  const sdk::Multipart parts = parameters.multipart(x.operation());
  request.body(parts).billed_on_result(k_lite_sku, k_dedupe_key);
  authorization.add(x, request, "POST", k_path, parts.media_type(), {});
  return request;
}

sdk::Request lite_result_request(sdk::Exchange& x, const Authorization& authorization,
                                 const Session& session) {
  Parameters parameters;
  parameters.add("biz_token", session.biz_token);
  return query_request(x, authorization, "/lite/v1/get_result", parameters);
}

Session lite_session(sdk::Exchange& x, const Authorization& authorization) {
  const sdk::Operation& operation = x.operation();
  Session session;
  session.security_level = operation.option("security_level").integer().value_or(2);
  session.reference_pictures = pictures_sent(operation);
  session.compares_with_authority = compares_with_authority(operation);
  if (reads_card(operation) && !operation.person_id_number.empty()) {
    session.claim = claim_of(x, authorization, operation.person_id_number);
  }
  return session;
}

std::string claim_of(sdk::Exchange& x, const Authorization& authorization,
                     std::string_view id_number) {
  // The last place may be an X, which people write in either case.
  std::string number(sdk::trim(id_number));
  std::replace(number.begin(), number.end(), 'x', 'X');
  const std::uint32_t key = authorization.signs() ? k_slot_app_secret : k_slot_app_code;
  const auto mac = x.mac(IDSW_MAC_HMAC_SHA256, key, sdk::Rope("idswitch claim\n" + number));
  return sdk::hex(std::span<const std::uint8_t>(mac).first(16));
}

}  // namespace idswitch::aliyun_faceid

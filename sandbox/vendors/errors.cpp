#include "vendors/errors.hpp"

#include "vendors/aliyun_gateway_errors.hpp"
#include "vendors/baidu.hpp"
#include "vendors/faceid.hpp"
#include "vendors/jumdata.hpp"
#include "wire/arguments.hpp"

namespace idswitch::sandbox {
namespace {

// Supplement 1.5: platform and general codes. The verify outcomes are in outcomes.cpp.
constexpr DocumentedError baidu_errors[] = {
    {"1", 200, "Unknown error"},
    {"2", 200, "Service temporarily unavailable"},
    {"3", 200, "Unsupported openapi method"},
    {"4", 200, "Open api request limit reached"},
    {"6", 200, "No permission to access data"},
    {"13", 200, "Get service token failed"},
    {"17", 200, "Open api daily request limit reached"},
    {"18", 200, "Open api qps request limit reached"},
    {"19", 200, "Open api total request limit reached"},
    {"100", 200, "Invalid parameter"},
    {"110", 200, "Access token invalid or no longer valid"},
    {"111", 200, "Access token expired"},
    {"222001", 200, "param is null"},
    {"222002", 200, "param format error"},
    {"222027", 200, "code length param error"},
    {"222028", 200, "param[min_code_length] format error"},
    {"222029", 200, "param[max_code_length] format error"},
    {"222030", 200, "param[match_threshold] format error"},
    {"222200", 200, "request body should be json format"},
    {"222201", 200, "network not available"},
    {"222203", 200, "image check fail"},
    {"222204", 200, "image_url_download_fail"},
    {"222205", 200, "network not available"},
    {"222206", 200, "rtse service return fail"},
    {"222207", 200, "match user is not found"},
    {"222302", 200, "system error"},
    {"222304", 200, "image size is too large"},
};

// Jumdata document: the common code table. HTTP status 200 throughout.
constexpr DocumentedError jumdata_errors[] = {
    {"400", 200, "参数错误"},
    {"404", 200, "接口地址不正确"},
    {"500", 200, "系统维护,请稍候再试"},
    {"601", 200, "接口未开通"},
    {"602", 200, "账号停用"},
    {"604", 200, "接口停用"},
    {"606", 200, "调用超限,请稍候再试"},
    {"607", 200, "ip不在白名单"},
    {"609", 200, "请求过于频繁,请稍候再试"},
    {"610", 200, "请求超时"},
    {"999", 200, "其他"},
};

// Megvii v5 document with supplement 2.3 (429 there, 403 here: the v5 document is followed).
constexpr DocumentedError megvii_errors[] = {
    {"MISSING_ARGUMENTS", 400, ""},          {"BAD_ARGUMENTS", 400, ""},
    {"MEGLIVE_DATA_ERROR", 400, ""},         {"MEGLIVE_DATA_BIZ_TOKEN_NOT_MATCH", 400, ""},
    {"AUTHENTICATION_ERROR", 403, ""},       {"AUTHORIZATION_ERROR", 403, ""},
    {"CONCURRENCY_LIMIT_EXCEEDED", 403, ""}, {"API_NOT_FOUND", 404, ""},
    {"Request Entity Too Large", 413, ""},   {"INTERNAL_ERROR", 500, ""},
};

// SDK v1.2 document, both error tables. CONCURRENCY_LIMIT_EXCEEDED is 403 in the first and 429 in
// the second; 429 is played, 403 can be had as a plain `reply` fault.
constexpr DocumentedError aliyun_sdk_errors[] = {
    {"MISSING_ARGUMENTS", 400, ""},
    {"BAD_ARGUMENTS", 400, ""},
    {"IMAGE_ERROR_UNSUPPORTED_FORMAT", 400, ""},
    {"NO_FACE_FOUND", 400, ""},
    {"INVALID_IMAGE_SIZE", 400, ""},
    {"AUTHENTICATION_ERROR", 403, ""},
    {"AUTHORIZATION_ERROR", 403, ""},
    {"INVALID_SIGN", 403, ""},
    {"CONCURRENCY_LIMIT_EXCEEDED", 429, ""},
    {"API_NOT_FOUND", 404, ""},
    {"Request Entity Too Large", 413, ""},
    {"INTERNAL_ERROR", 500, ""},
};

// Lite document, both error tables.
constexpr DocumentedError aliyun_lite_errors[] = {
    {"MISSING_ARGUMENTS", 400, ""},        {"BAD_ARGUMENTS", 400, ""},
    {"AUTHORIZATION_ERROR", 403, ""},      {"CONCURRENCY_LIMIT_EXCEEDED", 429, ""},
    {"Request Entity Too Large", 413, ""}, {"INTERNAL_ERROR", 500, ""},
};

bool is_aliyun(Product product) {
  return product == Product::aliyun_sdk || product == Product::aliyun_lite;
}

}  // namespace

std::span<const DocumentedError> documented_errors(Product product) {
  switch (product) {
    case Product::baidu: return baidu_errors;
    case Product::jumdata: return jumdata_errors;
    case Product::megvii: return megvii_errors;
    case Product::aliyun_sdk: return aliyun_sdk_errors;
    case Product::aliyun_lite: return aliyun_lite_errors;
  }
  return {};
}

const DocumentedError* find_error(Product product, std::string_view code) {
  const std::string_view word = code.substr(0, code.find(':'));
  for (const DocumentedError& error : documented_errors(product)) {
    if (error.code == word) return &error;
  }
  return nullptr;
}

Reply error_reply(Sandbox& sandbox, Product product, std::string_view code) {
  if (is_aliyun(product)) {
    if (auto reply = aliyun::find_gateway_error(sandbox, code)) return std::move(*reply);
  }
  const DocumentedError* error = find_error(product, code);
  if (error && error->status == 413) return too_large_reply();
  if (product == Product::baidu) {
    const auto number = parse_integer(code).value_or(1);
    const std::string_view message = baidu::message_of(code);
    // Three digits and fewer come from the platform, the rest from the face service.
    return number < 1000 ? baidu::platform_error(number, message)
                         : baidu::service_reply(sandbox, number, message, {}).reply;
  }
  if (product == Product::jumdata) {
    return jumdata::error(sandbox, parse_integer(code).value_or(999),
                          error ? error->message : std::string_view("其他"));
  }
  Reply reply = faceid_error(sandbox, error ? error->status : 403, code);
  if (is_aliyun(product)) aliyun::add_request_id(sandbox, reply);
  return reply;
}

std::string_view throttling_code(Product product) {
  switch (product) {
    case Product::baidu: return "18";
    case Product::jumdata: return "609";
    case Product::megvii:
    case Product::aliyun_sdk:
    case Product::aliyun_lite: return "CONCURRENCY_LIMIT_EXCEEDED";
  }
  return "";
}

Reply unknown_path_reply(Sandbox& sandbox, Product product) {
  switch (product) {
    case Product::baidu: return error_reply(sandbox, product, "3");
    case Product::jumdata: return error_reply(sandbox, product, "404");
    case Product::megvii:
    case Product::aliyun_sdk:
    case Product::aliyun_lite: return error_reply(sandbox, product, "API_NOT_FOUND");
  }
  return {};
}

Reply wrong_method_reply(Sandbox& sandbox, Product product) {
  switch (product) {
    case Product::baidu: return error_reply(sandbox, product, "3");
    case Product::jumdata: return error_reply(sandbox, product, "400");
    case Product::megvii: return error_reply(sandbox, product, "API_NOT_FOUND");
    case Product::aliyun_sdk:
    case Product::aliyun_lite: return error_reply(sandbox, product, "I405UM");
  }
  return {};
}

}  // namespace idswitch::sandbox

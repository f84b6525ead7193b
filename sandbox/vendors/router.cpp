#include "vendors/router.hpp"

#include "vendors/aliyun_lite.hpp"
#include "vendors/aliyun_sdk.hpp"
#include "vendors/baidu.hpp"
#include "vendors/errors.hpp"
#include "vendors/faceid.hpp"
#include "vendors/jumdata.hpp"
#include "vendors/megvii.hpp"
#include "wire/digest.hpp"

namespace idswitch::sandbox {
namespace {

// The photo a Jumdata result's faceImageUrl leads to.
Reply jumdata_image(Sandbox&, const Request&) {
  return text_reply(200, base64_decode(invented_photo("jumdata face")).value_or(""), "image/jpeg");
}

constexpr Endpoint all_endpoints[] = {
    {Product::baidu, "token", "/oauth/2.0/token", "POST GET", baidu::token},
    {Product::baidu, "sessioncode", "/rest/2.0/face/v1/faceliveness/sessioncode", "POST",
     baidu::sessioncode},
    {Product::baidu, "verify", "/rest/2.0/face/v1/faceliveness/verify", "POST", baidu::verify},
    {Product::jumdata, "init", "/lifecheck/h5/v2-1/init", "POST", jumdata::init},
    {Product::jumdata, "result", "/lifecheck/h5/v2-1/result", "POST", jumdata::result},
    {Product::jumdata, "page", "/lifecheck/v2-1/check/capture.html", "GET POST", jumdata::page},
    {Product::jumdata, "image", "/lifecheck/image/", "GET", jumdata_image},
    {Product::megvii, "get_biz_token", "/faceid/v5/sdk/get_biz_token", "POST",
     megvii::get_biz_token},
    {Product::megvii, "verify", "/faceid/v5/sdk/verify", "POST", megvii::verify},
    {Product::megvii, "liveness", "/faceid/v5/sdk/liveness", "POST", megvii::liveness},
    {Product::aliyun_sdk, "get_biz_token", "/face/v1.2/sdk/get_biz_token", "POST",
     aliyun_sdk::get_biz_token},
    {Product::aliyun_sdk, "get_result", "/face/v1.2/sdk/get_result", "GET", aliyun_sdk::get_result},
    {Product::aliyun_lite, "get_biz_token", "/lite/v1/get_biz_token", "POST",
     aliyun_lite::get_biz_token},
    {Product::aliyun_lite, "get_result", "/lite/v1/get_result", "GET", aliyun_lite::get_result},
    {Product::aliyun_lite, "page", "/lite/v1/do/", "GET POST", aliyun_lite::page},
};

// Whose unknown path this is, so that the refusal has that vendor's shape.
Reply unknown_path(Sandbox& sandbox, std::string_view path) {
  constexpr std::pair<std::string_view, Product> prefixes[] = {
      {"/oauth/", Product::baidu},      {"/rest/", Product::baidu},
      {"/lifecheck", Product::jumdata}, {"/faceid/", Product::megvii},
      {"/face/", Product::aliyun_sdk},  {"/lite/", Product::aliyun_lite}};
  for (const auto& [prefix, product] : prefixes) {
    if (path.starts_with(prefix)) return unknown_path_reply(sandbox, product);
  }
  return text_reply(404, "no vendor of this sandbox has such a path\n");
}

bool allows(std::string_view methods, std::string_view method) {
  while (!methods.empty()) {
    const std::size_t end = std::min(methods.find(' '), methods.size());
    if (methods.substr(0, end) == method) return true;
    methods.remove_prefix(std::min(end + 1, methods.size()));
  }
  return false;
}

Reply fault_reply(Sandbox& sandbox, const Fault& fault, Product product) {
  switch (fault.kind) {
    case FaultKind::vendor_error: return error_reply(sandbox, product, fault.code);
    case FaultKind::throttle: {
      Reply reply = error_reply(sandbox, product, throttling_code(product));
      reply.set_header("Retry-After", "1");
      return reply;
    }
    case FaultKind::too_large: return too_large_reply();
    case FaultKind::close_before: {
      Reply reply;
      reply.delivery = Delivery::nothing;
      return reply;
    }
    default: return text_reply(fault.status, fault.body, fault.content_type);
  }
}

}  // namespace

std::span<const Endpoint> endpoints() {
  return all_endpoints;
}

const Endpoint* find_endpoint(std::string_view path) {
  for (const Endpoint& endpoint : all_endpoints) {
    const bool is_prefix = endpoint.path.ends_with('/');
    if (is_prefix ? path.starts_with(endpoint.path) : path == endpoint.path) return &endpoint;
  }
  return nullptr;
}

std::string loggable_name(const Request& request) {
  const Endpoint* endpoint = find_endpoint(request.path);
  if (!endpoint) return "unknown";
  return std::string(name_of(endpoint->product)) + '.' + std::string(endpoint->name);
}

Reply answer(Sandbox& sandbox, const Request& request) {
  const Endpoint* endpoint = find_endpoint(request.path);
  if (!endpoint) return unknown_path(sandbox, request.path);
  ++sandbox.request_counts[loggable_name(request)];
  Fault* fault = sandbox.faults.take(endpoint->product, endpoint->name);
  Reply reply;
  if (fault && fault->replaces_processing()) {
    reply = fault_reply(sandbox, *fault, endpoint->product);
  } else if (!allows(endpoint->methods, request.method)) {
    reply = wrong_method_reply(sandbox, endpoint->product);
  } else {
    reply = endpoint->handle(sandbox, request);
  }
  if (fault) {
    spoil(*fault, reply);
    for (const Header& header : fault->headers) reply.set_header(header.name, header.value);
    reply.delay += fault->delay;
  }
  return reply;
}

}  // namespace idswitch::sandbox

#include "vendors/aliyun_gateway_errors.hpp"

#include <algorithm>
#include <stdexcept>

namespace idswitch::sandbox::aliyun {
namespace {

struct GatewayError {
  std::string_view code;  // "" : only the old gateway has it
  unsigned status;
  std::string_view message;
  unsigned classic_status = 0;  // 0: as above
  std::string_view classic_message = {};
};

// Supplement 3.4; where it gives a code without its text, the text is a plain description.
constexpr GatewayError gateway_errors[] = {
    {"A400AC", 400, "Invalid AppCode `not exists`", 400, "Invalid AppCode"},
    {"A401AC", 401, "AppCode is required"},
    {"A400MA", 400, "Need authorization, X-Ca-Key or Authorization: APPCODE is required", 401,
     "Empty Signature"},
    {"A400IK", 400, "Invalid AppKey"},
    {"A403IS", 403, "Invalid Signature", 400, "Invalid Signature"},
    {"A403EP", 403, "Authorization expired", 403, "Expiry of Authorization"},
    {"I403AA", 403, "Unauthorized", 403, "Unauthorized"},
    {"B403MQ", 403, "Api Market Subscription quota exhausted"},
    {"B403ME", 403, "Api Market Subscription expired"},
    {"B403MI", 403, "Api Market Subscription invalid"},
    {"B403OD", 403, "Provider Arrears", 403, "User Arrears"},
    {"B403MO", 403, "Market Subscription user overdue"},
    {"B451DO", 451, "Domain overdue"},
    {"B451GO", 451, "Group overdue"},
    {"T429ID", 429, "Throttled by DOMAIN Flow Control", 403, "Throttled by DOMAIN Flow Control"},
    {"T429IN", 429, "Throttled by INSTANCE Flow Control"},
    {"T429GR", 429, "Throttled by GROUP Flow Control"},
    {"T429PA", 429, "Throttled by API Flow Control", 403, "Throttled by API Flow Control"},
    {"T429PR", 429, "Throttled by PLUGIN Flow Control"},
    {"T429SR", 429, "Throttled by SERVER Flow Control"},
    {"T429MR", 429, "Throttled by MARKET Flow Control"},
    {"A403IP", 403, "Access denied by IP control"},
    {"A403VN", 403, "Access denied by VPC control"},
    {"A403AC", 403, "Access denied by access control"},
    {"A403CO", 403, "Access denied by CORS control"},
    {"A403IN", 403, "Access denied by internal control"},
    {"I400HD", 400, "Invalid Header"},
    {"I400MH", 400, "Header is Required"},
    {"I400BD", 400, "Invalid Body"},
    {"I400PA", 400, "Invalid Request Path"},
    {"I400RU", 400, "Invalid Request Uri"},
    {"I400CT", 400, "Invalid Content-Type"},
    {"I400SG", 400, "Invalid Stage"},
    {"I400MP", 400, "Parameter is required"},
    {"I400IP", 400, "Invalid Parameter"},
    {"I400I5", 400, "Invalid Content-MD5"},
    {"I400NC", 400, "X-Ca-Nonce is required"},
    {"I403PT", 403, "Invalid protocol"},
    {"I404DO", 404, "Invalid Domain", 400, "Invalid Domain"},
    {"I404NF", 404, "API not found", 400, "Invalid Url"},
    {"I404NR", 404, "API not found"},
    {"I404SR", 404, "API not found"},
    {"I405UM", 405, "Unsupported Method", 400, "Invalid HttpMethod"},
    {"I410GG", 410, "Group's instance invalid"},
    {"I413RL", 413, "Request body too Large"},
    {"I413UL", 413, "Request URL too Large"},
    {"X403DG", 403, "Bad Domain or Group"},
    {"X400PM", 400, "Invalid plugin meta"},
    {"X500ER", 500, "Service Internal Error", 500, "Internal Error"},
    {"X500ED", 500, "Expression data error"},
    {"X500AM", 500, "API meta error"},
    {"X503BZ", 503, "Service is busy", 503, "Service Unavailable"},
    {"X504TO", 504, "Service timeout"},
    {"X504VE", 504, "Backend service connection closed"},
    {"D502FC", 502, "Backend function error"},
    {"N502RE", 502, "Backend network error", 500, "Failed To Invoke Backend Service"},
    {"D503BB", 503, "Backend circuit breaker open"},
    {"D503CB", 503, "Backend circuit breaker open"},
    {"D504RE", 504, "Backend service read timeout"},
    {"D504IL", 504, "Invalid backend address"},
    {"D504CO", 504, "Backend service connect failed"},
    {"D504CS", 504, "Backend http ssl connect failed"},
    {"D504TO", 504, "Backend service request timeout"},
    {"", 403, "Throttled by USER Flow Control"},
    {"", 403, "Throttled by APP Flow Control"},
    {"", 403, "Throttled by API Flow Control"},
    {"", 403, "Throttled by DOMAIN Flow Control"},
    {"", 403, "Quota Exhausted"},
    {"", 403, "Quota Expired"},
    {"", 403, "User Arrears"},
    {"", 403, "Expiry of Authorization"},
    {"", 403, "Unauthorized"},
    {"", 400, "Invalid AppCode"},
    {"", 400, "Invalid Url"},
    {"", 400, "Invalid Param Location"},
    {"", 400, "Invalid AppSecret"},
    {"", 400, "Timestamp Expired"},
    {"", 400, "Invalid Timestamp"},
    {"", 400, "Empty Request Body"},
    {"", 400, "Unsupported Multipart"},
    {"", 400, "Invalid HttpMethod"},
    {"", 401, "Empty Signature"},
    {"", 500, "Internal Error"},
    {"", 500, "Failed To Invoke Backend Service"},
    {"", 503, "Service Unavailable"},
};

Reply refusal(Sandbox& sandbox, const GatewayError& error, std::string_view detail) {
  const bool is_classic =
      sandbox.settings.aliyun_gateway == GatewayGeneration::classic || error.code.empty();
  const bool has_classic = is_classic && error.classic_status != 0;
  Reply reply;
  reply.status = has_classic ? error.classic_status : error.status;
  std::string message(has_classic ? error.classic_message : error.message);
  message += detail;
  reply.set_header("X-Ca-Error-Message", message);
  if (!is_classic) reply.set_header("X-Ca-Error-Code", error.code);
  add_request_id(sandbox, reply);
  return reply;
}

}  // namespace

Reply gateway_error(Sandbox& sandbox, std::string_view code, std::string_view detail) {
  const auto found = std::ranges::find(gateway_errors, code, &GatewayError::code);
  if (found == std::end(gateway_errors)) throw std::logic_error("no such gateway error");
  return refusal(sandbox, *found, detail);
}

std::optional<Reply> find_gateway_error(Sandbox& sandbox, std::string_view code) {
  for (const GatewayError& error : gateway_errors) {
    if (!error.code.empty() ? error.code == code : error.message == code) {
      return refusal(sandbox, error, "");
    }
  }
  return std::nullopt;
}

void add_request_id(Sandbox& sandbox, Reply& reply) {
  std::string id = sandbox.identifiers.uuid();
  std::ranges::transform(
      id, id.begin(), [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 32) : c; });
  reply.set_header("X-Ca-Request-Id", id);
}

}  // namespace idswitch::sandbox::aliyun

#include "vendors/aliyun_gateway.hpp"

#include <algorithm>
#include <map>

#include "vendors/aliyun_gateway_errors.hpp"
#include "wire/arguments.hpp"
#include "wire/digest.hpp"

namespace idswitch::sandbox::aliyun {
namespace {

using namespace std::chrono_literals;

// Names in X-Ca-Signature-Headers that the gateway never signs (supplement 3.1).
bool is_never_signed(std::string_view name) {
  constexpr std::string_view names[] = {"x-ca-signature", "x-ca-signature-headers", "accept",
                                        "content-md5",    "content-type",           "date"};
  return std::ranges::find(names, lower_case(name)) != std::end(names);
}

std::string signed_headers(const Request& request) {
  std::map<std::string_view, std::string_view> lines;
  std::string_view list = request.header("x-ca-signature-headers");
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    std::string_view name = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (name.starts_with(' ')) name.remove_prefix(1);
    while (name.ends_with(' ')) name.remove_suffix(1);
    if (name.empty() || is_never_signed(name)) continue;
    const Header* header = request.find_header(name);
    lines[name] = header && header->name == name ? std::string_view(header->value) : "";
  }
  std::string text;
  for (const auto& [name, value] : lines) text.append(name).append(":").append(value).append("\n");
  return text;
}

std::string path_and_parameters(const Request& request) {
  std::map<std::string, std::string> parameters;
  const auto merge = [&](std::string_view text) {
    const auto form = parse_urlencoded(text);
    if (!form) return;
    for (const Field& field : form->fields()) parameters.try_emplace(field.name, field.value);
  };
  merge(request.query);
  if (request.media_type() == "application/x-www-form-urlencoded") merge(request.body);
  std::string text = request.path;
  char joint = '?';
  for (const auto& [key, value] : parameters) {
    text += joint + key + (value.empty() ? "" : "=" + value);
    joint = '&';
  }
  return text;
}

std::optional<Reply> refuse_signature(Sandbox& sandbox, const Request& request) {
  const Settings& settings = sandbox.settings;
  if (request.header("x-ca-key") != settings.aliyun_app_key)
    return gateway_error(sandbox, "A400IK");
  const std::string_view method = request.header("x-ca-signature-method");
  if (!method.empty() && method != "HmacSHA256" && method != "HmacSHA1") {
    return gateway_error(sandbox, "I400HD", " `X-Ca-Signature-Method` unsupported");
  }
  const std::string_view stage = request.header("x-ca-stage");
  if (!stage.empty() && stage != "RELEASE" && stage != "PRE" && stage != "TEST") {
    return gateway_error(sandbox, "I400SG");
  }
  const std::string media = request.media_type();
  const bool is_form =
      media == "application/x-www-form-urlencoded" || media == "multipart/form-data";
  const std::string_view content_md5 = request.header("content-md5");
  if (!is_form && (!content_md5.empty() || !request.body.empty()) &&
      content_md5 != base64_encode(md5(request.body))) {
    return gateway_error(sandbox, "I400I5");
  }
  if (!equals_in_constant_time(signature_of(request, settings.aliyun_app_secret),
                               request.header("x-ca-signature"))) {
    std::string shown = string_to_sign(request);
    std::ranges::replace(shown, '\n', '#');
    std::ranges::replace_if(
        shown, [](char c) { return c == '\r' || c == '\0'; }, '#');
    return gateway_error(sandbox, "A403IS", ", Server StringToSign:`" + shown + '`');
  }
  const TimePoint now = sandbox.clock.signing_now();
  if (const Header* stamp = request.find_header("x-ca-timestamp")) {
    const auto sent = parse_integer(stamp->value);
    if (!sent) return gateway_error(sandbox, "I400HD", " `X-Ca-Timestamp` Invalid Timestamp");
    const auto away = Duration(unix_milliseconds(now) - *sent);
    if (away > 15min || away < -15min) {
      return gateway_error(sandbox, "I400HD", " `X-Ca-Timestamp` Timestamp Expired");
    }
  }
  if (const Header* nonce = request.find_header("x-ca-nonce")) {
    if (!sandbox.nonces.use(nonce->value, now, 15min)) {
      return gateway_error(sandbox, "I400HD", " `X-Ca-Nonce` Nonce Used");
    }
  }
  return std::nullopt;
}

// Of this request's credentials; nullopt when it may pass: either "Authorization: APPCODE <code>"
// or a signature with X-Ca-Key.
std::optional<Reply> refuse(Sandbox& sandbox, const Request& request) {
  const std::string_view authorization = request.header("authorization");
  if (!authorization.empty()) {
    const bool is_good =
        equals_in_constant_time(authorization, "APPCODE " + sandbox.settings.aliyun_appcode);
    if (!is_good) return gateway_error(sandbox, "A400AC");
    return std::nullopt;
  }
  if (request.header("x-ca-key").empty()) return gateway_error(sandbox, "A400MA");
  if (request.header("x-ca-signature").empty()) {
    return gateway_error(sandbox, "I400MH", " `X-Ca-Signature`");
  }
  return refuse_signature(sandbox, request);
}

}  // namespace

std::string string_to_sign(const Request& request) {
  std::string text = request.method;
  text += '\n';
  for (const std::string_view name : {"accept", "content-md5", "content-type", "date"}) {
    text.append(request.header(name)).append("\n");
  }
  return text + signed_headers(request) + path_and_parameters(request);
}

std::string signature_of(const Request& request, std::string_view app_secret) {
  const std::string text = string_to_sign(request);
  return base64_encode(request.header("x-ca-signature-method") == "HmacSHA1"
                           ? hmac_sha1(app_secret, text)
                           : hmac_sha256(app_secret, text));
}

Reply behind_gateway(Sandbox& sandbox, const Request& request,
                     Reply (*product)(Sandbox&, const Request&)) {
  if (auto refusal = refuse(sandbox, request)) return std::move(*refusal);
  Reply reply = product(sandbox, request);
  add_request_id(sandbox, reply);
  return reply;
}

}  // namespace idswitch::sandbox::aliyun

#include "vendor_client.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "wire/digest.hpp"
#include "wire/form.hpp"

namespace idswitch::sandbox::test {
namespace {

namespace json = boost::json;

bool has(const Fields& fields, const std::string& name) {
  for (const auto& [key, value] : fields) {
    if (key == name) return true;
  }
  return false;
}

void add_default(Fields& fields, const std::string& name, const std::string& value) {
  if (!has(fields, name)) fields.emplace_back(name, value);
}

Request make_request(const std::string& method, const std::string& target,
                     std::vector<Header> headers) {
  Request request;
  request.method = method;
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string::npos) request.query = target.substr(question + 1);
  request.headers = std::move(headers);
  return request;
}

}  // namespace

Fields with(Fields fields, const std::string& name, const std::string& value) {
  std::erase_if(fields, [&](const auto& field) { return field.first == name; });
  if (!value.empty()) fields.emplace_back(name, value);
  return fields;
}

std::string urlencoded(const Fields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    text += (text.empty() ? "" : "&") + percent_encode(name) + '=' + percent_encode(value);
  }
  return text;
}

json::object json_of(const Reply& reply) {
  boost::system::error_code error;
  json::value value = json::parse(reply.body, error);
  if (error || !value.is_object()) throw std::runtime_error("not a JSON object: " + reply.body);
  return value.get_object();
}

std::string member(const Reply& reply, std::string_view path) {
  json::value value = json_of(reply);
  while (!path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    if (!value.is_object()) return "";
    const json::value* next = value.get_object().if_contains(path.substr(0, dot));
    if (!next) return "";
    value = json::value(*next);
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

VendorClient::VendorClient(Settings settings)
    : sandbox_(std::move(settings), Clock([] { return test_start; })) {}

Reply VendorClient::get(const std::string& target, std::vector<Header> headers) {
  return send(make_request("GET", target, std::move(headers)));
}

Reply VendorClient::post_form(const std::string& target, const Fields& fields,
                              std::vector<Header> headers) {
  Request request = make_request("POST", target, std::move(headers));
  request.headers.push_back({"Content-Type", "application/x-www-form-urlencoded"});
  request.body = urlencoded(fields);
  return send(std::move(request));
}

Reply VendorClient::post_multipart(const std::string& target, const Fields& fields,
                                   std::vector<Header> headers) {
  Request request = make_request("POST", target, std::move(headers));
  request.headers.push_back({"Content-Type", "multipart/form-data; boundary=seam"});
  for (const auto& [name, value] : fields) {
    const bool is_file = name.starts_with("image");
    request.body += "--seam\r\nContent-Disposition: form-data; name=\"" + name + '"' +
                    (is_file ? "; filename=\"a.jpg\"" : "") + "\r\n\r\n" + value + "\r\n";
  }
  request.body += "--seam--\r\n";
  return send(std::move(request));
}

Reply VendorClient::baidu(const std::string& call, const Fields& fields) {
  if (baidu_token_.empty()) {
    baidu_token_ = member(get("/oauth/2.0/token?grant_type=client_credentials&client_id=" +
                              sandbox_.settings.baidu_api_key +
                              "&client_secret=" + sandbox_.settings.baidu_secret_key),
                          "access_token");
  }
  return post_form("/rest/2.0/face/v1/faceliveness/" + call + "?access_token=" + baidu_token_,
                   fields);
}

Reply VendorClient::baidu_verify(const std::string& video_bytes, const Fields& more) {
  Fields fields = more;
  fields.emplace_back("video_base64", base64_encode(video_bytes));
  return baidu("verify", fields);
}

Reply VendorClient::jumdata(const std::string& call, const Fields& fields) {
  Fields all = fields;
  const Settings& settings = sandbox_.settings;
  const std::string timestamp = std::to_string(unix_milliseconds(sandbox_.clock.signing_now()));
  add_default(all, "appId", settings.jumdata_app_id);
  add_default(all, "timestamp", timestamp);
  add_default(all, "sign",
              sha256_hex(settings.jumdata_app_id + settings.jumdata_app_secret + timestamp));
  add_default(all, "productCode", "life_check_v2");
  return post_form("/lifecheck/h5/v2-1/" + call, all);
}

std::string VendorClient::jumdata_token(const std::string& title) {
  Fields fields = {{"returnUrl", "https://shop.example/back"}};
  if (!title.empty()) fields.emplace_back("title", title);
  return member(jumdata("init", fields), "data.token");
}

std::string VendorClient::jumdata_result(const std::string& token) {
  return member(jumdata("result", {{"token", token}}), "code");
}

std::string VendorClient::megvii_sign(std::int64_t lifetime_s, const std::string& random) const {
  const std::int64_t now = unix_seconds(sandbox_.clock.signing_now());
  const std::int64_t expires = lifetime_s == 0 ? 0 : now + lifetime_s;
  const std::string raw = "a=" + sandbox_.settings.megvii_api_key +
                          "&b=" + std::to_string(expires) + "&c=" + std::to_string(now) +
                          "&d=" + random;
  return base64_encode(hmac_sha1(sandbox_.settings.megvii_api_secret, raw) + raw);
}

Reply VendorClient::megvii(const std::string& call, const Fields& fields) {
  Fields all = fields;
  add_default(all, "sign", megvii_sign(3600, "0799687066"));
  add_default(all, "sign_version", "hmac_sha1");
  return post_multipart("/faceid/v5/sdk/" + call, all);
}

std::string VendorClient::megvii_token(const std::string& uuid) {
  Fields fields = {{"liveness_id", sandbox_.settings.megvii_liveness_id}};
  if (!uuid.empty()) fields.emplace_back("uuid", uuid);
  return member(megvii("get_biz_token", fields), "biz_token");
}

Fields VendorClient::megvii_verify_fields(const std::string& token) {
  return {{"comparison_type", "1"},     {"data_type", "0"},   {"verify_id", "sandbox-verify"},
          {"encryption_type", "0"},     {"biz_token", token}, {"idcard_name", "invented"},
          {"idcard_number", "invented"}};
}

Reply VendorClient::megvii_verify(const std::string& token) {
  return megvii("verify", megvii_verify_fields(token));
}

Fields VendorClient::sdk_fields() {
  return {{"liveness_type", "meglive"}, {"idcard_name", "invented"}, {"idcard_number", "invented"}};
}

Reply VendorClient::sdk_get_biz_token(const Fields& fields) {
  return post_form("/face/v1.2/sdk/get_biz_token", fields,
                   {{"Authorization", "APPCODE " + sandbox_.settings.aliyun_appcode}});
}

std::string VendorClient::sdk_token(const std::string& biz_no) {
  return member(sdk_get_biz_token(with(sdk_fields(), "biz_no", biz_no)), "biz_token");
}

Reply VendorClient::sdk_get_result(const std::string& token, bool verbose) {
  return get("/face/v1.2/sdk/get_result?biz_token=" + percent_encode(token) +
                 (verbose ? "&verbose=1" : ""),
             {{"Authorization", "APPCODE " + sandbox_.settings.aliyun_appcode}});
}

Fields VendorClient::lite_fields() {
  return {{"return_url", "https://shop.example/back"},
          {"notify_url", "https://shop.example/notify"},
          {"idcard_name", "invented"},
          {"idcard_number", "invented"},
          {"liveness_type", "video_number"}};
}

Reply VendorClient::lite_get_biz_token(const Fields& fields) {
  return post_form("/lite/v1/get_biz_token", fields,
                   {{"Authorization", "APPCODE " + sandbox_.settings.aliyun_appcode}});
}

std::string VendorClient::lite_token(const std::string& biz_no) {
  return member(lite_get_biz_token(with(lite_fields(), "biz_no", biz_no)), "biz_token");
}

Reply VendorClient::lite_get_result(const std::string& token) {
  return get("/lite/v1/get_result?biz_token=" + percent_encode(token),
             {{"Authorization", "APPCODE " + sandbox_.settings.aliyun_appcode}});
}

}  // namespace idswitch::sandbox::test

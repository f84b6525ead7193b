#include "request.hpp"

#include <algorithm>
#include <string>

#include "product.hpp"

namespace idswitch::jumdata {
namespace {

constexpr std::size_t k_return_url_characters_max = 256;

constexpr std::string_view k_return_url = "/return_url";
constexpr std::string_view k_return_target = "/vendor_options/jumdata~1life_check_v2/return_target";
constexpr std::string_view k_actions = "/vendor_options/jumdata~1life_check_v2/actions";

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(
      utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) >> 6) != 2; }));
}

bool is_web_url(std::string_view url) {
  return url.starts_with("https://") || url.starts_with("http://");
}

struct ReturnUrl {
  std::string text;
  std::string_view field;  // of our request, where it comes from
};

// returnUrl前缀说明
ReturnUrl return_url(const sdk::Operation& operation) {
  const std::string_view chosen = operation.option("return_mode").text();
  const bool in_mini_program = operation.method == IDSW_METHOD_MINI_PROGRAM;
  const std::string_view mode = !chosen.empty()   ? chosen
                                : in_mini_program ? "wx.history"
                                                  : "redirect";
  if (mode == "wx.history") return {"wx.history", k_return_url};
  if (mode == "redirect") return {operation.return_url, k_return_url};
  if (mode == "replace") return {"replace:" + operation.return_url, k_return_url};
  return {std::string(mode) + ":" + std::string(operation.option("return_target").text()),
          k_return_target};
}

std::optional<sdk::Result> wrong_with_return(const sdk::Operation& operation) {
  const ReturnUrl url = return_url(operation);
  const bool uses_ours = url.field == k_return_url && url.text != "wx.history";
  if (uses_ours && !is_web_url(operation.return_url)) {
    return sdk::Result::invalid(k_return_url, "must be an http or https address");
  }
  if (url.field == k_return_target && operation.option("return_target").text().empty()) {
    return sdk::Result::invalid(k_return_target, "this return_mode needs it");
  }
  if (characters(url.text) > k_return_url_characters_max) {
    return sdk::Result::invalid(url.field, "is longer than 256 characters with its prefix");
  }
  return {};
}

// The movements, comma separated (assumed: the document names no separator).
std::string joined(const sdk::Json::Value& actions) {
  std::string out;
  for (std::size_t i = 0; i < actions.size(); ++i) {
    if (i > 0) out += ',';
    out += actions.at(i).text();
  }
  return out;
}

// 公共请求参数; sign = sha256(appId + appSecret + timestamp).
sdk::Form signed_form(sdk::Exchange& exchange) {
  const std::string timestamp = std::to_string(exchange.now_unix_ms());
  sdk::Rope text;
  text.secret(k_app_id).secret(k_app_secret).add(timestamp);
  sdk::Form form;
  form.secret("appId", k_app_id)
      .field("timestamp", timestamp)
      .field("sign", sdk::hex(exchange.digest(IDSW_DIGEST_SHA256, text)))
      .field("productCode", "life_check_v2");
  return form;
}

}  // namespace

std::optional<sdk::Result> wrong_with(const sdk::Operation& operation) {
  const bool is_custom = operation.option("action_style").scalar() == "3";
  const bool has_actions = operation.option("actions").size() > 0;
  if (is_custom && !has_actions) {
    return sdk::Result::invalid(k_actions, "action_style 3 needs them");
  }
  // Without a style the vendor would choose the movements itself and drop these without a word.
  if (has_actions && !operation.option("action_style")) {
    return sdk::Result::invalid(k_actions, "they need action_style 3");
  }
  return wrong_with_return(operation);
}

sdk::Request init_request(sdk::Exchange& exchange) {
  const sdk::Operation& operation = exchange.operation();
  sdk::Form form = signed_form(exchange);
  form.field("returnUrl", return_url(operation).text)
      .field_if("actionStyle", operation.option("action_style").scalar());
  if (operation.option("action_style").scalar() == "3") {
    form.field("actions", joined(operation.option("actions")));
  }
  form.field_if("actionMutex", operation.option("action_mutex").scalar())
      .field_if("antiCameraHack", operation.option("anti_camera_hack").scalar())
      .field_if("title", operation.option("title").text());
  sdk::Request request = sdk::Request::post("init", "/lifecheck/h5/v2-1/init");
  request.body(form).billed_on_accept(k_sku, k_dedupe_key);
  return request;
}

sdk::Request result_request(sdk::Exchange& exchange, std::string_view token) {
  sdk::Form form = signed_form(exchange);
  form.field("token", token);
  sdk::Request request = sdk::Request::post("result", "/lifecheck/h5/v2-1/result");
  request.body(form).never_billed().safe_to_resend();
  return request;
}

}  // namespace idswitch::jumdata

// Credentials, prices and the vendors' open questions, with invented defaults. The same keys make
// the JSON file of --settings; an unknown key there is an error.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "world/charges.hpp"

namespace idswitch::sandbox {

// Which spelling Baidu's replies use (supplement 1.3); `rotate` takes each in turn.
enum class BaiduNaming { rotate, err_no, error_code, error_no, both };
enum class BaiduLogId { rotate, string, integer };

// Which generation of Aliyun gateway answers: `vpc` sends X-Ca-Error-Code, `classic` only the old
// texts (supplement 3.4).
enum class GatewayGeneration { vpc, classic };

struct Settings {
  std::string baidu_api_key = "sandbox-baidu-api-key";
  std::string baidu_secret_key = "sandbox-baidu-secret-key";
  BaiduNaming baidu_naming = BaiduNaming::rotate;
  BaiduLogId baidu_log_id = BaiduLogId::rotate;
  std::chrono::seconds baidu_token_lifetime{2'592'000};

  std::string jumdata_app_id = "sandboxjumdataapp";
  std::string jumdata_app_secret = "sandbox-jumdata-app-secret";

  std::string megvii_api_key = "sandbox-megvii-api-key";
  std::string megvii_api_secret = "sandbox-megvii-api-secret";
  std::string megvii_liveness_id = "sandbox-liveness";
  std::string megvii_verify_id = "sandbox-verify";
  bool megvii_bills_data_source_error = false;  // supplement 2.3

  std::string aliyun_appcode = "sandbox-aliyun-appcode";
  std::string aliyun_app_key = "sandboxaliyunappkey";
  std::string aliyun_app_secret = "sandbox-aliyun-app-secret";
  bool aliyun_bills_data_source_error = true;  // SDK v1.2 document, charging
  GatewayGeneration aliyun_gateway = GatewayGeneration::vpc;
  unsigned lite_notify_copies = 1;  // 0: never notifies; 2: twice, as a vendor's retry does

  Prices prices = default_prices();
  std::string origin = "https://localhost";  // of the vendor port; set once it listens
};

// Merges a JSON object ({"baidu":{"api_key":..},"jumdata":{..},"megvii":{..},"aliyun":{..},
// "prices":{..}}) into `settings`. Throws std::invalid_argument naming the offending key.
void merge_settings(Settings& settings, std::string_view json_text);

// Merges {"baidu.verify":"0.25",...}. Throws std::invalid_argument.
void merge_prices(Prices& prices, std::string_view json_text);

}  // namespace idswitch::sandbox

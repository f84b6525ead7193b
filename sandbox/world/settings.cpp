#include "world/settings.hpp"

#include <boost/json/parse.hpp>
#include <functional>
#include <map>
#include <stdexcept>

namespace idswitch::sandbox {
namespace {

namespace json = boost::json;
using Setter = std::function<void(const json::value&)>;

[[noreturn]] void refuse(std::string_view key, std::string_view reason) {
  throw std::invalid_argument("setting \"" + std::string(key) + "\": " + std::string(reason));
}

Setter text(std::string& target) {
  return [&target](const json::value& value) {
    if (!value.is_string() || value.get_string().empty()) {
      throw std::invalid_argument("must be a string that is not empty");
    }
    target = std::string(value.get_string());
  };
}

Setter flag(bool& target) {
  return [&target](const json::value& value) {
    if (!value.is_bool()) throw std::invalid_argument("must be true or false");
    target = value.get_bool();
  };
}

template <class Target>
Setter number(Target& target, std::int64_t low, std::int64_t high) {
  return [&target, low, high](const json::value& value) {
    if (!value.is_int64() || value.get_int64() < low || value.get_int64() > high) {
      throw std::invalid_argument("must be an integer from " + std::to_string(low) + " to " +
                                  std::to_string(high));
    }
    target = Target(static_cast<unsigned>(value.get_int64()));
  };
}

template <class Enum>
Setter choice(Enum& target, std::map<std::string, Enum, std::less<>> names) {
  return [&target, names = std::move(names)](const json::value& value) {
    const auto found =
        value.is_string() ? names.find(std::string_view(value.get_string())) : names.end();
    if (found == names.end()) {
      std::string allowed;
      for (const auto& [name, _] : names) allowed += (allowed.empty() ? "" : ", ") + name;
      throw std::invalid_argument("must be one of " + allowed);
    }
    target = found->second;
  };
}

std::map<std::string, Setter, std::less<>> setters(Settings& s) {
  return {
      {"baidu.api_key", text(s.baidu_api_key)},
      {"baidu.secret_key", text(s.baidu_secret_key)},
      {"baidu.naming", choice(s.baidu_naming, {{"rotate", BaiduNaming::rotate},
                                               {"err_no", BaiduNaming::err_no},
                                               {"error_code", BaiduNaming::error_code},
                                               {"error_no", BaiduNaming::error_no},
                                               {"both", BaiduNaming::both}})},
      {"baidu.log_id", choice(s.baidu_log_id, {{"rotate", BaiduLogId::rotate},
                                               {"string", BaiduLogId::string},
                                               {"integer", BaiduLogId::integer}})},
      {"baidu.token_lifetime_s", number(s.baidu_token_lifetime, 1, 315'360'000)},
      {"jumdata.app_id", text(s.jumdata_app_id)},
      {"jumdata.app_secret", text(s.jumdata_app_secret)},
      {"megvii.api_key", text(s.megvii_api_key)},
      {"megvii.api_secret", text(s.megvii_api_secret)},
      {"megvii.liveness_id", text(s.megvii_liveness_id)},
      {"megvii.verify_id", text(s.megvii_verify_id)},
      {"megvii.bill_data_source_error", flag(s.megvii_bills_data_source_error)},
      {"aliyun.appcode", text(s.aliyun_appcode)},
      {"aliyun.app_key", text(s.aliyun_app_key)},
      {"aliyun.app_secret", text(s.aliyun_app_secret)},
      {"aliyun.bill_data_source_error", flag(s.aliyun_bills_data_source_error)},
      {"aliyun.gateway", choice(s.aliyun_gateway, {{"vpc", GatewayGeneration::vpc},
                                                   {"classic", GatewayGeneration::classic}})},
      {"aliyun.notify_copies", number(s.lite_notify_copies, 0, 10)},
  };
}

json::object parse_object(std::string_view json_text) {
  boost::system::error_code error;
  json::value value = json::parse(json_text, error);
  if (error) throw std::invalid_argument("not JSON: " + error.message());
  if (!value.is_object()) throw std::invalid_argument("must be a JSON object");
  return std::move(value.get_object());
}

void merge_price_object(Prices& prices, const json::object& object) {
  for (const auto& [key, value] : object) {
    const auto known = prices.find(std::string_view(key));
    if (known == prices.end()) refuse(key, "no such price");
    const auto amount = value.is_string() ? parse_amount(value.get_string()) : std::nullopt;
    if (!amount) refuse(key, "must be a decimal string such as \"0.30\"");
    known->second = *amount;
  }
}

}  // namespace

void merge_settings(Settings& settings, std::string_view json_text) {
  // All or nothing: a bad key leaves the settings as they were.
  Settings merged = settings;
  const auto known = setters(merged);
  for (const auto& [section, members] : parse_object(json_text)) {
    if (!members.is_object()) refuse(section, "must be an object");
    if (section == "prices") {
      merge_price_object(merged.prices, members.get_object());
      continue;
    }
    for (const auto& [key, value] : members.get_object()) {
      const std::string name = std::string(section) + '.' + std::string(key);
      const auto setter = known.find(name);
      if (setter == known.end()) refuse(name, "no such setting");
      try {
        setter->second(value);
      } catch (const std::invalid_argument& error) {
        refuse(name, error.what());
      }
    }
  }
  settings = std::move(merged);
}

void merge_prices(Prices& prices, std::string_view json_text) {
  Prices merged = prices;
  merge_price_object(merged, parse_object(json_text));
  prices = std::move(merged);
}

}  // namespace idswitch::sandbox

#include "api/order_json.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "api/json_body.hpp"

namespace idswitch::api {
namespace {

namespace json = boost::json;

// One line of text for a ledger: what a person writes there stays for ever.
Result<std::string> line_in(const json::object& body, std::string_view name, bool is_required,
                            std::size_t bytes_max) {
  auto text = text_of(body, name, "");
  if (!text) return text;
  const std::string field = "/" + std::string(name);
  if (text->empty() && is_required) return Error(Errc::missing_field, "must be given", field);
  const bool has_control = std::any_of(text->begin(), text->end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (text->size() > bytes_max || has_control) {
    return Error(Errc::invalid_field,
                 "must be one line of at most " + std::to_string(bytes_max) + " bytes", field);
  }
  return text;
}

Result<std::uint32_t> call_in(const json::object& body) {
  const json::value* value = body.if_contains("call");
  if (value == nullptr) return 1;
  const bool is_call = value->is_int64() && value->get_int64() >= 1 &&
                       value->get_int64() <= std::numeric_limits<std::int32_t>::max();
  if (!is_call) return Error(Errc::invalid_field, "must be a number from 1 on", "/call");
  return static_cast<std::uint32_t>(value->get_int64());
}

// "0.30", or "not_charged".
Result<std::optional<Money>> charged_in(const json::object& body) {
  const auto text = line_in(body, "amount", true, 32);
  if (!text) return text.error();
  if (*text == "not_charged") return std::optional<Money>();
  const auto amount = Money::parse(*text);
  if (amount && *amount >= Money{}) return std::optional<Money>(*amount);
  return Error(Errc::invalid_field,
               "must be what the vendor charges, like \"0.30\", or \"not_charged\"", "/amount");
}

}  // namespace

Result<engine::SettleOrder> parse_settlement(std::string_view body, std::string_view who) {
  static constexpr std::array<std::string_view, 9> k_members = {
      "verification",   "account",         "sku", "key", "call", "amount", "why",
      "statement_line", "vendor_reference"};
  constexpr std::size_t k_name_bytes = 256;
  constexpr std::size_t k_why_bytes = 500;
  const auto value = parse_body(body);
  if (!value) return value.error();
  const json::object& object = value->get_object();
  if (const auto checked = only(object, "", k_members); !checked) return checked.error();
  const auto id = line_in(object, "verification", true, k_name_bytes);
  if (!id) return id.error();
  const auto verification = VerificationId::parse(*id);
  if (!verification) {
    return Error(Errc::invalid_field, "must be a verification's id: ver_ and 26 characters",
                 "/verification");
  }
  engine::SettleOrder order;
  order.verification = *verification;
  std::string statement_line;

  struct Text {
    std::string_view name;
    std::string& to;
    bool is_required;
    std::size_t bytes_max;
  };

  for (const Text& text : {Text{"account", order.charge.account, true, k_name_bytes},
                           Text{"sku", order.charge.sku, true, k_name_bytes},
                           Text{"key", order.charge.event, true, k_name_bytes},
                           Text{"why", order.word.note, true, k_why_bytes},
                           Text{"statement_line", statement_line, false, k_why_bytes},
                           Text{"vendor_reference", order.word.vendor_reference, false, 128}}) {
    auto read = line_in(object, text.name, text.is_required, text.bytes_max);
    if (!read) return read.error();
    text.to = std::move(*read);
  }
  const auto call = call_in(object);
  if (!call) return call.error();
  const auto charged = charged_in(object);
  if (!charged) return charged.error();
  order.charge.call = *call;
  order.word.charged = *charged;
  order.word.actor = who;
  if (!statement_line.empty()) order.word.note += " (statement: " + statement_line + ")";
  return order;
}

Result<engine::ForgetOrder> parse_forget(std::string_view body, std::string_view who) {
  static constexpr std::array<std::string_view, 2> k_members = {"tenant", "person"};
  const auto value = parse_body(body);
  if (!value) return value.error();
  const json::object& object = value->get_object();
  if (const auto checked = only(object, "", k_members); !checked) return checked.error();
  engine::ForgetOrder order;
  std::string* const texts[] = {&order.tenant, &order.person_id};
  for (std::size_t i = 0; i < k_members.size(); ++i) {
    auto text = text_of(object, k_members[i], "");
    if (!text) return text.error();
    if (text->empty()) {
      return Error(Errc::missing_field, "must be given", "/" + std::string(k_members[i]));
    }
    *texts[i] = std::move(*text);
  }
  order.actor = who;
  return order;
}

}  // namespace idswitch::api

#include "engine/webhooks/billing_event.hpp"

#include <charconv>
#include <ctime>
#include <limits>

#include "base/text/json_text.hpp"
#include "idswitch/verification.hpp"

namespace idswitch::engine {
namespace {

constexpr std::string_view k_id_prefix = "evt_";
constexpr std::string_view k_type_prefix = "xyz.idswitch.charge.";
// The lane of the ledger, of which there is one, and the place in it; before there were lanes, the
// place alone.
constexpr std::string_view k_cursor_prefix = "c1-0000";
constexpr std::string_view k_first_cursor_prefix = "evt_";
constexpr std::size_t k_cursor_digits = 16;
// SQLite's integers are signed.
constexpr std::uint64_t k_sequence_max = 0x7FFF'FFFF'FFFF'FFFF;

// "2026-11-21T09:30:00.000Z"
std::string rfc3339(std::int64_t unix_ms) {
  const auto seconds = static_cast<std::time_t>(unix_ms / 1000);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[40] = {};
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S.", &utc);
  const std::string ms = std::to_string(1000 + unix_ms % 1000);
  return text + ms.substr(1) + "Z";
}

std::optional<std::uint64_t> number(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, value, base);
  if (error != std::errc() || at != end || value > k_sequence_max) return {};
  return value;
}

}  // namespace

std::string event_id(const EventName& name) {
  std::string id(k_id_prefix);
  return id.append(name.verification.text()).append("_").append(std::to_string(name.number));
}

std::optional<EventName> event_of_id(std::string_view id) {
  const std::size_t end = id.rfind('_');
  if (!id.starts_with(k_id_prefix) || end < k_id_prefix.size()) return {};
  const auto verification =
      VerificationId::parse(id.substr(k_id_prefix.size(), end - k_id_prefix.size()));
  const auto last = number(id.substr(end + 1), 10);
  if (!verification || !last || *last > std::numeric_limits<std::uint32_t>::max()) return {};
  const EventName name{*verification, static_cast<std::uint32_t>(*last)};
  if (name.number == 0 || event_id(name) != id) return {};
  return name;
}

std::string event_type(ChargeEvent event) {
  return std::string(k_type_prefix).append(word(event));
}

std::string event_source(std::string_view public_url) {
  const std::size_t scheme = public_url.find("://");
  if (scheme != std::string_view::npos) public_url.remove_prefix(scheme + 3);
  return "/idswitch/" + std::string(public_url);
}

void append_event(std::string& out, const LedgerEntry& entry, std::string_view source) {
  const ChargeEvent event = event_of(entry);
  json_text::Object object(out);
  object.text("specversion", "1.0")
      .text("id", event_id({entry.verification, entry.number}))
      .text("source", source)
      .text("type", event_type(event))
      .text("subject", entry.verification.text())
      .text("time", rfc3339(entry.at_unix_ms))
      .text("datacontenttype", "application/json");
  json_text::Object data(object.member("data"));
  data.text("tenant", entry.tenant)
      .text("account", entry.account)
      .text("sku", entry.sku)
      .text("key", entry.event)
      .number("call", entry.call)
      .text("kind", word(event))
      .text("amount", entry.amount.text())
      .text("currency", entry.currency)
      .text("evidence", charge_word(entry.evidence))
      .text("evidence_source", entry.source == IDSW_SOURCE_INFERRED ? std::string_view("inferred")
                                                                    : source_word(entry.source))
      .text_if("vendor_code", entry.vendor_code)
      .text_if("vendor_reference", entry.vendor_reference)
      .text_if("contract_version", entry.contract_version)
      .text_if("rule", entry.rule);
}

namespace {

std::string cursor_text(std::string_view prefix, std::uint64_t sequence) {
  char digits[k_cursor_digits] = {};
  const auto [end, error] = std::to_chars(digits, digits + k_cursor_digits, sequence, 16);
  const auto length = static_cast<std::size_t>(end - digits);
  return std::string(prefix).append(k_cursor_digits - length, '0').append(digits, length);
}

std::optional<std::uint64_t> read_cursor(std::string_view prefix, std::string_view cursor) {
  if (!cursor.starts_with(prefix)) return {};
  const auto sequence = number(cursor.substr(prefix.size()), 16);
  if (!sequence || cursor_text(prefix, *sequence) != cursor) return {};
  return sequence;
}

}  // namespace

std::string event_cursor(std::uint64_t sequence) {
  return cursor_text(k_cursor_prefix, sequence);
}

std::optional<std::uint64_t> sequence_of_cursor(std::string_view cursor) {
  const auto sequence = read_cursor(k_cursor_prefix, cursor);
  return sequence ? sequence : read_cursor(k_first_cursor_prefix, cursor);
}

}  // namespace idswitch::engine

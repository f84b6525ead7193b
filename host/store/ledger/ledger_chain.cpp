#include "store/ledger/ledger_chain.hpp"

#include <algorithm>
#include <cstring>

#include "base/digest.hpp"

namespace idswitch::store {
namespace {

// Room for an integer in either form.
constexpr std::size_t k_integer_bytes_max = 10;

// Writes the members of an entry where there is room.
class Members {
 public:
  Members(char* at, bool is_first_form) : at_(at), is_first_form_(is_first_form) {}

  template <class... Values>
  char* put_all(const Values&... values) {
    (put(values), ...);
    return at_;
  }

 private:
  void put(std::int64_t value) {
    auto bits = static_cast<std::uint64_t>(value);
    if (is_first_form_) {
      for (int i = 0; i < 8; ++i) *at_++ = static_cast<char>(bits >> (8 * i));
      return;
    }
    bits = (bits << 1) ^ static_cast<std::uint64_t>(value >> 63);
    for (; bits >= 0x80; bits >>= 7) *at_++ = static_cast<char>(bits | 0x80);
    *at_++ = static_cast<char>(bits);
  }

  void put(std::string_view text) {
    put(static_cast<std::int64_t>(text.size()));
    at_ = std::copy(text.begin(), text.end(), at_);
  }

  char* at_;
  bool is_first_form_;
};

std::size_t bytes_max(const LedgerLine& l, std::string_view event) {
  std::size_t bytes = sizeof(Chain) + (k_line_column_count + 1) * k_integer_bytes_max;
  for (const std::string_view text :
       {l.tenant, l.account, l.sku, event, l.currency, l.vendor_code, l.vendor_reference,
        l.contract_version, l.rule, l.actor, l.note}) {
    bytes += text.size();
  }
  return bytes;
}

// As it was called before the number of a call was a member of its own.
std::string first_form_event(const LedgerLine& line) {
  std::string event(line.event);
  if (line.call > 1) event.append("#").append(std::to_string(line.call));
  return event;
}

}  // namespace

LedgerLine line_of(const LedgerEntry& e, std::int64_t slot) {
  LedgerLine line;
  line.sequence = static_cast<std::int64_t>(e.sequence);
  line.lane = e.lane;
  line.epoch = static_cast<std::int64_t>(e.epoch);
  line.verification = static_cast<std::int64_t>(e.verification.high);
  line.verification_low = static_cast<std::int64_t>(e.verification.low);
  line.number = e.number;
  line.tenant = e.tenant;
  line.account = e.account;
  line.sku = e.sku;
  line.event = e.event;
  line.call = e.call;
  line.slot = slot;
  line.kind = static_cast<std::int64_t>(e.kind);
  line.amount_micros = e.amount.micros;
  line.currency = e.currency;
  line.at_unix_ms = e.at_unix_ms;
  line.evidence = e.evidence;
  line.source = e.source;
  line.vendor_code = e.vendor_code;
  line.vendor_reference = e.vendor_reference;
  line.contract_version = e.contract_version;
  line.rule = e.rule;
  line.place = e.place;
  line.utc_offset_min = e.utc_offset_min;
  line.adjust = static_cast<std::int64_t>(e.adjust);
  line.actor = e.actor;
  line.note = e.note;
  return line;
}

LedgerLine line_of(const Statement& row) {
  const auto offset =
      row.null(23) ? std::optional<int>() : std::optional(static_cast<int>(row.integer(23)));
  return {row.integer(0),  row.integer(1),  row.integer(2),  row.integer(3),  row.integer(4),
          row.integer(5),  row.bytes(6),    row.bytes(7),    row.bytes(8),    row.bytes(9),
          row.integer(10), row.integer(11), row.integer(12), row.integer(13), row.bytes(14),
          row.integer(15), row.integer(16), row.integer(17), row.bytes(18),   row.bytes(19),
          row.bytes(20),   row.bytes(21),   row.integer(22), offset,          row.integer(24),
          row.bytes(25),   row.bytes(26)};
}

LedgerEntry entry_of(const LedgerLine& line) {
  LedgerEntry entry;
  entry.sequence = static_cast<std::uint64_t>(line.sequence);
  entry.lane = static_cast<std::uint32_t>(line.lane);
  entry.epoch = static_cast<std::uint64_t>(line.epoch);
  entry.verification = {static_cast<std::uint64_t>(line.verification),
                        static_cast<std::uint64_t>(line.verification_low)};
  entry.number = static_cast<std::uint32_t>(line.number);
  entry.tenant = line.tenant;
  entry.account = line.account;
  entry.sku = line.sku;
  entry.event = line.event;
  entry.call = static_cast<std::uint32_t>(line.call);
  entry.kind = static_cast<EntryKind>(line.kind);
  entry.amount.micros = line.amount_micros;
  entry.currency = line.currency;
  entry.at_unix_ms = line.at_unix_ms;
  entry.utc_offset_min = line.utc_offset_min;
  entry.evidence = static_cast<std::uint32_t>(line.evidence);
  entry.source = static_cast<std::uint32_t>(line.source);
  entry.vendor_code = line.vendor_code;
  entry.vendor_reference = line.vendor_reference;
  entry.contract_version = line.contract_version;
  entry.rule = line.rule;
  entry.place = line.place;
  entry.adjust = static_cast<Adjust>(line.adjust);
  entry.actor = line.actor;
  entry.note = line.note;
  return entry;
}

Chain Chainer::next(const Chain& previous, const LedgerLine& l) {
  const bool is_first_form = l.epoch == 0;
  const std::string first_event = is_first_form ? first_form_event(l) : std::string();
  const std::string_view event = is_first_form ? std::string_view(first_event) : l.event;
  if (const std::size_t wanted = bytes_max(l, event); bytes_.size() < wanted) bytes_.resize(wanted);
  std::memcpy(bytes_.data(), previous.data(), previous.size());
  Members members(bytes_.data() + previous.size(), is_first_form);
  const char* end = nullptr;
  if (is_first_form) {
    end = members.put_all(l.sequence, l.verification, l.verification_low, l.tenant, l.account,
                          l.sku, event, l.slot, l.kind, l.amount_micros, l.currency, l.at_unix_ms,
                          l.evidence, l.source, l.vendor_code, l.vendor_reference,
                          l.contract_version, l.rule);
  } else {
    const std::int64_t has_offset = l.utc_offset_min ? 1 : 0;
    const std::int64_t offset = l.utc_offset_min.value_or(0);
    end = members.put_all(l.sequence, l.lane, l.epoch, l.verification, l.verification_low, l.number,
                          l.tenant, l.account, l.sku, event, l.call, l.slot, l.kind,
                          l.amount_micros, l.currency, l.at_unix_ms, l.evidence, l.source,
                          l.vendor_code, l.vendor_reference, l.contract_version, l.rule, l.place,
                          has_offset, offset, l.adjust, l.actor, l.note);
  }
  return sha256(std::string_view(bytes_.data(), static_cast<std::size_t>(end - bytes_.data())));
}

}  // namespace idswitch::store

#include <iostream>
#include <limits>
#include <map>
#include <memory>
#include <optional>

#include "app/ledger_reader.hpp"
#include "base/clock.hpp"
#include "base/text/csv_text.hpp"
#include "base/text/json_text.hpp"
#include "base/values/duration.hpp"
#include "idswitch/abi/vocabulary.h"
#include "present/text_table.hpp"
#include "present/verification_json.hpp"

// idswitch ledger export: every entry; and unknown: what a person must ask the vendor about.

namespace idswitch::app {
namespace {

// ---- export

constexpr std::string_view k_entry_columns[] = {"sequence",
                                                "at",
                                                "tenant",
                                                "verification",
                                                "account",
                                                "sku",
                                                "key",
                                                "call",
                                                "kind",
                                                "amount",
                                                "currency",
                                                "evidence",
                                                "evidence_source",
                                                "vendor_code",
                                                "vendor_reference",
                                                "contract_version",
                                                "rule",
                                                "chain"};

// Clocks may have been set back: entries from before an instant can stand so far behind it.
constexpr std::int64_t k_disorder_ms = 7'200'000;

std::string_view kind_word(EntryKind kind) {
  switch (kind) {
    case EntryKind::hold: return "hold";
    case EntryKind::capture: return "capture";
    case EntryKind::void_: return "void";
    case EntryKind::adjust: return "adjust";
  }
  return "";
}

void print_entry(const LedgerEntry& entry) {
  std::string line;
  append_csv(line, std::to_string(entry.sequence));
  append_csv(line, api::timestamp(entry.at_unix_ms));
  append_csv(line, entry.tenant);
  append_csv(line, entry.verification.text());
  append_csv(line, entry.account);
  append_csv(line, entry.sku);
  append_csv(line, no_formula(entry.event));
  append_csv(line, std::to_string(entry.call));
  append_csv(line, kind_word(entry.kind));
  append_csv(line, entry.amount.text());
  append_csv(line, entry.currency);
  append_csv(line, entry.evidence == 0 ? "" : charge_word(entry.evidence));
  append_csv(line, entry.source == 0                      ? std::string_view()
                   : entry.source == IDSW_SOURCE_INFERRED ? std::string_view("inferred")
                                                          : source_word(entry.source));
  append_csv(line, no_formula(entry.vendor_code));
  append_csv(line, no_formula(entry.vendor_reference));
  append_csv(line, entry.contract_version);
  append_csv(line, entry.rule);
  std::string chain;
  for (const std::uint8_t byte : entry.chain) {
    chain += "0123456789abcdef"[byte >> 4];
    chain += "0123456789abcdef"[byte & 15];
  }
  append_csv(line, chain);
  std::cout << line << "\r\n";
}

Result<void> print_entries(store::Store& store, const store::ReportQuery& wanted) {
  const auto begin = store.ledger().sequence_at(wanted.from_unix_ms);
  if (!begin) return begin.error();
  std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  if (wanted.until_unix_ms < std::numeric_limits<std::int64_t>::max() - k_disorder_ms) {
    const auto found = store.ledger().sequence_at(wanted.until_unix_ms + k_disorder_ms);
    if (!found) return found.error();
    last = *found;
  }
  store::EntryQuery query;
  query.tenant = wanted.tenant;
  query.account = wanted.account;
  query.after = *begin;
  while (query.after < last && std::cout.good()) {
    const Result<store::EntryPage> page = store.ledger().page(query);
    if (!page) return page.error();
    for (const LedgerEntry& entry : page->entries) {
      if (entry.sequence <= last && entry.at_unix_ms >= wanted.from_unix_ms &&
          entry.at_unix_ms < wanted.until_unix_ms)
        print_entry(entry);
    }
    if (page->is_last) break;
    query.after = page->next;
  }
  return {};
}

// ---- unknown

// "90m", "12h", "7d"
std::optional<std::int64_t> age_ms(const std::string& text) {
  if (text.empty()) return 0;
  if (text.back() != 'd') {
    const auto duration = parse_duration(text);
    return duration ? std::optional<std::int64_t>(duration->count()) : std::nullopt;
  }
  const std::string digits = text.substr(0, text.size() - 1);
  if (digits.empty() || digits.size() > 4 ||
      digits.find_first_not_of("0123456789") != std::string::npos)
    return {};
  return std::stoll(digits) * 24 * 3'600'000;
}

std::string age_text(std::int64_t ms) {
  const std::int64_t minutes = ms / 60'000;
  if (minutes < 120) return std::to_string(minutes) + "m";
  const std::int64_t hours = minutes / 60;
  if (hours < 48) return std::to_string(hours) + "h";
  return std::to_string(hours / 24) + "d";
}

// A hold, and what is known of it besides.
struct Aged {
  store::AgedHold hold;
  std::string status;
  std::string vendor_reference;
  std::string why;
};

// The last attempt at the account that went wrong: "start get_biz_token: timeout, no reply in 10
// s".
std::string failure_text(const Verification& verification, const std::string& account) {
  std::string text;
  for (const Attempt& attempt : verification.attempts) {
    if (attempt.account != account || attempt.error_class == 0) continue;
    text = operation_word(attempt.operation);
    if (!attempt.step.empty()) text += " " + attempt.step;
    text.append(": ").append(error_class_word(attempt.error_class));
    if (!attempt.vendor_code.empty()) text += ", vendor code " + attempt.vendor_code;
    if (!attempt.detail.empty()) text += ", " + attempt.detail;
  }
  return text;
}

// What is stored of the verification that holds are of. They come in its order, so that it is read
// once for all of them.
class StoredOf {
 public:
  explicit StoredOf(store::Store& store) : store_(store) {}

  // Turns to another verification; nothing to do when it is the one before.
  Result<void> turn_to(VerificationId verification) {
    if (verification_ == verification) return {};
    auto found = store_.verifications().find(verification);
    if (!found) return found.error();
    auto entries = store_.ledger().of(verification);
    if (!entries) return entries.error();
    record = std::move(*found);
    ledger = std::move(*entries);
    verification_ = verification;
    return {};
  }

  std::shared_ptr<VerificationRecord> record;
  std::vector<LedgerEntry> ledger;

 private:
  store::Store& store_;
  std::optional<VerificationId> verification_;
};

Aged aged(const StoredOf& stored, store::AgedHold hold) {
  Aged found;
  std::string code;
  for (const LedgerEntry& entry : stored.ledger) {
    if (entry.account != hold.account || entry.sku != hold.sku || entry.event != hold.event ||
        entry.call != hold.call)
      continue;
    if (!entry.vendor_code.empty()) code = entry.vendor_code;
    if (!entry.vendor_reference.empty()) found.vendor_reference = entry.vendor_reference;
  }
  if (stored.record) {
    const Verification& verification = stored.record->verification;
    found.status = word(verification.status);
    found.why = failure_text(verification, hold.account);
    if (verification.account == hold.account && found.vendor_reference.empty())
      found.vendor_reference = verification.vendor_reference;
    if (verification.account == hold.account && code.empty()) code = verification.vendor_code;
  }
  if (found.why.empty() && !code.empty()) found.why = "the vendor's code " + code;
  if (found.why.empty()) {
    found.why = hold.is_unknown ? "no evidence came" : "not ended yet";
  }
  found.hold = std::move(hold);
  return found;
}

std::string_view state_word(const store::AgedHold& hold) {
  return hold.is_unknown ? "unknown" : "held";
}

void append_json(std::string& out, const Aged& one, std::int64_t now) {
  json_text::Object(out)
      .text("verification", one.hold.verification.text())
      .text("tenant", one.hold.tenant)
      .text("account", one.hold.account)
      .text("sku", one.hold.sku)
      .text("key", one.hold.event)
      .number("call", one.hold.call)
      .text("state", state_word(one.hold))
      .text("amount", one.hold.amount.text())
      .text("currency", one.hold.currency)
      .text("held_at", api::timestamp(one.hold.held_at_unix_ms))
      .number("age_s", one.hold.age_ms(now) / 1000)
      .text_if("status", one.status)
      .text_if("vendor_reference", one.vendor_reference)
      .text("why", one.why);
}

void print_table(const std::vector<Aged>& holds, std::int64_t now) {
  TextTable table({"verification", "account", "sku", "state", "amount", "currency", "age", "status",
                   "vendor reference", "why"},
                  4, 5);

  struct Sum {
    std::int64_t held = 0, unknown = 0;
    Money held_amount, unknown_amount;
  };

  std::map<std::string, Sum> sums;
  for (const Aged& one : holds) {
    const store::AgedHold& hold = one.hold;
    table.add({hold.verification.text(), hold.account, hold.sku, std::string(state_word(hold)),
               hold.amount.text(), hold.currency, age_text(hold.age_ms(now)), one.status,
               one.vendor_reference, one.why});
    Sum& sum = sums[hold.currency];
    ++(hold.is_unknown ? sum.unknown : sum.held);
    Money& amount = hold.is_unknown ? sum.unknown_amount : sum.held_amount;
    amount = amount + hold.amount;
  }
  if (!holds.empty()) table.print(std::cout);
  for (const auto& [currency, sum] : sums) {
    std::cout << currency << ": held " << sum.held << " (" << sum.held_amount.text()
              << "), unknown " << sum.unknown << " (" << sum.unknown_amount.text() << ")\n";
  }
  if (holds.empty()) std::cout << "nothing is held or unknown\n";
}

}  // namespace

int ledger_export(const LedgerOptions& options) {
  const auto ledger = open_ledger(options);
  if (!ledger) return 2;
  const auto query = api::report_query(words_of(options), ledger->config);
  if (!query) return cannot(query.error());
  std::string header;
  for (const std::string_view column : k_entry_columns) append_csv(header, column);
  std::cout << header << "\r\n";
  const auto printed = print_entries(*ledger->store, *query);
  if (!printed) return cannot(printed.error());
  return is_printed() ? 0 : 1;
}

int ledger_unknown(const LedgerOptions& options) {
  const auto age = age_ms(options.older_than);
  if (!age) {
    return cannot(
        Error(Errc::invalid_field, "must be a whole number with m, h or d, like 7d", "older-than"));
  }
  const auto ledger = open_ledger(options);
  if (!ledger) return 2;
  const std::int64_t now = SystemClock().now_unix_ms();
  store::AgedQuery query;
  query.tenant = options.tenant;
  query.account = options.account;
  query.held_before_unix_ms = now - *age + 1;
  std::vector<Aged> holds;
  StoredOf stored(*ledger->store);
  for (bool more = true; more;) {
    auto page = ledger->store->ledger().aged_holds(query);
    if (!page) return cannot(page.error());
    more = page->size() == query.limit;
    for (store::AgedHold& hold : *page) {
      query.after = hold;
      const auto turned = stored.turn_to(hold.verification);
      if (!turned) return cannot(turned.error());
      holds.push_back(aged(stored, std::move(hold)));
    }
  }
  if (options.as_json) {
    std::string json = "{\"holds\":[";
    for (const Aged& one : holds) {
      if (json.back() != '[') json += ',';
      append_json(json, one, now);
    }
    std::cout << json << "]}\n";
  } else {
    print_table(holds, now);
  }
  return is_printed() ? 0 : 1;
}

}  // namespace idswitch::app

#pragma once

// An invented month: a ledger, the statement the vendor would send with faults of every kind put
// in, and what a reconciliation must say about each line. Everything follows from the seed.

#include <gtest/gtest.h>
#include <iconv.h>
#include <stdlib.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "idswitch/abi/vocabulary.h"
#include "present/reconciliation_text.hpp"
#include "reconcile/reconciliation_run.hpp"

namespace idswitch::engine {

inline constexpr std::int64_t k_november_unix_ms = 1'793'462'400'000;  // 2026-11-01 00:00 +08:00
inline constexpr std::int64_t k_slot_ms = 30 * 60'000;  // farther apart than any window

inline std::string gb18030(const std::string& text) {
  const iconv_t handle = iconv_open("GB18030", "UTF-8");
  std::string out(text.size() * 2 + 8, '\0');
  std::string in_text = text;
  char* in = in_text.data();
  char* to = out.data();
  std::size_t in_left = in_text.size();
  std::size_t to_left = out.size();
  EXPECT_EQ(iconv(handle, &in, &in_left, &to, &to_left), 0U);
  iconv_close(handle);
  out.resize(out.size() - to_left);
  return out;
}

inline config::Contract sample_contract() {
  config::SkuPrice verify;
  verify.price = Money{200'000};
  verify.tiers = {{101, Money{180'000}}, {1001, Money{150'000}}};
  config::SkuPrice bulk;
  bulk.price = Money{1'234'500'000};
  config::ContractVersion version;
  version.prices = {{"verify", verify}, {"bulk", bulk}};
  config::Contract contract;
  contract.currency = "CNY";
  contract.utc_offset_min = 480;
  contract.versions = {version};
  return contract;
}

// What is said, by what it is said about: a line's reference and time, or a verification.
using Said = std::map<std::string, std::map<std::string, int>>;

class SampleMonth {
 public:
  explicit SampleMonth(unsigned seed) : random_(seed) {
    std::string pattern = (std::filesystem::temp_directory_path() / "idswitch-rec-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    for (int slot = 0; slot < 1400; ++slot) slots_.push_back(slot);
    std::shuffle(slots_.begin(), slots_.end(), random_);
    const unsigned count = 20 + below(120);
    for (unsigned i = 0; i < count; ++i) invent(below(15));
    write_ledger();
    write_statement();
  }

  SampleMonth(const SampleMonth&) = delete;
  SampleMonth& operator=(const SampleMonth&) = delete;

  ~SampleMonth() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  Result<Reconciliation> run(const std::function<void(const ReconciledRow&)>& row) {
    const auto read = billing::read_statement_map(map_, "map.yaml", contract_);
    for (const auto& complaint : read.complaints) ADD_FAILURE() << complaint.line();
    const auto store = store::Store::open_for_reading(folder_ + "/store.db");
    EXPECT_TRUE(store) << store.error().detail();
    ReconciliationTask task;
    task.account = "vendor";
    task.statement_file = folder_ + "/statement.csv";
    task.map = &read.map;
    task.contract = &contract_;
    task.period = billing::Period{k_november_unix_ms, k_november_unix_ms + 30LL * 86'400'000};
    task.store = store->get();
    return reconcile(task, row);
  }

  const Said& expected() const { return expected_; }

  const std::map<std::string, std::pair<std::int64_t, std::int64_t>>& sums() const { return sums_; }

  const std::string& map() const { return map_; }

  static std::string key(const std::string& reference, std::int64_t at) {
    return reference + "@" + std::to_string(at / 1000);
  }

 private:
  unsigned below(unsigned count) { return unsigned(random_() % count); }

  std::int64_t next_at() {
    const std::int64_t slot = slots_.back();
    slots_.pop_back();
    return k_november_unix_ms + slot * k_slot_ms + 600'000 + std::int64_t(below(60)) * 1000;
  }

  void expect(const std::string& key, const std::string& verdict, std::int64_t ours = 0,
              std::int64_t theirs = 0) {
    ++expected_[key][verdict];
    sums_[verdict].first += ours;
    sums_[verdict].second += theirs;
  }

  void line(const std::string& reference, std::int64_t at, const std::string& sku,
            std::int64_t micros) {
    lines_.push_back({reference, at, sku, micros, false});
  }

  LedgerEntry entry(EntryKind kind, std::int64_t at, std::int64_t micros,
                    const std::string& reference) {
    LedgerEntry entry;
    entry.verification = id_;
    entry.tenant = "shop";
    entry.account = "vendor";
    entry.sku = sku_;
    entry.event = sku_;
    entry.kind = kind;
    entry.amount = Money{micros};
    entry.currency = "CNY";
    entry.at_unix_ms = at;
    entry.evidence = kind == EntryKind::hold      ? IDSW_CHARGE_HELD
                     : kind == EntryKind::capture ? IDSW_CHARGE_CAPTURED
                     : kind == EntryKind::void_   ? IDSW_CHARGE_RELEASED
                                                  : IDSW_CHARGE_UNKNOWN;
    entry.vendor_reference = reference;
    entry.contract_version = "1";
    if (kind != EntryKind::adjust) entry.rule = "prices." + sku_;
    return entry;
  }

  // One charge or line, and what is to be said about it.
  void invent(unsigned what) {
    const std::int64_t at = next_at();
    const unsigned n = ++count_;
    id_ = {(std::uint64_t{1} << 60) + n * 1000, n * 7919};
    sku_ = below(3) == 0 ? "bulk" : "verify";
    const std::int64_t price = sku_ == "bulk" ? 1'234'500'000 : 200'000;
    const bool is_by_id = below(4) == 0;  // the statement shows our id instead of their own
    const std::string own = "ref," + std::to_string(n);  // quoted in the statement
    const std::string name = is_by_id ? id_.text() : own;
    const auto hold = [&] { entries_.push_back(entry(EntryKind::hold, at - 120'000, price, "")); };
    const auto capture = [&](std::int64_t when) {
      hold();
      entries_.push_back(entry(EntryKind::capture, when, price, is_by_id ? "" : own));
    };
    const auto add = [&](const std::string& verdict, std::int64_t ours, std::int64_t theirs) {
      line(name, at, sku_, theirs);
      expect(key(name, at), verdict, ours, theirs);
    };
    switch (what) {
      case 0:
        capture(at);
        add("amount differs", price, price + 30'000);
        break;
      case 1:
        sku_ = "verify";
        capture_verify(at, is_by_id ? "" : own);
        add("wrong tier", 200'000, below(2) == 0 ? 180'000 : 150'000);
        break;
      case 2:
        capture(at);
        expect(id_.text(), "only ours", price, 0);
        break;
      case 3: add("only theirs", 0, price); break;
      case 4: {
        capture(at);
        add("matched", price, price);
        for (unsigned copies = 1 + below(3); copies > 0; --copies) add("duplicate", 0, price);
        break;
      }
      case 5:  // unknown: the statement settles it
        hold();
        entries_.push_back(entry(EntryKind::adjust, at, 0, is_by_id ? "" : own));
        add("only theirs", 0, price);
        break;
      case 6:  // unknown, and not charged
        hold();
        entries_.push_back(entry(EntryKind::adjust, at, 0, own));
        expect(id_.text(), "neither");
        break;
      case 7:  // voided by our rule, charged by theirs
        hold();
        entries_.push_back(entry(EntryKind::void_, at, 0, own));
        line(own, at, sku_, price);
        expect(key(own, at), "only theirs", 0, price);
        break;
      case 8:  // of another month with us
        capture(k_november_unix_ms - 86'400'000);
        add("only theirs", 0, price);
        break;
      case 9: {  // without a reference: found by its time
        hold();
        entries_.push_back(entry(EntryKind::capture, at, price, below(2) == 0 ? own : ""));
        const std::int64_t theirs_at = at + (std::int64_t(below(1100)) - 550) * 1000;
        line("", theirs_at, sku_, price);
        expect(key("", theirs_at), "matched", price, price);
        break;
      }
      case 10:  // without a reference, and too far away in time
        capture(at);
        line("", at + 601'000, sku_, price);
        expect(key("", at + 601'000), "only theirs", 0, price);
        expect(id_.text(), "only ours", price, 0);
        break;
      case 11:  // an unknown one without any reference: only its time tells
        hold();
        line("", at, sku_, price);
        expect(key("", at), "only theirs", 0, price);
        break;
      case 12:  // two calls of one session, billed in the other order
        capture(at);
        entries_.push_back(entry(EntryKind::hold, at, price / 2, ""));
        entries_.push_back(entry(EntryKind::capture, at + 5000, price / 2, is_by_id ? "" : own));
        entries_.end()[-1].call = entries_.end()[-2].call = 2;
        line(name, at, sku_, price / 2);
        expect(key(name, at), "matched", price / 2, price / 2);
        line(name, at + 5000, sku_, price);
        expect(key(name, at + 5000), "matched", price, price);
        break;
      default: capture(at + std::int64_t(below(3000)) * 1000); add("matched", price, price);
    }
  }

  void capture_verify(std::int64_t at, const std::string& reference) {
    entries_.push_back(entry(EntryKind::hold, at - 120'000, 200'000, ""));
    entries_.push_back(entry(EntryKind::capture, at, 200'000, reference));
  }

  void write_ledger() {
    auto store = store::Store::open({folder_ + "/store.db"});
    ASSERT_TRUE(store) << store.error().detail();
    store::Change change;
    for (const LedgerEntry& entry : entries_) {
      change.push_back(store::Append{{entry}});
      LedgerEntry other = entry;  // another account's charges are none of ours
      other.account = "other";
      change.push_back(store::Append{{other}});
    }
    std::promise<bool> done;
    (*store)->write(std::move(change),
                    [&](const store::Written& written) { done.set_value(written.committed()); });
    ASSERT_TRUE(done.get_future().get());
  }

  struct Line {
    std::string reference;
    std::int64_t at;
    std::string sku;
    std::int64_t micros;
    bool is_raw;  // the reference is the whole line
  };

  std::string amount_text(std::int64_t micros) {
    std::string text = Money{micros}.text();
    const std::size_t point = text.find('.');
    std::string whole = text.substr(0, point);
    for (std::size_t i = whole.size(); i > 3; i -= 3) whole.insert(i - 3, is_comma_ ? "." : ",");
    text = whole + (is_comma_ ? "," : ".") + text.substr(point + 1);
    const unsigned sign = below(3);
    return sign == 0 ? "¥" + text : sign == 1 ? text + " 元" : text;
  }

  std::string quoted(const std::string& text) const { return '"' + text + '"'; }

  void write_statement() {
    is_comma_ = below(3) == 0;
    const bool is_gb = below(2) == 0;
    const std::string delimiter = is_comma_ ? ";" : below(2) == 0 ? "," : "\t";
    const std::string line_break = below(2) == 0 ? "\r\n" : "\n";
    for (unsigned broken = below(4); broken > 0; --broken) {
      static const std::string k_broken[] = {"only one field", "\"never closed",
                                             "\"closed\" too early" + delimiter + "x",
                                             "a" + delimiter + "2026-11-31 00:00:00" + delimiter +
                                                 "核身" + delimiter + "1" + delimiter};
      lines_.push_back({k_broken[below(4)], 0, "", 0, true});
      expect("", "broken");
    }
    for (unsigned ignored = below(4); ignored > 0; --ignored) {
      lines_.push_back(
          {"r" + delimiter + "x" + delimiter + "y" + delimiter + "z" + delimiter + "已退款", 0, "",
           0, true});
      expect("", "ignored");
    }
    std::shuffle(lines_.begin(), lines_.end(), random_);
    std::string text = "流水号" + delimiter + "时间" + delimiter + "产品" + delimiter + "金额" +
                       delimiter + "备注" + line_break;
    for (const Line& one : lines_) {
      if (one.is_raw) {
        text += one.reference + line_break;
        continue;
      }
      std::string at = billing::local_time(one.at, 480).substr(0, 16);
      char seconds[8];
      std::snprintf(seconds, sizeof seconds, ":%02d", int(one.at / 1000 % 60));
      text += quoted(one.reference) + delimiter + at + seconds + "\t" + delimiter +
              (one.sku == "verify" ? "核身" : "bulk") + delimiter +
              quoted(amount_text(one.micros)) + delimiter +
              (below(3) == 0 ? "\"多行\n备注 \"\"x\"\"\"" : "好") + line_break;
    }
    if (delimiter == "\t") {  // a tab is no ornament then
      std::string plain;
      for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\t' || text[i + 1] != '\t') plain += text[i];
      }
      text = plain;
    }
    if (is_gb)
      text = gb18030(text);
    else if (below(2) == 0)
      text = "\xEF\xBB\xBF" + text;
    std::ofstream(folder_ + "/statement.csv", std::ios::binary) << text;
    map_ = std::string("encoding: ") + (is_gb ? "gb18030" : "utf-8") + "\ndelimiter: \"" +
           (delimiter == "\t" ? "\\t" : delimiter) +
           "\"\n"
           "columns: {reference: 流水号, time: 时间, sku: 产品, amount: 金额}\n"
           "skus: {核身: verify}\n"
           "ignore: [{column: 备注, values: [已退款]}]\n" +
           (is_comma_ ? "amount: {decimal: \",\"}\n" : "");
  }

  std::mt19937 random_;
  std::string folder_;
  config::Contract contract_ = sample_contract();
  std::vector<int> slots_;
  unsigned count_ = 0;
  VerificationId id_;
  std::string sku_;
  std::vector<LedgerEntry> entries_;
  std::vector<Line> lines_;
  bool is_comma_ = false;
  std::string map_;
  Said expected_;
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> sums_;  // ours, theirs; by verdict
};

}  // namespace idswitch::engine

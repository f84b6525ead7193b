#include "reconcile/statement.hpp"

#include <algorithm>
#include <charconv>

#include "base/text/nearest_word.hpp"
#include "base/text/utf8.hpp"

namespace idswitch::billing {
namespace {

bool has_sku(const config::Contract& contract, const std::string& sku) {
  return std::any_of(contract.versions.begin(), contract.versions.end(),
                     [&](const auto& version) { return version.prices.contains(sku); });
}

std::string_view field(const CsvRecord& record, std::size_t column) {
  return column < record.fields.size() ? trimmed(record.fields[column]) : std::string_view();
}

// The bytes of the statement are what they claim to be, and can be shown.
bool is_text(std::string_view text) {
  return utf8::is_valid(text) && text.find('\0') == std::string_view::npos;
}

// For people: what is no UTF-8 becomes '?'.
std::string shown(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t size = utf8::sequence_length(text);
    const bool is_shown = size > 1 || (size == 1 && static_cast<unsigned char>(text[0]) >= 0x20);
    out += is_shown ? std::string(text.substr(0, size)) : "?";
    text.remove_prefix(std::max<std::size_t>(size, 1));
  }
  return out;
}

std::string read_units(std::string_view text, std::int64_t& units) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), units);
  if (error == std::errc() && end == text.data() + text.size()) return {};
  return "\"" + std::string(text.substr(0, 40)) + "\" is no whole number of units";
}

}  // namespace

StatementReader::StatementReader(const StatementMap& map, const config::Contract& contract)
    : map_(map), contract_(contract) {
  std::vector<config::Complaint> none;
  if (!map.has_header) place({}, none);
}

std::vector<config::Complaint> StatementReader::header(const CsvRecord& record) {
  std::vector<std::string> names;
  for (const std::string& name : record.fields) names.emplace_back(trimmed(name));
  std::vector<config::Complaint> complaints;
  place(names, complaints);
  fields_least_ = fields_most_ = std::max<std::size_t>(names.size(), fields_least_);
  return complaints;
}

void StatementReader::place(const std::vector<std::string>& names,
                            std::vector<config::Complaint>& complaints) {
  const auto find = [&](const StatementColumn& column) {
    if (!column.is_set()) return k_none;
    if (column.number != 0) {
      const auto number = static_cast<std::size_t>(column.number);
      fields_least_ = std::max(fields_least_, number);
      if (map_.has_header && number > names.size()) {
        complaints.push_back(
            {column.where, column.text(),
             "the statement's header row has only " + std::to_string(names.size()) + " columns"});
      }
      return number - 1;
    }
    const auto count = std::count(names.begin(), names.end(), column.name);
    const auto found = std::find(names.begin(), names.end(), column.name);
    if (count == 0) {
      complaints.push_back(
          {column.where, column.name,
           "the statement's header row has no such column: " + suggestion(column.name, names)});
    } else if (count > 1) {
      complaints.push_back({column.where, column.name,
                            "the statement's header row has it more than once: give its number"});
    }
    return static_cast<std::size_t>(found - names.begin());
  };
  for (const StatementColumn& column : map_.references) references_.push_back(find(column));
  time_ = find(map_.time);
  sku_ = find(map_.sku);
  amount_ = find(map_.amount);
  unit_price_ = find(map_.unit_price);
  units_ = find(map_.units);
  currency_ = find(map_.currency);
  for (const LineFilter& one : map_.only) only_.push_back({find(one.column), &one.values});
  for (const LineFilter& one : map_.ignore) ignore_.push_back({find(one.column), &one.values});
}

bool StatementReader::is_ignored(const CsvRecord& record) const {
  const auto fits = [&](const Filter& filter) {
    const std::string_view said = field(record, filter.column);
    return std::find(filter.values->begin(), filter.values->end(), said) != filter.values->end();
  };
  return !std::all_of(only_.begin(), only_.end(), fits) ||
         std::any_of(ignore_.begin(), ignore_.end(), fits);
}

std::string StatementReader::read(const CsvRecord& record, StatementLine& line) const {
  for (const std::size_t column : references_) {
    const std::string_view reference = field(record, column);
    if (!reference.empty()) line.references.emplace_back(reference);
  }
  if (time_ != k_none) {
    const auto at = read_time(field(record, time_), map_.time_format);
    if (!at) return "its time: " + at.error().detail();
    line.at_unix_ms = *at;
  }
  if (units_ != k_none) {
    if (std::string fault = read_units(field(record, units_), line.units); !fault.empty()) {
      return "its units: " + fault;
    }
  }
  const std::size_t column = amount_ != k_none ? amount_ : unit_price_;
  const auto amount = read_amount(field(record, column), map_.amount_format);
  if (!amount) return "its amount: " + amount.error().detail();
  line.amount = *amount;
  if (amount_ == k_none &&
      __builtin_mul_overflow(amount->micros, line.units, &line.amount.micros)) {
    return "its amount is larger than can be counted";
  }
  line.sku = std::string(field(record, sku_));
  if (line.sku.empty()) line.sku = map_.default_sku;
  if (line.sku.empty()) return "it names no SKU; see `default_sku` in the map";
  if (const auto known = map_.skus.find(line.sku); known != map_.skus.end()) {
    line.sku = known->second;
  } else {
    line.is_known_sku = has_sku(contract_, line.sku);
  }
  line.currency = std::string(field(record, currency_));
  if (line.currency.empty()) line.currency = map_.default_currency;
  if (!is_currency(line.currency)) {
    return "its currency: \"" + line.currency.substr(0, 40) +
           "\" is no currency: wanted three capital letters";
  }
  return {};
}

StatementLine StatementReader::line(const CsvRecord& record) const {
  StatementLine line;
  line.line = record.line;
  if (record.fault.empty() && !std::all_of(record.fields.begin(), record.fields.end(), is_text)) {
    line.fault = "it holds bytes that are no text in the map's encoding";
  } else if (!record.fault.empty()) {
    line.fault = record.fault;
  } else if (is_ignored(record)) {
    line.is_ignored = true;
  } else {
    line.fault = read(record, line);
  }
  if (!line.fault.empty() || line.is_ignored) {
    for (const std::string& one : record.fields) {
      line.text += (line.text.empty() ? "" : " | ") + shown(one);
      if (line.text.size() > 200) break;
    }
  }
  return line;
}

}  // namespace idswitch::billing

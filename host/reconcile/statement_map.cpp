#include "reconcile/statement_map.hpp"

#include <set>

#include "base/text/nearest_word.hpp"
#include "base/values/calendar.hpp"
#include "config/yaml/choice.hpp"
#include "config/yaml/name_list.hpp"
#include "config/yaml/section.hpp"

namespace idswitch::billing {
namespace {

using config::Section;
using config::Value;

constexpr std::int64_t k_columns_max = 1000;
constexpr std::int64_t k_lines_max = 10'000;
constexpr std::chrono::milliseconds k_window_max{48LL * 3'600'000};

std::set<std::string> skus_of(const config::Contract& contract) {
  std::set<std::string> skus;
  for (const config::ContractVersion& version : contract.versions) {
    for (const auto& [sku, price] : version.prices) skus.insert(sku);
  }
  return skus;
}

std::optional<StatementColumn> read_column(const Value& value) {
  StatementColumn column;
  column.where = value.reading().position(value.mark());
  const config::YamlNode& node = value.node();
  const bool is_number = node.kind == config::YamlNode::Kind::scalar && !node.quoted &&
                         !node.text.empty() &&
                         node.text.find_first_not_of("0123456789") == std::string::npos;
  if (is_number) {
    const auto number = value.integer(1, k_columns_max);
    if (!number) return {};
    column.number = int(*number);
    return column;
  }
  const auto name = value.text("a column: its name in the header row, or its number from 1");
  if (!name) return {};
  column.name = *name;
  return column;
}

std::vector<StatementColumn> read_columns(const Value& value) {
  std::vector<StatementColumn> columns;
  if (value.node().kind != config::YamlNode::Kind::list) {
    if (auto column = read_column(value)) columns.push_back(std::move(*column));
    return columns;
  }
  for (const Value& item : config::items_of(value, "a column or a list of columns")) {
    if (auto column = read_column(item)) columns.push_back(std::move(*column));
  }
  return columns;
}

// One ASCII character that can stand between or around things.
std::optional<char> read_character(const Value& value) {
  constexpr std::string_view k_wanted = "one character in quotes, like \",\" or \"\\t\"";
  const auto text = value.word(k_wanted);
  if (!text) return {};
  const char c = text->size() == 1 ? text->front() : '\0';
  const bool is_taken = c == '\t' || (c >= ' ' && c < 0x7F && !isalnum(c));
  if (!is_taken) {
    value.complain_wanted(k_wanted);
    return {};
  }
  return c;
}

// The same, and "none" is 0.
std::optional<char> read_separator(const Value& value) {
  if (value.node().kind == config::YamlNode::Kind::scalar && value.node().text == "none") {
    return '\0';
  }
  return read_character(value);
}

std::vector<LineFilter> read_filters(const Value& value) {
  std::vector<LineFilter> filters;
  for (const Value& item : config::items_of(value, "a list of {column, values}")) {
    LineFilter filter;
    Section section(item);
    if (const auto column = section.require("column", "its name or number")) {
      filter.column = read_column(*column).value_or(StatementColumn{});
    }
    if (const auto values = section.require("values", "a list of what it says")) {
      for (const Value& one : config::items_of(*values, "a list of texts")) {
        if (const auto word = one.word("a text")) filter.values.push_back(*word);
      }
    }
    section.finish();
    filters.push_back(std::move(filter));
  }
  return filters;
}

class MapReading {
 public:
  MapReading(StatementMap& map, const config::Contract& contract)
      : map_(map), skus_(skus_of(contract)) {
    map_.time_format.utc_offset_min = contract.utc_offset_min;
    map_.default_currency = contract.currency;
  }

  void read(const Value& root) {
    Section section(root);
    section.read("encoding", map_.encoding, [](const Value& value) {
      return config::choice<StatementEncoding>(
          value, {{"utf-8", StatementEncoding::utf_8}, {"gb18030", StatementEncoding::gb18030}});
    });
    section.read("delimiter", map_.format.delimiter, read_character);
    section.read("quote", map_.format.quote, read_character);
    section.read("header", map_.has_header, [](const Value& value) { return value.boolean(); });
    section.read("skip_lines", map_.format.skip_lines,
                 [](const Value& value) { return value.integer(0, k_lines_max); });
    if (const auto columns = section.require("columns", "where the statement says what")) {
      read_columns_section(*columns);
    }
    if (const auto time = section.find("time")) read_time_section(*time);
    if (const auto amount = section.find("amount")) read_amount_section(*amount);
    if (const auto skus = section.find("skus")) read_skus(*skus);
    const auto default_sku = section.find("default_sku");
    if (default_sku) map_.default_sku = read_sku(*default_sku);
    section.read("currency", map_.default_currency,
                 [](const Value& value) { return value.currency(); });
    if (const auto only = section.find("only")) map_.only = read_filters(*only);
    if (const auto ignore = section.find("ignore")) map_.ignore = read_filters(*ignore);
    section.read("window", map_.window_ms, [](const Value& value) -> std::optional<std::int64_t> {
      const auto window = value.duration(std::chrono::milliseconds(0), k_window_max);
      if (!window) return {};
      return window->count();
    });
    section.finish();
    check(root, default_sku.has_value());
  }

 private:
  void read_columns_section(const Value& value) {
    Section section(value);
    if (const auto reference = section.find("reference")) {
      map_.references = read_columns(*reference);
    }
    section.read("time", map_.time, read_column);
    section.read("sku", map_.sku, read_column);
    section.read("amount", map_.amount, read_column);
    section.read("unit_price", map_.unit_price, read_column);
    section.read("units", map_.units, read_column);
    section.read("currency", map_.currency, read_column);
    section.finish();
    if (map_.amount.is_set() == map_.unit_price.is_set()) {
      value.complain(
          "wanted `amount`, or `unit_price` when the statement has no amount; one of them");
    }
    if (map_.references.empty() && !map_.time.is_set()) {
      value.complain("wanted `reference` or `time`: without both no line can be found with us");
    }
  }

  void read_time_section(const Value& value) {
    Section section(value);
    section.read("format", map_.time_format.pattern,
                 [](const Value& format) -> std::optional<std::string> {
                   auto text = format.text("a pattern like \"%Y/%m/%d %H:%M:%S\", or iso");
                   if (!text || *text == "iso") return {};
                   const std::string fault = time_pattern_fault(*text);
                   if (!fault.empty()) format.complain(fault);
                   return text;
                 });
    section.read("utc_offset", map_.time_format.utc_offset_min,
                 [](const Value& offset) -> std::optional<int> {
                   constexpr std::string_view k_wanted = "UTC or an offset like \"+08:00\"";
                   const auto text = offset.word(k_wanted);
                   if (!text) return {};
                   const auto minutes = parse_utc_offset(*text);
                   if (!minutes) offset.complain_wanted(k_wanted);
                   return minutes;
                 });
    section.finish();
  }

  void read_amount_section(const Value& value) {
    Section section(value);
    AmountFormat& format = map_.amount_format;
    const bool has_decimal = section.read("decimal", format.decimal, read_character);
    const bool has_thousands = section.read("thousands", format.thousands, read_separator);
    if (has_decimal && !has_thousands && format.decimal == ',') format.thousands = '.';
    if (const auto signs = section.find("signs")) {
      format.signs.clear();
      for (const Value& one : config::items_of(*signs, "a list of currency signs")) {
        const auto sign = one.word("a currency sign");
        if (sign) format.signs.push_back(*sign);
      }
    }
    section.finish();
    if (format.decimal == format.thousands) {
      value.complain("decimal and thousands are the same character: then no amount is certain");
    }
  }

  void read_skus(const Value& value) {
    for (const auto& [word, sku] : Section(value).members()) map_.skus[word] = read_sku(sku);
  }

  std::string read_sku(const Value& value) const {
    const auto sku = value.word("a SKU of the account's contract");
    if (!sku) return {};
    if (!skus_.contains(*sku)) {
      value.complain("the account's contract has no price for it: " +
                     suggestion(*sku, std::vector<std::string>(skus_.begin(), skus_.end())));
    }
    return *sku;
  }

  void check(const Value& root, bool has_default_sku) {
    if (map_.format.delimiter == map_.format.quote) {
      root.complain("delimiter and quote are the same character");
    }
    // A line without a SKU can be found with us only when there is one it must be.
    if (!map_.sku.is_set() && !has_default_sku) {
      if (skus_.size() == 1) {
        map_.default_sku = *skus_.begin();
      } else {
        root.complain("wanted `columns.sku` or `default_sku`: the contract has more than one SKU");
      }
    }
    if (map_.has_header) return;
    std::vector<const StatementColumn*> all{&map_.time,       &map_.sku,   &map_.amount,
                                            &map_.unit_price, &map_.units, &map_.currency};
    for (const StatementColumn& one : map_.references) all.push_back(&one);
    for (const LineFilter& one : map_.only) all.push_back(&one.column);
    for (const LineFilter& one : map_.ignore) all.push_back(&one.column);
    for (const StatementColumn* one : all) {
      if (one->name.empty()) continue;
      root.reading().complain({one->where.line, one->where.column}, one->name,
                              "without a header row columns have no names: give its number");
    }
  }

  StatementMap& map_;
  std::set<std::string> skus_;
};

}  // namespace

StatementMapRead read_statement_map(const std::string& text, const std::string& name,
                                    const config::Contract& contract) {
  StatementMapRead read;
  config::Reading reading(name, "", config::Secrets::left_out);
  const config::YamlTree tree = config::read_yaml(text);
  for (const config::YamlFault& fault : tree.faults) reading.complain(fault.where, "", fault.text);
  if (tree.faults.empty() && tree.root.kind == config::YamlNode::Kind::nothing) {
    reading.complain({}, "", "the file is empty: start from configs/statement-map.yaml");
  } else if (tree.faults.empty()) {
    MapReading(read.map, contract).read(Value(reading, "", config::Mark{}, tree.root));
  }
  read.complaints = reading.take_complaints();
  return read;
}

}  // namespace idswitch::billing

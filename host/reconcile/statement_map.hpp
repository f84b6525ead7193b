#pragma once

// StatementMap: how one vendor writes its statement, and what its words mean with us. Read from a
// YAML file as strictly as a config; configs/statement-map.yaml has every key. Plain values; any
// thread.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/config_load.hpp"
#include "config/contract.hpp"
#include "reconcile/csv_reader.hpp"
#include "reconcile/statement_fields.hpp"

namespace idswitch::billing {

struct StatementColumn {
  std::string name;  // in the header row
  int number = 0;    // from 1; 0 = by name
  config::Position where;

  bool is_set() const { return number != 0 || !name.empty(); }

  std::string text() const { return number != 0 ? "column " + std::to_string(number) : name; }
};

// Lines whose column says one of the values.
struct LineFilter {
  StatementColumn column;
  std::vector<std::string> values;
};

enum class StatementEncoding : std::uint8_t { utf_8, gb18030 };

struct StatementMap {
  StatementEncoding encoding = StatementEncoding::utf_8;
  CsvFormat format;
  bool has_header = true;

  std::vector<StatementColumn> references;
  StatementColumn time, sku, amount, unit_price, units, currency;  // amount or unit_price is set

  TimeFormat time_format;
  AmountFormat amount_format;
  std::map<std::string, std::string> skus;  // their words to ours
  std::string default_sku;                  // of lines without one
  std::string default_currency;
  std::vector<LineFilter> only;    // a line must fit all of them
  std::vector<LineFilter> ignore;  // and none of these
  std::int64_t window_ms =
      600'000;  // in which a line without a known reference may be ours; 0 = no
};

struct StatementMapRead {
  StatementMap map;                           // meaningful only without complaints
  std::vector<config::Complaint> complaints;  // empty = valid
};

// contract: of the account, whose SKUs, currency and time the map's defaults come from.
StatementMapRead read_statement_map(const std::string& text, const std::string& name,
                                    const config::Contract& contract);

}  // namespace idswitch::billing

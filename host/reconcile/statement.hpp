#pragma once

// Statement: the vendor's records as lines in our words, by the map. A record that cannot be read
// becomes a line with a fault; none is dropped. One thread at a time.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "reconcile/csv_reader.hpp"
#include "reconcile/statement_map.hpp"

namespace idswitch::billing {

struct StatementLine {
  std::int64_t line = 0;                // in the file, from 1
  std::vector<std::string> references;  // as the map's columns stand; without empty ones
  std::optional<std::int64_t> at_unix_ms;
  std::string sku;  // ours; or their word, when the map does not know it
  bool is_known_sku = true;
  Money amount;
  std::int64_t units = 1;
  std::string currency;
  bool is_ignored = false;  // `only` or `ignore` of the map says so
  std::string fault;        // it could not be read: why; then text is how it begins
  std::string text;
};

class StatementReader {
 public:
  // map and contract outlive it.
  StatementReader(const StatementMap& map, const config::Contract& contract);

  // The header row, when the map says that there is one: complaints about columns that it lacks or
  // has twice, empty = all found.
  std::vector<config::Complaint> header(const CsvRecord& record);

  // How many fields a record must have; for CsvReader::expect_fields.
  std::size_t fields_least() const { return fields_least_; }

  std::size_t fields_most() const { return fields_most_; }

  StatementLine line(const CsvRecord& record) const;

 private:
  struct Filter {
    std::size_t column;
    const std::vector<std::string>* values;
  };

  static constexpr std::size_t k_none = SIZE_MAX;

  void place(const std::vector<std::string>& names, std::vector<config::Complaint>& complaints);
  bool is_ignored(const CsvRecord& record) const;
  std::string read(const CsvRecord& record, StatementLine& line) const;

  const StatementMap& map_;
  const config::Contract& contract_;
  std::vector<std::size_t> references_;
  std::size_t time_ = k_none, sku_ = k_none, amount_ = k_none, unit_price_ = k_none,
              units_ = k_none, currency_ = k_none;
  std::vector<Filter> only_, ignore_;
  std::size_t fields_least_ = 1;
  std::size_t fields_most_ = SIZE_MAX;
};

}  // namespace idswitch::billing

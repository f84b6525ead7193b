#pragma once

// CsvReader: comma-separated text (RFC 4180) in any pieces, as records. Quoted fields may hold the
// delimiter, line breaks and doubled quotes. A broken record never takes its neighbours with it:
// its first line is given with what is wrong, and reading goes on behind that line. Holds one
// record at most, of 64 KiB. One thread at a time.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/values/byte_size.hpp"

namespace idswitch::billing {

struct CsvRecord {
  std::int64_t line = 0;  // where it begins, from 1
  std::vector<std::string> fields;
  std::string fault;  // why it is none; then its only field is the beginning of the line
};

struct CsvFormat {
  char delimiter = ',';
  char quote = '"';
  std::int64_t skip_lines = 0;  // before the first record
};

class CsvReader {
 public:
  using Sink = std::function<void(CsvRecord&)>;

  static constexpr std::size_t k_record_bytes_max = 64 * k_kib;

  explicit CsvReader(CsvFormat format) : format_(format) {}

  // Gives every record that is complete. A byte order mark of UTF-8 at the beginning and empty
  // lines are passed over.
  void feed(std::string_view text, const Sink& sink);

  // The text has ended: gives the last record.
  void finish(const Sink& sink);

  // From the next record on, one with another number of fields is broken. Empty fields too many at
  // its end are dropped.
  void expect_fields(std::size_t least, std::size_t most);

 private:
  struct Attempt;

  void read(bool is_end, const Sink& sink);
  Attempt attempt(std::string_view text, bool is_end, CsvRecord& record) const;
  std::string count_fault(CsvRecord& record) const;

  CsvFormat format_;
  std::string pending_;
  std::int64_t line_ = 1;  // of pending_'s first byte
  std::size_t fields_least_ = 0;
  std::size_t fields_most_ = SIZE_MAX;
  bool is_at_start_ = true;
  bool is_in_long_line_ = false;  // its fault was given; its rest is passed over
};

}  // namespace idswitch::billing

#pragma once

// ScratchRecord: values as bytes for store::ScratchTable, and numbers as keys that sort as the
// numbers do. Only for rows that live as long as the process: no versions. Plain functions; any
// thread.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace idswitch::engine {

class RecordWriter {
 public:
  RecordWriter& number(std::int64_t value) {
    char bytes[sizeof value];
    std::memcpy(bytes, &value, sizeof value);
    out_.append(bytes, sizeof value);
    return *this;
  }

  RecordWriter& text(std::string_view value) {
    number(static_cast<std::int64_t>(value.size()));
    out_ += value;
    return *this;
  }

  const std::string& bytes() const { return out_; }

 private:
  std::string out_;
};

// Reads what RecordWriter wrote, in its order; the bytes must outlive it.
class RecordReader {
 public:
  explicit RecordReader(std::string_view bytes) : rest_(bytes) {}

  std::int64_t number() {
    std::int64_t value = 0;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }

  std::string text() {
    const auto size = static_cast<std::size_t>(number());
    std::string value(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return value;
  }

 private:
  std::string_view rest_;
};

// Eight bytes whose order is that of the numbers, negative ones first.
inline void append_sortable(std::string& key, std::int64_t value) {
  const auto bits = static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63);
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(bits >> shift & 0xFF);
}

}  // namespace idswitch::engine

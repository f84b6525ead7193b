#pragma once

// ScratchTable: rows of a key and a value, kept on disk instead of in memory and gone when it dies.
// For commands that sort and join more than fits: add everything, then scan in the order of the
// keys. It has nothing to do with the store's file. One thread at a time.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace idswitch::store {

class ScratchTable {
 public:
  // In a file without a name, in the folder that SQLITE_TMPDIR or TMPDIR names, else in /var/tmp or
  // /tmp. Error: storage_failed.
  static Result<ScratchTable> make();

  ScratchTable(ScratchTable&&) noexcept;
  ScratchTable& operator=(ScratchTable&&) noexcept;
  ~ScratchTable();

  // Rows are numbered from 1. A failure is remembered, and every later call fails with it.
  void add(std::string_view key, std::string_view value);

  std::uint64_t size() const;

  // Every row, by the bytes of its key; of equal keys in the order they were added. row says false
  // to end it. The views live as long as the call of row.
  using Row = std::function<bool(std::string_view key, std::string_view value)>;
  Result<void> scan(const Row& row);

  // The value of the row with this number.
  Result<std::string> value(std::uint64_t number);

 private:
  struct Table;
  explicit ScratchTable(std::unique_ptr<Table> table);

  std::unique_ptr<Table> table_;
};

}  // namespace idswitch::store

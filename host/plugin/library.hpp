#pragma once

// Library: one plugin file, checked, loaded and never unloaded. Loading happens at start-up on one
// thread; afterwards everything is immutable and may be used from any thread.
//
// The checks, in this order, each refusal naming the file, what was found, what is wanted, the
// remedy:
//   1. path     a regular file that nobody but its user and root can write or put another one for
//   2. format   an ELF shared object for this machine, read without running any of it
//   3. symbols  exports idswitch_plugin_v1 (another major is named), read without running any of it
//   4. load     dlopen, now and local
//   5. hello    the entry answers: magic, both minor versions, exact table size for a minor we know
//   6. table    whole capability groups, ids, masks, slots, SKUs, codes, schemas that are JSON
//   7. init

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "idswitch/abi.h"

namespace idswitch::plugin {

class Library {
 public:
  // Error: plugin_refused.
  static Result<std::shared_ptr<const Library>> load(const std::filesystem::path& file);

  // Checks 5 to 7 for a table that is already in the process; name stands for the file.
  static Result<std::shared_ptr<const Library>> adopt(idsw_entry_v1 entry, const std::string& name);

  const std::string& file() const { return file_; }

  const idsw_plugin& table() const { return *table_; }

  std::string_view id() const;
  std::string_view version() const;

 private:
  Library() = default;

  std::string file_;
  const idsw_plugin* table_ = nullptr;
};

// A length without a pointer is read as nothing: what a plugin gives is not trusted.
inline std::string_view view(const idsw_str& text) {
  return text.ptr == nullptr ? std::string_view() : std::string_view(text.ptr, text.len);
}

inline std::string_view view(const idsw_bytes& bytes) {
  return bytes.ptr == nullptr
             ? std::string_view()
             : std::string_view(reinterpret_cast<const char*>(bytes.ptr), bytes.len);
}

}  // namespace idswitch::plugin

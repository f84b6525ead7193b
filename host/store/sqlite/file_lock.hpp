#pragma once

// FileLock: one process at a time on a database file, held through a side file "<path>.lock" that
// stays where it is. The kernel drops the lock with the process, however that ends. Any thread.

#include <string>

#include "base/result.hpp"

namespace idswitch::store {

class FileLock {
 public:
  // path: of the database. Error: storage_failed, naming the process that holds it when known.
  static Result<FileLock> take(const std::string& path);

  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}

  int descriptor_ = -1;
};

}  // namespace idswitch::store

#pragma once

// Kept pictures in the file. One thread at a time; the database must outlive both classes.

#include <vector>

#include "store/change.hpp"
#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {

class ImageWriter {
 public:
  explicit ImageWriter(Database& database);

  Result<void> keep(const KeepImage& kept);

 private:
  Database* database_;
  Statement keep_;
};

class ImageReader {
 public:
  explicit ImageReader(Database& database);

  // In the order they were first kept.
  Result<std::vector<Image>> of(VerificationId id);

 private:
  Database* database_;
  Statement of_;
};

}  // namespace idswitch::store

#include "store/sqlite/image_table.hpp"

namespace idswitch::store {

ImageWriter::ImageWriter(Database& database)
    : database_(&database),
      keep_(database,
            "INSERT INTO image (verification, verification_low, name, media_type, url, bytes)"
            " VALUES (?1,?2,?3,?4,?5,?6) ON CONFLICT (verification, name) DO UPDATE SET"
            " media_type = excluded.media_type, url = excluded.url, bytes = excluded.bytes") {}

Result<void> ImageWriter::keep(const KeepImage& kept) {
  const Image& image = kept.image;
  keep_.bind(kept.verification.high, kept.verification.low, image.name, image.media_type, image.url,
             Blob(image.bytes));
  if (!keep_.run()) return database_->error();
  return {};
}

ImageReader::ImageReader(Database& database)
    : database_(&database),
      of_(database,
          "SELECT name, media_type, bytes, url FROM image"
          " WHERE verification = ?1 AND verification_low = ?2 ORDER BY number") {}

Result<std::vector<Image>> ImageReader::of(VerificationId id) {
  std::vector<Image> images;
  Rows rows(of_.bind(id.high, id.low));
  while (rows.next()) images.push_back({of_.text(0), of_.text(1), of_.text(2), of_.text(3)});
  if (rows.failed()) return database_->error();
  return images;
}

}  // namespace idswitch::store

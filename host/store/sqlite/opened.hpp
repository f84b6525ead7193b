#pragma once

// Opened: what the doors of one open file share. Any thread.

#include <memory>
#include <string>

#include "store/sqlite/database_file.hpp"
#include "store/sqlite/reader_pool.hpp"
#include "store/sqlite/writer.hpp"

namespace idswitch::store {

struct Opened {
  Opened(std::string file, const StoreKey& its_key)
      : path(std::move(file)), key(its_key), readers(path) {}

  // Waits until the errand is durable. Error as well when the file is open for reading only.
  Result<std::int64_t> perform(Errand errand) {
    if (writer == nullptr) return reading_only();
    return writer->perform(std::move(errand));
  }

  static Error reading_only() {
    return Error(Errc::storage_failed, "the store is open for reading only");
  }

  // What `ask` reads all there is for, on a connection of its own: the pool's caches stay what they
  // are.
  template <class Reading, class Ask>
  auto read_apart(Ask ask) const -> decltype(ask(std::declval<Reading&>())) {
    if (readers.ended()) return ReaderPool::given_up();
    auto database = open_for_reading(path);
    if (!database) return database.error();
    database->give_up_when(readers.ended());
    Reading reading(*database);
    if (const auto prepared = database->prepared(); !prepared) return prepared.error();
    auto answer = ask(reading);
    if (!answer && readers.ended()) return ReaderPool::given_up();
    return answer;
  }

  const std::string path;
  const StoreKey key;
  ReaderPool readers;
  std::unique_ptr<Writer> writer;  // null: opened for reading
};

}  // namespace idswitch::store

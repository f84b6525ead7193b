#include "store/sqlite/reader_pool.hpp"

#include "store/sqlite/database_file.hpp"

namespace idswitch::store {

ReaderPool::Loan::~Loan() {
  if (reader_ == nullptr) return;
  const std::lock_guard lock(pool_->mutex_);
  pool_->idle_.push_back(std::move(reader_));
}

Result<ReaderPool::Loan> ReaderPool::lend() {
  if (ended_) return Error(Errc::shutting_down, "the switch is stopping");
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Loan loan(*this, std::move(idle_.back()));
      idle_.pop_back();
      return loan;
    }
  }
  auto database = open_for_reading(path_);
  if (!database) return database.error();
  database->give_up_when(ended_);
  auto reader = std::make_unique<Reader>(std::move(*database));
  if (const auto prepared = reader->database.prepared(); !prepared) return prepared.error();
  return Loan(*this, std::move(reader));
}

}  // namespace idswitch::store

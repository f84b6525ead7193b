#pragma once

// SqliteStore: the Store over one SQLite file. Any thread.

#include "store/file_lock.hpp"
#include "store/reader_pool.hpp"
#include "store/store.hpp"
#include "store/writer.hpp"

namespace idswitch::store {

class SqliteStore final : public Store {
 public:
  // path: resolved; its lock is held.
  SqliteStore(FileLock lock, const std::string& path, std::unique_ptr<GroupCommit> group_commit,
              std::size_t group_max);

  using Store::write;
  void write(Batch batch, std::function<void(Result<WriteResult>)> done) override;

  Result<std::optional<VerificationRecord>> find(VerificationId id) override;
  Result<std::vector<VerificationRecord>> list(const ListQuery& query) override;
  Result<std::vector<LedgerEntry>> entries_of(VerificationId id) override;
  Result<std::vector<LedgerEntry>> entries(const EntryQuery& query) override;
  Result<std::optional<ClaimResult>> find_claim(std::string_view tenant,
                                                std::string_view key) override;
  Result<std::vector<Image>> kept_images(VerificationId id) override;
  Result<std::uint64_t> last_id() override;
  Result<std::vector<VerificationRecord>> interrupted() override;
  Result<std::size_t> forget_claims_before(std::int64_t unix_ms) override;

 private:
  FileLock lock_;  // first: held until both connections below are closed
  ReaderPool readers_;
  Writer writer_;
};

}  // namespace idswitch::store

#include "store/sqlite_store.hpp"

#include "store/database_file.hpp"

namespace idswitch::store {
namespace {

Result<std::unique_ptr<Store>> open_resolved(const std::string& path, std::size_t group_max) {
  auto lock = FileLock::take(path);
  if (!lock) return lock.error();
  auto database = open_for_writing(path);
  if (!database) return database.error();
  auto group_commit = std::make_unique<GroupCommit>(std::move(*database));
  if (const auto prepared = group_commit->prepared(); !prepared) return prepared.error();
  return std::unique_ptr<Store>(
      std::make_unique<SqliteStore>(std::move(*lock), path, std::move(group_commit), group_max));
}

// Reads on a connection of the pool.
template <class Read>
auto with(ReaderPool& readers, Read read) -> decltype(read(std::declval<Reader&>())) {
  auto reader = readers.lend();
  if (!reader) return reader.error();
  return read(*reader->operator->());
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const Options& options) {
  const auto fail = [&](const Error& error) {
    return Error(error.code(),
                 "the store " + options.path + " cannot be opened: " + error.detail());
  };
  const auto path = resolve_database_path(options.path);
  if (!path) return fail(path.error());
  auto opened = open_resolved(*path, options.group_max);
  if (!opened) return fail(opened.error());
  return opened;
}

SqliteStore::SqliteStore(FileLock lock, const std::string& path,
                         std::unique_ptr<GroupCommit> group_commit, std::size_t group_max)
    : lock_(std::move(lock)), readers_(path), writer_(std::move(group_commit), group_max) {}

void SqliteStore::write(Batch batch, std::function<void(Result<WriteResult>)> done) {
  writer_.submit(std::move(batch), std::move(done));
}

Result<std::optional<VerificationRecord>> SqliteStore::find(VerificationId id) {
  return with(readers_, [&](Reader& reader) { return reader.verifications.find(id); });
}

Result<std::vector<VerificationRecord>> SqliteStore::list(const ListQuery& query) {
  return with(readers_, [&](Reader& reader) { return reader.verifications.list(query); });
}

Result<std::vector<LedgerEntry>> SqliteStore::entries_of(VerificationId id) {
  return with(readers_, [&](Reader& reader) { return reader.ledger.of(id); });
}

Result<std::vector<LedgerEntry>> SqliteStore::entries(const EntryQuery& query) {
  return with(readers_, [&](Reader& reader) { return reader.ledger.entries(query); });
}

Result<std::optional<ClaimResult>> SqliteStore::find_claim(std::string_view tenant,
                                                           std::string_view key) {
  return with(readers_, [&](Reader& reader) { return reader.idempotency.find(tenant, key); });
}

Result<std::vector<Image>> SqliteStore::kept_images(VerificationId id) {
  return with(readers_, [&](Reader& reader) { return reader.images.of(id); });
}

Result<std::uint64_t> SqliteStore::last_id() {
  return with(readers_, [](Reader& reader) { return reader.verifications.last_id(); });
}

Result<std::vector<VerificationRecord>> SqliteStore::interrupted() {
  return with(readers_, [](Reader& reader) { return reader.verifications.interrupted(); });
}

Result<std::size_t> SqliteStore::forget_claims_before(std::int64_t unix_ms) {
  return writer_.forget_claims_before(unix_ms);
}

}  // namespace idswitch::store

#include "store/sqlite/sqlite_store.hpp"

#include "store/sqlite/database_file.hpp"
#include "store/sqlite/schema.hpp"

namespace idswitch::store {
namespace {

const SystemClock k_system_clock;

Result<std::unique_ptr<Store>> open_resolved(const std::string& path, const Options& options) {
  auto lock = FileLock::take(path);
  if (!lock) return lock.error();
  auto database = open_for_writing(path, {options.utc_offset_min});
  if (!database) return database.error();
  const auto key = read_store_key(*database);
  if (!key) return key.error();
  const OffsetOf offset_of =
      options.utc_offset_min ? options.utc_offset_min : [](std::string_view) { return 0; };
  const Clock& clock = options.clock == nullptr ? k_system_clock : *options.clock;
  auto group_commit = std::make_unique<GroupCommit>(std::move(*database), clock, offset_of);
  if (const auto prepared = group_commit->prepared(); !prepared) return prepared.error();
  if (const auto joined = group_commit->join(); !joined) return joined.error();
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(std::move(*lock), path, *key,
                                                              std::move(group_commit), options));
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(const Options& options) {
  const auto fail = [&](const Error& error) {
    return Error(error.code(),
                 "the store " + options.path + " cannot be opened: " + error.detail());
  };
  const auto path = resolve_database_path(options.path);
  if (!path) return fail(path.error());
  auto opened = open_resolved(*path, options);
  if (!opened) return fail(opened.error());
  return opened;
}

Result<std::unique_ptr<Store>> Store::open_for_reading(const std::string& path) {
  const auto fail = [&](const Error& error) {
    return Error(error.code(), "the store " + path + " cannot be read: " + error.detail());
  };
  auto database = store::open_for_reading(path);
  if (!database) return fail(database.error());
  if (const auto checked = check_schema(*database); !checked) return fail(checked.error());
  const auto version = database->number("PRAGMA user_version");
  if (!version) return fail(version.error());
  if (*version != schema_version()) {
    return fail(Error(Errc::storage_failed,
                      "it was written by an older idswitch: start the switch on it once"));
  }
  const auto key = read_store_key(*database);
  if (!key) return fail(key.error());
  return std::unique_ptr<Store>(std::make_unique<SqliteStore>(path, *key));
}

SqliteStore::SqliteStore(FileLock lock, const std::string& path, const StoreKey& key,
                         std::unique_ptr<GroupCommit> group_commit, const Options& options)
    : lock_(std::move(lock)), opened_(path, key) {
  opened_.writer = std::make_unique<Writer>(
      std::move(group_commit),
      Writer::Limits{options.group_max, options.queue_max, options.queue_bytes_max});
}

void SqliteStore::write(Change change, std::function<void(Written)> done) {
  if (opened_.writer == nullptr) return done(Written::failed(Opened::reading_only()));
  opened_.writer->submit(std::move(change), std::move(done));
}

void SqliteStore::write_in_pass(Change change, std::function<void(Written)> done,
                                const boost::asio::any_io_executor& lane) {
  if (opened_.writer == nullptr) return done(Written::failed(Opened::reading_only()));
  opened_.writer->submit(std::move(change), std::move(done), lane);
}

}  // namespace idswitch::store

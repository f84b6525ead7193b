#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {
namespace {

constexpr int k_scratch_bytes = 2048;
constexpr int k_scratch_count = 64;

const char* remedy(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL: return "the disk is full: free some space, nothing has to be restarted";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the database file is damaged or not a database: stop the switch and restore it from "
             "a "
             "backup, or rebuild it with the sqlite3 shell's .recover";
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      return "the database file cannot be opened for writing: check the owner and the permissions "
             "of "
             "the file, of its -wal and -shm files and of its folder";
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return "another program holds a lock on the database file: close it";
    case SQLITE_IOERR: return "the disk reports an error: check the disk and the system log";
    case SQLITE_NOMEM: return "out of memory";
    default: return "the database refused the change";
  }
}

}  // namespace

void count_no_memory() {
  static_cast<void>(sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0));
}

Result<Database> Database::open(const std::string& path, Access access) {
  const int flags = (access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  Database database;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  database.handle_.reset(handle);
  if (handle == nullptr) return Error(Errc::storage_failed, remedy(SQLITE_NOMEM));
  if (code != SQLITE_OK) return database.error();
  // Rows of a thousand bytes find their scratch memory here, and not with the process's allocator.
  static_cast<void>(sqlite3_db_config(handle, SQLITE_DBCONFIG_LOOKASIDE, nullptr, k_scratch_bytes,
                                      k_scratch_count));
  sqlite3_busy_timeout(handle, k_lock_wait_ms);
  return database;
}

void Database::give_up_when(const std::atomic<bool>& ended) {
  // Often enough to be prompt, too seldom for a look-up to notice.
  constexpr int instructions = 10'000;
  const auto ask = [](void* flag) {
    return static_cast<const std::atomic<bool>*>(flag)->load(std::memory_order_relaxed) ? 1 : 0;
  };
  sqlite3_progress_handler(handle_.get(), instructions, ask,
                           const_cast<std::atomic<bool>*>(&ended));
}

Result<void> Database::execute(const char* sql) {
  if (sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return error();
  return {};
}

Result<std::int64_t> Database::number(const char* sql) {
  Statement statement(*this, sql);
  if (statement.step() != Step::row) return error();
  return statement.integer(0);
}

Result<std::string> Database::text(const char* sql) {
  Statement statement(*this, sql);
  if (statement.step() != Step::row) return error();
  return statement.text(0);
}

Error Database::error() const {
  const int code = sqlite3_errcode(handle_.get());
  return Error(Errc::storage_failed,
               std::string(remedy(code)) + " (SQLite: " + sqlite3_errmsg(handle_.get()) + ")");
}

Result<void> Database::prepared() const {
  if (unprepared_) return *unprepared_;
  return {};
}

Statement::Statement(Database& database, std::string_view sql) {
  sqlite3_stmt* handle = nullptr;
  if (sqlite3_prepare_v3(database.handle(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &handle, nullptr) != SQLITE_OK &&
      !database.unprepared_) {
    database.unprepared_ = database.error();
  }
  handle_.reset(handle);
}

Step Statement::step() {
  if (handle_ == nullptr || bound_ != SQLITE_OK) return Step::failed;
  const int code = sqlite3_step(handle_.get());
  if (code == SQLITE_ROW) return Step::row;
  return code == SQLITE_DONE ? Step::done : Step::failed;
}

bool Statement::run() {
  Step last = step();
  while (last == Step::row) last = step();
  // The error stays readable on the connection: resetting a failed statement keeps it.
  reset();
  return last == Step::done;
}

void Statement::reset() {
  sqlite3_reset(handle_.get());
}

std::string_view Statement::bytes(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(handle_.get(), column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column));
  return data == nullptr ? std::string_view() : std::string_view(data, size);
}

void Statement::put(int index, std::string_view value) {
  // A null pointer would bind NULL.
  const char* data = value.data() == nullptr ? "" : value.data();
  const int code =
      sqlite3_bind_text64(handle_.get(), index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) bound_ = code;
}

void Statement::put(int index, const Blob& value) {
  const char* data = value.bytes.data() == nullptr ? "" : value.bytes.data();
  const int code =
      sqlite3_bind_blob64(handle_.get(), index, data, value.bytes.size(), SQLITE_STATIC);
  if (code != SQLITE_OK) bound_ = code;
}

void Statement::put_null(int index) {
  const int code = sqlite3_bind_null(handle_.get(), index);
  if (code != SQLITE_OK) bound_ = code;
}

void Statement::put_integer(int index, std::int64_t value) {
  const int code = sqlite3_bind_int64(handle_.get(), index, value);
  if (code != SQLITE_OK) bound_ = code;
}

}  // namespace idswitch::store

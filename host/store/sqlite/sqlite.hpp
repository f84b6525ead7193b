#pragma once

// SQLite as two owning values: Database (a connection) and Statement (a prepared statement).
// Nothing else; SQL lives with the tables. One thread at a time.

#include <sqlite3.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/result.hpp"

namespace idswitch::store {

// Milliseconds a connection waits for a lock that another program holds on the file.
inline constexpr int k_lock_wait_ms = 2000;

// For a program that is ours, before its first database: SQLite counts no memory, which would take
// a lock with every allocation. The setting is the whole process's, so a library leaves it alone.
void count_no_memory();

enum class Access : std::uint8_t { read_only, read_write };

class Database {
 public:
  Database() = default;

  // The file must exist. Error: storage_failed.
  static Result<Database> open(const std::string& path, Access access);

  // Several statements without parameters.
  Result<void> execute(const char* sql);

  // The first column of the first row. Error as well when there is no row.
  Result<std::int64_t> number(const char* sql);
  Result<std::string> text(const char* sql);

  // What the last failed call was about, in one sentence that says what to do.
  Error error() const;

  // Rows the last INSERT, UPDATE or DELETE changed.
  std::int64_t changed() const { return sqlite3_changes64(handle_.get()); }

  // From now on a statement that is at work fails soon after ended is set; it must outlive this.
  void give_up_when(const std::atomic<bool>& ended);

  bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

  // Of the first Statement that could not be prepared, if any.
  Result<void> prepared() const;

  sqlite3* handle() const { return handle_.get(); }

 private:
  friend class Statement;

  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };

  std::unique_ptr<sqlite3, Close> handle_;
  std::optional<Error> unprepared_;
};

// Bytes to bind as a BLOB; a string_view is bound as TEXT.
struct Blob {
  std::string_view bytes;

  explicit Blob(std::string_view b) : bytes(b) {}

  explicit Blob(std::span<const std::uint8_t> b)
      : bytes(reinterpret_cast<const char*>(b.data()), b.size()) {}
};

enum class Step : std::uint8_t { row, done, failed };

class Statement {
 public:
  Statement() = default;

  // On failure every step fails, and database.prepared() says why. The database must outlive it.
  Statement(Database& database, std::string_view sql);

  // Starts afresh with parameters 1, 2, ...: integers, text, Blob. Text and Blob are borrowed until
  // the next reset or run, so name nothing that dies earlier.
  template <class... Values>
  Statement& bind(const Values&... values) {
    reset();
    bound_ = SQLITE_OK;
    int index = 0;
    (put(++index, values), ...);
    return *this;
  }

  Step step();

  // Steps to the end; false on failure. Resets.
  bool run();

  // Ends a read early; a statement that is not reset holds its snapshot open.
  void reset();

  // Of the current row. Text and blob live until the next step or reset.
  std::int64_t integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

  bool null(int column) const { return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL; }

  std::string_view bytes(int column) const;

  std::string text(int column) const { return std::string(bytes(column)); }

 private:
  void put(int index, std::string_view value);
  void put(int index, const Blob& value);
  void put_integer(int index, std::int64_t value);
  void put_null(int index);

  void put(int index, const std::optional<int>& value) {
    if (value) return put_integer(index, *value);
    put_null(index);
  }

  template <class Integer>
  requires std::is_integral_v<Integer> || std::is_enum_v<Integer>

  void put(int index, Integer value) { put_integer(index, static_cast<std::int64_t>(value)); }

  struct Finalize {
    void operator()(sqlite3_stmt* handle) const { sqlite3_finalize(handle); }
  };

  std::unique_ptr<sqlite3_stmt, Finalize> handle_;
  int bound_ = SQLITE_OK;
};

// Resets a statement that a scope reads rows from.
class Rows {
 public:
  explicit Rows(Statement& statement) : statement_(&statement) {}

  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  ~Rows() { statement_->reset(); }

  bool next() {
    last_ = statement_->step();
    return last_ == Step::row;
  }

  bool failed() const { return last_ == Step::failed; }

 private:
  Statement* statement_;
  Step last_ = Step::done;
};

// All reads in its scope see the same rows. Ends itself.
class Snapshot {
 public:
  explicit Snapshot(Database& database) : database_(&database), taken_(database.execute("BEGIN")) {}

  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  ~Snapshot() {
    if (database_->in_transaction()) static_cast<void>(database_->execute("ROLLBACK"));
  }

  const Result<void>& taken() const { return taken_; }

 private:
  Database* database_;
  Result<void> taken_;
};

}  // namespace idswitch::store

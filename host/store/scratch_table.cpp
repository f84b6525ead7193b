#include "store/scratch_table.hpp"

#include "store/sqlite/sqlite.hpp"

namespace idswitch::store {
namespace {

Error named(const Error& error) {
  return Error(error.code(), "the temporary file for sorting cannot be used: " + error.detail() +
                                 "; SQLITE_TMPDIR names another folder for it");
}

}  // namespace

struct ScratchTable::Table {
  Database database;
  Statement insert;
  Statement ordered;
  Statement one;
  std::uint64_t count = 0;
  bool has_failed = false;
  Error error;

  void fail(const Error& why) {
    if (!has_failed) error = named(why);
    has_failed = true;
  }
};

ScratchTable::ScratchTable(std::unique_ptr<Table> table) : table_(std::move(table)) {}

ScratchTable::ScratchTable(ScratchTable&&) noexcept = default;
ScratchTable& ScratchTable::operator=(ScratchTable&&) noexcept = default;
ScratchTable::~ScratchTable() = default;

Result<ScratchTable> ScratchTable::make() {
  // SQLite takes an empty name for a file of its own, which it deletes at the end.
  auto database = Database::open("", Access::read_write);
  if (!database) return named(database.error());
  auto table = std::make_unique<Table>();
  table->database = std::move(*database);
  // A few MiB a table stay in memory; sorting takes as much again.
  const auto made = table->database.execute(
      "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = FILE;"
      "PRAGMA cache_size = -4096; PRAGMA locking_mode = EXCLUSIVE;"
      "CREATE TABLE scratch (number INTEGER PRIMARY KEY, key BLOB NOT NULL, value BLOB NOT NULL)"
      " STRICT; BEGIN");
  if (!made) return named(made.error());
  table->insert = Statement(table->database, "INSERT INTO scratch (key, value) VALUES (?1, ?2)");
  table->ordered =
      Statement(table->database, "SELECT key, value FROM scratch ORDER BY key, number");
  table->one = Statement(table->database, "SELECT value FROM scratch WHERE number = ?1");
  if (const auto prepared = table->database.prepared(); !prepared) return named(prepared.error());
  return ScratchTable(std::move(table));
}

void ScratchTable::add(std::string_view key, std::string_view value) {
  if (table_->has_failed) return;
  ++table_->count;
  if (!table_->insert.bind(Blob(key), Blob(value)).run()) table_->fail(table_->database.error());
}

std::uint64_t ScratchTable::size() const {
  return table_->count;
}

Result<void> ScratchTable::scan(const Row& row) {
  if (table_->has_failed) return table_->error;
  Statement& statement = table_->ordered;
  statement.reset();
  Rows rows(statement);
  while (rows.next()) {
    if (!row(statement.bytes(0), statement.bytes(1))) return {};
  }
  if (rows.failed()) {
    table_->fail(table_->database.error());
    return table_->error;
  }
  return {};
}

Result<std::string> ScratchTable::value(std::uint64_t number) {
  if (table_->has_failed) return table_->error;
  Statement& statement = table_->one;
  statement.bind(number);
  Rows rows(statement);
  if (rows.next()) return statement.text(0);
  if (rows.failed())
    table_->fail(table_->database.error());
  else
    table_->fail(Error(Errc::storage_failed, "a row is missing"));
  return table_->error;
}

}  // namespace idswitch::store

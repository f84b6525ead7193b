// What stands in the file of a Life, read and changed behind the store's back.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "life.hpp"

namespace idswitch::engine::test {

int Life::rows(const std::string& sql) const {
  sqlite3* file_handle = nullptr;
  sqlite3_stmt* query = nullptr;
  int count = 0;
  EXPECT_EQ(sqlite3_open_v2(file().c_str(), &file_handle, SQLITE_OPEN_READONLY, nullptr),
            SQLITE_OK);
  EXPECT_EQ(sqlite3_prepare_v2(file_handle, sql.c_str(), -1, &query, nullptr), SQLITE_OK)
      << sqlite3_errmsg(file_handle);
  while (sqlite3_step(query) == SQLITE_ROW) ++count;
  sqlite3_finalize(query);
  sqlite3_close(file_handle);
  return count;
}

void Life::tamper(const std::string& sql) const {
  sqlite3* file_handle = nullptr;
  ASSERT_EQ(sqlite3_open(file().c_str(), &file_handle), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(file_handle, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(file_handle);
  sqlite3_close(file_handle);
}

bool Life::has_text(const std::string& text) const {
  sqlite3* file_handle = nullptr;
  sqlite3_stmt* names = nullptr;
  EXPECT_EQ(sqlite3_open_v2(file().c_str(), &file_handle, SQLITE_OPEN_READONLY, nullptr),
            SQLITE_OK);
  sqlite3_prepare_v2(file_handle, "SELECT name FROM sqlite_master WHERE type = 'table'", -1, &names,
                     nullptr);
  bool found = false;
  while (sqlite3_step(names) == SQLITE_ROW) {
    const std::string table(reinterpret_cast<const char*>(sqlite3_column_text(names, 0)));
    sqlite3_stmt* all = nullptr;
    sqlite3_prepare_v2(file_handle, ("SELECT * FROM " + table).c_str(), -1, &all, nullptr);
    while (sqlite3_step(all) == SQLITE_ROW) {
      for (int i = 0; i < sqlite3_column_count(all); ++i) {
        const auto* bytes = static_cast<const char*>(sqlite3_column_blob(all, i));
        const auto size = static_cast<std::size_t>(sqlite3_column_bytes(all, i));
        if (bytes != nullptr)
          found |= std::string_view(bytes, size).find(text) != std::string::npos;
      }
    }
    sqlite3_finalize(all);
  }
  sqlite3_finalize(names);
  sqlite3_close(file_handle);
  return found;
}

}  // namespace idswitch::engine::test

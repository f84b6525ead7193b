#include "present/text_table.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace idswitch {
namespace {

TEST(TextTable, AlignsWordsToTheLeftAndNumbersToTheRight) {
  const std::string text = table_text({{"account", "charged", "note"}, {"a", "10.00", ""}},
                                      [](std::size_t column) { return column == 1; });
  EXPECT_EQ(text,
            "account  charged  note\n"
            "a          10.00\n");
}

TEST(TextTable, IsIndentedAndTakesRowsOfAnyLength) {
  EXPECT_EQ(table_text({{"a"}, {"bb", "c"}, {}}, {}, "  "), "  a\n  bb  c\n\n");
  EXPECT_EQ(table_text({}), "");
}

TEST(TextTable, PrintsAsItsTextIs) {
  app::TextTable table({"sku", "n"}, 1, 2);
  table.add({"life_check", "7"});
  std::ostringstream out;
  table.print(out);
  EXPECT_EQ(out.str(), "sku         n\nlife_check  7\n");
}

}  // namespace
}  // namespace idswitch

#include "reconcile/statement_file.hpp"

#include <gtest/gtest.h>

#include "reconciliation_sample.hpp"

namespace idswitch::engine {
namespace {

using billing::StatementEncoding;

std::string read(const std::string& bytes, StatementEncoding encoding) {
  std::string pattern = (std::filesystem::temp_directory_path() / "idswitch-rec-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  std::ofstream(folder / "s.csv", std::ios::binary) << bytes;
  std::string text;
  const auto done =
      read_statement_file((folder / "s.csv").string(), encoding, [&](std::string_view piece) {
        text += piece;
        return Result<void>();
      });
  EXPECT_TRUE(done);
  std::filesystem::remove_all(folder);
  return text;
}

TEST(StatementFile, DecodesCharactersThatAPieceCutsInTwo) {
  for (const char* first : {"", "x", "xy", "xyz"}) {
    std::string text = first;
    for (int i = 0; i < 60'000; ++i) text += i % 3 == 0 ? "核身" : "𠀀";  // two and four bytes
    EXPECT_EQ(read(gb18030(text), StatementEncoding::gb18030), text);
    EXPECT_EQ(read(text, StatementEncoding::utf_8), text);
  }
}

TEST(StatementFile, MarksWhatIsNothingAndGoesOn) {
  EXPECT_EQ(read("a\xFF,\xBA\xCB\n", StatementEncoding::gb18030), "a\xFF,核\n");
  EXPECT_EQ(read("a\xBA", StatementEncoding::gb18030), "a\xFF");  // cut off at the end
}

TEST(StatementFile, ThatCannotBeReadIsNamed) {
  const auto nothing = [](std::string_view) { return Result<void>(); };
  const auto missing = read_statement_file("/nowhere/s.csv", StatementEncoding::utf_8, nothing);
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().detail().find("/nowhere/s.csv: No such file"), std::string::npos);
  EXPECT_FALSE(read_statement_file("/tmp", StatementEncoding::utf_8, nothing));
}

}  // namespace
}  // namespace idswitch::engine

#include "reconcile/csv_reader.hpp"

#include <gtest/gtest.h>

#include <random>

namespace idswitch::billing {
namespace {

// "line:field|field" of a record, "line!fault" of a broken one.
std::vector<std::string> read(const std::string& text, CsvFormat format = {},
                              std::size_t piece = SIZE_MAX, std::size_t fields = 0) {
  std::vector<std::string> said;
  CsvReader reader(format);
  if (fields != 0) reader.expect_fields(fields, fields);
  const auto take = [&](CsvRecord& record) {
    std::string one = std::to_string(record.line);
    if (!record.fault.empty()) {
      said.push_back(one + "!" + record.fault);
      return;
    }
    for (std::size_t i = 0; i < record.fields.size(); ++i) {
      one += (i == 0 ? ":" : "|") + record.fields[i];
    }
    said.push_back(one);
  };
  for (std::size_t at = 0; at < text.size(); at += std::min(piece, text.size() - at)) {
    reader.feed(std::string_view(text).substr(at, piece), take);
  }
  reader.finish(take);
  return said;
}

using Said = std::vector<std::string>;

TEST(CsvReader, ReadsWhatRfc4180Allows) {
  struct Case {
    std::string text;
    Said said;
  };

  const Case k_cases[] = {
      {"", {}},
      {"a", {"1:a"}},
      {"a,b\n", {"1:a|b"}},
      {"a,b\r\nc,d\r\n", {"1:a|b", "2:c|d"}},
      {"\xEF\xBB\xBF\"a\",b\n", {"1:a|b"}},
      {",\n", {"1:|"}},
      {"\"a,b\",\"c\"\"d\"\n", {"1:a,b|c\"d"}},
      {"\"a\nb\r\nc\",d\ne", {"1:a\nb\r\nc|d", "4:e"}},
      {"\"\"\n\"\"\"\"", {"1:", "2:\""}},
      {"a\n\n\r\nb", {"1:a", "4:b"}},
      {"5\" disk,b\n", {"1:5\" disk|b"}},
      {"\"a\"", {"1:a"}},
      {"\"a\"\r\n\"b\"\r\n", {"1:a", "2:b"}},
  };
  for (const Case& one : k_cases) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, SIZE_MAX}) {
      EXPECT_EQ(read(one.text, {}, piece), one.said) << one.text << " by " << piece;
    }
  }
}

TEST(CsvReader, GivesABrokenLineAndGoesOnBehindIt) {
  const std::string behind = "there is text behind a closing quote";
  const std::string open = "a quoted field is never closed";
  EXPECT_EQ(read("a\n\"b\" c\nd\n"), (Said{"1:a", "2!" + behind, "3:d"}));
  // A stray quote swallows nothing: the lines behind it are records again.
  EXPECT_EQ(read("\"a,1\nb,2\n\"c\",3\n"), (Said{"1!" + behind, "2:b|2", "3:c|3"}));
  EXPECT_EQ(read("a,1\n\"b,2\nc,3\nd,4"), (Said{"1:a|1", "2!" + open, "3:c|3", "4:d|4"}));
  const std::string count = "it has 3 fields, and 2 are expected";
  EXPECT_EQ(read("a,b\na,b,c\nc\nd,e,,\n", {}, SIZE_MAX, 2),
            (Said{"1:a|b", "2!" + count, "3!it has 1 fields, and 2 are expected", "4:d|e"}));
}

TEST(CsvReader, HoldsNoMoreThanOneRecordHoweverLongALineIs) {
  const std::string absurd(3 * CsvReader::k_record_bytes_max, 'x');
  const std::string why = "it is longer than 65536 bytes";
  EXPECT_EQ(read("a\n" + absurd + "\nb\n", {}, 1000), (Said{"1:a", "2!" + why, "3:b"}));
  EXPECT_EQ(read("\"" + absurd + "\nb\n", {}, 1000).back(), "2:b");
}

TEST(CsvReader, TakesOtherDelimitersAndQuotesAndPassesLinesOver) {
  EXPECT_EQ(read("title\n\nx;'a;b'\n", {';', '\'', 1}), (Said{"3:x|a;b"}));
}

TEST(CsvReader, ReadsBackWhatWasWrittenInAnyPieces) {
  std::mt19937 random(42);
  static const std::string k_pieces[] = {"a", ",", "\"", "\n", "\r\n", "核", " ", "1"};
  for (int round = 0; round < 500; ++round) {
    std::string text;
    Said expected;
    std::size_t line = 1;
    for (unsigned records = 1 + random() % 5; records > 0; --records) {
      std::string said = std::to_string(line) + ":";
      for (unsigned fields = 1 + random() % 4; fields > 0; --fields) {
        std::string field = "f";
        for (unsigned parts = random() % 6; parts > 0; --parts) field += k_pieces[random() % 8];
        text += '"';
        for (const char c : field) text += c == '"' ? "\"\"" : std::string(1, c);
        text += fields > 1 ? "\"," : "\"\n";
        said += field + (fields > 1 ? "|" : "");
        line += std::size_t(std::count(field.begin(), field.end(), '\n'));
      }
      ++line;
      expected.push_back(said);
    }
    ASSERT_EQ(read(text, {}, 1 + random() % 7), expected) << text;
  }
}

}  // namespace
}  // namespace idswitch::billing

#include "config/yaml/indentation.hpp"

#include <gtest/gtest.h>

#include <iterator>
#include <string>
#include <string_view>

#include "config/yaml/source_text.hpp"

namespace idswitch::config {
namespace {

// A place in a text that counts how often one was read.
class Counting {
 public:
  Counting(const char* at, std::size_t& reads) : at_(at), reads_(&reads) {}

  char operator*() const {
    ++*reads_;
    return *at_;
  }

  Counting& operator++() {
    ++at_;
    return *this;
  }

  bool operator==(const Counting& other) const { return at_ == other.at_; }

  const char* place() const { return at_; }

 private:
  const char* at_;
  std::size_t* reads_;
};

TEST(Indentation, FindsItsEndAndItsFirstTab) {
  const auto found = [](std::string_view line) {
    const auto [tab, end] = indentation_of(line.begin(), line.end());
    return std::pair(tab - line.begin(), end - line.begin());
  };
  EXPECT_EQ(found(""), std::pair(0L, 0L));
  EXPECT_EQ(found("a\tb"), std::pair(0L, 0L));
  EXPECT_EQ(found("  a\tb"), std::pair(2L, 2L));
  EXPECT_EQ(found("  \t \ta\t"), std::pair(2L, 5L));
  EXPECT_EQ(found(" \t"), std::pair(1L, 2L));
  EXPECT_EQ(found("  \n\tb"), std::pair(2L, 2L));
}

// A large file without a tab was once searched to its end from every line.
TEST(Indentation, IsNotLookedForBehindItsLine) {
  constexpr std::size_t k_lines = 20'000;
  std::string text;
  std::size_t reads = 0;
  for (std::size_t i = 0; i < k_lines; ++i) text += "    - name: tenant without a tab\n";
  const Counting end(text.data() + text.size(), reads);
  std::size_t line = 0;
  for (std::size_t i = 0; i < k_lines; ++i) {
    (void)indentation_of(Counting(text.data() + line, reads), end);
    line = text.find('\n', line) + 1;
  }
  EXPECT_LE(reads, k_lines * 12);
}

TEST(SourceText, NamesEveryTabInAnIndentation) {
  const SourceText text("a:\n\tb: 1\n  \t\n  \tc: 2\nd: \t3\n \t");
  const std::vector<YamlFault> faults = text.faults();
  ASSERT_EQ(faults.size(), 2u);
  EXPECT_EQ(faults[0].where.line, 2);
  EXPECT_EQ(faults[0].where.column, 1);
  EXPECT_EQ(faults[1].where.line, 4);
  EXPECT_EQ(faults[1].where.column, 3);
}

}  // namespace
}  // namespace idswitch::config

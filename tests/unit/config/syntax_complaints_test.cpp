#include <algorithm>
#include <random>
#include <string>

#include "complaint_case.hpp"

namespace idswitch::config {
namespace {

using namespace std::string_literals;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (const Complaint& complaint : load_text(text, "f", ".").complaints) {
    lines.push_back(complaint.line().substr(2));
  }
  return lines;
}

TEST(ConfigSyntax, IsExplainedAtItsPosition) {
  const struct {
    std::string text;
    std::vector<std::string> complaints;
  } cases[] = {
      {"", {"1:1: the file is empty: start from configs/minimal.yaml"}},
      {"# only a remark\n", {"1:1: the file is empty: start from configs/minimal.yaml"}},
      {"~\n", {"1:1: the file is empty: start from configs/minimal.yaml"}},
      {"---\n...\n", {"1:1: the file is empty: start from configs/minimal.yaml"}},
      {"just words\n", {"1:1: found the text \"just words\", wanted a mapping"}},
      {"- a\n- b\n", {"1:1: found a list, wanted a mapping"}},
      {"\x7f\x45LF\0\0"s, {"1:1: not a text file in UTF-8: found the byte 0x7f"}},
      {"a: 1\nb: x\0y\n"s, {"2:5: not a text file in UTF-8: found the byte 0x00"}},
      {"\xFF\xFEs\0e\0"s, {"1:1: not a text file in UTF-8: found the byte 0xff"}},
      {"a: \"\xE5\x90\x8D\xE5\x90\"\n", {"1:6: not a text file in UTF-8: found the byte 0xe5"}},
      {"a:\n\tb: 1\n  \tc: 1\n",
       {"2:1: a tab in the indentation: indent with spaces",
        "3:3: a tab in the indentation: indent with spaces"}},
      {"a: b: c\n",
       {"1:5: a \":\" where none can stand: indent keys of one level alike, and quote a text that "
        "holds \": \""}},
      {"a: 1\n b: 2\n",
       {"2:3: a \":\" where none can stand: indent keys of one level alike, and quote a text that "
        "holds \": \""}},
      {"a:\n  b: 1\n c: 2\n", {"3:2: the indentation does not fit the lines above"}},
      {"a: [1, 2\n", {"2:1: a \"[\" without its \"]\", or a missing comma"}},
      {"a: {b: 1\n", {"2:1: a \"{\" without its \"}\", or a missing comma"}},
      {"a: @b\n", {"1:4: a text cannot begin with this character: put it in quotes"}},
      {"a: \"b\nc: 2\n", {"1:4: a quote that is never closed"}},
      {"a: 'it''s\nc: 2\n", {"1:4: a quote that is never closed"}},
      {"a: &x 1\nb: *x\n",
       {"1:4: an anchor (\"&name\"): write the value where it is used",
        "2:4: an alias (\"*name\"): write the value itself"}},
      {"a: *nobody\n", {"1:4: an alias (\"*name\"): write the value itself"}},
      {"a: !!int 1\nb: !secret x\n",
       {"1:4: a tag (\"!name\"): write the value without it, in quotes for a text",
        "2:4: a tag (\"!name\"): write the value without it, in quotes for a text"}},
      {"a: 1\n---\nb: 2\n",
       {"2:1: a second document: everything must stand in one, without a further \"---\""}},
      {", a: 1\n", {"1:1: nothing can stand here: is it indented like what it belongs to?"}},
      {"]\n", {"1:1: a \"]\" or \"}\" without its \"[\" or \"{\""}},
      {"[a, b]: 1\n", {"1:1: a key must be a word"}},
      {"a: \"\\q\"\n", {"1:7: not YAML: unknown escape character: q"}},
  };

  for (const auto& one : cases) EXPECT_EQ(lines_of(one.text), one.complaints) << one.text;
}

TEST(ConfigSyntax, TakesWhatEditorsAdd) {
  const SampleConfig sample;
  EXPECT_TRUE(
      sample.complaints("\xEF\xBB\xBF# x\r\nserver:\r\n  public_url: https://id.example\r\n")
          .empty());
  EXPECT_TRUE(sample.complaints("---\nserver: {public_url: 'https://id.example'}\n").empty());
  EXPECT_TRUE(
      sample.complaints("server:\n\t\n  # \tremark\n  public_url: https://id.example\n").empty());
}

TEST(ConfigSyntax, CountsColumnsInCharacters) {
  const SampleConfig sample;
  EXPECT_EQ(
      sample.complaints("log: {\"\xE5\x90\x8D\xE5\xAD\x97\": 1, level: loud}"),
      (std::vector<std::string>{
          "1:7: log.\xE5\x90\x8D\xE5\xAD\x97: unknown key: known are: level",
          "1:23: log.level: \"loud\" is no level: known are: debug, info, warn, error, off"}));
}

// Ends, and points into the file, whatever a hand may have done to it.
TEST(ConfigSyntax, SurvivesMutations) {
  constexpr std::string_view k_pieces[] = {
      ":",  " ", "\n", "- ", "{",     "}",  "[", "]",  "\"", "'", "#",  "&a",   "*a",
      "!t", "|", "\t", "~",  "---\n", "? ", "%", "\\", "x",  "9", "  ", "\r\n", "\xE5\x90\x8D",
      ",",  "@"};
  const std::string original =
      "server: {public_url: 'https://id.example', threads: 2}\n"
      "accounts:\n"
      "  main:\n"
      "    product: a/b\n"
      "    settings: {list: [1, \"two\"], nested: {three: 3}}\n"
      "    contract: {currency: CNY, time: +08:00, versions: [{version: 1, prices: {v: 1}}, "
      "{version: 2, from: 2026-01-01, prices: {v: {price: 1, tiers: [{from: 9, price: 0}]}}}]}\n"
      "tenants:\n"
      "  shop:\n"
      "    api_keys: []\n"
      "    attributes: {vip: truth, plan: {type: text, values: [free]}}\n"
      "    experiments: {e: {seed: s, arms: {control: {weight: 1, use: main}, b: {weight: 0, use: "
      "[main]}}}}\n"
      "    routes:\n"
      "      - {method: h5, checks: [liveness], accounts: [main]}  # the first one\n"
      "      - method: h5\n"
      "        checks: [liveness]\n"
      "        when: {any: [{risk: {at_least: 0.5, not: 0.7}}, {plan: free}], not: {vip: true}}\n"
      "        use: {weighted: [{weight: 80, use: {cheapest: [main]}}, {weight: 1, use: "
      "{experiment: e}}]}\n";
  std::mt19937 random(1);
  for (int i = 0; i < 3'000; ++i) {
    std::string text = original;
    for (auto edits = 1 + random() % 4; edits > 0; --edits) {
      const auto at = random() % (text.size() + 1);
      text.replace(at, random() % 3, k_pieces[random() % std::size(k_pieces)]);
    }
    const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
    for (const Complaint& complaint : load_text(text, "f", ".").complaints) {
      EXPECT_GE(complaint.where.line, 1) << text;
      EXPECT_LE(complaint.where.line, lines) << text;
      EXPECT_GE(complaint.where.column, 1) << text;
      EXPECT_EQ(complaint.line().find('\n'), std::string::npos) << text;
    }
  }
}

TEST(ConfigSyntax, SurvivesDeepNesting) {
  const std::string deep = "a: " + std::string(100'000, '[');
  EXPECT_EQ(lines_of(deep).size(), 1u);
}

}  // namespace
}  // namespace idswitch::config

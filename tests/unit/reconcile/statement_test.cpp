#include "reconcile/statement.hpp"

#include <gtest/gtest.h>

#include "../billing/contract.hpp"

namespace idswitch::billing {
namespace {

TEST(StatementAmount, IsReadExactlyOrNotAtAll) {
  struct Case {
    const char* text;
    std::optional<std::int64_t> micros;
    char decimal = '.';
    char thousands = ',';
  };

  const Case k_cases[] = {
      {"0.30", 300'000},
      {" 1,234.50\t", 1'234'500'000},
      {"¥1,234,567.5", 1'234'567'500'000},
      {"-0.30", -300'000},
      {"-¥0.30", -300'000},
      {"¥ -0.30元", -300'000},
      {"(0.30)", -300'000},
      {"+12 CNY", 12'000'000},
      {"0.30000000", 300'000},
      {"1.234,50", 1'234'500'000, ',', '.'},
      {"1 234,5", 1'234'500'000, ',', ' '},
      {"1234", 1'234'000'000, '.', '\0'},
      {"1,23", {}},  // a decimal comma, or a missing digit: nobody knows
      {"1234,567", {}},
      {",123", {}},
      {"1,,234", {}},
      {"1,234", {}, '.', '\0'},
      {"0.1234567", {}},
      {"1e3", {}},
      {"--1", {}},
      {"(-1)", {}},
      {"1.", {}},
      {".5", {}},
      {"", {}},
      {"abc", {}},
      {"1234567890123", {}},
  };
  for (const Case& one : k_cases) {
    AmountFormat format;
    format.decimal = one.decimal;
    format.thousands = one.thousands;
    const auto read = read_amount(one.text, format);
    EXPECT_EQ(read ? std::optional(read->micros) : std::nullopt, one.micros) << one.text;
  }
}

TEST(StatementTime, IsReadByItsPattern) {
  constexpr std::int64_t k_at = 1'793'496'600'000;  // 2026-11-01 09:30:00 +08:00

  struct Case {
    const char* text;
    const char* pattern;
    std::optional<std::int64_t> at;
  };

  const Case k_cases[] = {
      {"2026-11-01 09:30:00", "", k_at},
      {"2026-11-01T09:30", "", k_at},
      {"2026-11-01T01:30:00.250Z", "", k_at + 250},
      {"2026-11-01 02:30:00 +01:00", "", k_at},
      {"2026-11-1 9:30", "", k_at},
      {"2026-11-01", "", k_at - 34'200'000},
      {"2026年11月01日 09时30分", "%Y年%m月%d日 %H时%M分", k_at},
      {"01/11/2026 09:30:00.5", "%d/%m/%Y %H:%M:%S.%L", k_at + 500},
      {"20261101013000+0000", "%Y%m%d%H%M%S%z", k_at},
      {"2026-11-31 09:30:00", "", {}},
      {"2026-11-01 24:30:00", "", {}},
      {"2026-11-01 09:30:00 CST", "", {}},
      {"01/11/2026", "", {}},
      {"", "", {}},
  };
  for (const Case& one : k_cases) {
    const auto read = read_time(one.text, {one.pattern, 480});
    EXPECT_EQ(read ? std::optional(*read) : std::nullopt, one.at) << one.text;
  }
}

constexpr const char* k_map = R"(columns: {reference: [no, id], time: when, sku: what, amount: sum}
skus: {识别: verify}
only: [{column: kind, values: [paid, free]}]
ignore: [{column: what, values: [total]}]
)";

StatementMap map_of(const std::string& text) {
  auto read = read_statement_map(text, "map.yaml", contract());
  for (const auto& complaint : read.complaints) ADD_FAILURE() << complaint.line();
  return read.map;
}

TEST(Statement, LinesSpeakOurWords) {
  const StatementMap map = map_of(k_map);
  const config::Contract contract = billing::contract();
  StatementReader reader(map, contract);
  ASSERT_TRUE(reader.header({1, {"kind", "no", "id", "when ", "what", "sum"}, ""}).empty());
  EXPECT_EQ(reader.fields_least(), 6U);
  const auto line = [&](std::vector<std::string> fields) {
    return reader.line({7, std::move(fields), ""});
  };
  StatementLine read = line({"paid", " r1\t", "", "2026-11-01", "识别", "0.2"});
  EXPECT_EQ(read.fault, "");
  EXPECT_EQ(read.references, std::vector<std::string>{"r1"});
  EXPECT_EQ(read.sku, "verify");
  EXPECT_TRUE(read.is_known_sku);
  EXPECT_EQ(read.amount.micros, 200'000);
  EXPECT_EQ(read.currency, "CNY");
  EXPECT_EQ(read.line, 7);
  read = line({"paid", "r1", "r2", "2026-11-01", "ocr", "0.2"});
  EXPECT_FALSE(read.is_known_sku);
  EXPECT_EQ(read.references.size(), 2U);
  EXPECT_TRUE(line({"refunded", "", "", "", "", ""}).is_ignored);
  EXPECT_TRUE(line({"paid", "", "", "", "total", ""}).is_ignored);
  EXPECT_NE(line({"paid", "r", "", "yesterday", "verify", "1"}).fault.find("its time"),
            std::string::npos);
  EXPECT_NE(line({"paid", "r", "", "2026-11-01", "verify", "x"}).fault.find("its amount"),
            std::string::npos);
  EXPECT_NE(line({"paid", "r", "", "2026-11-01", "", "1"}).fault.find("names no SKU"),
            std::string::npos);
  EXPECT_NE(line({"paid", "\xFF", "", "2026-11-01", "verify", "1"}).fault.find("bytes"),
            std::string::npos);
  EXPECT_EQ(line({"paid", "\xFF", "", "", "", ""}).text.find('\xFF'), std::string::npos);
}

TEST(Statement, UnitPricesAreMultiplied) {
  const StatementMap map = map_of(
      "header: false\ncolumns: {reference: 1, unit_price: 2, units: 3}\ndefault_sku: verify\n");
  const config::Contract contract = billing::contract();
  const StatementReader reader(map, contract);
  EXPECT_EQ(reader.fields_least(), 3U);
  EXPECT_EQ(reader.line({1, {"r", "0.20", "3"}, ""}).amount.micros, 600'000);
  EXPECT_NE(reader.line({1, {"r", "0.20", "3.5"}, ""}).fault, "");
  EXPECT_NE(reader.line({1, {"r", "999999999999", "999999999"}, ""}).fault, "");
}

TEST(StatementMap, ComplaintsNameLineAndColumn) {
  struct Case {
    std::string text;
    const char* complaint;
  };

  const std::string columns = "columns: {reference: a, amount: b}\ndefault_sku: verify\n";
  const Case k_cases[] = {
      {"", "start from configs/statement-map.yaml"},
      {columns + "windoww: 3m\n", "map.yaml:3:1: windoww: unknown key: did you mean \"window\"?"},
      {columns + "encoding: gbk\n", "map.yaml:3:11: encoding:"},
      {columns + "delimiter: \"::\"\n", "map.yaml:3:12: delimiter:"},
      {columns + "quote: \",\"\n", "delimiter and quote are the same"},
      {columns + "skus: {x: verifi}\n",
       "map.yaml:3:11: skus.x: the account's contract has no price"},
      {columns + "time: {format: \"%Y-%m-%d %h\"}\n", "unknown directive %h"},
      {columns + "time: {format: \"%Y-%m\"}\n", "has no %d"},
      {columns + "amount: {decimal: \",\", thousands: \",\"}\n", "same character"},
      {columns + "header: false\n", "map.yaml:1:22: a: without a header row"},
      {"columns: {reference: a, amount: b}\n", "the contract has more than one SKU"},
      {"columns: {amount: b}\ndefault_sku: verify\n", "wanted `reference` or `time`"},
      {"columns: {reference: a}\ndefault_sku: verify\n", "wanted `amount`, or `unit_price`"},
      {"columns: {reference: 0, amount: b}\ndefault_sku: verify\n",
       "map.yaml:1:22: columns.reference"},
  };
  for (const Case& one : k_cases) {
    const auto read = read_statement_map(one.text, "map.yaml", contract());
    std::string all;
    for (const auto& complaint : read.complaints) all += complaint.line() + "\n";
    EXPECT_NE(all.find(one.complaint), std::string::npos) << one.text << all;
  }
}

TEST(StatementMap, ColumnsThatTheHeaderLacksAreNamed) {
  const StatementMap map = map_of(k_map);
  const config::Contract contract = billing::contract();
  StatementReader reader(map, contract);
  const auto complaints = reader.header({1, {"kind", "no", "no", "when", "what", "summ"}, ""});
  std::string all;
  for (const auto& complaint : complaints) all += complaint.line() + "\n";
  EXPECT_NE(all.find("no: the statement's header row has it more than once"), std::string::npos)
      << all;
  EXPECT_NE(all.find("did you mean \"summ\"?"), std::string::npos) << all;
  EXPECT_NE(all.find("map.yaml:1:27: id:"), std::string::npos) << all;
}

}  // namespace
}  // namespace idswitch::billing

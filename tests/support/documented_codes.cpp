#include "support/documented_codes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <tuple>

#include "idswitch/sdk/text.hpp"

namespace idswitch::test {
namespace {

using sdk::view;

constexpr std::uint32_t k_operation_last = IDSW_OP_TOKEN;

std::uint32_t operation_of(const std::string& word) {
  for (std::uint32_t number = 1; number <= k_operation_last; ++number) {
    if (operation_word(number) == word) return number;
  }
  if (word == "device") return 0;
  throw std::runtime_error("unknown operation " + word);
}

bool is_verdict(const std::string& outcome) {
  return outcome == "pass" || outcome == "fail" || outcome == "inconclusive";
}

std::string outcome_of(const idsw_code& row) {
  if ((row.flags & IDSW_CODE_PENDING) != 0) return "pending";
  if ((row.flags & IDSW_CODE_EXPIRED) != 0) return "expired";
  if (row.verdict != 0) return std::string(verdict_word(row.verdict));
  return row.error_class != 0 ? std::string(error_class_word(row.error_class)) : "ok";
}

using Key = std::tuple<std::uint32_t, std::string, std::string>;  // operation, code, word

std::vector<std::uint32_t> operations_of(const idsw_code& row) {
  if (row.operations == 0) return {0};
  std::vector<std::uint32_t> operations;
  for (std::uint32_t number = 1; number <= k_operation_last; ++number) {
    if ((row.operations >> number & 1) != 0) operations.push_back(number);
  }
  return operations;
}

void expect_row(const DocumentedCode& documented, const idsw_code& row) {
  EXPECT_EQ(documented.outcome, outcome_of(row)) << documented.name();
  EXPECT_EQ(documented.reason, row.reason == 0 ? "" : reason_word(row.reason)) << documented.name();
  EXPECT_EQ(documented.charge, row.charge == 0 ? "unknown" : charge_word(row.charge))
      << documented.name();
}

void append_line(const std::string& line, std::vector<DocumentedCode>& to) {
  std::istringstream words(line);
  std::string operations, code;
  DocumentedCode one;
  if (!(words >> operations >> code >> one.outcome))
    throw std::runtime_error("unreadable: " + line);
  if (is_verdict(one.outcome) && one.outcome != "pass") words >> one.reason;
  std::string more;
  if (!(words >> one.charge) || words >> more) throw std::runtime_error("unreadable: " + line);
  const auto colon = code.find(':');
  one.code = code.substr(0, colon);
  if (colon != std::string::npos) one.word = code.substr(colon + 1);
  std::istringstream list(operations);
  for (std::string operation; std::getline(list, operation, '+');) {
    one.operation = operation_of(operation);
    to.push_back(one);
  }
}

}  // namespace

std::string DocumentedCode::name() const {
  const std::string where = operation == 0 ? "device" : std::string(operation_word(operation));
  return where + " " + code + (word.empty() ? "" : ":" + word);
}

std::vector<DocumentedCode> read_documented_codes(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<DocumentedCode> codes;
  for (std::string line; std::getline(in, line);) {
    line = line.substr(0, line.find('#'));
    if (line.find_first_not_of(" \t\r") != std::string::npos) append_line(line, codes);
  }
  if (codes.empty()) throw std::runtime_error("no codes in " + file.string());
  return codes;
}

void expect_table(const std::vector<DocumentedCode>& documented, const idsw_product& product) {
  std::set<Key> known;
  for (const DocumentedCode& one : documented) {
    EXPECT_TRUE(known.emplace(one.operation, one.code, one.word).second) << one.name() << " twice";
  }
  std::set<Key> rows;
  for (std::uint64_t i = 0; i < product.code_count; ++i) {
    const idsw_code& row = product.codes[i];
    for (const std::uint32_t operation : operations_of(row)) {
      const Key key{operation, view(row.code), view(row.word)};
      EXPECT_TRUE(rows.insert(key).second) << view(row.code) << " has two rows";
      const auto found = std::find_if(documented.begin(), documented.end(), [&](const auto& one) {
        return Key{one.operation, one.code, one.word} == key;
      });
      if (found == documented.end()) {
        ADD_FAILURE() << view(row.code) << " " << view(row.word) << " is in no document, operation "
                      << operation;
      } else {
        expect_row(*found, row);
      }
    }
  }
  for (const DocumentedCode& one : documented) {
    EXPECT_TRUE(rows.contains({one.operation, one.code, one.word})) << "no row for " << one.name();
  }
}

std::string outcome_of(const OperationRun& run) {
  if (run.fail) return std::string(error_class_word(run.fail->error_class));
  if (!run.finish) return "ok";
  switch (run.finish->outcome) {
    case IDSW_OUTCOME_PENDING: return "pending";
    case IDSW_OUTCOME_EXPIRED: return "expired";
    case IDSW_OUTCOME_COMPLETED: return std::string(verdict_word(run.finish->verdict));
    default: return "ok";
  }
}

std::string reason_of(const OperationRun& run) {
  return run.finish && run.finish->reason != 0 ? std::string(reason_word(run.finish->reason)) : "";
}

}  // namespace idswitch::test

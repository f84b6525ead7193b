#include "engine/traffic/counts_text.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <stdexcept>

namespace idswitch::engine {
namespace {

namespace json = boost::json;

void append_number(std::string& out, std::int64_t number) {
  char digits[24];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

// "[1,2,3]" without the zeros at the end.
template <class Numbers>
void append_numbers(std::string& out, const Numbers& numbers) {
  auto end = numbers.end();
  while (end != numbers.begin() && *(end - 1) == 0) --end;
  out += '[';
  for (auto number = numbers.begin(); number != end; ++number) {
    if (number != numbers.begin()) out += ',';
    append_number(out, static_cast<std::int64_t>(*number));
  }
  out += ']';
}

template <class Rows>
void append_rows(std::string& out, const Rows& rows) {
  out += '[';
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i > 0) out += ',';
    append_numbers(out, rows[i]);
  }
  out += ']';
}

template <class Numbers>
void read_numbers(const json::value& value, Numbers& out) {
  const json::array& items = value.as_array();
  if (items.size() > out.size()) throw std::out_of_range("too many numbers");
  for (std::size_t i = 0; i < items.size(); ++i) {
    out[i] = static_cast<typename Numbers::value_type>(items[i].as_int64());
  }
}

template <class Rows>
void read_rows(const json::value& value, Rows& out) {
  const json::array& rows = value.as_array();
  if (rows.size() > out.size()) throw std::out_of_range("too many rows");
  for (std::size_t i = 0; i < rows.size(); ++i) read_numbers(rows[i], out[i]);
}

}  // namespace

void append_counts(std::string& out, const routing::Counts& counts) {
  out += '[';
  append_number(out, counts.starts);
  out += ',';
  append_number(out, counts.starts_failed);
  out += ',';
  append_numbers(out, counts.ended);
  out += ',';
  append_rows(out, counts.charged);
  out += ',';
  append_numbers(out, counts.latency);
  out += ']';
}

void append_prices(std::string& out, const decltype(routing::AccountNow::price_micros)& prices) {
  append_rows(out, prices);
}

routing::Counts counts_of(const json::value& value) {
  const json::array& parts = value.as_array();
  routing::Counts counts;
  counts.starts = static_cast<std::uint32_t>(parts.at(0).as_int64());
  counts.starts_failed = static_cast<std::uint32_t>(parts.at(1).as_int64());
  read_numbers(parts.at(2), counts.ended);
  read_rows(parts.at(3), counts.charged);
  read_numbers(parts.at(4), counts.latency);
  return counts;
}

void read_prices(const json::value& value, decltype(routing::AccountNow::price_micros)& out) {
  read_rows(value, out);
}

Result<routing::Counts> read_counts(std::string_view text) {
  try {
    return counts_of(json::parse(json::string_view(text.data(), text.size())));
  } catch (const std::exception&) {
    return Error(Errc::invalid_field, "these are no counts");
  }
}

}  // namespace idswitch::engine

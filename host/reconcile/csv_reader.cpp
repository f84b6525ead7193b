#include "reconcile/csv_reader.hpp"

#include <algorithm>

namespace idswitch::billing {
namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t k_shown_bytes = 200;

// The first line's bytes, its line break included; npos when it has not ended.
std::size_t first_line_bytes(std::string_view text, bool is_end) {
  const std::size_t end = text.find('\n');
  if (end != std::string_view::npos) return end + 1;
  return is_end ? text.size() : std::string_view::npos;
}

std::string_view without_line_break(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

struct CsvReader::Attempt {
  enum class End : std::uint8_t { complete, unfinished, broken };
  End end = End::complete;
  std::size_t bytes = 0;
  std::int64_t lines = 0;
  const char* fault = "";
};

void CsvReader::expect_fields(std::size_t least, std::size_t most) {
  fields_least_ = least;
  fields_most_ = most;
}

void CsvReader::feed(std::string_view text, const Sink& sink) {
  pending_ += text;
  read(false, sink);
}

void CsvReader::finish(const Sink& sink) {
  read(true, sink);
}

CsvReader::Attempt CsvReader::attempt(std::string_view text, bool is_end, CsvRecord& record) const {
  using End = Attempt::End;
  record.fields.clear();
  Attempt tried;
  std::size_t at = 0;
  while (true) {
    std::string& field = record.fields.emplace_back();
    if (at < text.size() && text[at] == format_.quote) {
      ++at;
      while (true) {
        const std::size_t quote = text.find(format_.quote, at);
        if (quote == std::string_view::npos) {
          tried.fault = "a quoted field is never closed";
          tried.end = is_end || text.size() > k_record_bytes_max ? End::broken : End::unfinished;
          return tried;
        }
        field.append(text.substr(at, quote - at));
        tried.lines += std::count(text.begin() + std::ptrdiff_t(at),
                                  text.begin() + std::ptrdiff_t(quote), '\n');
        at = quote + 1;
        if (at >= text.size() || text[at] != format_.quote) break;
        field += format_.quote;
        ++at;
      }
      if (at >= text.size() && !is_end) return {End::unfinished, 0, 0, ""};
    } else {
      const std::size_t begin = at;
      while (at < text.size() && text[at] != format_.delimiter && text[at] != '\n') ++at;
      if (at >= text.size() && !is_end) return {End::unfinished, 0, 0, ""};
      field.assign(text.substr(begin, at - begin));
      if (field.ends_with('\r') && (at >= text.size() || text[at] == '\n')) field.pop_back();
    }
    if (at < text.size() && text[at] == format_.delimiter) {
      ++at;
      continue;
    }
    if (at < text.size() && text[at] == '\r') {
      if (at + 1 >= text.size() && !is_end) return {End::unfinished, 0, 0, ""};
      ++at;
    }
    if (at < text.size() && text[at] != '\n') {
      return {End::broken, 0, tried.lines, "there is text behind a closing quote"};
    }
    tried.bytes = std::min(at + 1, text.size());
    ++tried.lines;
    return tried;
  }
}

std::string CsvReader::count_fault(CsvRecord& record) const {
  while (record.fields.size() > fields_most_ && record.fields.back().empty()) {
    record.fields.pop_back();
  }
  if (record.fields.size() >= fields_least_ && record.fields.size() <= fields_most_) return {};
  return "it has " + std::to_string(record.fields.size()) + " fields, and " +
         (fields_most_ == fields_least_ ? "" : "at least ") + std::to_string(fields_least_) +
         " are expected";
}

void CsvReader::read(bool is_end, const Sink& sink) {
  std::size_t offset = 0;
  if (is_at_start_) {
    if (!is_end && pending_.size() < k_byte_order_mark.size()) return;
    if (pending_.starts_with(k_byte_order_mark)) offset = k_byte_order_mark.size();
    is_at_start_ = false;
  }
  CsvRecord record;
  while (offset < pending_.size()) {
    const std::string_view rest = std::string_view(pending_).substr(offset);
    const std::size_t line_bytes = first_line_bytes(rest, is_end);
    if (is_in_long_line_ || line_ <= format_.skip_lines) {
      if (line_bytes == std::string_view::npos) {
        offset = pending_.size();
        break;
      }
      is_in_long_line_ = false;
      offset += line_bytes;
      ++line_;
      continue;
    }
    if (line_bytes != std::string_view::npos &&
        without_line_break(rest.substr(0, line_bytes)).empty()) {
      offset += line_bytes;
      ++line_;
      continue;
    }
    record.line = line_;
    record.fault.clear();
    Attempt tried = attempt(rest, is_end, record);
    const bool is_too_long = tried.end == Attempt::End::unfinished
                                 ? rest.size() > k_record_bytes_max
                                 : tried.bytes > k_record_bytes_max;
    if (tried.end == Attempt::End::unfinished && !is_too_long) break;
    if (is_too_long) {
      record.fault = "it is longer than " + std::to_string(k_record_bytes_max) + " bytes";
    } else if (tried.end == Attempt::End::broken) {
      record.fault = tried.fault;
    } else {
      record.fault = count_fault(record);
    }
    if (record.fault.empty()) {
      offset += tried.bytes;
      line_ += tried.lines;
      sink(record);
      continue;
    }
    // Only the first line is blamed: what a stray quote swallowed behind it are records again.
    record.fields.assign(
        1, std::string(without_line_break(rest.substr(0, line_bytes)).substr(0, k_shown_bytes)));
    if (line_bytes == std::string_view::npos) {
      is_in_long_line_ = true;
      offset = pending_.size();
    } else {
      offset += line_bytes;
      ++line_;
    }
    sink(record);
  }
  pending_.erase(0, offset);
}

}  // namespace idswitch::billing

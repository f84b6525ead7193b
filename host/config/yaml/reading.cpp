#include "config/yaml/reading.hpp"

#include <algorithm>
#include <filesystem>
#include <tuple>

namespace idswitch::config {
namespace {

std::vector<Complaint> in_order(std::vector<Complaint> complaints) {
  std::stable_sort(
      complaints.begin(), complaints.end(), [](const Complaint& a, const Complaint& b) {
        return std::tie(a.where.line, a.where.column) < std::tie(b.where.line, b.where.column);
      });
  return complaints;
}

}  // namespace

std::string Reading::resolve(std::string_view path) const {
  return (std::filesystem::path(folder_) / path).lexically_normal().string();
}

void Reading::complain(Mark mark, std::string key, std::string text) {
  complaints_.push_back({position(mark), std::move(key), std::move(text)});
}

void Reading::warn(Mark mark, std::string key, std::string text) {
  warnings_.push_back({position(mark), std::move(key), std::move(text)});
}

std::vector<Complaint> Reading::take_complaints() {
  return in_order(std::move(complaints_));
}

std::vector<Complaint> Reading::take_warnings() {
  return in_order(std::move(warnings_));
}

}  // namespace idswitch::config

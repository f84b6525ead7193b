#include "config/reading.hpp"

#include <algorithm>
#include <filesystem>
#include <tuple>

namespace idswitch::config {

std::string Reading::resolve(std::string_view path) const {
  return (std::filesystem::path(folder_) / path).lexically_normal().string();
}

void Reading::complain(Mark mark, std::string key, std::string text) {
  complaints_.push_back({position(mark), std::move(key), std::move(text)});
}

std::vector<Complaint> Reading::take_complaints() {
  std::stable_sort(
      complaints_.begin(), complaints_.end(), [](const Complaint& a, const Complaint& b) {
        return std::tie(a.where.line, a.where.column) < std::tie(b.where.line, b.where.column);
      });
  return std::move(complaints_);
}

}  // namespace idswitch::config

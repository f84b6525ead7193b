#include "config/yaml/file_check.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace idswitch::config {
namespace {

std::optional<std::string> path_of(const Value& value, std::string_view wanted) {
  const auto text = value.text(wanted);
  if (!text) return {};
  return value.reading().resolve(*text);
}

}  // namespace

std::optional<std::string> readable_file(const Value& value) {
  const auto path = path_of(value, "the path of a file");
  if (!path) return {};

  struct stat status {};

  if (::stat(path->c_str(), &status) != 0 || ::access(path->c_str(), R_OK) != 0) {
    value.complain("cannot read " + *path + ": " + std::strerror(errno));
    return {};
  }
  if (!S_ISREG(status.st_mode)) {
    value.complain(*path + " is not a file");
    return {};
  }
  return path;
}

std::optional<std::string> private_file(const Value& value) {
  auto path = readable_file(value);

  struct stat status {};

  if (path && ::stat(path->c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0) {
    value.complain(*path + " can be read by every user: chmod 600 it");
    return {};
  }
  return path;
}

std::optional<std::string> existing_folder(const Value& value) {
  const auto path = path_of(value, "the path of a folder");
  if (!path) return {};

  struct stat status {};

  if (::stat(path->c_str(), &status) != 0) {
    value.complain("cannot find the folder " + *path + ": " + std::strerror(errno));
    return {};
  }
  if (!S_ISDIR(status.st_mode)) {
    value.complain(*path + " is not a folder");
    return {};
  }
  return path;
}

}  // namespace idswitch::config

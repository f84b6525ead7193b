#include "config/yaml/secret_source.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/values/byte_size.hpp"

namespace idswitch::config {
namespace {

constexpr std::size_t k_bytes_max = 64 * k_kib;

Error refused(std::string why) {
  return Error(Errc::config_invalid, std::move(why));
}

class FileDescriptor {
 public:
  explicit FileDescriptor(int number) : number_(number) {}

  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  ~FileDescriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }

 private:
  int number_;
};

bool is_variable_name(std::string_view name) {
  return !name.empty() && !(name.front() >= '0' && name.front() <= '9') &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '_';
         });
}

Result<Secret> from_environment(std::string_view name) {
  if (!is_variable_name(name)) {
    return refused("\"env:\" wants the name of a variable, like env:APP_KEY");
  }
  const std::string variable(name);
  const char* value = std::getenv(variable.c_str());
  if (value == nullptr) return refused("the environment variable " + variable + " is not set");
  if (*value == '\0') return refused("the environment variable " + variable + " is empty");
  return Secret(value);
}

Result<Secret> read_all(const FileDescriptor& file, const std::string& path) {
  std::string text;
  std::array<char, 4096> block;
  ssize_t count = 0;
  // reserve: a growing string would leave unwiped copies behind.
  text.reserve(k_bytes_max + block.size());
  while ((count = ::read(file.number(), block.data(), block.size())) > 0) {
    text.append(block.data(), static_cast<std::size_t>(count));
    if (text.size() > k_bytes_max) break;
  }
  std::fill(block.begin(), block.end(), '\0');
  while (text.ends_with('\n') || text.ends_with('\r')) text.pop_back();
  Secret secret(text);
  const std::size_t size = text.size();
  wipe(text);
  if (count < 0) return refused("cannot read " + path + ": " + std::strerror(errno));
  if (size > k_bytes_max) return refused(path + " is larger than 64KiB: no secret is");
  if (size == 0) return refused(path + " is empty");
  return secret;
}

Result<Secret> from_file(const std::string& path) {
  // O_NONBLOCK: a pipe in place of the file must not stop the start.
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return refused("cannot open " + path + ": " + std::strerror(errno));

  struct stat status {};

  if (::fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return refused(path + " is not a file");
  }
  if ((status.st_mode & S_IROTH) != 0) {
    return refused(path + " can be read by every user: chmod 600 it");
  }
  return read_all(file, path);
}

}  // namespace

Result<Secret> read_secret(std::string_view source, const ResolvePath& resolve) {
  constexpr std::string_view k_environment = "env:";
  constexpr std::string_view k_file = "file:";
  if (source.starts_with(k_environment)) {
    return from_environment(source.substr(k_environment.size()));
  }
  if (source.starts_with(k_file)) {
    const std::string_view path = source.substr(k_file.size());
    if (path.empty()) return refused("\"file:\" wants a path, like file:secrets/app_key");
    return from_file(resolve(path));
  }
  return refused(
      "a secret must not stand in this file: write env:NAME or file:PATH, and change the secret if "
      "it stood here");
}

}  // namespace idswitch::config

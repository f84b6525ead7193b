#pragma once

// TemporaryFolder: a folder of its own for one test, removed with everything in it at the end.

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace idswitch::config {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "idswitch-config-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }

  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  std::string path() const { return path_.string(); }

  std::string path(std::string_view name) const { return (path_ / name).string(); }

  void make_folder(std::string_view name) const {
    std::filesystem::create_directories(path_ / name);
  }

  // Makes the folders above it too.
  void write(std::string_view name, std::string_view content, mode_t mode = 0600) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << content;
    ::chmod(file.c_str(), mode);
  }

 private:
  std::filesystem::path path_;
};

}  // namespace idswitch::config

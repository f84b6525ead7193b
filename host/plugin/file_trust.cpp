#include "plugin/file_trust.hpp"

#include <sys/stat.h>

#include <deque>

namespace idswitch::plugin {
namespace {

namespace fs = std::filesystem;

constexpr int k_links_max = 40;  // as the kernel has it

// holds_file: the folder that the file itself, or the last link to it, lies in.
std::string distrust_entry(const fs::path& path, const struct stat& status, uid_t user,
                           bool holds_file) {
  if (status.st_uid != user && status.st_uid != 0) {
    return path.string() + " belongs to another user (" + std::to_string(status.st_uid) +
           "), who could so run code in the switch; run: chown it to root or to the switch's user";
  }
  // Nobody else can move what is ours in it, and what is not ours is refused.
  if (S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0 && !holds_file) return {};
  // A link's own mode says nothing: who may change it is said by its folder.
  if (!S_ISLNK(status.st_mode) && (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return path.string() +
           (S_ISDIR(status.st_mode) && (status.st_mode & S_ISVTX) != 0
                ? " is a folder that everybody may put files into; keep plugins in another one"
                : " can be written by others than its owner, who could so run code in the switch; "
                  "run: chmod go-w on it");
  }
  return {};
}

void prepend(std::deque<fs::path>& parts, const fs::path& path) {
  parts.insert(parts.begin(), path.begin(), path.end());
}

}  // namespace

// Walks the way that the kernel walks, link by link, so that no folder on it is left out.
std::string distrust(const fs::path& file, uid_t user) {
  std::error_code failure;
  const fs::path whole = fs::absolute(file, failure);
  if (failure) return "the current folder cannot be read: " + failure.message();
  std::deque<fs::path> parts;
  prepend(parts, whole);
  fs::path way = "/";
  for (int links = 0; !parts.empty();) {
    const fs::path part = parts.front();
    parts.pop_front();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      way = way.parent_path();
      continue;
    }
    const fs::path here = way / part;  // "/" itself, when the part is that

    struct stat status {};

    if (::lstat(here.c_str(), &status) != 0) return here.string() + " is not there";
    if (std::string why = distrust_entry(here, status, user, parts.size() <= 1); !why.empty()) {
      return why;
    }
    if (S_ISLNK(status.st_mode)) {
      if (++links > k_links_max) return here.string() + " is a link that leads nowhere";
      const fs::path target = fs::read_symlink(here, failure);
      if (failure) return here.string() + " is a link that cannot be read";
      prepend(parts, target);
      if (target.is_absolute()) way = "/";
    } else {
      way = here;
    }
  }
  return {};
}

}  // namespace idswitch::plugin

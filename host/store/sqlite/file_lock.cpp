#include "store/sqlite/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace idswitch::store {
namespace {

Error refused(const std::string& why) {
  return Error(Errc::storage_failed, why);
}

// The holder writes its number into the file, for this sentence alone.
std::string holder(int descriptor) {
  char digits[16];
  const auto size = ::pread(descriptor, digits, sizeof digits, 0);
  std::string text(digits, size > 0 ? static_cast<std::size_t>(size) : 0);
  return text.empty() ? text : " (process " + text + ")";
}

}  // namespace

Result<FileLock> FileLock::take(const std::string& path) {
  const std::string side = path + ".lock";
  FileLock lock(::open(side.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock.descriptor_ < 0) {
    return refused("cannot create " + side + " (" + std::generic_category().message(errno) +
                   "): make its folder writable for this user");
  }
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK)
      return refused("cannot lock " + side + ": " + std::generic_category().message(errno));
    return refused("another idswitch" + holder(lock.descriptor_) +
                   " works on it: stop that one, or give this one another file");
  }
  const std::string self = std::to_string(::getpid());
  // Only for the sentence above: a failure changes nothing.
  if (::ftruncate(lock.descriptor_, 0) == 0) {
    static_cast<void>(!::pwrite(lock.descriptor_, self.data(), self.size(), 0));
  }
  return lock;
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace idswitch::store

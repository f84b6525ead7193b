#pragma once

// Whether a file is what the switch's own user or root has put there: what is loaded from it runs
// with everything the switch knows. Not what is in the file. Any thread.

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace idswitch::plugin {

// Why others than root and this user could put another file in its place; empty = they could not.
// The file must be theirs, and neither it nor any folder or link on the way to it may be somebody
// else's or be writable by group or others. A folder like /tmp, where all may write and the sticky
// bit keeps them from each other's files, may be on the way, but the file may not lie in it: there
// anybody may be the first to take a name.
std::string distrust(const std::filesystem::path& file, uid_t user);

}  // namespace idswitch::plugin

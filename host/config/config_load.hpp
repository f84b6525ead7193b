#pragma once

// Reads a YAML file into a Config. Strict: an unknown or repeated key, a wrong type, a missing
// secret, an unreachable file, an account or method nobody knows is an error that gives
// file:line:column, the key, and what would be right (for an unknown key the nearest known one).
// All errors of a file are reported at once. Plugins are not consulted here; see
// plugin/account_check.hpp. [startup]

#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"

namespace idswitch::config {

struct Complaint {
  Position where;
  std::string key;   // path of the key, "accounts.jumdata-main.secrets.app_id"
  std::string text;  // one sentence: what is wrong and what would be right; never a secret's value

  std::string line() const;  // "file:line:column: key: text"
};

struct LoadResult {
  Config config;                      // meaningful only without complaints
  std::vector<Complaint> complaints;  // empty = valid
  std::vector<Complaint> warnings;    // valid, but surely not meant
  std::string text;                   // of the file, as it was read
};

// Whether what only the serving machine has must be there.
enum class Secrets : std::uint8_t {
  read,
  // Neither secrets nor certificates and keys are looked for; each secret has a stand-in. Such a
  // configuration is to decide with, never to serve with.
  left_out,
};

LoadResult load_file(const std::string& path, Secrets secrets = Secrets::read);

// The same from text; name stands for the file in positions, and relative paths are taken from
// folder.
LoadResult load_text(const std::string& text, const std::string& name, const std::string& folder,
                     Secrets secrets = Secrets::read);

}  // namespace idswitch::config

#pragma once

// Reading: one config file while it is read: its name, its folder, and the complaints so far. Every
// section reader adds to it and carries on, so that all complaints of a file come at once.
// [startup]

#include <string>
#include <string_view>
#include <vector>

#include "config/config_load.hpp"
#include "config/yaml/yaml_tree.hpp"

namespace idswitch::config {

class Reading {
 public:
  Reading(std::string file, std::string folder, Secrets secrets)
      : file_(std::move(file)), folder_(std::move(folder)), secrets_(secrets) {}

  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

  bool leaves_secrets_out() const { return secrets_ == Secrets::left_out; }

  Position position(Mark mark) const { return {file_, mark.line, mark.column}; }

  // A relative path is taken from the config file's folder.
  std::string resolve(std::string_view path) const;

  void complain(Mark mark, std::string key, std::string text);

  // What is valid, but surely not meant.
  void warn(Mark mark, std::string key, std::string text);

  // In the file's order.
  std::vector<Complaint> take_complaints();
  std::vector<Complaint> take_warnings();

 private:
  std::string file_;
  std::string folder_;
  Secrets secrets_;
  std::vector<Complaint> complaints_;
  std::vector<Complaint> warnings_;
};

}  // namespace idswitch::config

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <thread>

#include "api/request_json.hpp"
#include "app/commands.hpp"
#include "idswitch/abi/vocabulary.h"
#include "idswitch/switch.hpp"
#include "present/verification_json.hpp"

namespace idswitch::app {
namespace {

bool read_all(const std::string& path, std::string& out) {
  std::ifstream file;
  if (path != "-") {
    file.open(path, std::ios::binary);
    if (!file) {
      std::cerr << "cannot read " << path << "\n";
      return false;
    }
  }
  std::istream& in = path == "-" ? std::cin : file;
  out.assign(std::istreambuf_iterator<char>(in), {});
  return true;
}

int print_problem(const Problem& problem) {
  std::string text;
  api::append_problem(text, problem, nullptr);
  std::cerr << text << "\n";
  return 1;
}

void print(const Verification& verification) {
  std::string text;
  api::append_verification(text, verification);
  std::cout << text << std::endl;
}

}  // namespace

int verify(const VerifyOptions& options) {
  std::string body;
  std::string video;
  if (!read_all(options.request_file, body)) return 2;
  if (!options.video_file.empty() && !read_all(options.video_file, video)) return 2;
  Result<StartRequest> request = api::parse_start(body);
  if (!request) {
    std::cerr << (request.error().field().empty() ? "body" : request.error().field()) << ": "
              << request.error().detail() << "\n";
    return 2;
  }
  request->tenant = options.tenant;

  auto opened = Switch::open({options.config_file});
  if (!opened) {
    std::cerr << opened.problem().detail << "\n";
    return 2;
  }
  Switch& idswitch = *opened.value();
  Outcome<Verification> outcome = idswitch.start(std::move(*request));
  if (outcome) print(outcome.value());
  const std::string id = outcome ? outcome.value().id : "";
  if (outcome && !video.empty() && outcome.value().status == Status::awaiting_user) {
    SubmitRequest submit;
    submit.tenant = options.tenant;
    submit.id = id;
    submit.video = std::move(video);
    outcome = idswitch.submit(std::move(submit));
    if (outcome) print(outcome.value());
  }
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(options.wait_s);
  while (outcome && !is_final(outcome.value().status) &&
         std::chrono::steady_clock::now() < give_up) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    ResultRequest result;
    result.tenant = options.tenant;
    result.id = id;
    const Status before = outcome.value().status;
    outcome = idswitch.result(std::move(result));
    if (outcome && outcome.value().status != before) print(outcome.value());
  }
  idswitch.close();
  if (!outcome) return print_problem(outcome.problem());
  return outcome.value().status == Status::failed ? 1 : 0;
}

}  // namespace idswitch::app

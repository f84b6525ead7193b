// idswitch inside a program: open a config, start a verification, print what the person must do,
// ask how it ended, close.   embed CONFIG TENANT METHOD RETURN_URL [VENDOR_OPTIONS_JSON]

#include <idswitch/abi/vocabulary.h>
#include <chrono>
#include <idswitch/switch.hpp>
#include <iostream>
#include <thread>

namespace {

int print(const idswitch::Problem& problem) {
  std::cerr << problem.code << ": " << problem.detail << "\n";
  return 1;
}

void print(const idswitch::Verification& verification) {
  std::cout << verification.id << " " << idswitch::word(verification.status);
  if (verification.status == idswitch::Status::awaiting_user) {
    const idswitch::Action& action = verification.action;
    std::cout << ": " << idswitch::action_word(action.kind) << " " << action.url << action.token
              << action.code;
  } else if (verification.status == idswitch::Status::completed) {
    std::cout << ": " << idswitch::verdict_word(verification.verdict);
    if (verification.reason != 0) std::cout << " " << idswitch::reason_word(verification.reason);
  }
  std::cout << "\n";
  for (const idswitch::Attempt& attempt : verification.attempts) {
    if (attempt.error_class == 0) continue;
    std::cout << "  " << attempt.account << ": " << idswitch::error_class_word(attempt.error_class)
              << " " << attempt.vendor_message << attempt.detail << "\n";
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    std::cerr << "usage: embed CONFIG TENANT METHOD RETURN_URL [VENDOR_OPTIONS_JSON]\n";
    return 2;
  }
  auto opened = idswitch::Switch::open({argv[1]});
  if (!opened) return print(opened.problem());
  idswitch::Switch& service = *opened.value();

  idswitch::StartRequest start;
  start.tenant = argv[2];
  start.method = idswitch::method_of(argv[3]);
  start.checks = IDSW_CHECK_LIVENESS;
  start.person.id = "person-1";
  start.return_url = argv[4];
  if (argc > 5) start.vendor_options = argv[5];
  auto verification = service.start(std::move(start));
  if (!verification) return print(verification.problem());
  print(verification.value());
  const idswitch::Status started = verification.value().status;

  // A real platform sends the person off and asks when they come back, or when a callback arrives.
  for (int i = 0; i < 60 && !idswitch::is_final(verification.value().status); ++i) {
    if (i > 0) std::this_thread::sleep_for(std::chrono::seconds(1));
    idswitch::ResultRequest result;
    result.tenant = argv[2];
    result.id = verification.value().id;
    result.ask_vendor_now = true;
    verification = service.result(std::move(result));
    if (!verification) return print(verification.problem());
  }
  if (verification.value().status != started) print(verification.value());
  service.close();
  return verification.value().status == idswitch::Status::completed ? 0 : 1;
}

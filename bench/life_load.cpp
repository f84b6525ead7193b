// Lives of verifications at an even rate, for `./dev bench life`: the platform that starts them,
// the people who come back or do not, the vendor (jumdata's life_check_v2, as much of it as is
// asked), and the receiver of webhooks. Prints one line of JSON; bench/life.py judges it.
//
//   start     POST /v1/verifications with an Idempotency-Key of its own, when it is due
//   person    some time after the answer the vendor knows a result; most people then come back to
//             the address that the vendor was given, the others never do
//   finished  the webhook of the end of its charge has come, rightly signed, and the person who
//             came back was sent on
//
// The vendor and the receiver speak TLS; the vendor answers after a while, by timer. One thread,
// and nothing but what is needed, because the switch shares the cores with it.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "life/lives.hpp"

int main(int count, char** arguments) {
  idswitch::life::Options options;
  CLI::App app("Lives of verifications at an even rate: platform, people, vendor and receiver");
  app.add_option("--switch-port", options.switch_port)->required();
  app.add_option("--switch-pid", options.switch_pid, "whose CPU time is read")->required();
  app.add_option("--vendor-port", options.vendor_port, "to listen on")->required();
  app.add_option("--hook-port", options.hook_port, "to listen on")->required();
  app.add_option("--certificate", options.certificate)->required()->check(CLI::ExistingFile);
  app.add_option("--private-key", options.private_key)->required()->check(CLI::ExistingFile);
  app.add_option("--api-key-file", options.api_key_file)->required()->check(CLI::ExistingFile);
  app.add_option("--hook-secret-file", options.hook_secret_file)
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--rate", options.rate, "lives a second")->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.seconds, "that are measured")->check(CLI::PositiveNumber);
  app.add_option("--warm-up", options.warm_up_s, "seconds before them")->check(CLI::PositiveNumber);
  app.add_option("--vendor-ms", options.vendor_ms, "until the vendor answers");
  app.add_option("--receiver-ms", options.receiver_ms, "until the receiver answers");
  app.add_option("--person-ms-min", options.person_ms_min, "until the fastest person is done");
  app.add_option("--person-ms-max", options.person_ms_max, "until the slowest is");
  app.add_option("--first-ask-ms", options.first_ask_ms,
                 "after the start: when the sweeper should ask for the first time");
  app.add_option("--absent", options.absent, "share of people who never come back");
  CLI11_PARSE(app, count, arguments);
  try {
    idswitch::life::Lives(options).run();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "idswitch-life-load: %s\n", error.what());
    return 1;
  }
  return 0;
}

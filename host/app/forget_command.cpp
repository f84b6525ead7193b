#include <iostream>

#include "app/closed_switch.hpp"
#include "app/commands.hpp"
#include "engine/verification/forget.hpp"

// idswitch forget: a person is erased from a store that no switch has open.

namespace idswitch::app {

namespace asio = boost::asio;

int forget(const ForgetOptions& options) {
  auto opened = ClosedSwitch::open(options.config_file);
  if (!opened) {
    std::cerr << opened.error().detail() << "\n";
    return 2;
  }
  ClosedSwitch& closed = **opened;
  // Nobody else waits here: it may read as long as it likes.
  const auto find =
      [&](const engine::ForgetOrder& order,
          std::uint64_t after) -> asio::awaitable<Result<engine::PersonVerifications>> {
    co_return engine::find_person(closed.desk().store, order, after);
  };
  const auto forgotten = closed.run(engine::forget(
      closed.desk(), closed.setup(), {options.tenant, options.person, options.who}, find));
  if (!forgotten) {
    std::cerr << forgotten.error().detail() << "\n";
    return 1;
  }
  std::cout << "forget: verifications=" << forgotten->verifications << "\n";
  return 0;
}

}  // namespace idswitch::app

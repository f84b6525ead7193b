#include "engine/verification/spawned.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>

#include "base/log.hpp"

namespace idswitch::engine {

void spawn_logged(const boost::asio::any_io_executor& executor, boost::asio::awaitable<void> work,
                  std::string_view what) {
  boost::asio::co_spawn(executor, std::move(work), [what](const std::exception_ptr& thrown) {
    if (!thrown) return;
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      log::write(log::Level::error, "work_failed",
                 {{"what", what}, {"detail", std::string_view(error.what())}});
    } catch (...) {
      log::write(log::Level::error, "work_failed", {{"what", what}});
    }
  });
}

}  // namespace idswitch::engine

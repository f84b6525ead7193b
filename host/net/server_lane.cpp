#include "net/server_lane.hpp"

#include <array>
#include <cstdio>

namespace idswitch::net {

ServerLane::ServerLane(std::shared_ptr<ServerShared> shared_state, boost::asio::io_context& lane_io,
                       std::size_t lane_index)
    : shared(std::move(shared_state)),
      io(lane_io),
      index(lane_index),
      acceptor(lane_io),
      deadlines(lane_io) {}

std::string_view ServerLane::date_line() {
  const std::time_t now = std::time(nullptr);
  if (now == date_second_) return date_line_;
  date_second_ = now;
  // Not strftime: HTTP dates are English whatever the locale.
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 64> line{};
  const int size =
      std::snprintf(line.data(), line.size(), "Date: %s, %02d %s %d %02d:%02d:%02d GMT\r\n",
                    days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                    months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                    utc.tm_min, utc.tm_sec);
  date_line_.assign(line.data(), static_cast<std::size_t>(size));
  return date_line_;
}

void ServerLane::connection_begins(ServerConnection& connection) {
  connections.insert(&connection);
}

void ServerLane::connection_ends(ServerConnection& connection) {
  connections.erase(&connection);
  if (shared->connections.fetch_sub(1) != 1 || !shared->stopping) return;
  const std::lock_guard lock(shared->mutex);
  shared->changed.notify_all();
}

}  // namespace idswitch::net

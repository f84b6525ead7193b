#include "net/lanes.hpp"

#include <pthread.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <string>
#include <thread>

namespace idswitch::net {

struct Lanes::Lane {
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread;
};

Lanes::Lanes(std::size_t count) {
  if (count == 0) count = std::max(1U, std::thread::hardware_concurrency());
  for (std::size_t i = 0; i < count; ++i) lanes_.push_back(std::make_unique<Lane>());
}

Lanes::~Lanes() {
  stop();
}

std::size_t Lanes::size() const {
  return lanes_.size();
}

boost::asio::io_context& Lanes::at(std::size_t lane) {
  return lanes_.at(lane)->io;
}

bool Lanes::running() const {
  return lanes_.front()->thread.joinable() && !lanes_.front()->io.stopped();
}

void Lanes::start() {
  for (std::size_t i = 0; i < lanes_.size(); ++i) {
    Lane& lane = *lanes_[i];
    if (lane.thread.joinable() || lane.io.stopped()) continue;
    lane.thread = std::thread([&io = lane.io] { io.run(); });
    pthread_setname_np(lane.thread.native_handle(), ("lane-" + std::to_string(i)).c_str());
  }
}

void Lanes::stop() {
  for (const auto& lane : lanes_) lane->io.stop();
  for (const auto& lane : lanes_) {
    if (lane->thread.joinable()) lane->thread.join();
  }
}

}  // namespace idswitch::net

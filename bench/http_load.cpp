// Sends one HTTP/1.1 request over and over on keep-alive connections to a port of this machine,
// counts and times the answers, and prints one line of JSON. Two ways:
//
//   closed loop   each connection sends again as soon as it has its answer: saturates the server
//   --rate R      R requests a second are due, evenly; each latency counts from when its request
//   was due,
//                 so that a server that stalls is charged for those it kept waiting
//
// With --serial, each request differs where it says so, also from those of earlier runs: a key of
// its own. One thread, so that it can share a core with the upstream. Any answer but the wanted
// status ends it.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

namespace {

struct Options {
  std::uint16_t port = 0;
  std::string request_file;
  std::string serial;
  std::uint64_t count = 10'000;
  std::uint32_t connections = 64;
  std::uint32_t status = 200;
  double rate = 0;  // 0 = closed loop
};

constexpr std::uint64_t k_timer = ~std::uint64_t{0};
constexpr std::int64_t k_second_ns = 1'000'000'000;
constexpr std::size_t k_serial_digits = 16;
constexpr int k_stalled_ms = 30'000;

[[noreturn]] void fail_system(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

std::int64_t now_ns(clockid_t clock = CLOCK_MONOTONIC) {
  timespec time{};
  clock_gettime(clock, &time);
  return time.tv_sec * k_second_ns + time.tv_nsec;
}

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket < 0) fail_system("socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const void* generic = &address;
  if (::connect(socket, static_cast<const sockaddr*>(generic), sizeof address) != 0) {
    fail_system("connect");
  }
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

// The whole answer's size, 0 when its head is not complete yet. Understands Content-Length only.
std::size_t answer_bytes(std::string_view answer, std::uint32_t wanted_status) {
  const std::size_t head_end = answer.find("\r\n\r\n");
  if (head_end == std::string_view::npos) return 0;
  std::uint32_t status = 0;
  std::from_chars(answer.data() + 9, answer.data() + 12, status);
  if (status != wanted_status) throw std::runtime_error("wrong answer: " + std::string(answer));
  constexpr std::string_view k_name = "\r\ncontent-length:";
  const std::string_view head = answer.substr(0, head_end + 2);
  const auto same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; };
  const auto found = std::search(head.begin(), head.end(), k_name.begin(), k_name.end(), same);
  if (found == head.end()) throw std::runtime_error("no Content-Length: " + std::string(head));
  const char* digits = &*found + k_name.size();
  while (*digits == ' ') ++digits;
  std::size_t length = 0;
  std::from_chars(digits, head.data() + head.size(), length);
  return head_end + 4 + length;
}

class Load {
 public:
  Load(const Options& options, std::string request)
      : options_(options), request_(std::move(request)), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (epoll_ < 0) fail_system("epoll_create1");
    if (!options_.serial.empty()) serial_at_ = request_.find(options_.serial);
    connections_.resize(options_.connections);
    latencies_ns_.reserve(options_.count);
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      connections_[i].socket = connect_to(options_.port);
      watch(connections_[i].socket, i);
      idle_.push_back(i);
    }
    if (options_.rate > 0) {
      timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
      if (timer_ < 0) fail_system("timerfd_create");
      watch(timer_, k_timer);
    }
  }

  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  ~Load() {
    for (const Connection& connection : connections_) ::close(connection.socket);
    if (timer_ >= 0) ::close(timer_);
    ::close(epoll_);
  }

  void run() {
    start_ns_ = now_ns();
    send_what_is_due();
    std::array<epoll_event, 128> events{};
    while (latencies_ns_.size() < options_.count) {
      const int ready = ::epoll_wait(epoll_, events.data(), events.size(), k_stalled_ms);
      if (ready == 0) throw std::runtime_error("no answer for 30 s");
      if (ready < 0 && errno != EINTR) fail_system("epoll_wait");
      for (int i = 0; i < ready; ++i) {
        const std::uint64_t number = events[static_cast<std::size_t>(i)].data.u64;
        if (number == k_timer) {
          clear_timer();
        } else {
          receive(number);
        }
      }
      send_what_is_due();
    }
    end_ns_ = now_ns();
  }

  void print() {
    const double seconds = static_cast<double>(end_ns_ - start_ns_) / k_second_ns;
    std::printf("{\"requests\": %zu, \"seconds\": %.6f, \"p50_us\": %.1f, \"p99_us\": %.1f}\n",
                latencies_ns_.size(), seconds, percentile_us(50), percentile_us(99));
  }

 private:
  struct Connection {
    int socket = -1;
    std::int64_t since_ns = 0;  // what its latency counts from
    std::string answer;
  };

  void watch(int file, std::uint64_t number) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = number;
    if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, file, &event) != 0) fail_system("epoll_ctl");
  }

  std::int64_t due_ns(std::uint64_t number) const {
    return start_ns_ + static_cast<std::int64_t>(static_cast<double>(number) / options_.rate * 1e9);
  }

  void send_what_is_due() {
    while (sent_ < options_.count && !idle_.empty()) {
      std::int64_t since = now_ns();
      if (options_.rate > 0) {
        const std::int64_t due = due_ns(sent_);
        if (due > since) return set_timer(due);
        since = due;
      }
      Connection& connection = connections_[idle_.back()];
      idle_.pop_back();
      connection.since_ns = since;
      connection.answer.clear();
      number_request();
      const ssize_t bytes =
          ::send(connection.socket, request_.data(), request_.size(), MSG_NOSIGNAL);
      if (bytes != static_cast<ssize_t>(request_.size())) fail_system("send");
      ++sent_;
    }
  }

  void number_request() {
    if (serial_at_ == std::string::npos) return;
    std::uint64_t serial = first_serial_ + sent_;
    for (std::size_t i = k_serial_digits; i > 0; --i, serial /= 16) {
      request_[serial_at_ + i - 1] = "0123456789abcdef"[serial % 16];
    }
  }

  void receive(std::size_t number) {
    Connection& connection = connections_[number];
    std::array<char, 16 * 1024> block;
    const ssize_t bytes = ::recv(connection.socket, block.data(), block.size(), 0);
    if (bytes < 0) fail_system("recv");
    if (bytes == 0) throw std::runtime_error("the server closed a connection");
    connection.answer.append(block.data(), static_cast<std::size_t>(bytes));
    const std::size_t whole = answer_bytes(connection.answer, options_.status);
    if (whole == 0 || connection.answer.size() < whole) return;
    if (connection.answer.size() > whole) throw std::runtime_error("more than one answer");
    latencies_ns_.push_back(now_ns() - connection.since_ns);
    idle_.push_back(number);
  }

  void set_timer(std::int64_t at_ns) {
    itimerspec time{};
    time.it_value.tv_sec = at_ns / k_second_ns;
    time.it_value.tv_nsec = at_ns % k_second_ns;
    if (::timerfd_settime(timer_, TFD_TIMER_ABSTIME, &time, nullptr) != 0) {
      fail_system("timerfd_settime");
    }
  }

  void clear_timer() {
    std::uint64_t expirations = 0;
    static_cast<void>(!::read(timer_, &expirations, sizeof expirations));
  }

  double percentile_us(std::size_t percent) {
    const std::size_t rank =
        std::min(latencies_ns_.size() * percent / 100, latencies_ns_.size() - 1);
    const auto at = latencies_ns_.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(latencies_ns_.begin(), at, latencies_ns_.end());
    return static_cast<double>(*at) / 1000;
  }

  const Options& options_;
  std::string request_;
  int epoll_ = -1;
  int timer_ = -1;
  std::vector<Connection> connections_;
  std::vector<std::size_t> idle_;
  std::size_t serial_at_ = std::string::npos;
  // Of a clock that goes on, as runs against one switch follow each other.
  std::uint64_t first_serial_ = static_cast<std::uint64_t>(now_ns(CLOCK_REALTIME));
  std::uint64_t sent_ = 0;
  std::int64_t start_ns_ = 0;
  std::int64_t end_ns_ = 0;
  std::vector<std::int64_t> latencies_ns_;
};

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app(
      "Sends one HTTP request over and over to a port of this machine and times the answers");
  app.add_option("--port", options.port)->required();
  app.add_option("--request", options.request_file, "file with the whole request, head and body")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--serial", options.serial,
                 "16 bytes; where they stand in the request, each gets a number of its own")
      ->check([](const std::string& text) {
        return text.size() == k_serial_digits ? "" : "takes a text of 16 bytes";
      });
  app.add_option("--count", options.count)->check(CLI::PositiveNumber)->capture_default_str();
  app.add_option("--connections", options.connections)
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--status", options.status, "that every answer must have")->capture_default_str();
  app.add_option("--rate", options.rate, "requests a second; 0 = as fast as answers come")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    Load load(options, read_file(options.request_file));
    load.run();
    load.print();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "idswitch-http-load: %s\n", error.what());
    return 1;
  }
  return 0;
}

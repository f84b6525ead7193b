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

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;
using Failure = boost::system::error_code;
using namespace std::chrono_literals;

struct Options {
  std::uint16_t switch_port = 0, vendor_port = 0, hook_port = 0;
  std::string certificate, private_key;
  std::string api_key_file, hook_secret_file;
  std::int64_t switch_pid = 0;
  double rate = 10;
  int seconds = 60, warm_up_s = 12;
  int vendor_ms = 150, think_ms = 1'000, interval_ms = 5'000;
  double absent = 0.1;
};

[[noreturn]] void fail(const std::string& why) {
  std::fprintf(stderr, "idswitch-life-load: %s\n", why.c_str());
  std::exit(1);
}

std::string read_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) fail("cannot read " + path);
  return line;
}

double ms_between(Time from, Time to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

// ---- HTTP, as much as both sides need

// Of a header or a form; name in the spelling that the other side uses, or in lower case.
std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t begin = text.find(before);
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin + before.size());
  return text.substr(0, text.find(after));
}

bool equal_in_any_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

std::string_view header(std::string_view head, std::string_view name) {
  while (!head.empty()) {
    const std::size_t end = std::min(head.find("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(std::min(end + 2, head.size()));
    if (line.size() > name.size() && line[name.size()] == ':' &&
        equal_in_any_case(line.substr(0, name.size()), name)) {
      std::string_view value = line.substr(name.size() + 1);
      while (value.starts_with(' ')) value.remove_prefix(1);
      return value;
    }
  }
  return {};
}

struct Message {
  std::string_view head, body;
};

// The message that the bytes begin with, once it is whole. Content-Length only.
bool whole(const std::string& bytes, Message& message) {
  const std::size_t head_end = bytes.find("\r\n\r\n");
  if (head_end == std::string::npos) return false;
  message.head = std::string_view(bytes).substr(0, head_end);
  const std::string_view digits = header(message.head, "content-length");
  std::size_t length = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), length);
  if (bytes.size() < head_end + 4 + length) return false;
  message.body = std::string_view(bytes).substr(head_end + 4, length);
  return true;
}

std::string reply(std::string_view status, std::string_view body) {
  std::string text = "HTTP/1.1 ";
  text.append(status).append(
      "\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: ");
  text.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return text;
}

// ---- servers over TLS

class TlsServer {
 public:
  struct Answer {
    std::string text;
    std::chrono::milliseconds after{0};
  };

  using Handler = std::function<Answer(const Message&)>;

  TlsServer(asio::io_context& context, asio::ssl::context& tls, std::uint16_t port, Handler handler)
      : tls_(tls),
        handler_(std::move(handler)),
        acceptor_(context, {asio::ip::address_v4::loopback(), port}) {
    accept();
  }

 private:
  struct Connection {
    Connection(tcp::socket socket, asio::ssl::context& tls)
        : stream(std::move(socket), tls), timer(stream.get_executor()) {}

    asio::ssl::stream<tcp::socket> stream;
    asio::steady_timer timer;
    std::array<char, 8 * 1024> block;
    std::string in, out;
  };

  using Shared = std::shared_ptr<Connection>;

  void accept() {
    acceptor_.async_accept([this](const Failure& failure, tcp::socket socket) {
      if (!failure) {
        Failure ignored;
        socket.set_option(tcp::no_delay(true), ignored);
        auto one = std::make_shared<Connection>(std::move(socket), tls_);
        one->stream.async_handshake(asio::ssl::stream_base::server, [this, one](const Failure& f) {
          if (!f) read(one);
        });
      }
      accept();
    });
  }

  void read(const Shared& one) {
    one->stream.async_read_some(
        asio::buffer(one->block), [this, one](const Failure& failure, std::size_t bytes) {
          if (failure) return;
          one->in.append(one->block.data(), bytes);
          Message message;
          if (!whole(one->in, message)) return read(one);
          Answer answer = handler_(message);
          one->in.clear();
          one->out = std::move(answer.text);
          if (answer.after == 0ms) return write(one);
          one->timer.expires_after(answer.after);
          one->timer.async_wait([this, one](const Failure&) { write(one); });
        });
  }

  void write(const Shared& one) {
    asio::async_write(one->stream, asio::buffer(one->out),
                      [this, one](const Failure& failure, std::size_t) {
                        if (!failure) read(one);
                      });
  }

  asio::ssl::context& tls_;
  Handler handler_;
  tcp::acceptor acceptor_;
};

// ---- requests to the switch, on kept connections

class Client {
 public:
  // status 0: no answer came.
  using Done = std::function<void(int status, std::string_view body)>;

  Client(asio::io_context& context, std::uint16_t port)
      : context_(context), switch_(asio::ip::address_v4::loopback(), port) {}

  void send(std::string request, Done done) {
    std::shared_ptr<Connection> one;
    if (idle_.empty()) {
      one = std::make_shared<Connection>(context_);
    } else {
      one = std::move(idle_.back());
      idle_.pop_back();
    }
    one->out = std::move(request);
    one->done = std::move(done);
    if (one->is_open) return write(one);
    one->socket.async_connect(switch_, [this, one](const Failure& failure) {
      if (failure) return one->done(0, failure.message());
      Failure ignored;
      one->socket.set_option(tcp::no_delay(true), ignored);
      write(one);
    });
  }

 private:
  struct Connection {
    explicit Connection(asio::io_context& context) : socket(context) {}

    tcp::socket socket;
    std::array<char, 8 * 1024> block;
    std::string in, out;
    Done done;
    bool is_open = false;  // since an earlier request, so the switch may have closed it
  };

  using Shared = std::shared_ptr<Connection>;

  void write(const Shared& one) {
    one->in.clear();
    asio::async_write(one->socket, asio::buffer(one->out),
                      [this, one](const Failure& failure, std::size_t) {
                        if (failure) return again(one, failure);
                        read(one);
                      });
  }

  void read(const Shared& one) {
    one->socket.async_read_some(asio::buffer(one->block),
                                [this, one](const Failure& failure, std::size_t bytes) {
                                  if (failure) return again(one, failure);
                                  one->in.append(one->block.data(), bytes);
                                  Message message;
                                  if (!whole(one->in, message)) return read(one);
                                  take(one, message);
                                });
  }

  void take(const Shared& one, const Message& message) {
    int status = 0;
    if (message.head.size() > 12)
      std::from_chars(message.head.data() + 9, message.head.data() + 12, status);
    const Done done = std::move(one->done);
    done(status, message.body);
    one->is_open = !equal_in_any_case(header(message.head, "connection"), "close");
    if (one->is_open) idle_.push_back(one);
  }

  void again(const Shared& one, const Failure& failure) {
    if (!one->is_open) return one->done(0, failure.message());
    send(std::move(one->out), std::move(one->done));
  }

  asio::io_context& context_;
  tcp::endpoint switch_;
  std::vector<Shared> idle_;
};

// ---- Standard Webhooks

class Signature {
 public:
  // secret: whsec_ and base64.
  explicit Signature(std::string_view secret) {
    const std::string_view text = secret.substr(secret.find('_') + 1);
    key_.resize(text.size());
    const int bytes =
        EVP_DecodeBlock(key_.data(), bytes_of(text.data()), static_cast<int>(text.size()));
    if (bytes < 0) fail("the secret of the webhook is no base64");
    const auto padding = static_cast<std::size_t>(std::count(text.begin(), text.end(), '='));
    key_.resize(static_cast<std::size_t>(bytes) - padding);
  }

  bool is_right(const Message& message) const {
    std::string text(header(message.head, "webhook-id"));
    text.append(".").append(header(message.head, "webhook-timestamp")).append(".");
    text.append(message.body);
    std::array<unsigned char, 32> mac;
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), bytes_of(text.data()),
         text.size(), mac.data(), nullptr);
    std::array<unsigned char, 48> base64;
    EVP_EncodeBlock(base64.data(), mac.data(), mac.size());
    const void* encoded = base64.data();
    return header(message.head, "webhook-signature")
               .find(std::string_view(static_cast<const char*>(encoded), 44)) !=
           std::string_view::npos;
  }

 private:
  static const unsigned char* bytes_of(const char* text) {
    const void* bytes = text;
    return static_cast<const unsigned char*>(bytes);
  }

  std::vector<unsigned char> key_;
};

// ---- the lives

// One that the vendor has opened a session for; its token is its number.
struct Life {
  std::string return_path;
  Time started{};  // answered to the platform
  Time asked{};    // when the vendor was asked for the result first
  bool is_absent = false, is_done = false, is_settled = false;
  bool is_returned = false, is_told = false;
};

struct Counts {
  std::uint64_t offered = 0, finished = 0, settled = 0, told = 0, webhooks = 0, asks = 0;
  std::uint64_t starts_refused = 0, returns_refused = 0, badly_signed = 0;
  std::int64_t cpu_ns = 0;
};

class Lives {
 public:
  explicit Lives(const Options& options)
      : options_(options),
        api_key_(read_line(options.api_key_file)),
        signature_(read_line(options.hook_secret_file)),
        tls_(asio::ssl::context::tls_server),
        client_(context_, options.switch_port),
        pace_(context_) {
    tls_.use_certificate_chain_file(options.certificate);
    tls_.use_private_key_file(options.private_key, asio::ssl::context::pem);
    vendor_ = std::make_unique<TlsServer>(
        context_, tls_, options.vendor_port, [this](const Message& request) {
          return TlsServer::Answer{vendor_answers(request),
                                   std::chrono::milliseconds(options_.vendor_ms)};
        });
    receiver_ = std::make_unique<TlsServer>(context_, tls_, options.hook_port,
                                            [this](const Message& request) {
                                              return TlsServer::Answer{receive(request), 0ms};
                                            });
  }

  void run() {
    begin_ = Clock::now();
    pace();
    context_.run();
  }

 private:
  double since_begin_s() const { return ms_between(begin_, Clock::now()) / 1'000; }

  // ---- the platform

  void pace() {
    const double now_s = since_begin_s();
    while (static_cast<double>(counts_.offered) / options_.rate <= now_s) start();
    if (now_s >= options_.warm_up_s && !is_measuring_) {
      is_measuring_ = true;
      at_begin_ = snapshot();
    }
    if (is_measuring_ &&
        now_s >= options_.warm_up_s + 0.5 * static_cast<double>(unfinished_.size())) {
      unfinished_.push_back(static_cast<double>(counts_.offered - counts_.finished));
      undelivered_.push_back(static_cast<double>(counts_.settled - counts_.told));
    }
    // So far behind that it will not catch up; and nothing is gained by filling the memory.
    const bool is_hopeless =
        static_cast<double>(counts_.offered - counts_.finished) > options_.rate * 40 + 1'000;
    if (is_hopeless || now_s >= options_.warm_up_s + options_.seconds) {
      print(is_hopeless);
      return context_.stop();
    }
    pace_.expires_after(4ms);
    pace_.async_wait([this](const Failure&) { pace(); });
  }

  void start() {
    const std::string number = std::to_string(counts_.offered++);
    const std::string body = R"({"method":"h5","checks":["liveness"],"person":{"id":"person-)" +
                             number + R"("},"reference":"case-)" + number + R"("})";
    std::string request =
        "POST /v1/verifications HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ";
    request.append(api_key_)
        .append("\r\nIdempotency-Key: life-")
        .append(number)
        .append("\r\nContent-Type: application/json\r\nContent-Length: ")
        .append(std::to_string(body.size()))
        .append("\r\n\r\n")
        .append(body);
    const Time due = Clock::now();
    client_.send(std::move(request), [this, due](int status, std::string_view answer) {
      started(due, status, answer);
    });
  }

  void started(Time due, int status, std::string_view answer) {
    const std::string_view token = between(answer, "token=", "\"");
    if (status != 201 || token.empty()) {
      if (counts_.starts_refused++ == 0) {
        std::fprintf(stderr, "a start was answered %d: %.*s\n", status,
                     static_cast<int>(std::min<std::size_t>(answer.size(), 400)), answer.data());
      }
      return;
    }
    const std::size_t number = number_of(token);
    if (number >= lives_.size()) fail("an answer names a session that was never opened");
    Life& life = lives_[number];
    life.started = Clock::now();
    if (is_measuring_) start_ms_.push_back(ms_between(due, life.started));
    // Evenly spread, and no matter how many there are.
    life.is_absent = static_cast<double>(number % 100) < options_.absent * 100;
    auto timer = std::make_shared<asio::steady_timer>(context_,
                                                      std::chrono::milliseconds(options_.think_ms));
    timer->async_wait([this, number, timer](const Failure&) { person_is_done(number); });
  }

  // ---- the person

  void person_is_done(std::size_t number) {
    lives_[number].is_done = true;
    if (lives_[number].is_absent) return;
    std::string request = "GET " + lives_[number].return_path +
                          " HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n";
    client_.send(std::move(request), [this, number](int status, std::string_view) {
      if (status != 303) ++counts_.returns_refused;
      lives_[number].is_returned = true;
      look(lives_[number]);
    });
  }

  void look(const Life& life) {
    if (life.is_told && (life.is_absent || life.is_returned)) ++counts_.finished;
  }

  // ---- the vendor

  static std::size_t number_of(std::string_view token) {
    std::size_t number = SIZE_MAX;
    std::from_chars(token.data(), token.data() + token.size(), number, 16);
    return number;
  }

  std::string vendor_answers(const Message& request) {
    if (request.head.find("/lifecheck/h5/v2-1/init") != std::string_view::npos) {
      return open_session(request.body);
    }
    if (request.head.find("/lifecheck/h5/v2-1/result") != std::string_view::npos) {
      return tell_result(number_of(between(request.body, "token=", "&")));
    }
    return reply("404 Not Found", R"({"code":404,"msg":"no such path","charge":false})");
  }

  std::string open_session(std::string_view form) {
    Life life;
    life.return_path = path_of(between(form, "returnUrl=", "&"));
    const std::string id(between(std::string_view(life.return_path).substr(1), "/", "/"));
    by_id_[id] = lives_.size();
    std::array<char, 33> token;
    std::snprintf(token.data(), token.size(), "%032zx", lives_.size());
    lives_.push_back(std::move(life));
    std::string body = R"({"code":200,"msg":"成功","taskNo":"0420240501)";
    body.append(token.data() + 16)
        .append(R"(","charge":true,"data":{"token":")")
        .append(token.data());
    body.append(R"(","checkUrl":"https://localhost/lifecheck/v2-1/check/capture.html?token=)");
    body.append(token.data()).append(R"("}})");
    return reply("200 OK", body);
  }

  // Of a web address that is percent-encoded as in a form.
  static std::string path_of(std::string_view encoded) {
    std::string url;
    for (std::size_t i = 0; i < encoded.size(); ++i) {
      if (encoded[i] == '%' && i + 2 < encoded.size()) {
        unsigned value = 0;
        std::from_chars(encoded.data() + i + 1, encoded.data() + i + 3, value, 16);
        url += static_cast<char>(value);
        i += 2;
      } else {
        url += encoded[i];
      }
    }
    const std::size_t path = url.find("/return/");
    if (path == std::string::npos) fail("the vendor was given no address to return to");
    return url.substr(path);
  }

  std::string tell_result(std::size_t number) {
    ++counts_.asks;
    if (number >= lives_.size()) {
      return reply("200 OK", R"({"code":400,"msg":"token","taskNo":"1","charge":false})");
    }
    Life& life = lives_[number];
    if (life.asked == Time{}) {
      life.asked = Clock::now();
      if (life.is_absent && is_measuring_) lag_ms_.push_back(lag_of(life, life.asked));
    }
    if (!life.is_done) return reply("200 OK", R"({"code":201,"msg":"进行中","taskNo":"1"})");
    if (!life.is_settled) ++counts_.settled;
    life.is_settled = true;
    return reply("200 OK", R"({"code":200,"msg":"成功","taskNo":"1",)"
                           R"("data":{"faceImageUrl":"https://localhost/lifecheck/image/1.jpg"}})");
  }

  // Behind when the sweeper should have asked: the account's result_interval after the start.
  double lag_of(const Life& life, Time asked) const {
    return std::max(0.0, ms_between(life.started, asked) - options_.interval_ms);
  }

  // ---- the receiver

  std::string receive(const Message& request) {
    if (!signature_.is_right(request)) {
      ++counts_.badly_signed;
      return reply("401 Unauthorized", "");
    }
    ++counts_.webhooks;
    if (request.body.find("xyz.idswitch.charge.captured") == std::string_view::npos) {
      return reply("200 OK", "");
    }
    std::string_view rest = request.body;
    rest.remove_prefix(std::min(rest.find("\"subject\""), rest.size()));
    const std::string_view id = between(rest, "ver_", "\"");
    const auto found = by_id_.find("ver_" + std::string(id));
    if (found == by_id_.end()) return reply("200 OK", "");
    Life& life = lives_[found->second];
    if (life.is_told) return reply("200 OK", "");
    life.is_told = true;
    ++counts_.told;
    look(life);
    return reply("200 OK", "");
  }

  // ---- the figures

  Counts snapshot() const {
    Counts counts = counts_;
    // What the scheduler gave all threads of the switch.
    const std::string tasks = "/proc/" + std::to_string(options_.switch_pid) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks)) {
      std::ifstream file(task.path() / "schedstat");
      std::int64_t ns = 0;
      file >> ns;
      counts.cpu_ns += ns;
    }
    return counts;
  }

  static double percentile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    const auto rank = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(rank),
                     values.end());
    return values[rank];
  }

  // third: 0, 1 or 2
  static double mean_of_third(const std::vector<double>& samples, std::size_t third) {
    const std::size_t count = samples.size() / 3;
    if (count == 0) return 0;
    const auto begin = samples.begin() + static_cast<std::ptrdiff_t>(third * count);
    return std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(count), 0.0) /
           static_cast<double>(count);
  }

  void print(bool is_hopeless) {
    if (!is_measuring_) at_begin_ = Counts{};
    const Counts end = snapshot();
    const double seconds = is_measuring_ ? since_begin_s() - options_.warm_up_s : since_begin_s();
    // Those who wait still count by how long they have waited until now.
    for (const Life& life : lives_) {
      if (!life.is_absent || life.started == Time{} || life.asked != Time{}) continue;
      const double lag = lag_of(life, Clock::now());
      if (lag > 0) lag_ms_.push_back(lag);
    }
    const auto finished = static_cast<double>(end.finished - at_begin_.finished);
    const double lives = std::max(1.0, finished);
    std::printf("{\"offered_per_second\": %.2f, \"lives_per_second\": %.2f, ", options_.rate,
                finished / seconds);
    std::printf(
        "\"webhooks_per_second\": %.2f, \"asks_per_life\": %.4f, \"cpu_us_per_life\": %.1f, ",
        static_cast<double>(end.webhooks - at_begin_.webhooks) / seconds,
        static_cast<double>(end.asks - at_begin_.asks) / lives,
        static_cast<double>(end.cpu_ns - at_begin_.cpu_ns) / 1'000 / lives);
    std::printf(
        "\"sweeper_lag_p50_ms\": %.1f, \"sweeper_lag_p99_ms\": %.1f, \"start_p50_ms\": %.1f, "
        "\"start_p99_ms\": %.1f, ",
        percentile(lag_ms_, 0.5), percentile(lag_ms_, 0.99), percentile(start_ms_, 0.5),
        percentile(start_ms_, 0.99));
    std::printf(
        "\"unfinished_first\": %.1f, \"unfinished_last\": %.1f, \"undelivered_first\": %.1f, "
        "\"undelivered_last\": %.1f, ",
        mean_of_third(unfinished_, 0), mean_of_third(unfinished_, 2),
        mean_of_third(undelivered_, 0), mean_of_third(undelivered_, 2));
    std::printf(
        "\"starts_refused\": %llu, \"returns_refused\": %llu, \"badly_signed\": %llu, "
        "\"hopeless\": %s, \"seconds\": %.1f}\n",
        static_cast<unsigned long long>(end.starts_refused),
        static_cast<unsigned long long>(end.returns_refused),
        static_cast<unsigned long long>(end.badly_signed), is_hopeless ? "true" : "false", seconds);
  }

  const Options& options_;
  std::string api_key_;
  Signature signature_;
  asio::io_context context_{1};
  asio::ssl::context tls_;
  Client client_;
  std::unique_ptr<TlsServer> vendor_, receiver_;
  asio::steady_timer pace_;
  std::vector<Life> lives_;
  std::unordered_map<std::string, std::size_t> by_id_;
  Counts counts_, at_begin_;
  Time begin_{};
  bool is_measuring_ = false;
  std::vector<double> start_ms_, lag_ms_;
  std::vector<double> unfinished_, undelivered_;  // every half second of the measuring
};

}  // namespace

int main(int count, char** arguments) {
  Options options;
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
  app.add_option("--think-ms", options.think_ms, "until the person is done");
  app.add_option("--interval-ms", options.interval_ms, "the account's result_interval");
  app.add_option("--absent", options.absent, "share of people who never come back");
  CLI11_PARSE(app, count, arguments);
  try {
    Lives(options).run();
  } catch (const std::exception& error) {
    fail(error.what());
  }
  return 0;
}

#pragma once

// Lives: the platform, the people, the vendor and the receiver, at an even rate of lives. One
// thread.

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "life/figures.hpp"
#include "life/session.hpp"
#include "life/switch_client.hpp"
#include "life/tls_server.hpp"
#include "life/webhook_signature.hpp"

namespace idswitch::life {

using Clock = std::chrono::steady_clock;

struct Options {
  std::uint16_t switch_port = 0, vendor_port = 0, hook_port = 0;
  std::string certificate, private_key;
  std::string api_key_file, hook_secret_file;
  std::int64_t switch_pid = 0;
  double rate = 10;
  int seconds = 60, warm_up_s = 45;
  int vendor_ms = 150, receiver_ms = 50, first_ask_ms = 5'000;
  int person_ms_min = 10'000, person_ms_max = 30'000;
  double absent = 0.1;
};

inline std::string read_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) throw std::runtime_error("cannot read " + path);
  return line;
}

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
    receiver_ = std::make_unique<
        TlsServer>(context_, tls_, options.hook_port, [this](const Message& request) {
      return TlsServer::Answer{receive(request), std::chrono::milliseconds(options_.receiver_ms)};
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
        static_cast<double>(counts_.offered - counts_.finished) > options_.rate * 80 + 1'000;
    if (is_hopeless || now_s >= options_.warm_up_s + options_.seconds) {
      print(is_hopeless);
      return context_.stop();
    }
    pace_.expires_after(std::chrono::milliseconds(4));
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
    if (number >= lives_.size())
      throw std::runtime_error("an answer names a session that was never opened");
    Life& life = lives_[number];
    life.started = Clock::now();
    if (is_measuring_) start_ms_.push_back(ms_between(due, life.started));
    // Every tenth or so, not the first ten of a hundred.
    life.is_absent = static_cast<double>(number * 61 % 100) < options_.absent * 100;
    const auto spread = static_cast<std::size_t>(options_.person_ms_max - options_.person_ms_min);
    const auto person_ms =
        options_.person_ms_min + static_cast<int>(number * 37 % 100 * spread / 100);
    auto timer =
        std::make_shared<asio::steady_timer>(context_, std::chrono::milliseconds(person_ms));
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
    lives_.push_back(std::move(life));
    return opened(lives_.size() - 1);
  }

  std::string tell_result(std::size_t number) {
    ++counts_.asks;
    if (number >= lives_.size()) return no_such_token();
    Life& life = lives_[number];
    if (life.asked == Time{}) {
      life.asked = Clock::now();
      // A person who comes back before the sweeper was due says nothing about it.
      const double lag = lag_of(life, life.asked);
      if (is_measuring_ && (lag > 0 || !life.is_done)) lag_ms_.push_back(std::max(0.0, lag));
    }
    if (!life.is_done) return in_progress();
    if (!life.is_settled) ++counts_.settled;
    life.is_settled = true;
    return passed();
  }

  // Behind when the sweeper should have asked for the first time; negative before that.
  double lag_of(const Life& life, Time asked) const {
    if (life.started == Time{}) return 0;
    return ms_between(life.started, asked) - options_.first_ask_ms;
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
    counts.cpu_ns = cpu_ns(options_.switch_pid);
    return counts;
  }

  void print(bool is_hopeless) {
    if (!is_measuring_) at_begin_ = Counts{};
    const Counts end = snapshot();
    const double seconds = is_measuring_ ? since_begin_s() - options_.warm_up_s : since_begin_s();
    // Those who wait still count by how long they have waited until now.
    for (const Life& life : lives_) {
      if (life.asked != Time{}) continue;
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
  WebhookSignature signature_;
  asio::io_context context_{1};
  asio::ssl::context tls_;
  SwitchClient client_;
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

}  // namespace idswitch::life

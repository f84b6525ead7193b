#include "wire/server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <future>
#include <thread>

#include "wire/wire.hpp"

namespace idswitch::sandbox {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// A folder of its own, gone with the test.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "sandbox-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }

  ~Folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class RunningServer {
 public:
  RunningServer() {
    ServerOptions options;
    options.tls = prepare_tls_files(folder_.path());
    ca_ = options.tls.ca;
    options.log = [this](const std::string& line) { log_ += line + '\n'; };
    server_ = std::make_unique<Server>(sandbox_, options);
    thread_ = std::thread([this] { server_->run(false); });
  }

  ~RunningServer() { join(); }

  void join() {
    server_->stop();
    if (thread_.joinable()) thread_.join();
  }

  // Everything the server sends until it closes; the certificate is verified for localhost.
  std::string exchange(const std::string& request) {
    asio::io_context context;
    asio::ssl::context tls(asio::ssl::context::tls_client);
    tls.load_verify_file(ca_.string());
    asio::ssl::stream<tcp::socket> stream(context, tls);
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification("localhost"));
    stream.lowest_layer().connect({asio::ip::address_v4::loopback(), server_->port()});
    stream.handshake(asio::ssl::stream_base::client);
    asio::write(stream, asio::buffer(request));
    std::string answer;
    boost::system::error_code error;
    asio::read(stream, asio::dynamic_buffer(answer), error);
    return answer;
  }

  std::string control(const std::string& request) {
    asio::io_context context;
    tcp::socket socket(context);
    socket.connect({asio::ip::address_v4::loopback(), server_->control_port()});
    asio::write(socket, asio::buffer(request));
    std::string answer;
    boost::system::error_code error;
    asio::read(socket, asio::dynamic_buffer(answer), error);
    return answer;
  }

  [[nodiscard]] const std::string& log() const { return log_; }

  [[nodiscard]] const std::filesystem::path& ca() const { return ca_; }

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }

  Sandbox& sandbox() { return sandbox_; }

 private:
  Folder folder_;
  Sandbox sandbox_;
  std::filesystem::path ca_;
  std::string log_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

std::string post(const std::string& target, const std::string& body, const std::string& more = "") {
  return "POST " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more +
         "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string get(const std::string& target, const std::string& more = "") {
  return "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + more + "\r\n";
}

TEST(Server, AnswersOverVerifiedTls) {
  RunningServer server;
  const std::string answer = server.exchange(
      post("/oauth/2.0/token?grant_type=client_credentials&client_id=sandbox-baidu-api-key"
           "&client_secret=sandbox-baidu-secret-key",
           ""));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_NE(answer.find("\"access_token\":\"24."), std::string::npos);
}

TEST(Server, ItsCertificateIsNotGoodForAnotherName) {
  RunningServer server;
  asio::io_context context;
  asio::ssl::context tls(asio::ssl::context::tls_client);
  tls.load_verify_file(server.ca().string());
  asio::ssl::stream<tcp::socket> stream(context, tls);
  stream.set_verify_mode(asio::ssl::verify_peer);
  stream.set_verify_callback(asio::ssl::host_name_verification("vendor.example"));
  stream.lowest_layer().connect({asio::ip::address_v4::loopback(), server.port()});
  boost::system::error_code error;
  stream.handshake(asio::ssl::stream_base::client, error);
  EXPECT_TRUE(error);
}

TEST(Server, KeepsAConnectionForManyRequests) {
  RunningServer server;
  std::string first = get("/control/health");
  first.replace(first.find("close"), 5, "keep-alive");
  const std::string answers = server.control(first + first + get("/control/health"));
  std::size_t count = 0;
  for (std::size_t at = 0; (at = answers.find("HTTP/1.1 200", at)) != std::string::npos; ++at) {
    ++count;
  }
  EXPECT_EQ(count, 3u) << answers;
}

TEST(Server, FaultsReachTheWireButNotTheControlApi) {
  RunningServer server;
  const std::string set = R"({"kind":"close_after"})";
  EXPECT_TRUE(server.control(post("/control/faults", set)).starts_with("HTTP/1.1 201"));
  EXPECT_EQ(server.exchange(get("/oauth/2.0/token")), "");
  EXPECT_TRUE(server.control(get("/control/health")).starts_with("HTTP/1.1 200"));
  static_cast<void>(server.control("DELETE /control/faults HTTP/1.1\r\nConnection: close\r\n\r\n"));
  EXPECT_TRUE(server.exchange(get("/oauth/2.0/token")).starts_with("HTTP/1.1 400"));
}

TEST(Server, ATruncatedBodyIsShorterThanItsLength) {
  RunningServer server;
  static_cast<void>(server.control(post("/control/faults", R"({"kind":"truncate"})")));
  const std::string answer = server.exchange(get("/oauth/2.0/token"));
  const std::size_t at = answer.find("Content-Length: ");
  ASSERT_NE(at, std::string::npos);
  const std::size_t promised = std::stoul(answer.substr(at + 16));
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, promised / 2);
}

TEST(Server, SaysContinueToWhoeverWaitsForIt) {
  RunningServer server;
  const std::string answer =
      server.exchange(post("/lifecheck/h5/v2-1/init", "appId=x", "Expect: 100-continue\r\n"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")) << answer;
}

TEST(Server, LogsNeitherTokensNorQueries) {
  RunningServer server;
  static_cast<void>(server.exchange(get("/lite/v1/do/1462257147,secret?outcome=1000")));
  static_cast<void>(server.exchange(get("/oauth/2.0/token?client_secret=secret")));
  server.join();
  EXPECT_EQ(server.log(), "GET aliyun_lite.page 400\nGET baidu.token 400\n");
}

TEST(Server, DeliversTheNotificationBeforeItRedirects) {
  RunningServer server;
  asio::io_context context;
  tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
  auto received = std::async(std::launch::async, [&] {
    tcp::socket socket = acceptor.accept();
    std::string request;
    const std::string_view marker = "%7D";  // the end of the JSON value
    while (request.find(marker) == std::string::npos) {
      char bytes[4096];
      request.append(bytes, socket.read_some(asio::buffer(bytes)));
    }
    asio::write(socket, asio::buffer(std::string("HTTP/1.1 204 No Content\r\n\r\n")));
    return request;
  });
  const std::string notify_url =
      "http://127.0.0.1:" + std::to_string(acceptor.local_endpoint().port()) + "/n?x=1";
  const std::string opened =
      server.exchange(post("/lite/v1/get_biz_token",
                           "return_url=https://a.example&notify_url=" + notify_url +
                               "&idcard_name=a&idcard_number=b&liveness_type=video_number",
                           "Authorization: APPCODE sandbox-aliyun-appcode\r\n"));
  const std::size_t at = opened.find("\"biz_token\":\"");
  ASSERT_NE(at, std::string::npos) << opened;
  const std::string token = opened.substr(at + 13, opened.find('"', at + 13) - at - 13);
  const std::string page = server.exchange(get("/lite/v1/do/" + token + "?outcome=2000"));
  EXPECT_TRUE(page.starts_with("HTTP/1.1 303")) << page;
  const std::string request = received.get();
  EXPECT_TRUE(request.starts_with("POST /n?x=1 HTTP/1.1\r\n")) << request;
  EXPECT_NE(request.find("\r\n\r\ndata=%7B%22biz_token%22%3A%22"), std::string::npos) << request;
  const std::string list = server.control(get("/control/notifications"));
  EXPECT_NE(list.find("\"status\":204"), std::string::npos) << list;
}

TEST(Server, RefusesAddressesItCannotServe) {
  Folder folder;
  Sandbox sandbox;
  ServerOptions options;
  options.tls = prepare_tls_files(folder.path());
  options.control = "0.0.0.0:0";
  EXPECT_THROW(Server(sandbox, options), std::invalid_argument);
  for (const char* bad : {"", "127.0.0.1", "localhost:1", "127.0.0.1:65536", "127.0.0.1:x"}) {
    EXPECT_THROW(static_cast<void>(parse_address(bad)), std::invalid_argument) << bad;
  }
  EXPECT_EQ(parse_address("[::1]:0").address(), asio::ip::address_v6::loopback());
}

TEST(Tls, FilesAreMadeOnceAndTheKeyIsPrivate) {
  Folder folder;
  const TlsFiles files = prepare_tls_files(folder.path());
  const auto made = std::filesystem::last_write_time(files.certificate);
  const TlsFiles again = prepare_tls_files(folder.path());
  EXPECT_EQ(std::filesystem::last_write_time(again.certificate), made);
  using std::filesystem::perms;
  EXPECT_EQ(std::filesystem::status(files.private_key).permissions(),
            perms::owner_read | perms::owner_write);
}

TEST(Wire, AReplyCannotInjectAHeader) {
  Reply reply;
  reply.status = 303;
  reply.set_header("Location", "https://a.example/\r\nSet-Cookie: x=1");
  EXPECT_EQ(write_message(reply, true, true).find("\r\nSet-Cookie"), std::string::npos);
}

}  // namespace
}  // namespace idswitch::sandbox

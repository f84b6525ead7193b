#include "wire/notifier.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/json/object.hpp>
#include <boost/url/parse.hpp>

namespace idswitch::sandbox {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using namespace std::chrono_literals;

struct Target {
  bool is_https = false;
  std::string host;
  std::string port;
  std::string path;
};

Target parse_target(std::string_view text) {
  const auto url = boost::urls::parse_uri(text);
  if (!url || (url->scheme() != "http" && url->scheme() != "https") || url->host().empty()) {
    throw std::invalid_argument("not an http or https address");
  }
  Target target;
  target.is_https = url->scheme() == "https";
  target.host = url->host_address();
  target.port = url->has_port() ? std::string(url->port()) : target.is_https ? "443" : "80";
  target.path = url->encoded_path().empty() ? std::string("/") : std::string(url->encoded_path());
  if (url->has_query()) target.path += "?" + std::string(url->encoded_query());
  return target;
}

template <class Stream>
asio::awaitable<unsigned> exchange(Stream& stream, const Target& target, const std::string& body) {
  http::request<http::string_body> request(http::verb::post, target.path, 11);
  request.set(http::field::host, target.host + ":" + target.port);
  request.set(http::field::user_agent, "idswitch-sandbox");
  request.set(http::field::content_type, "application/x-www-form-urlencoded");
  request.set(http::field::connection, "close");
  request.body() = body;
  request.prepare_payload();
  co_await http::async_write(stream, request, asio::use_awaitable);
  beast::flat_buffer buffer;
  http::response<http::string_body> response;
  co_await http::async_read(stream, buffer, response, asio::use_awaitable);
  co_return response.result_int();
}

asio::awaitable<unsigned> post(const Notification& notification, asio::ssl::context& trust) {
  const Target target = parse_target(notification.url);
  const auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::resolver resolver(executor);
  const auto addresses =
      co_await resolver.async_resolve(target.host, target.port, asio::use_awaitable);
  if (!target.is_https) {
    beast::tcp_stream stream(executor);
    stream.expires_after(5s);
    co_await stream.async_connect(addresses, asio::use_awaitable);
    co_return co_await exchange(stream, target, notification.body);
  }
  beast::ssl_stream<beast::tcp_stream> stream(executor, trust);
  // The macro SSL_set_tlsext_host_name, without its old-style cast.
  std::string server_name = target.host;
  SSL_ctrl(stream.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
           server_name.data());
  stream.set_verify_mode(asio::ssl::verify_peer);
  stream.set_verify_callback(asio::ssl::host_name_verification(target.host));
  beast::get_lowest_layer(stream).expires_after(5s);
  co_await beast::get_lowest_layer(stream).async_connect(addresses, asio::use_awaitable);
  co_await stream.async_handshake(asio::ssl::stream_base::client, asio::use_awaitable);
  co_return co_await exchange(stream, target, notification.body);
}

}  // namespace

asio::awaitable<boost::json::value> deliver(Notification notification, asio::ssl::context& trust) {
  boost::json::object outcome = {{"session_token", notification.session_token},
                                 {"url", notification.url}};
  try {
    outcome["status"] = co_await post(notification, trust);
  } catch (const std::exception& error) {
    outcome["error"] = error.what();
  }
  co_return outcome;
}

}  // namespace idswitch::sandbox

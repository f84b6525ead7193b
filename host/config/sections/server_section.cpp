#include "config/sections/server_section.hpp"

#include <algorithm>

#include "base/text/nearest_word.hpp"
#include "base/values/listen_address.hpp"
#include "base/values/web_url.hpp"
#include "config/yaml/file_check.hpp"

namespace idswitch::config {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

std::optional<std::string> listen_address(const Value& value) {
  constexpr std::string_view k_wanted = "\"address:port\" with an IP address, like 127.0.0.1:8080";
  auto text = value.text(k_wanted);
  if (!text || is_listen_address(*text)) return text;
  value.complain_wanted(k_wanted);
  return {};
}

std::optional<std::string> public_url(const Value& value) {
  auto text = value.text("a URL like https://id.example.com");
  if (!text) return {};
  const auto url = parse_web_url(*text);
  if (!url) {
    value.complain(url.error().detail());
  } else if (url->has_query) {
    value.complain("a query cannot stand here: we append paths to this URL");
  } else if (text->ends_with('/')) {
    value.complain("a slash at the end: remove it, we append paths to this URL");
  } else {
    return text;
  }
  return {};
}

void read_certificate(Section& section, Server& server) {
  const auto certificate = section.find("certificate_file");
  const auto key = section.find("private_key_file");
  if (certificate.has_value() != key.has_value()) {
    const Value& alone = certificate ? *certificate : *key;
    alone.complain("certificate_file and private_key_file go together: give both or none");
    return;
  }
  if (!certificate || certificate->reading().leaves_secrets_out()) return;
  server.certificate_file = readable_file(*certificate).value_or("");
  server.private_key_file = private_file(*key).value_or("");
}

std::optional<std::string> plugin_stem(const Value& value) {
  constexpr std::string_view k_wanted = "a plugin's name, like baidu for libidswitch_baidu.so";
  auto text = value.text(k_wanted);
  if (!text || is_name(*text)) return text;
  value.complain_wanted(k_wanted);
  return {};
}

std::vector<std::string> read_allow(const Value& value) {
  std::vector<std::string> stems;
  for (const Value& item : value.list("a list of the plugins that may be loaded")) {
    const auto stem = plugin_stem(item);
    if (!stem) continue;
    if (std::find(stems.begin(), stems.end(), *stem) != stems.end()) {
      item.complain("\"" + *stem + "\" stands in the list already");
    } else {
      stems.push_back(*stem);
    }
  }
  return stems;
}

// After body_bytes_max: a body of that size must find room whatever strangers send meanwhile.
void read_buffered_bytes(Section& section, Server& server) {
  const std::size_t bytes_min = 2 * server.body_bytes_max;
  server.buffered_bytes_max = std::max(server.buffered_bytes_max, bytes_min);
  section.read("buffered_bytes_max", server.buffered_bytes_max,
               [&](const Value& v) -> std::optional<std::size_t> {
                 const auto bytes = v.bytes(2 << 10, std::uint64_t{1} << 40);
                 if (!bytes) return {};
                 if (*bytes < bytes_min) v.complain("is less than twice body_bytes_max: raise it");
                 return *bytes;
               });
}

}  // namespace

Server read_server(const Value& value) {
  Server server;
  Section section(value);
  section.read("listen", server.listen, listen_address);
  if (const auto url = section.require("public_url", "the URL vendors and browsers reach us at")) {
    server.public_url = public_url(*url).value_or("");
  }
  read_certificate(section, server);
  section.read("threads", server.threads, [](const Value& v) { return v.integer(0, 1024); });
  section.read("body_bytes_max", server.body_bytes_max,
               [](const Value& v) { return v.bytes(1 << 10, 1 << 30); });
  read_buffered_bytes(section, server);
  section.read("stop_grace", server.stop_grace,
               [](const Value& v) { return v.duration(milliseconds(0), hours(1)); });
  section.finish();
  return server;
}

StoreFile read_store(const Value& value) {
  StoreFile store;
  Section section(value);
  if (const auto path = section.require("path", "the path of the database file")) {
    const auto text = path->text("the path of the database file");
    if (text) store.path = value.reading().resolve(*text);
  }
  section.finish();
  return store;
}

log::Level read_log_level(const Value& value) {
  static const std::vector<std::string> k_words = {"debug", "info", "warn", "error", "off"};
  log::Level level = log::Level::info;
  Section section(value);
  section.read("level", level, [](const Value& v) -> std::optional<log::Level> {
    const auto text = v.text("debug, info, warn, error or off");
    if (!text) return {};
    const auto word = std::find(k_words.begin(), k_words.end(), *text);
    if (word != k_words.end()) return static_cast<log::Level>(word - k_words.begin());
    v.complain("\"" + *text + "\" is no level: " + suggestion(*text, k_words));
    return {};
  });
  section.finish();
  return level;
}

Statistics read_statistics(const Value& value) {
  Statistics statistics;
  Section section(value);
  section.read("window", statistics.window,
               [](const Value& v) { return v.duration(hours(1), hours(744)); });
  section.finish();
  return statistics;
}

Plugins read_plugins(const Value& value) {
  Plugins plugins;
  Section section(value);
  if (const auto folder = section.require("directory", "the folder of the plugin files")) {
    plugins.directory = existing_folder(*folder).value_or("");
  }
  if (const auto allow = section.require("allow", "a list of the plugins that may be loaded")) {
    plugins.allow = read_allow(*allow);
  }
  section.finish();
  return plugins;
}

}  // namespace idswitch::config

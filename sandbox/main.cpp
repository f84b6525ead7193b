#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <random>
#include <sstream>

#include "wire/server.hpp"
#include "world/sandbox.hpp"

namespace {

using namespace idswitch::sandbox;

struct Arguments {
  ServerOptions server;
  Settings settings;
  std::string tls_dir = "sandbox-tls";
  std::string certificate;
  std::string private_key;
  std::string settings_file;
  std::string prices_file;
  std::string ready_file;
  std::string host_name = "localhost";
  std::int64_t skew_s = 0;
  std::uint64_t seed = std::random_device{}();
  bool quiet = false;
};

void declare_credentials(CLI::App& app, Settings& s) {
  const std::pair<const char*, std::string*> options[] = {
      {"--baidu-api-key", &s.baidu_api_key},
      {"--baidu-secret-key", &s.baidu_secret_key},
      {"--jumdata-app-id", &s.jumdata_app_id},
      {"--jumdata-app-secret", &s.jumdata_app_secret},
      {"--megvii-api-key", &s.megvii_api_key},
      {"--megvii-api-secret", &s.megvii_api_secret},
      {"--megvii-liveness-id", &s.megvii_liveness_id},
      {"--megvii-verify-id", &s.megvii_verify_id},
      {"--aliyun-appcode", &s.aliyun_appcode},
      {"--aliyun-app-key", &s.aliyun_app_key},
      {"--aliyun-app-secret", &s.aliyun_app_secret},
  };
  for (const auto& [name, target] : options) {
    app.add_option(name, *target)->group("Credentials")->capture_default_str();
  }
}

void declare(CLI::App& app, Arguments& a) {
  app.add_option("--listen", a.server.listen, "Address of the vendor APIs (TLS)")
      ->capture_default_str();
  app.add_option("--control", a.server.control, "Loopback address of the control API")
      ->capture_default_str();
  auto* tls_dir = app.add_option("--tls-dir", a.tls_dir,
                                 "Folder for a private CA and certificate, made when absent")
                      ->capture_default_str();
  auto* certificate =
      app.add_option("--certificate", a.certificate, "Certificate chain to use instead")
          ->check(CLI::ExistingFile)
          ->excludes(tls_dir);
  app.add_option("--private-key", a.private_key, "Its private key")
      ->check(CLI::ExistingFile)
      ->needs(certificate);
  app.add_option("--host-name", a.host_name, "Host in base_url and in page addresses")
      ->capture_default_str();
  app.add_option("--notify-ca", a.server.notify_ca, "CA to trust when notifying over https")
      ->check(CLI::ExistingFile);
  app.add_option("--ready-file", a.ready_file, "Written, whole, once both ports listen");
  app.add_option("--settings", a.settings_file, "JSON file of credentials and switches")
      ->check(CLI::ExistingFile);
  app.add_option("--prices", a.prices_file, "JSON file of prices, {\"baidu.verify\":\"0.20\",..}")
      ->check(CLI::ExistingFile);
  app.add_option("--skew", a.skew_s, "Seconds the signature clock is ahead");
  app.add_option("--seed", a.seed, "Seed of tokens and codes, to repeat a run");
  app.add_flag("--quiet", a.quiet, "No line per request");
  declare_credentials(app, a.settings);
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error("cannot read " + path);
  return text.str();
}

void write_ready_file(const std::string& path, const std::string& line) {
  const std::string beside = path + ".new";
  std::ofstream file(beside, std::ios::binary | std::ios::trunc);
  file << line << '\n';
  file.close();
  if (!file || std::rename(beside.c_str(), path.c_str()) != 0) {
    throw std::runtime_error("cannot write " + path);
  }
}

int serve(Arguments& a) {
  a.server.tls = a.certificate.empty() ? prepare_tls_files(a.tls_dir)
                                       : TlsFiles{{}, a.certificate, a.private_key};
  if (!a.quiet) {
    a.server.log = [](const std::string& line) { std::cerr << line << std::endl; };
  }
  Sandbox sandbox(a.settings, Clock(), a.seed);
  sandbox.clock.set_skew(std::chrono::seconds(a.skew_s));
  Server server(sandbox, a.server);
  sandbox.settings.origin = "https://" + a.host_name + ":" + std::to_string(server.port());
  boost::json::object ready = {
      {"base_url", sandbox.settings.origin},
      {"control_url", "http://" + a.server.control.substr(0, a.server.control.rfind(':')) + ":" +
                          std::to_string(server.control_port())}};
  if (!a.server.tls.ca.empty()) {
    ready["ca_file"] = std::filesystem::absolute(a.server.tls.ca).string();
  }
  const std::string line = boost::json::serialize(ready);
  if (!a.ready_file.empty()) write_ready_file(a.ready_file, line);
  std::cout << line << std::endl;
  server.run(true);
  return 0;
}

int run(int argc, char** argv) {
  CLI::App app{
      "The five identity-verification vendor APIs over TLS, outcomes and faults on request"};
  Arguments arguments;
  declare(app, arguments);
  CLI11_PARSE(app, argc, argv);
  if (!arguments.settings_file.empty()) {
    merge_settings(arguments.settings, read_file(arguments.settings_file));
  }
  if (!arguments.prices_file.empty()) {
    merge_prices(arguments.settings.prices, read_file(arguments.prices_file));
  }
  if (arguments.certificate.empty() != arguments.private_key.empty()) {
    throw std::invalid_argument("--certificate and --private-key go together");
  }
  return serve(arguments);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "idswitch-sandbox: %s\n", error.what());
    return 1;
  }
}

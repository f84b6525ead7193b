#include "complaint_case.hpp"

namespace idswitch::config {
namespace {

TEST(RootComplaints, NameMissingAndUnknownSections) {
  EXPECT_EQ(load_text("{}", "f", ".").complaints.size(), 5u);
  const ComplaintCase cases[] = {
      {"tenantz: {}", {"1:1: tenantz: unknown key: did you mean \"tenants\"?"}},
      {"<<: {}",
       {"1:1: <<: unknown key: known are: server, store, log, plugins, admin, "
        "statistics, retention, accounts, budgets, tenants, webhooks"}},
      {"server: {public_url: https://a.example}\nserver: {}",
       {"2:1: server: repeated: it stands already in line 1; keep one"}},
      {"server:", {"1:1: server: has no value: give it one, or remove the key"}},
      {"log: info", {"1:6: log: found the text \"info\", wanted a mapping"}},
      {"store: [a]", {"1:8: store: found a list, wanted a mapping"}},
  };
  expect_complaints(cases);
}

TEST(RootComplaints, SayWhatIsMissing) {
  std::vector<std::string> lines;
  for (const Complaint& complaint : load_text("log: {}", "f", ".").complaints) {
    lines.push_back(complaint.line());
  }
  EXPECT_EQ(lines,
            (std::vector<std::string>{"f:1:1: server: missing: wanted at least its public_url",
                                      "f:1:1: store: missing: wanted at least its path",
                                      "f:1:1: plugins: missing: wanted directory and allow",
                                      "f:1:1: accounts: missing: wanted at least one account",
                                      "f:1:1: tenants: missing: wanted at least one tenant"}));
}

TEST(RetentionComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"retention: {pictures: 30}",
       {"1:23: retention.pictures: found the number 30, wanted a number of days, like 30d, or "
        "keep"}},
      {"retention: {person_ids: 0d}",
       {"1:25: retention.person_ids: 0d is out of range: wanted 1d to 36500d, or keep"}},
      {"retention: {verifications: 14d}",
       {"1:28: retention.verifications: 14d is out of range: wanted 15d to 36500d, or keep"}},
      {"retention: {picture: 1d}",
       {"1:13: retention.picture: unknown key: did you mean \"pictures\"?"}},
  };
  expect_complaints(cases);
}

TEST(Retention, KeepsAllButPicturesUnlessItIsTold) {
  const auto read = [](const std::string& text) {
    return load_text("retention: {" + text + "}", "f", ".").config.retention;
  };
  EXPECT_EQ(read("").pictures, Days(30));
  EXPECT_FALSE(read("pictures: keep").pictures);
  const Retention none = read("");
  EXPECT_FALSE(none.states_and_actions || none.attempts_and_decisions || none.person_ids ||
               none.verifications);
  EXPECT_EQ(read("verifications: 730d").verifications, Days(730));
  EXPECT_EQ(read("states_and_actions: 1d").states_and_actions, Days(1));
}

TEST(ServerComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"server: {}",
       {"1:1: server.public_url: missing: wanted the URL vendors and browsers reach us at"}},
      {"server:\n  public_url: https://a.example\n  lisen: 0.0.0.0:80",
       {"3:3: server.lisen: unknown key: did you mean \"listen\"?"}},
      {"server:\n  public_url: https://a.example\n  public_url: https://b.example",
       {"3:3: server.public_url: repeated: it stands already in line 2; keep one"}},
      {"server: {public_url: https://a.example, listen: 8080}",
       {"1:49: server.listen: found the number 8080, wanted \"address:port\" with an IP address, "
        "like 127.0.0.1:8080"}},
      {"server: {public_url: https://a.example, listen: \"localhost:80\"}",
       {"1:49: server.listen: found the text \"localhost:80\", wanted \"address:port\" with an IP "
        "address, like 127.0.0.1:8080"}},
      {"server: {public_url: https://a.example, listen: \"127.0.0.1:70000\"}",
       {"1:49: server.listen: found the text \"127.0.0.1:70000\", wanted \"address:port\" with an "
        "IP address, like 127.0.0.1:8080"}},
      {"server: {public_url: a.example}",
       {"1:22: server.public_url: not a URL: wanted \"https://host/path\""}},
      {"server: {public_url: ftp://a.example}",
       {"1:22: server.public_url: a URL begins with \"https://\""}},
      {"server: {public_url: https://a.example/}",
       {"1:22: server.public_url: a slash at the end: remove it, we append paths to this URL"}},
      {"server: {public_url: \"https://a.example?x=1\"}",
       {"1:22: server.public_url: a query cannot stand here: we append paths to this URL"}},
      {"server: {public_url: \"https://u:hunter2@a.example\"}",
       {"1:22: server.public_url: a URL here has no user name or password"}},
      {"server: {public_url: https://a.example, threads: two}",
       {"1:50: server.threads: found the text \"two\", wanted a whole number, 0 to 1024"}},
      {"server: {public_url: https://a.example, threads: 010}",
       {"1:50: server.threads: found the text \"010\", wanted a whole number, 0 to 1024"}},
      {"server: {public_url: https://a.example, threads: -1}",
       {"1:50: server.threads: -1 is out of range: wanted 0 to 1024"}},
      {"server: {public_url: https://a.example, threads: 99999999999999999999}",
       {"1:50: server.threads: 99999999999999999999 is out of range: wanted 0 to 1024"}},
      {"server: {public_url: https://a.example, body_bytes_max: 24MB}",
       {"1:57: server.body_bytes_max: found the text \"24MB\", wanted a size with its unit, like "
        "\"512KiB\" or \"24MiB\""}},
      {"server: {public_url: https://a.example, body_bytes_max: 2GiB}",
       {"1:57: server.body_bytes_max: 2GiB is out of range: wanted 1KiB to 1GiB"}},
      {"server: {public_url: https://a.example, buffered_bytes_max: 40MiB}",
       {"1:61: server.buffered_bytes_max: is less than twice body_bytes_max: raise it"}},
      {"server: {public_url: https://a.example, stop_grace: 30}",
       {"1:53: server.stop_grace: found the number 30, wanted a duration with its unit, like "
        "\"10s\", \"500ms\" or \"2m\""}},
      {"server: {public_url: https://a.example, stop_grace: 2h}",
       {"1:53: server.stop_grace: 2h is out of range: wanted 0s to 1h"}},
      {"server: {public_url: https://a.example, stop_grace: {s: 3}}",
       {"1:53: server.stop_grace: found a mapping, wanted a duration with its unit, like \"10s\", "
        "\"500ms\" or \"2m\""}},
      {"server: {public_url: https://a.example, certificate_file: cert.pem}",
       {"1:59: server.certificate_file: certificate_file and private_key_file go together: give "
        "both or none"}},
      {"server: {public_url: https://a.example, certificate_file: no.pem, private_key_file: "
       "open-key.pem}",
       {"1:59: server.certificate_file: cannot read DIR/no.pem: No such file or directory",
        "1:85: server.private_key_file: DIR/open-key.pem can be read by every user: chmod 600 it"}},
  };
  expect_complaints(cases);
}

TEST(StoreLogPluginsComplaints, AreExact) {
  const ComplaintCase cases[] = {
      {"store: {}", {"1:1: store.path: missing: wanted the path of the database file"}},
      {"store: {path: \"\"}",
       {"1:15: store.path: found the text \"\", wanted the path of the database file"}},
      {"log: {level: warning}",
       {"1:14: log.level: \"warning\" is no level: known are: debug, info, warn, error, off"}},
      {"log: {level: inof}", {"1:14: log.level: \"inof\" is no level: did you mean \"info\"?"}},
      {"log: {level: true}",
       {"1:14: log.level: found the truth value true, wanted debug, info, warn, error or off"}},
      {"plugins: {directory: plugins}",
       {"1:1: plugins.allow: missing: wanted a list of the plugins that may be loaded"}},
      {"plugins: {directory: nowhere, allow: []}",
       {"1:22: plugins.directory: cannot find the folder DIR/nowhere: No such file or directory"}},
      {"plugins: {directory: secret, allow: []}",
       {"1:22: plugins.directory: DIR/secret is not a folder"}},
      {"plugins: {directory: plugins, allow: jumdata}",
       {"1:38: plugins.allow: found the text \"jumdata\", wanted a list of the plugins that may be "
        "loaded"}},
      {"plugins: {directory: plugins, allow: [jumdata, libidswitch_baidu.so, jumdata]}",
       {"1:48: plugins.allow[1]: found the text \"libidswitch_baidu.so\", wanted a plugin's name, "
        "like baidu for libidswitch_baidu.so",
        "1:70: plugins.allow[2]: \"jumdata\" stands in the list already"}},
      {"plugins: {directory: plugins, allow: [jumdata, ~]}",
       {"1:38: plugins.allow[1]: an item without a value: remove it"}},
  };
  expect_complaints(cases);
}

}  // namespace
}  // namespace idswitch::config

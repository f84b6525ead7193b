#include "simulate/population.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "base/values/calendar.hpp"
#include "config/attribute_text.hpp"
#include "config/yaml/name_list.hpp"
#include "config/yaml/section.hpp"
#include "idswitch/verification.hpp"

namespace idswitch::engine {
namespace {

using config::Section;
using config::Value;

constexpr std::int64_t k_count_max = 10'000'000;
constexpr std::int64_t k_weight_max = 1'000'000;
constexpr std::size_t k_choices_max = 1000;

std::uint32_t read_method(const Value& value) {
  const auto word = value.text("a method");
  if (!word) return 0;
  const std::uint32_t method = method_of(*word);
  if (method == 0) value.complain("is no method: wanted h5, sdk, mini_program or video_code");
  return method;
}

std::uint32_t read_checks(const Value& value) {
  std::uint32_t checks = 0;
  for (const Value& item : config::items_of(value, "a list of checks")) {
    const auto word = item.text("a check");
    if (!word) continue;
    const std::uint32_t check = check_of(*word);
    if (check == 0) item.complain("is no check: wanted liveness, id_match, face_match or id_ocr");
    checks |= check;
  }
  return checks;
}

std::int64_t read_date(const Value& value) {
  const auto word = value.word("a date, like 2026-01-01");
  if (!word) return 0;
  const auto at = midnight_unix_ms(*word, 0);
  if (!at) value.complain_wanted("a date, like 2026-01-01");
  return at.value_or(0);
}

void read_choices(const Value& value, PopulationAttribute& attribute) {
  std::uint64_t sum = 0;
  for (const auto& [text, weight] : Section(value).members()) {
    if (const std::string fault = config::attribute_text_fault(text); !fault.empty()) {
      weight.complain(fault + ": no request can say that");
    }
    const auto number = weight.integer(0, k_weight_max);
    if (!number) continue;
    sum += static_cast<std::uint64_t>(*number);
    attribute.choices.emplace_back(text, static_cast<std::uint32_t>(*number));
  }
  if (sum == 0) value.complain("wanted texts with their weights, one of them not 0: {web: 60}");
  if (attribute.choices.size() > k_choices_max) value.complain("at most 1000 texts");
}

void read_range(const Value& value, PopulationAttribute& attribute) {
  Section section(value);
  const auto from = section.require("from", "the least number");
  const auto to = section.require("to", "the greatest number");
  section.finish();
  if (from) attribute.least = from->decimal().value_or(0);
  if (to) attribute.most = to->decimal().value_or(0);
  if (from && to && attribute.least > attribute.most) value.complain("from is more than to");
}

PopulationAttribute read_attribute(const std::string& name, const Value& value) {
  PopulationAttribute attribute;
  attribute.name = name;
  Section section(value);
  const auto choice = section.find("choice");
  const auto range = section.find("range");
  const auto share = section.find("share");
  section.finish();
  if (int{choice.has_value()} + int{range.has_value()} + int{share.has_value()} != 1) {
    value.complain("wanted one of choice (a text), range (a number) and share (a truth)");
  } else if (choice) {
    read_choices(*choice, attribute);
  } else if (range) {
    attribute.kind = PopulationAttribute::Kind::range;
    read_range(*range, attribute);
  } else {
    attribute.kind = PopulationAttribute::Kind::share;
    attribute.share_ppm = share->share().value_or(0);
  }
  return attribute;
}

// What stands there replaces what truth has. section: its keys, and perhaps others.
void read_truth(Section& section, Truth& truth) {
  const auto share = [](const Value& value) { return value.share(); };
  section.read("start_fail", truth.start_fail_ppm, share);
  section.read("completion", truth.completion_ppm, share);
  section.read("pass", truth.pass_ppm, share);
  section.read("inconclusive", truth.inconclusive_ppm, share);
  section.read("latency", truth.latency_ms, [](const Value& value) -> std::optional<std::int64_t> {
    const auto read = value.duration(std::chrono::milliseconds(0), std::chrono::minutes(10));
    return read ? std::optional(read->count()) : std::nullopt;
  });
  if (truth.pass_ppm + truth.inconclusive_ppm > config::k_all_ppm) {
    section.value().complain(
        "pass and inconclusive are shares of the verdicts: at most 1 together");
  }
}

void read_truths_by_value(const Value& value, const Population& population, AccountTruth& account) {
  Section section(value);
  const auto attribute = section.require("attribute", "an attribute with a choice");
  const auto values = section.require("values", "its texts, with what differs");
  section.finish();
  if (!attribute || !values) return;
  account.attribute = attribute->word("an attribute with a choice").value_or("");
  const auto found = std::find_if(population.attributes.begin(), population.attributes.end(),
                                  [&](const PopulationAttribute& one) {
                                    return one.name == account.attribute &&
                                           one.kind == PopulationAttribute::Kind::choice;
                                  });
  if (found == population.attributes.end()) {
    attribute->complain("is no attribute with a choice in this file");
    return;
  }
  std::vector<std::string> known;
  for (const auto& [text, weight] : found->choices) known.push_back(text);
  for (const auto& [text, entry] : Section(*values).members()) {
    static_cast<void>(config::is_known(entry, text, "choice of the attribute", known));
    Truth& truth = account.by_value.emplace(text, account.usual).first->second;
    Section differing(entry);
    read_truth(differing, truth);
    differing.finish();
  }
}

AccountTruth read_account(const std::string& name, const Value& value,
                          const Population& population) {
  AccountTruth account;
  account.account = name;
  Section section(value);
  if (section.is_mapping()) static_cast<void>(section.require("pass", "the share of passes"));
  read_truth(section, account.usual);
  const auto by = section.find("by");
  section.finish();
  if (by) read_truths_by_value(*by, population, account);
  return account;
}

void read_root(const Value& root, Population& out) {
  Section section(root);
  const auto tenant = section.require("tenant", "a tenant of the configs");
  const auto method = section.require("method", "h5, sdk, mini_program or video_code");
  const auto checks = section.require("checks", "a list of checks");
  const auto count = section.require("count", "how many requests");
  const auto people = section.find("people");
  const auto begins = section.require("begins", "the first day, like 2026-01-01");
  const auto attributes = section.find("attributes");
  const auto accounts = section.require("accounts", "the truth about each account");
  section.finish();
  if (tenant) out.tenant = tenant->name().value_or("");
  if (method) out.method = read_method(*method);
  if (checks) out.checks = read_checks(*checks);
  if (count) out.count = count->integer(1, k_count_max).value_or(0);
  out.people = people ? people->integer(0, k_count_max).value_or(0) : out.count;
  if (begins) out.begins_unix_ms = read_date(*begins);
  if (attributes) {
    for (const auto& [name, entry] : Section(*attributes).entries()) {
      out.attributes.push_back(read_attribute(name, entry));
    }
  }
  if (!accounts) return;
  for (const auto& [name, entry] : Section(*accounts).entries()) {
    out.accounts.push_back(read_account(name, entry, out));
  }
  std::sort(out.accounts.begin(), out.accounts.end(),
            [](const AccountTruth& a, const AccountTruth& b) { return a.account < b.account; });
}

}  // namespace

PopulationRead read_population(const std::string& text, const std::string& name) {
  PopulationRead read;
  config::Reading reading(name, "", config::Secrets::left_out);
  const config::YamlTree tree = config::read_yaml(text);
  for (const config::YamlFault& fault : tree.faults) reading.complain(fault.where, "", fault.text);
  if (tree.faults.empty() && tree.root.kind == config::YamlNode::Kind::nothing) {
    reading.complain({}, "", "the file is empty: start from configs/population.yaml");
  } else if (tree.faults.empty()) {
    read_root(Value(reading, "", config::Mark{}, tree.root), read.population);
  }
  read.complaints = reading.take_complaints();
  return read;
}

PopulationRead load_population(const std::string& path) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (stream && !stream.bad()) return read_population(text, path);
  PopulationRead read;
  read.complaints.push_back(
      {{path, 0, 0},
       "",
       std::string("cannot read the file: ") + (errno == 0 ? "no text" : std::strerror(errno))});
  return read;
}

}  // namespace idswitch::engine

#include "present/simulation_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "base/text/json_text.hpp"
#include "present/text_table.hpp"

namespace idswitch::engine {
namespace {

constexpr std::string_view k_too_little = "not enough data";

std::string fixed(double value, int decimals) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  return text.data();
}

std::string percent(double share) {
  return fixed(100 * share, 1) + " %";
}

double share_of(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string money(Money amount, const std::string& currency) {
  return amount.text() + (currency.empty() ? "" : " " + currency);
}

// Of several currencies each.
std::string money(const std::map<std::string, Money>& sums) {
  std::string text;
  for (const auto& [currency, sum] : sums)
    text += (text.empty() ? "" : " + ") + money(sum, currency);
  return text.empty() ? "0.00" : text;
}

std::string currency_of(const SimulatedSide& side) {
  return side.spend.size() == 1 ? side.spend.begin()->first : "";
}

// ---- the table

using Row = std::vector<std::string>;

bool is_number(std::size_t column) {
  return column >= 2;
}

const SimulatedAccount* find(const SimulatedSide& side, const std::string& account) {
  const auto found =
      std::find_if(side.accounts.begin(), side.accounts.end(),
                   [&](const SimulatedAccount& one) { return one.account == account; });
  return found == side.accounts.end() ? nullptr : &*found;
}

std::string rate_text(const std::optional<double>& rate) {
  return rate ? percent(*rate) : std::string(k_too_little);
}

Row account_row(const SimulationReport& report, const SimulatedSide& side,
                const std::string& account) {
  static const SimulatedAccount k_unused;
  const SimulatedAccount* found = find(side, account);
  const SimulatedAccount& one = found == nullptr ? k_unused : *found;
  const bool is_silent = one.volume == 0 && one.asked == 0;
  Row row{std::to_string(one.volume), percent(share_of(one.volume, side.routed)),
          money(one.spend, one.currency), is_silent ? "-" : rate_text(one.outcomes.pass_rate()),
          std::to_string(one.outcomes.count())};
  if (report.is_generated) {
    row.push_back(std::to_string(one.asked));
  } else {
    row.push_back(fixed(one.outcomes.effective(), 1));
    row.push_back(percent(one.share_without_support()));
  }
  return row;
}

void append_accounts(std::string& out, const SimulationReport& report) {
  std::vector<std::string> names;
  for (const SimulatedAccount& one : report.draft.accounts) names.push_back(one.account);
  if (report.running) {
    for (const SimulatedAccount& one : report.running->accounts) names.push_back(one.account);
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::vector<Row> rows;
  if (report.is_generated) {
    rows.push_back({"account", "config", "served", "share", "spend", "pass rate", "n", "asked"});
  } else {
    rows.push_back({"account", "config", "asked first", "share", "expected spend", "pass rate", "n",
                    "effective n", "without support"});
  }
  const auto add = [&](std::string name, std::string config, Row cells) {
    Row row{std::move(name), std::move(config)};
    row.insert(row.end(), cells.begin(), cells.end());
    rows.push_back(std::move(row));
  };
  for (const std::string& name : names) {
    add(name, "draft", account_row(report, report.draft, name));
    if (report.running) add("", "running", account_row(report, *report.running, name));
  }
  out += table_text(rows, is_number);
}

Row total_row(const SimulatedSide& side) {
  return {std::to_string(side.routed), money(side.spend), rate_text(side.pass_rate),
          side.cost_per_pass ? money(*side.cost_per_pass, currency_of(side))
                             : std::string(k_too_little),
          percent(side.supported)};
}

std::string with_sign(const std::string& text, bool is_negative) {
  return is_negative ? text : "+" + text;
}

std::string money_difference(Money draft, Money running, const std::string& currency) {
  const Money difference = draft - running;
  return with_sign(money(difference, currency), difference < Money{});
}

bool have_one_currency(const SimulatedSide& a, const SimulatedSide& b) {
  return !currency_of(a).empty() && currency_of(a) == currency_of(b);
}

Row difference_row(const SimulatedSide& draft, const SimulatedSide& running) {
  const bool comparable = have_one_currency(draft, running);
  Row row{with_sign(std::to_string(draft.routed - running.routed), draft.routed < running.routed),
          "-", std::string(k_too_little), std::string(k_too_little), ""};
  if (comparable) {
    const std::string currency = currency_of(draft);
    row[1] = money_difference(draft.spend.at(currency), running.spend.at(currency), currency);
    if (draft.cost_per_pass && running.cost_per_pass) {
      row[3] = money_difference(*draft.cost_per_pass, *running.cost_per_pass, currency);
    }
  }
  if (draft.pass_rate && running.pass_rate) {
    const double points = 100 * (*draft.pass_rate - *running.pass_rate);
    row[2] = with_sign(fixed(points, 1), points < 0) + " points";
  }
  return row;
}

void append_totals(std::string& out, const SimulationReport& report) {
  std::vector<Row> rows = {
      {"total", "config", "routed", "spend", "pass rate", "cost per pass", "with data"}};
  const auto add = [&](std::string config, Row cells) {
    Row row{"", std::move(config)};
    row.insert(row.end(), cells.begin(), cells.end());
    rows.push_back(std::move(row));
  };
  add("draft", total_row(report.draft));
  if (report.running) {
    add("running", total_row(*report.running));
    add("difference", difference_row(report.draft, *report.running));
  }
  out += table_text(rows, is_number);
}

void append_counts(std::string& out, std::string_view title,
                   const std::map<std::string, std::int64_t>& counts) {
  if (counts.empty()) return;
  out.append("\n").append(title).append("\n");
  for (const auto& [what, count] : counts) out += "  " + std::to_string(count) + "  " + what + "\n";
}

void append_side_notes(std::string& out, const SimulatedSide& side, const std::string& which) {
  append_counts(out, "rejected by the " + which + ":", side.rejected);
  append_counts(out,
                "recorded at accounts that the " + which + " lacks, so they say nothing about it:",
                side.lacking);
  if (side.not_served > 0) {
    out += "\nnot served by the " + which +
           ", every account that was asked failed: " + std::to_string(side.not_served) + "\n";
  }
  for (const SimulatedAccount& one : side.accounts) {
    if (one.minimum_missing == Money{}) continue;
    out += "\nspend at " + one.account + " under the " + which + " holds " +
           money(one.minimum_missing, one.currency) + " that its minimum adds to the charges\n";
  }
}

void append_heading(std::string& out, const SimulationReport& report) {
  out += std::to_string(report.requests) + (report.is_generated ? " generated" : " recorded");
  out += " requests over " + std::to_string(report.days) + (report.days == 1 ? " day" : " days");
  if (!report.tenant.empty()) out += ", tenant " + report.tenant;
  out += "\ndraft:   " + report.draft.name + "\n";
  if (report.running) out += "running: " + report.running->name + "\n";
  out += "\n";
}

void append_assumptions(std::string& out, const SimulationReport& report) {
  out +=
      "\nassumed: every account is healthy and within its limits and budgets, no experiment is "
      "stopped half-way";
  if (report.is_generated) {
    out +=
        ";\n  a session ends when it begins; each is charged by its product's documented rule; "
        "nothing else is charged\n";
    return;
  }
  out +=
      ";\n  who is asked first serves; spend is what is expected of that, by what was learnt so "
      "far "
      "and the price of\n  one more unit now; requests that found no route when they came are not "
      "recorded\n";
  if (report.not_ended > 0) {
    out += "not ended yet, so not in any pass rate: " + std::to_string(report.not_ended) + "\n";
  }
}

// ---- JSON

void append_rate(json_text::Object& object, std::string_view name,
                 const std::optional<double>& rate) {
  if (rate) {
    object.raw(name, fixed(*rate, 6));
  } else {
    object.null(name);
  }
}

void append_map(json_text::Object& object, std::string_view name,
                const std::map<std::string, std::int64_t>& counts) {
  json_text::Object members(object.member(name));
  for (const auto& [what, count] : counts) members.number(what, count);
}

void append_account(std::string& out, const SimulationReport& report, const SimulatedSide& side,
                    const SimulatedAccount& one) {
  json_text::Object object(out);
  object.text("account", one.account).number("volume", one.volume);
  object.raw("share", fixed(share_of(one.volume, side.routed), 6));
  object.text("spend", one.spend.text()).text("currency", one.currency);
  if (report.is_generated) {
    object.number("asked", one.asked).text("minimum_missing", one.minimum_missing.text());
  }
  append_rate(object, "pass_rate", one.outcomes.pass_rate());
  object.number("n", one.outcomes.count());
  object.raw("effective_n", fixed(one.outcomes.effective(), 3));
  if (!report.is_generated) object.number("without_support", one.without_support);
}

void append_side(std::string& out, const SimulationReport& report, const SimulatedSide& side) {
  json_text::Object object(out);
  object.text("config", side.name).number("routed", side.routed);
  if (report.is_generated) object.number("not_served", side.not_served);
  {
    json_text::Object spend(object.member("spend"));
    for (const auto& [currency, sum] : side.spend) spend.text(currency, sum.text());
  }
  append_rate(object, "pass_rate", side.pass_rate);
  if (side.cost_per_pass) {
    object.text("cost_per_pass", side.cost_per_pass->text());
  } else {
    object.null("cost_per_pass");
  }
  object.raw("supported", fixed(side.supported, 6));
  append_map(object, "rejected", side.rejected);
  if (!report.is_generated) append_map(object, "lacking", side.lacking);
  object.list("accounts", side.accounts, [&](std::string& list, const SimulatedAccount& one) {
    append_account(list, report, side, one);
  });
}

void append_difference(std::string& out, const SimulatedSide& draft, const SimulatedSide& running) {
  json_text::Object object(out);
  object.number("routed", draft.routed - running.routed);
  const bool comparable = have_one_currency(draft, running);
  const auto money_or_null = [&](std::string_view name, bool is_known, auto value) {
    if (is_known) {
      object.text(name, value().text());
    } else {
      object.null(name);
    }
  };
  money_or_null("spend", comparable,
                [&] { return draft.spend.begin()->second - running.spend.begin()->second; });
  std::optional<double> rate;
  if (draft.pass_rate && running.pass_rate) rate = *draft.pass_rate - *running.pass_rate;
  append_rate(object, "pass_rate", rate);
  money_or_null("cost_per_pass", comparable && draft.cost_per_pass && running.cost_per_pass,
                [&] { return *draft.cost_per_pass - *running.cost_per_pass; });
}

}  // namespace

std::string simulation_text(const SimulationReport& report) {
  std::string out;
  append_heading(out, report);
  append_accounts(out, report);
  out += "\n";
  append_totals(out, report);
  append_side_notes(out, report.draft, "draft");
  if (report.running) append_side_notes(out, *report.running, "running config");
  append_counts(out, "recorded, but not usable:", report.unusable);
  append_assumptions(out, report);
  if (report.is_generated && report.elapsed_ms > 0) {
    const std::int64_t decided = report.requests * (report.running ? 2 : 1);
    out += "made in " + fixed(static_cast<double>(report.elapsed_ms) / 1000, 1) +
           " s: " + std::to_string(decided * 1000 / report.elapsed_ms) + " requests a second\n";
  }
  return out;
}

std::string simulation_json(const SimulationReport& report) {
  std::string out;
  json_text::Object object(out);
  object.text("traffic", report.is_generated ? "generated" : "recorded");
  object.number("requests", report.requests).number("days", report.days);
  object.text_if("tenant", report.tenant);
  if (!report.is_generated) {
    object.number("not_ended", report.not_ended);
    append_map(object, "unusable", report.unusable);
  }
  append_side(object.member("draft"), report, report.draft);
  if (report.running) {
    append_side(object.member("running"), report, *report.running);
    append_difference(object.member("difference"), report.draft, *report.running);
  }
  object.close();
  out += '\n';
  return out;
}

}  // namespace idswitch::engine

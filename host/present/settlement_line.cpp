#include "present/settlement_line.hpp"

#include "base/text/json_text.hpp"

namespace idswitch::engine {

std::string settlement_line(const StatementSettlement& settlement) {
  const billing::HandWritten& word = settlement.word;
  std::string line;
  json_text::Object object(line);
  object.text("verification", settlement.verification.text())
      .text("account", settlement.charge.account)
      .text("sku", settlement.charge.sku)
      .text("key", settlement.charge.event)
      .number("call", settlement.charge.call)
      .text("amount", word.charged ? word.charged->text() : "not_charged")
      .text("why", word.note)
      .text_if("vendor_reference", word.vendor_reference);
  object.close();
  return line + "\n";
}

}  // namespace idswitch::engine

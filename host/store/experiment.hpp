#pragma once

// What is kept of experiments: who met which arm, which ones are paused, and what the arms amount
// to. An experiment is (tenant, experiment, seed): a new seed starts it afresh. Plain values.

#include <cstdint>
#include <string>
#include <vector>

#include "model/verification_id.hpp"

namespace idswitch::store {

// A verification's arm, written in the batch that inserts the verification.
struct Exposure {
  VerificationId verification;
  std::string tenant;
  std::string experiment;
  std::string seed;
  std::string arm;
  std::string weights;          // of all arms when this one was drawn; opaque
  std::uint64_t person = 0;     // hash of the platform's pseudonym
  std::int64_t at_unix_ms = 0;  // the verification's created time: times to a result count from it
};

struct ExperimentPause {
  std::string tenant;
  std::string experiment;
  std::string seed;
  std::int64_t paused_unix_ms = 0;
  std::string why;
};

// What every observation of an experiment waits for before it counts.
struct AdmissionRule {
  std::int64_t age_ms = 0;  // how old an exposure has to be; the largest ever given holds
  std::int64_t now_unix_ms = 0;
};

// How many persons met the arm first while the weights were these.
struct WeightsPhase {
  std::string weights;
  std::int64_t persons = 0;
};

// One arm, over some exposures. "First" is a person's first verification in the experiment: only
// these are independent of each other.
struct ArmCounts {
  std::string arm;

  // Persons by the arm they met first.
  std::int64_t persons = 0;     // as many as first verifications
  std::int64_t crossovers = 0;  // of these, who met another arm later

  // All verifications of the arm.
  std::int64_t verifications = 0;
  std::int64_t completed = 0;
  std::int64_t passed = 0;
  std::int64_t charged_micros = 0;         // captures and adjustments
  std::int64_t largest_charge_micros = 0;  // of one verification; 0 when none was charged

  // First verifications.
  std::int64_t first_opened = 0;  // an account took it: neither failed nor still starting
  std::int64_t first_ended = 0;   // completed, expired or cancelled
  std::int64_t first_failed = 0;  // no account took it
  std::int64_t first_completed = 0;
  std::int64_t first_passed = 0;
  std::int64_t first_charged_micros = 0;
  std::int64_t first_final_charged_micros = 0;  // of those that ended or failed
  std::int64_t first_ended_ms_sum = 0;  // over first_ended: from the exposure to the last change

  std::vector<WeightsPhase> phases;  // in the order they were first seen in this arm

  std::string currency;            // of the charges; empty = there are none
  bool currencies_differ = false;  // then the sums mean nothing
};

// What an experiment amounts to, by name of arm; an arm that nobody met is missing.
struct ExperimentCounts {
  std::int64_t age_ms = 0;  // what an exposure is admitted at; 0 = nothing was looked at yet

  // As they stood when they were admitted, and never again different; crossovers are of everybody.
  std::vector<ArmCounts> admitted;

  std::vector<ArmCounts> waiting;  // the others, as they stand now
};

// The next exposures that are old enough, added up: what Batch::admit adds to what was admitted.
struct Admission {
  std::string tenant;
  std::string experiment;
  std::string seed;
  std::int64_t after = 0;    // the last one that was admitted before these; VerificationId.high
  std::int64_t through = 0;  // the last one of these
  std::int64_t age_ms = 0;
  std::vector<ArmCounts> arms;
  bool is_news = false;  // worth writing
  bool is_full = false;  // more may be old enough
};

}  // namespace idswitch::store

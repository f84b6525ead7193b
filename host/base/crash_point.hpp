#pragma once

// Crash points: named places where a build for tests can die as if killed, to show that nothing is
// lost there. Only builds with IDSWITCH_CRASH_POINTS can; in others this does nothing. Any thread.
//
// The environment variable IDSWITCH_CRASH_AT names the point, and after a colon how often it is
// passed before it kills: "start.held" or "start.held:3".

namespace idswitch {

void crash_point(const char* name);

}  // namespace idswitch

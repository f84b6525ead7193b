#pragma once

// PersonDraw: where a person falls in every weighted draw with one salt (an experiment's or a
// weighted policy's seed). It is not remembered but computed: SHA-256 over the salt, a zero byte
// and the person's id, so the same person draws the same on every machine and after every restart.
//
// Parts are ordered by an exponential race: part i has the time -ln(u_i) / weight_i, where u_i
// comes from the person's hash and the part's name alone, and the earliest is first. So
//  - a part is first with the probability weight / sum of weights, and the order of the rest is
//    that of drawing again without it;
//  - writing the parts in another order moves nobody;
//  - removing a part moves only its people, and adding one takes only those it gets;
//  - new weights move at most 2d/(1+d) of the people, d being the total variation distance of old
//    and new shares; of two parts exactly d. No assignment without memory promises less for all
//    changes (Bavarian et al. 2016, "The optimality of correlated sampling").
//
// All in integers, so nobody moves because of another compiler or C library. A change of anything
// here moves everybody in every running experiment.
//
// Plain value, about a microsecond to make and use; any thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace idswitch::routing {

struct DrawPart {
  std::string_view name;  // unlike all others of the draw: equal names have equal luck
  std::uint32_t weight = 0;
};

// A part's place in the order. All but `part` is how it got there.
struct DrawPlace {
  std::uint32_t part = 0;  // index into the parts
  std::uint32_t weight = 0;
  std::uint64_t luck = 0;  // u_i, in 2^-64
  std::uint64_t time = 0;  // -log2(u_i), in 2^-40; still to be divided by the weight
};

class PersonDraw {
 public:
  // Allocates only when salt and id have more than 255 bytes together.
  PersonDraw(std::string_view salt, std::string_view person_id);

  // For a request without a person: not sticky, another seed is another draw. Not equal to the draw
  // of any person.
  static PersonDraw of_seed(std::string_view salt, std::uint64_t seed);

  // Whether the person is among this share of all people. Independent of order(). A higher coverage
  // only adds people.
  bool is_covered(std::uint32_t coverage_ppm) const;

  // Writes all parts in the order they are drawn; those of weight 0 last, as given. `places` has
  // the size of `parts`.
  void order(std::span<const DrawPart> parts, std::span<DrawPlace> places) const;

  // Index of the part that order() puts first. `parts` is not empty.
  std::size_t first(std::span<const DrawPart> parts) const;

 private:
  explicit PersonDraw(std::string_view hashed);

  DrawPlace place(const DrawPart& part, std::size_t index) const;

  std::uint64_t coverage_;
  std::uint64_t key_[2];
};

}  // namespace idswitch::routing

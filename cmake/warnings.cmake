# The project's warnings, as an interface target: linked PRIVATE, never set globally.
# They are errors when IDSWITCH_WERROR is on, as it is in every preset but `release`.
add_library(idswitch_warnings INTERFACE)
target_compile_options(idswitch_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual
  -Wformat=2 -Wundef -Wvla $<$<BOOL:${IDSWITCH_WERROR}>:-Werror>
  # gcc 12 is wrong about Asio's coroutine frames, whose new and delete do belong together.
  # It also warns of copies inside its own std::string once that comes out of a precompiled header.
  $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete;-Wno-array-bounds;-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread>)

add_library(idswitch_c_warnings INTERFACE)
target_compile_options(idswitch_c_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wpadded -Wundef -Wvla
  $<$<BOOL:${IDSWITCH_WERROR}>:-Werror>)

# idswitch_add_plugin(NAME SOURCES...): a plugin file `libidswitch_NAME.so` in ${CMAKE_BINARY_DIR}/lib/idswitch.
# Nothing is visible but the entry, nothing may be left undefined.
set(IDSWITCH_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map)

function(idswitch_add_plugin name)
  add_library(idswitch_plugin_${name} MODULE ${ARGN})
  target_link_libraries(idswitch_plugin_${name} PRIVATE idswitch::plugin_api)
  if(TARGET idswitch_warnings)
    if("${ARGN}" MATCHES "\\.c(;|$)")
      target_link_libraries(idswitch_plugin_${name} PRIVATE idswitch_c_warnings)
    else()
      target_link_libraries(idswitch_plugin_${name} PRIVATE idswitch_warnings)
    endif()
  endif()
  target_compile_features(idswitch_plugin_${name} PRIVATE cxx_std_20)
  set_target_properties(idswitch_plugin_${name} PROPERTIES
    OUTPUT_NAME idswitch_${name} PREFIX lib
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib/idswitch
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON
    LINK_DEPENDS ${IDSWITCH_PLUGIN_MAP})
  target_link_options(idswitch_plugin_${name} PRIVATE
    -Wl,--version-script=${IDSWITCH_PLUGIN_MAP} -Wl,--exclude-libs,ALL)
  # Sanitizer runtimes are found in the executable, so their symbols must be allowed to be missing.
  if(NOT IDSWITCH_SANITIZE)
    target_link_options(idswitch_plugin_${name} PRIVATE -Wl,-z,defs)
  endif()
endfunction()

# The install tree:
#   bin/idswitch                  the program
#   lib/libidswitch.so            the library that platforms embed, target idswitch::idswitch
#   lib/idswitch/*.so             the vendors' plugins
#   include/idswitch/             switch.hpp, verification.hpp; abi.h, abi/, sdk.hpp, sdk/
#   lib/cmake/idswitch/           find_package(idswitch): idswitch::idswitch, idswitch::plugin_api,
#                                 idswitch_add_plugin()
include(CMakePackageConfigHelpers)

# The layers again, as one shared file: the objects of the two that hold public functions, and from the others
# what these need.
if(TARGET idswitch_app)
  add_library(idswitch_shared SHARED $<TARGET_OBJECTS:idswitch_app> $<TARGET_OBJECTS:idswitch_model>)
  set_target_properties(idswitch_shared PROPERTIES
    OUTPUT_NAME idswitch EXPORT_NAME idswitch LINKER_LANGUAGE CXX
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
    LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib
    LINK_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/libidswitch.map)
  target_link_libraries(idswitch_shared PRIVATE idswitch_app)
  target_link_options(idswitch_shared PRIVATE
    -Wl,--version-script=${CMAKE_CURRENT_LIST_DIR}/libidswitch.map)
  target_compile_features(idswitch_shared INTERFACE cxx_std_20)
  target_include_directories(idswitch_shared INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/host/include>
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/plugin-api/include>
    $<INSTALL_INTERFACE:include>)
  add_library(idswitch::idswitch ALIAS idswitch_shared)
  install(TARGETS idswitch_shared EXPORT idswitch LIBRARY DESTINATION lib)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/host/include/idswitch DESTINATION include
    FILES_MATCHING PATTERN "*.hpp")
endif()

if(TARGET idswitch)
  install(TARGETS idswitch RUNTIME DESTINATION bin)
endif()

# Every plugin below plugins/; not those of tests and examples.
function(idswitch_install_plugins folder)
  get_property(targets DIRECTORY ${folder} PROPERTY BUILDSYSTEM_TARGETS)
  list(FILTER targets INCLUDE REGEX "^idswitch_plugin_")
  foreach(target IN LISTS targets)
    install(TARGETS ${target} LIBRARY DESTINATION lib/idswitch
      # The host loads nothing that others than the owner may write.
      PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  endforeach()
  get_property(below DIRECTORY ${folder} PROPERTY SUBDIRECTORIES)
  foreach(child IN LISTS below)
    idswitch_install_plugins(${child})
  endforeach()
endfunction()
idswitch_install_plugins(${PROJECT_SOURCE_DIR}/plugins)

set(destination lib/cmake/idswitch)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/idswitch-config.cmake.in
  ${PROJECT_BINARY_DIR}/idswitch-config.cmake INSTALL_DESTINATION ${destination})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/idswitch-config-version.cmake
  COMPATIBILITY SameMajorVersion)
install(EXPORT idswitch NAMESPACE idswitch:: FILE idswitch-targets.cmake DESTINATION ${destination})
install(FILES ${PROJECT_BINARY_DIR}/idswitch-config.cmake ${PROJECT_BINARY_DIR}/idswitch-config-version.cmake
  ${CMAKE_CURRENT_LIST_DIR}/add_plugin.cmake ${CMAKE_CURRENT_LIST_DIR}/plugin.map
  DESTINATION ${destination})

# understudy::understudy, the library: all rooms that it stands on in one archive, and the headers of
# emulators/understudy alone. Used by add_subdirectory, or by find_package after cmake --install.

include(GNUInstallDirs)
understudy_room(understudy LINK understudy_contract understudy_honeycomb understudy_xray understudy_cloudwatch_logs
  understudy_rollbar)

add_library(understudy_library STATIC)
add_library(understudy::understudy ALIAS understudy_library)
foreach(room base recording tls otlp aws query honeycomb xray cloudwatch_logs rollbar transport session contract understudy)
  target_sources(understudy_library PRIVATE $<TARGET_OBJECTS:understudy_${room}>)
endforeach()
set_target_properties(understudy_library PROPERTIES
  OUTPUT_NAME understudy EXPORT_NAME understudy LINKER_LANGUAGE CXX
  ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
target_compile_features(understudy_library PUBLIC cxx_std_20)
target_link_libraries(understudy_library PRIVATE Threads::Threads PkgConfig::NGHTTP2 PkgConfig::LIBDEFLATE
  PkgConfig::ZSTD PkgConfig::RE2 ZLIB::ZLIB OpenSSL::SSL OpenSSL::Crypto fmt::fmt simdjson::simdjson protobuf::libprotobuf yaml-cpp)

# What a user includes; the other headers of emulators/understudy are its own.
set(understudy_headers understudy.h matchers.h query.h records.h requirement.h result.h value.h waiting.h)

# Users of the build tree see the headers of emulators/understudy, and nothing of the rooms.
set(understudy_include ${PROJECT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${understudy_include})
file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/understudy ${understudy_include}/understudy SYMBOLIC)
target_include_directories(understudy_library INTERFACE
  $<BUILD_INTERFACE:${understudy_include}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

include(CMakePackageConfigHelpers)
set(understudy_package ${CMAKE_INSTALL_LIBDIR}/cmake/understudy)
list(TRANSFORM understudy_headers PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/understudy/)
install(FILES ${understudy_headers} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/understudy COMPONENT library)
install(TARGETS understudy_library EXPORT understudy-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(EXPORT understudy-targets NAMESPACE understudy:: DESTINATION ${understudy_package} COMPONENT library)
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/understudy-config.cmake.in
  ${PROJECT_BINARY_DIR}/understudy-config.cmake INSTALL_DESTINATION ${understudy_package})
# Before 1.0 a minor version may break what an earlier one promised.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/understudy-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/understudy-config.cmake ${PROJECT_BINARY_DIR}/understudy-config-version.cmake
  DESTINATION ${understudy_package} COMPONENT library)

# understudy::understudy, the library: all rooms that it stands on in one archive, and the headers of
# emulators/understudy alone. Used by add_subdirectory, or by find_package after cmake --install.

understudy_room(understudy LINK understudy_contract understudy_honeycomb understudy_xray understudy_cloudwatch_logs
  understudy_rollbar)

add_library(understudy_library STATIC)
add_library(understudy::understudy ALIAS understudy_library)
foreach(room base recording tls otlp aws honeycomb xray cloudwatch_logs rollbar transport session contract understudy)
  target_sources(understudy_library PRIVATE $<TARGET_OBJECTS:understudy_${room}>)
endforeach()
set_target_properties(understudy_library PROPERTIES
  OUTPUT_NAME understudy EXPORT_NAME understudy LINKER_LANGUAGE CXX
  ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
target_compile_features(understudy_library PUBLIC cxx_std_20)
target_link_libraries(understudy_library PRIVATE Threads::Threads PkgConfig::NGHTTP2 PkgConfig::LIBDEFLATE
  PkgConfig::ZSTD ZLIB::ZLIB OpenSSL::SSL OpenSSL::Crypto fmt::fmt simdjson::simdjson protobuf::libprotobuf yaml-cpp)

# Users of the build tree see the headers of emulators/understudy, and nothing of the rooms.
set(understudy_include ${PROJECT_BINARY_DIR}/include)
file(MAKE_DIRECTORY ${understudy_include})
file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR}/understudy ${understudy_include}/understudy SYMBOLIC)
target_include_directories(understudy_library INTERFACE
  $<BUILD_INTERFACE:${understudy_include}> $<INSTALL_INTERFACE:include>)

# Packages, warnings, and the two ways in which this project makes a target:
# understudy_room(NAME ...) for a folder of emulators/, understudy_tests(NAME ...) for a folder of tests/.

# Imported targets are seen by a project around this one, too: it links the library, and with it these.
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(Protobuf REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
find_package(yaml-cpp REQUIRED)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET GLOBAL libnghttp2)
pkg_check_modules(LIBDEFLATE REQUIRED IMPORTED_TARGET GLOBAL libdeflate)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET GLOBAL re2)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET GLOBAL libzstd)

if(PROJECT_IS_TOP_LEVEL)
  find_package(CLI11 REQUIRED)
  pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(understudy_options INTERFACE)
target_compile_options(understudy_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow)
if(UNDERSTUDY_WARNINGS_AS_ERRORS)
  target_compile_options(understudy_options INTERFACE -Werror)
endif()
target_compile_definitions(understudy_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED FMT_ENFORCE_COMPILE_STRING=0)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # libstdc++ 12's own stable_sort calls what it has deprecated itself.
  target_compile_options(understudy_options INTERFACE -Wno-deprecated-declarations)
endif()
target_link_libraries(understudy_options INTERFACE Threads::Threads)
if(UNDERSTUDY_SANITIZE)
  add_compile_options(-fsanitize=${UNDERSTUDY_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${UNDERSTUDY_SANITIZE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND UNDERSTUDY_SANITIZE MATCHES "thread")
    add_compile_options(-Wno-tsan) # Asio's atomic_thread_fence
  endif()
endif()
if(UNDERSTUDY_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=address,undefined)
endif()

# A room of the house: emulators/NAME as a static library understudy_NAME.
#   Its .proto files are compiled by the system's protoc at build time; LINK lists libraries.
function(understudy_room NAME)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  file(GLOB protos RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${NAME}/*.proto)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${NAME}/*.cpp
    ${CMAKE_CURRENT_SOURCE_DIR}/${NAME}/*/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/${NAME}/*.S)
  if(NOT sources AND NOT protos)
    add_library(understudy_${NAME} INTERFACE)
    target_link_libraries(understudy_${NAME} INTERFACE ${ARG_LINK})
    return()
  endif()
  add_library(understudy_${NAME} STATIC ${sources})
  target_include_directories(understudy_${NAME} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(understudy_${NAME} PUBLIC ${ARG_LINK} PRIVATE understudy_options)
  if(protos)
    # At the root of the build, also where a project around this one makes it: so its objects are equal, and cached.
    set(generated ${CMAKE_BINARY_DIR}/generated)
    file(MAKE_DIRECTORY ${generated})
    foreach(proto ${protos})
      string(REGEX REPLACE "\\.proto$" "" stem ${proto})
      add_custom_command(
        OUTPUT ${generated}/${stem}.pb.cc ${generated}/${stem}.pb.h
        COMMAND protobuf::protoc -I ${CMAKE_CURRENT_SOURCE_DIR} --cpp_out=${generated} ${CMAKE_CURRENT_SOURCE_DIR}/${proto}
        DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${proto} VERBATIM)
      target_sources(understudy_${NAME} PRIVATE ${generated}/${stem}.pb.cc)
      set_source_files_properties(${generated}/${stem}.pb.cc PROPERTIES COMPILE_OPTIONS -w)
    endforeach()
    target_include_directories(understudy_${NAME} SYSTEM PUBLIC ${generated})
    target_link_libraries(understudy_${NAME} PUBLIC protobuf::libprotobuf)
  endif()
endfunction()

# The unit tests of one folder: tests/NAME/*_test.cpp in one program NAME_test, found by ctest under label "unit".
function(understudy_tests NAME)
  cmake_parse_arguments(ARG "" "" "LINK;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${NAME}/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  if(NOT TARGET understudy_places)
    add_library(understudy_places OBJECT ${CMAKE_SOURCE_DIR}/tests/places.cpp)
    target_include_directories(understudy_places PUBLIC ${CMAKE_SOURCE_DIR})
    target_compile_definitions(understudy_places PRIVATE
      UNDERSTUDY_SOURCE_DIR="${CMAKE_SOURCE_DIR}" UNDERSTUDY_PROGRAM="${CMAKE_BINARY_DIR}/understudy")
  endif()
  add_executable(${NAME}_test ${sources})
  target_compile_options(${NAME}_test PRIVATE -O0) # half of the time of their compilation; what they test is optimised
  target_link_libraries(${NAME}_test PRIVATE understudy_options understudy_${NAME} understudy_places ${ARG_LINK}
    GTest::gmock GTest::gtest_main)
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  # A watchdog, not a measure.
  set(seconds 120)
  if(UNDERSTUDY_SANITIZE OR UNDERSTUDY_FUZZ)
    set(seconds 600)
  endif()
  gtest_discover_tests(${NAME}_test TEST_PREFIX "${NAME}." DISCOVERY_MODE PRE_TEST
    PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${seconds})
endfunction()

# A fuzz target: tests/fuzz/NAME_fuzz.cpp. Under the fuzz preset a libFuzzer program; elsewhere a program that
# replays tests/fuzz/corpus/NAME, so that each kept input is a regression test (label "fuzz").
function(understudy_fuzz NAME)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${NAME}_fuzz ${CMAKE_CURRENT_SOURCE_DIR}/${NAME}_fuzz.cpp)
  target_include_directories(${NAME}_fuzz PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${NAME}_fuzz PRIVATE understudy_options ${ARG_LINK})
  if(UNDERSTUDY_FUZZ)
    target_link_options(${NAME}_fuzz PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(${NAME}_fuzz PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/replay_main.cpp)
  endif()
  if(NOT TARGET fuzz_targets)
    add_custom_target(fuzz_targets)
  endif()
  add_dependencies(fuzz_targets ${NAME}_fuzz)
  add_test(NAME fuzz.${NAME} COMMAND ${NAME}_fuzz ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${NAME})
  if(UNDERSTUDY_FUZZ)
    set_tests_properties(fuzz.${NAME} PROPERTIES DISABLED TRUE)
  else()
    set_tests_properties(fuzz.${NAME} PROPERTIES LABELS fuzz TIMEOUT 120)
  endif()
endfunction()

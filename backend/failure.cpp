#include "backend/failure.h"

#include <cxxabi.h>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <typeinfo>

namespace cruddur {
namespace {

using Trail = std::vector<std::source_location>;

thread_local Trail trail;
thread_local Trail unwound;  // the trail at the throw of the exception that is passing

/// `void ns::f(int) [with ...]` becomes `ns::f`.
std::string function_name(std::string_view signature) {
  signature = signature.substr(0, signature.find('('));
  const auto blank = signature.find_last_of(" *&");
  return std::string(blank == std::string_view::npos ? signature : signature.substr(blank + 1));
}

std::vector<StackFrame> to_frames(const Trail& places) {
  std::vector<StackFrame> frames;
  for (const auto& place : places) {
    frames.push_back({place.file_name(), place.line(), function_name(place.function_name())});
  }
  return frames;
}

std::string type_of(const std::exception& exception) {
  int status = 0;
  const std::unique_ptr<char, decltype(&std::free)> name(
      abi::__cxa_demangle(typeid(exception).name(), nullptr, nullptr, &status), &std::free);
  return name ? name.get() : typeid(exception).name();
}

}  // namespace

Frame::Frame(std::source_location where) : exceptions_at_entry_(std::uncaught_exceptions()) {
  if (trail.empty()) {
    unwound.clear();
  }
  trail.push_back(where);
}

Frame::~Frame() {
  if (std::uncaught_exceptions() > exceptions_at_entry_ && trail.size() > unwound.size()) {
    unwound = trail;
  }
  trail.pop_back();
}

Failure::Failure(std::string type, std::string message, std::source_location where)
    : type_(std::move(type)), message_(std::move(message)) {
  auto places = trail;
  // The innermost mark names the function that throws: take the line of the throw instead of the mark's.
  if (!places.empty() && std::string_view(places.back().function_name()) == where.function_name()) {
    places.pop_back();
  }
  places.push_back(where);
  frames_ = to_frames(places);
}

std::string Caught::stack_trace() const {
  std::string text = "Trail (most recent call last):\n";
  for (const auto& frame : frames) {
    text += fmt::format("  {}:{} in {}\n", frame.file, frame.line, frame.function);
  }
  return text + summary();
}

Caught describe_current_exception() {
  Caught caught;
  caught.identity = std::current_exception();
  try {
    throw;
  } catch (const Failure& failure) {
    caught.type = failure.type();
    caught.message = failure.what();
    caught.frames = failure.frames();
  } catch (const std::exception& exception) {
    caught.type = type_of(exception);
    caught.message = exception.what();
    caught.frames = to_frames(unwound.empty() ? trail : unwound);
  } catch (...) {
    caught.type = "unknown";
    caught.message = "an exception that is no std::exception";
    caught.frames = to_frames(unwound.empty() ? trail : unwound);
  }
  return caught;
}

}  // namespace cruddur

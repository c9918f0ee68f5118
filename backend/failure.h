#pragma once

#include <exception>
#include <source_location>
#include <string>
#include <vector>

namespace cruddur {

struct StackFrame {
  std::string file;
  unsigned line = 0;
  std::string function;
};

/// Marks the function in which it stands as part of this thread's call trail, so that an exception can say where it
/// came from without debug information: `const Frame frame;`. While an exception passes, the deepest trail is kept.
class Frame {
 public:
  explicit Frame(std::source_location where = std::source_location::current());
  ~Frame();
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;

 private:
  int exceptions_at_entry_;
};

/// What went wrong in the application: a type that a person can search for, a sentence, and the trail to the throw.
class Failure : public std::exception {
 public:
  Failure(std::string type, std::string message, std::source_location where = std::source_location::current());
  const char* what() const noexcept override { return message_.c_str(); }
  const std::string& type() const { return type_; }
  const std::vector<StackFrame>& frames() const { return frames_; }

 private:
  std::string type_;
  std::string message_;
  std::vector<StackFrame> frames_;
};

/// An exception as the vendors want to read it. Frames go from the outermost call to the throw.
struct Caught {
  std::string type;
  std::string message;
  std::vector<StackFrame> frames;
  /// Equal for two sightings of one exception on its way up.
  std::exception_ptr identity;

  std::string summary() const { return type + ": " + message; }
  /// A trail and the summary, a line each.
  std::string stack_trace() const;
};

/// To be called in a catch block.
Caught describe_current_exception();

}  // namespace cruddur

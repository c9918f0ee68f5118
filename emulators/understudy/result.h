// What a call gave, or one line that says why it gave nothing.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace understudy {

struct Error {
  std::string message;  // names the thing and the mend
};

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : held_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }
  // Only where it is ok.
  T& value() { return std::get<0>(held_); }
  const T& value() const { return std::get<0>(held_); }
  T& operator*() { return value(); }
  const T& operator*() const { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  // Empty where it is ok.
  std::string error() const { return ok() ? std::string() : std::get<1>(held_).message; }

 private:
  std::variant<T, Error> held_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }
  std::string error() const { return error_ ? error_->message : std::string(); }

 private:
  std::optional<Error> error_;
};

}  // namespace understudy

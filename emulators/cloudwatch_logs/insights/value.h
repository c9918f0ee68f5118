// A value in a Logs Insights query: a number, a time or a text. The service shows every value as text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace understudy::cloudwatch_logs::insights {

class Value {
 public:
  // `unset`: nobody gave the field a value yet; `missing`: there is none.
  enum class Kind : std::uint8_t { unset, missing, number, time, text };

  Value() = default;
  static Value missing();
  static Value number(double number);
  static Value truth(bool holds) { return number(holds ? 1 : 0); }
  static Value time(std::int64_t unix_ms);
  static Value view(std::string_view text);  // the text lives as long as whoever made it
  static Value text(std::string text);

  Kind kind() const { return kind_; }
  bool present() const { return kind_ > Kind::missing; }
  // A number, a time in milliseconds, or a text that reads as a number.
  std::optional<double> as_number() const;
  std::int64_t time_ms() const { return time_; }
  std::string as_text() const;
  // Without a copy, of texts alone; empty of others.
  std::string_view text_view() const { return owned_ ? std::string_view(*owned_) : view_; }
  bool holds() const;  // as a condition

  // Numbers where both are, else texts. What is missing equals nothing and sorts behind everything.
  static int compare(const Value& left, const Value& right);

 private:
  Kind kind_ = Kind::unset;
  union {
    double number_ = 0;
    std::int64_t time_;
  };
  std::string_view view_;
  std::shared_ptr<const std::string> owned_;
};

std::string time_text(std::int64_t unix_ms);  // "2022-07-18 12:34:31.195"
std::string number_text(double number);

}  // namespace understudy::cloudwatch_logs::insights

#include "program/table.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>

#include "base/utf8.h"

namespace understudy::program {
namespace {

// The first `most` characters; "..." stands for what is left out.
std::string cut(const std::string& text, std::size_t most) {
  if (width_of(text) <= most) return text;
  const std::size_t kept = most > 3 ? most - 3 : 0;
  std::size_t characters = 0, at = 0;
  for (; at < text.size(); ++at) {
    if (begins_character(text[at]) && characters++ == kept) break;
  }
  return text.substr(0, at) + std::string("...").substr(0, std::min<std::size_t>(3, most));
}

}  // namespace

void Table::add(std::vector<std::string> row) {
  for (std::string& cell : row) cell = one_line(cell);
  rows_.push_back(std::move(row));
}

std::string Table::text(std::size_t width) const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    widths.push_back(columns_[i].title.size());
    for (const auto& row : rows_) widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::size_t before_last = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) before_last += widths[i] + 2;
  std::string result;
  const auto add_line = [&](const auto& cell_of) {
    std::string line;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      std::string cell = cell_of(i);
      const bool last = i + 1 == columns_.size();
      if (last && width > before_last) cell = cut(cell, width - before_last);
      const std::size_t own = width_of(cell);
      const std::string padding(widths[i] > own ? widths[i] - own : 0, ' ');
      line += columns_[i].right ? padding + cell : cell + (last ? "" : padding);
      if (!last) line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    result += line + '\n';
  };
  add_line([&](std::size_t i) { return std::string(columns_[i].title); });
  for (const auto& row : rows_) add_line([&](std::size_t i) { return row[i]; });
  return result;
}

std::string human_duration(double ms) {
  if (!std::isfinite(ms)) return "?";
  const double size = std::abs(ms);
  if (size < 0.9995) return fmt::format("{:.0f} us", ms * 1000);
  if (size < 99.95) return fmt::format("{:.1f} ms", ms);
  if (size < 999.5) return fmt::format("{:.0f} ms", ms);
  if (size < 59'995) return fmt::format("{:.2f} s", ms / 1000);
  const std::int64_t seconds = std::llround(std::min(size, 1e15) / 1000);
  return fmt::format("{}{} min {} s", ms < 0 ? "-" : "", seconds / 60, seconds % 60);
}

std::string human_size(std::uint64_t bytes) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  double size = static_cast<double>(bytes);
  constexpr std::string_view units[] = {"kB", "MB", "GB", "TB"};
  std::size_t unit = 0;
  for (size /= 1000; size >= 999.95 && unit + 1 < std::size(units); size /= 1000) ++unit;
  return fmt::format("{:.1f} {}", size, units[unit]);
}

std::string human_time(std::string_view rfc3339) {
  const std::size_t t = rfc3339.find('T');
  return t == std::string_view::npos ? std::string(rfc3339) : std::string(rfc3339.substr(t + 1, 12));
}

std::string one_line(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      result += c;
    }
  }
  return result;
}

std::size_t width_of(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), begins_character));
}

std::string hex_dump(std::string_view bytes, std::size_t most) {
  constexpr std::size_t a_line = 16;
  std::string result;
  const std::string_view shown = bytes.substr(0, most);
  for (std::size_t at = 0; at < shown.size(); at += a_line) {
    const std::string_view line = shown.substr(at, a_line);
    std::string hex, text;
    for (std::size_t i = 0; i < a_line; ++i) {
      if (i == a_line / 2) hex += ' ';
      hex += i < line.size() ? fmt::format("{:02x} ", static_cast<unsigned char>(line[i])) : "   ";
      if (i < line.size()) text += line[i] >= ' ' && line[i] <= '~' ? line[i] : '.';
    }
    result += fmt::format("{:08x}  {} |{}|\n", at, hex, text);
  }
  if (bytes.size() > shown.size()) {
    result += fmt::format("... {} more bytes: --bytes 0 shows all\n", bytes.size() - shown.size());
  }
  return result;
}

std::size_t terminal_width() {
  winsize size{};
  if (isatty(STDOUT_FILENO) == 0 || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

}  // namespace understudy::program

#include "program/xray_daemon_options.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <functional>
#include <optional>
#include <variant>

namespace understudy::program {
namespace {

using Options = XrayDaemonOptions;
using Result = std::expected<void, std::string>;

// Read, and without effect here: there is no AWS behind this daemon to log in to.
struct Unused {};
using Target = std::variant<std::string Options::*, std::uint64_t Options::*, bool Options::*, Unused>;

struct Flag {
  std::string_view short_name;
  std::string_view long_name;
  std::string_view key;  // in cfg.yaml; empty: none
  Target target;
  std::string_view help;
};

const Flag flags[] = {
    {"b", "bind", "Socket.UDPAddress", &Options::udp_address, "UDP address and port of the daemon"},
    {"t", "bind-tcp", "Socket.TCPAddress", &Options::tcp_address, "TCP address and port of the daemon"},
    {"o", "local-mode", "LocalMode", &Options::local_mode, "Do not ask for the metadata of an EC2 instance"},
    {"n", "region", "Region", &Options::region, "Region of the service"},
    {"m", "buffer-memory", "TotalBufferSizeMB", &Options::buffer_mb, "Memory for buffers in MB, at least 3"},
    {"a", "resource-arn", "ResourceARN", &Options::resource_arn, "ARN of the resource that runs the daemon"},
    {"r", "role-arn", "RoleARN", Unused{}, "Role to assume (read, without effect)"},
    {"p", "proxy-address", "ProxyAddress", &Options::proxy_address, "Proxy in front of X-Ray (without effect)"},
    {"f", "log-file", "Logging.LogPath", &Options::log_file, "File for the log"},
    {"l", "log-level", "Logging.LogLevel", &Options::log_level, "dev, debug, info, warn, error or prod"},
    {"v", "version", "", &Options::wants_version, "Print the version"},
    {"h", "help", "", &Options::wants_help, "Print this"},
    {"", "journal", "", &Options::journal, "Not the daemon's own: keep the capture in this folder"},
    {"", "console", "", &Options::console_address, "Not the daemon's own: address of the control API and web page"},
    {"", "ready-file", "", &Options::ready_file, "Not the daemon's own: written when every door is open"},
    {"", "start-delay", "", &Options::start_delay_s,
     "Not the daemon's own: seconds until TCP answers; the real one takes 9 without an instance's metadata"},
};

// Keys of cfg.yaml without a flag; none of them matters here.
constexpr std::string_view other_keys[] = {"Concurrency", "NoVerifySSL", "Logging.LogRotation", "Version"};

std::optional<bool> as_bool(std::string_view text) {  // as Go's strconv.ParseBool
  static constexpr std::string_view yes[] = {"1", "t", "T", "true", "TRUE", "True"};
  static constexpr std::string_view no[] = {"0", "f", "F", "false", "FALSE", "False"};
  if (std::ranges::find(yes, text) != std::end(yes)) return true;
  if (std::ranges::find(no, text) != std::end(no)) return false;
  return std::nullopt;
}

bool set(Options& options, const Target& target, const std::string& value) {
  if (const auto* text = std::get_if<std::string Options::*>(&target)) {
    options.*(*text) = value;
  } else if (const auto* number = std::get_if<std::uint64_t Options::*>(&target)) {
    const auto* end = value.data() + value.size();
    const auto read = std::from_chars(value.data(), end, options.*(*number));
    return read.ec == std::errc{} && read.ptr == end;
  } else if (const auto* flag = std::get_if<bool Options::*>(&target)) {
    const auto truth = as_bool(value);
    if (truth) options.*(*flag) = *truth;
    return truth.has_value();
  }
  return true;
}

const Flag* find_flag(std::string_view name) {
  const auto* found = std::ranges::find_if(flags, [&](const Flag& flag) {
    return name == flag.long_name || (!flag.short_name.empty() && name == flag.short_name);
  });
  return found == std::end(flags) ? nullptr : found;
}

// As Go's package flag: one dash or two, "-b value" or "-b=value"; the first word without a dash ends it.
Result read_flags(const std::vector<std::string>& arguments,
                  const std::function<Result(const Flag&, const std::string&)>& take, std::vector<std::string>& rest) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--" || argument.size() < 2 || argument.front() != '-') {
      rest.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i + (argument == "--" ? 1 : 0)), arguments.end());
      return {};
    }
    std::string_view name = std::string_view(argument).substr(argument.starts_with("--") ? 2 : 1);
    std::optional<std::string> value;
    if (const auto equals = name.find('='); equals != std::string_view::npos) {
      value = name.substr(equals + 1);
      name = name.substr(0, equals);
    }
    const Flag* flag = find_flag(name);
    if (flag == nullptr) return std::unexpected(fmt::format("flag provided but not defined: -{}", name));
    if (!value && std::holds_alternative<bool Options::*>(flag->target)) value = "true";
    if (!value) {
      if (++i == arguments.size()) return std::unexpected(fmt::format("flag needs an argument: -{}", name));
      value = arguments[i];
    }
    if (auto taken = take(*flag, *value); !taken) return taken;
  }
  return {};
}

Result apply(Options& options, const Flag& flag, const std::string& value, std::string_view where) {
  if (set(options, flag.target, value)) return {};
  return std::unexpected(fmt::format("invalid value \"{}\" for {}", value, where));
}

Result read_key(Options& options, const std::string& key, const YAML::Node& value) {
  if (std::ranges::find(other_keys, key) != std::end(other_keys)) return {};
  if (key == "Endpoint") {
    if (value.IsScalar()) options.endpoint = value.Scalar();
    return {};
  }
  const auto* flag = std::ranges::find_if(flags, [&](const Flag& one) { return !one.key.empty() && one.key == key; });
  if (flag == std::end(flags)) {
    return std::unexpected(
        fmt::format("{} flag is invalid. Please refer to AWS X-Ray Documentation for more information.", key));
  }
  if (!value.IsDefined() || value.IsNull()) return {};
  if (!value.IsScalar()) return std::unexpected(fmt::format("{} is not one value", key));
  if (value.Scalar().empty()) return {};
  return apply(options, *flag, value.Scalar(), key);
}

Result read_configuration(Options& options, const std::string& path) {
  YAML::Node root;
  try {
    root = YAML::LoadFile(path);
  } catch (const YAML::Exception& error) {
    return std::unexpected(fmt::format("cannot read the configuration file {}: {}", path, error.what()));
  }
  if (root.IsNull()) return {};  // an empty file
  if (!root.IsMap()) return std::unexpected(fmt::format("the configuration file {} is no map of keys", path));
  for (const auto& member : root) {
    const auto name = member.first.Scalar();
    if (!member.second.IsMap()) {
      if (auto read = read_key(options, name, member.second); !read) return read;
      continue;
    }
    for (const auto& inner : member.second) {
      if (auto read = read_key(options, fmt::format("{}.{}", name, inner.first.Scalar()), inner.second); !read) {
        return read;
      }
    }
  }
  return {};
}

}  // namespace

std::expected<Options, std::string> read_xray_daemon_options(const XrayDaemonInput& input) {
  std::string configuration;
  // -c and --config are looked for first: the file is read before the flags that win over it.
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < input.arguments.size(); ++i) {
    const std::string& argument = input.arguments[i];
    const bool is_flag = argument.starts_with('-');
    const auto name = std::string_view(argument).substr(argument.starts_with("--") ? 2 : is_flag ? 1 : 0);
    if (is_flag && (name == "c" || name == "config") && i + 1 < input.arguments.size()) {
      configuration = input.arguments[++i];
    } else if (is_flag && (name.starts_with("c=") || name.starts_with("config="))) {
      configuration = name.substr(name.find('=') + 1);
    } else {
      arguments.push_back(argument);
    }
  }
  const bool was_named = !configuration.empty();
  for (const auto& path : input.default_configurations) {
    if (configuration.empty() && std::filesystem::exists(path)) configuration = path;
  }
  Options options;
  if (was_named && !std::filesystem::exists(configuration)) {
    return std::unexpected(fmt::format("there is no configuration file {}", configuration));
  }
  if (!configuration.empty()) {
    if (auto read = read_configuration(options, configuration); !read) return std::unexpected(read.error());
  }
  const auto take = [&](const Flag& flag, const std::string& value) {
    return apply(options, flag, value, fmt::format("flag -{}", flag.short_name));
  };
  if (auto read = read_flags(arguments, take, options.ignored); !read) return std::unexpected(read.error());
  if (const auto region = input.environment.find("AWS_REGION");
      options.region.empty() && region != input.environment.end()) {
    options.region = region->second;
  }
  return options;
}

std::string xray_daemon_usage() {
  std::string text = "Usage: X-Ray [options]\n";
  for (const Flag& flag : flags) {
    const auto names = flag.short_name.empty() ? fmt::format("    --{}", flag.long_name)
                                               : fmt::format("-{}  --{}", flag.short_name, flag.long_name);
    text += fmt::format("  {:<22} {}\n", names, flag.help);
  }
  text += "  -c  --config           Configuration file (default /etc/amazon/xray/cfg.yaml, then cfg.yaml)\n";
  text += "Example: understudy xray-daemon -o -n us-east-1 -b 0.0.0.0:2000 -t 0.0.0.0:2000\n";
  return text;
}

}  // namespace understudy::program

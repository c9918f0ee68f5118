#include "backend/http/message.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "backend/text.h"

namespace cruddur {
namespace {

/// What Werkzeug 3 writes on its pages and in the status line [run].
struct Status {
  int code;
  std::string_view reason;
  std::string_view description;
};
constexpr std::array statuses{
    Status{200, "OK", ""},
    Status{308, "Permanent Redirect", ""},
    Status{400, "Bad Request", "The browser (or proxy) sent a request that this server could not understand."},
    Status{404, "Not Found",
           "The requested URL was not found on the server. If you entered the URL manually please check your spelling "
           "and try again."},
    Status{405, "Method Not Allowed", "The method is not allowed for the requested URL."},
    Status{414, "Request URI Too Long",
           "The length of the requested URL exceeds the capacity limit for this server. The request cannot be "
           "processed."},
    Status{415, "Unsupported Media Type",
           "Did not attempt to load JSON data because the request Content-Type was not &#39;application/json&#39;."},
    Status{422, "Unprocessable Entity", ""},
    Status{500, "Internal Server Error",
           "The server encountered an internal error and was unable to complete your request. Either the server is "
           "overloaded or there is an error in the application."},
};

const Status& status_of(int code) {
  const auto* found = std::ranges::find(statuses, code, &Status::code);
  return found == statuses.end() ? statuses.back() : *found;
}

std::string_view path_of(std::string_view target) {
  // The absolute form, as a proxy's client sends it.
  const auto scheme = target.find("://");
  if (!target.starts_with('/') && scheme != std::string_view::npos) {
    target.remove_prefix(std::min(target.size(), target.find('/', scheme + 3)));
  }
  return target.substr(0, target.find('?'));
}

std::string escape_html(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&#34;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

}  // namespace

std::optional<std::string> HeaderList::get(std::string_view name) const {
  const auto found =
      std::ranges::find_if(entries_, [&](const auto& entry) { return equal_ignoring_case(entry.first, name); });
  if (found == entries_.end()) {
    return std::nullopt;
  }
  return found->second;
}

std::string HttpRequest::path() const {
  auto path = percent_decode(path_of(target));
  return path.starts_with('/') ? path : "/" + path;
}

std::string HttpRequest::query() const {
  const auto question = target.find('?');
  return question == std::string::npos ? "" : target.substr(question + 1);
}

std::optional<std::string> HttpRequest::argument(std::string_view name) const {
  const auto text = query();
  for (const auto pair : split(text, '&')) {
    const auto equals = pair.find('=');
    if (!pair.empty() && percent_decode(pair.substr(0, equals), true) == name) {
      return equals == std::string_view::npos ? "" : percent_decode(pair.substr(equals + 1), true);
    }
  }
  return std::nullopt;
}

std::string HttpRequest::host() const { return headers.get("Host").value_or(fmt::format("127.0.0.1:{}", local_port)); }

std::string HttpRequest::base_url() const {
  // What an X-Ray segment of the seeds shows: `@` coded, slashes not.
  constexpr std::string_view plain = "-._~/!$&'()*+,;=:";
  std::string url = "http://" + host();
  for (const char c : path()) {
    const bool stays = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       plain.find(c) != std::string_view::npos;
    url += stays ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return url;
}

std::string HttpResponse::status_line() const { return fmt::format("{} {}", status, to_upper(reason_phrase(status))); }

HttpResponse json_response(int status, std::string body) {
  return {.status = status, .content_type = "application/json", .headers = {}, .body = std::move(body)};
}

HttpResponse error_page(int status, std::string_view description) {
  const auto& known = status_of(status);
  auto body = fmt::format("<!doctype html>\n<html lang=en>\n<title>{0} {1}</title>\n<h1>{1}</h1>\n<p>{2}</p>\n", status,
                          known.reason, description.empty() ? known.description : description);
  HttpResponse response;
  response.status = status;
  response.body = std::move(body);
  return response;
}

HttpResponse redirect_page(const std::string& location) {
  HttpResponse response;
  response.status = 308;
  response.headers.add("Location", location);
  response.body = fmt::format(
      "<!doctype html>\n<html lang=en>\n<title>Redirecting...</title>\n<h1>Redirecting...</h1>\n<p>You should be "
      "redirected automatically to the target URL: <a href=\"{0}\">{0}</a>. If not, click the link.\n",
      escape_html(location));
  return response;
}

std::string_view reason_phrase(int status) { return status_of(status).reason; }

}  // namespace cruddur

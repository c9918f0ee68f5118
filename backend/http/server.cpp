#include "backend/http/server.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <httplib.h>

#include <ctime>
#include <set>

#include "backend/text.h"

namespace cruddur {
namespace {

constexpr int threads = 32;

HttpRequest read_request(const httplib::Request& from, std::string body) {
  HttpRequest request;
  request.method = from.method;
  request.target = from.target;
  request.version = from.version;
  for (const auto& [name, value] : from.headers) {
    // cpp-httplib keeps the connection's ends among the headers.
    if (name != "REMOTE_ADDR" && name != "REMOTE_PORT" && name != "LOCAL_ADDR" && name != "LOCAL_PORT") {
      request.headers.add(name, value);
    }
  }
  request.body = std::move(body);
  request.remote_address = from.remote_addr;
  request.remote_port = from.remote_port;
  request.local_port = from.local_port;
  return request;
}

void write_response(const HttpResponse& from, httplib::Response& response) {
  response.status = from.status;
  for (const auto& [name, value] : from.headers.entries()) {
    response.set_header(name, value);
  }
  response.set_header("Server", "cruddur");
  response.set_header("Date", fmt::format("{:%a, %d %b %Y %H:%M:%S GMT}", fmt::gmtime(std::time(nullptr))));
  response.set_content(from.body, from.content_type.c_str());
}

/// The seeds' server neither compresses nor answers ranges; cpp-httplib would do both by the request's headers.
void forget_ranges_and_codings(const httplib::Request& request) {
  auto& open = const_cast<httplib::Request&>(request);  // NOLINT: cpp-httplib's own object, not const itself
  open.ranges.clear();
  open.headers.erase("Accept-Encoding");
}

bool is_known_method(const std::string& method) {
  static const std::set<std::string> known{"GET",     "HEAD",    "POST",  "PUT",   "DELETE",
                                           "CONNECT", "OPTIONS", "TRACE", "PATCH", "PRI"};
  return known.contains(method);
}

void take_address(int socket) {
  // Without cpp-httplib's SO_REUSEPORT, with which two programs share a port and neither is told.
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
}

}  // namespace

struct Server::Implementation {
  explicit Implementation(const Application& served) : application(served) {
    server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
    server.set_socket_options(take_address);
    server.set_tcp_nodelay(true);
    server.set_keep_alive_max_count(1);
    server.set_pre_routing_handler([this](const auto& request, auto& response) {
      const bool has_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH" ||
                            request.method == "DELETE";
      if (has_body) {
        return httplib::Server::HandlerResponse::Unhandled;
      }
      answer(request, "", response);
      return httplib::Server::HandlerResponse::Handled;
    });
    const auto with_body = [this](const auto& request, auto& response, const auto& reader) {
      // By hand, because cpp-httplib parses forms and refuses those over 8 KiB.
      std::string body;
      reader([&](const char* data, std::size_t size) {
        body.append(data, size);
        return true;
      });
      answer(request, std::move(body), response);
    };
    constexpr auto everything = "[\\s\\S]*";
    server.Post(everything, with_body);
    server.Put(everything, with_body);
    server.Patch(everything, with_body);
    server.Delete(everything, with_body);
    server.set_error_handler([this](const auto& request, auto& response) {
      if (response.body.empty()) {
        answer_refused(request, response);
      }
    });
  }

  /// What cpp-httplib refuses by itself: a malformed head, or a method that it does not know. Of that it has read the
  /// first line alone, which is enough to say what is allowed.
  void answer_refused(const httplib::Request& request, httplib::Response& response) {
    const auto method = to_upper(request.method);
    const bool is_unknown_method = response.status == 400 && !is_known_method(request.method) &&
                                   request.target.starts_with('/') && request.version.starts_with("HTTP/1.");
    if (!is_unknown_method) {
      write_response(error_page(response.status), response);
      return;
    }
    auto read = read_request(request, "");
    read.method = method;
    write_response(application.handle(read), response);
  }

  void answer(const httplib::Request& request, std::string body, httplib::Response& response) {
    auto read = read_request(request, std::move(body));
    forget_ranges_and_codings(request);
    write_response(application.handle(read), response);
  }

  const Application& application;
  httplib::Server server;
};

Server::Server(const Application& application) : implementation_(std::make_unique<Implementation>(application)) {}
Server::~Server() = default;

std::expected<int, std::string> Server::bind(const std::string& host, int port) {
  auto& server = implementation_->server;
  const int bound = port == 0 ? server.bind_to_any_port(host) : server.bind_to_port(host, port) ? port : -1;
  if (bound < 0) {
    return std::unexpected(
        fmt::format("cannot listen on {}:{}: is another program there? CRUDDUR_PORT chooses another port", host, port));
  }
  return bound;
}

void Server::serve() { implementation_->server.listen_after_bind(); }
void Server::stop() { implementation_->server.stop(); }

}  // namespace cruddur

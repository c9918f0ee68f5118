// Cruddur's backend. Every setting comes from the environment; README.md lists them.
#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "backend/cruddur.h"
#include "backend/http/server.h"

namespace {

int refuse(const std::string& why) {
  fmt::print(stderr, "cruddur cannot start: {}\n", why);
  return 1;
}

/// SIGINT and SIGTERM end the program in order; every thread that comes later inherits that they are held back.
sigset_t hold_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

}  // namespace

int main() {
  using namespace cruddur;
  const auto signals = hold_signals();
  std::signal(SIGPIPE, SIG_IGN);
  const auto environment = Environment::of_process();
  const auto host = environment.get_or("CRUDDUR_HOST", "0.0.0.0");
  const auto port = environment.number("CRUDDUR_PORT", 4567, 0, 65535);
  // Less than the ten seconds that a container is given between SIGTERM and SIGKILL.
  const auto flush_ms = environment.number("CRUDDUR_FLUSH_TIMEOUT_MS", 9000, 0, 3'600'000);
  if (!port || !flush_ms) {
    return refuse(port ? flush_ms.error() : port.error());
  }
  const auto instruments = Instruments::open(environment);
  if (!instruments) {
    return refuse(instruments.error());
  }
  const auto application = make_cruddur(environment, **instruments, host);
  Server server(*application);
  const auto bound = server.bind(host, static_cast<int>(*port));
  if (!bound) {
    return refuse(bound.error());
  }
  fmt::print(" * Running on http://{}:{}\n", host, *bound);
  std::fflush(stdout);
  std::thread serving([&] { server.serve(); });

  int signal = 0;
  sigwait(&signals, &signal);
  // A second signal ends the program at once.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  server.stop();
  serving.join();
  const bool is_complete = (*instruments)->stop(telemetry::Clock::now() + std::chrono::milliseconds(*flush_ms));
  std::fflush(nullptr);
  if (!is_complete) {
    // Its threads may still wait for a vendor that does not answer.
    std::_Exit(0);
  }
  return 0;
}

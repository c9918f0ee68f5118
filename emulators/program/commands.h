// The commands of the program. Each adds itself to the command line; when it is the one that was asked for, its
// callback runs and sets `exit_code`.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "recording/vendor.h"
#include "session/views.h"

namespace CLI {
class App;
}

namespace understudy::program {

// Exit codes beside 0.
constexpr int exit_nothing_started = 2;  // bad flag, taken port, unwritable journal, no connection
constexpr int exit_verdict_failed = 3;   // a contract does not hold

void add_serve(CLI::App& app, int& exit_code);
void add_show(CLI::App& app, int& exit_code);
void add_tail(CLI::App& app, int& exit_code);
void add_export(CLI::App& app, int& exit_code);
void add_env(CLI::App& app, int& exit_code);
void add_check(CLI::App& app, int& exit_code);
void add_health(CLI::App& app, int& exit_code);
void add_ca(CLI::App& app, int& exit_code);
void add_explain(CLI::App& app, int& exit_code);
// Reads its command line by itself: that of the X-Ray daemon follows other rules.
void add_xray_daemon(CLI::App& app);
int run_xray_daemon(std::vector<std::string> arguments);

// All vendors, in the order in which requests on shared doors are offered to them.
const session::Vendors& vendors();

}  // namespace understudy::program

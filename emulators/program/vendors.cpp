#include "cloudwatch_logs/cloudwatch_logs.h"
#include "honeycomb/honeycomb.h"
#include "program/commands.h"
#include "rollbar/rollbar.h"
#include "xray/xray.h"

namespace understudy::program {

const session::Vendors& vendors() {
  static const std::vector<std::unique_ptr<recording::Vendor>> owned = [] {
    std::vector<std::unique_ptr<recording::Vendor>> made;
    made.push_back(honeycomb::make_vendor());
    made.push_back(xray::make_vendor());
    made.push_back(cloudwatch_logs::make_vendor());  // the last on the AWS door: it answers what nobody claims
    made.push_back(rollbar::make_vendor());
    return made;
  }();
  static const session::Vendors all = [] {
    session::Vendors pointers;
    for (const auto& vendor : owned) pointers.push_back(vendor.get());
    return pointers;
  }();
  return all;
}

}  // namespace understudy::program

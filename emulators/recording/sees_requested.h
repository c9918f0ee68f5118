// What a deriver of findings has beside Vendor::Deriver if it looks at records that are made on request.
#pragma once

#include <string_view>

namespace understudy::recording {

// It sees those of this kind after the others of their entry.
class SeesRequested {
 public:
  virtual ~SeesRequested() = default;
  virtual std::string_view kind_on_request() const = 0;
};

}  // namespace understudy::recording

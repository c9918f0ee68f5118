#include "aws/environment.h"

#include <string>

namespace understudy::aws {

recording::Environment client_environment(std::string_view url) {
  return {
      {"AWS_ENDPOINT_URL", std::string(url)},
      {"AWS_ACCESS_KEY_ID", "AKIAUNDERSTUDYLOCAL0"},
      {"AWS_SECRET_ACCESS_KEY", "understudy-knows-no-secret-unless-accounts-say-so"},
      {"AWS_DEFAULT_REGION", "us-east-1"},
      {"AWS_REGION", "us-east-1"},
      {"AWS_EC2_METADATA_DISABLED", "true"},
  };
}

}  // namespace understudy::aws

// The local certificate authority: one a user, kept in a folder, able to vouch for nothing but this program's names.
//
// `ca.pem` is the certificate that clients are told to trust; `ca.key` its key, readable by its owner alone. The
// certificate's name constraints are critical, so a client refuses whatever the key might sign beyond them.
// Several processes may ask for the same folder at once: a lock on the folder lets one of them make the files.
#pragma once

#include <expected>
#include <filesystem>
#include <span>
#include <string>

namespace understudy::tls {

struct Authority {
  std::filesystem::path certificate_file;
  std::string certificate;  // PEM
  std::string key;          // PEM
  bool made = false;        // by this call
};

// $XDG_STATE_HOME/understudy, by default ~/.local/state/understudy. Fails if neither variable is set.
std::expected<std::filesystem::path, std::string> default_folder();

// Loads the authority of the folder. Makes it where there is none, and again when it has expired or its constraints are
// not these hosts. The error is one line that names the file and the mend.
std::expected<Authority, std::string> ensure_authority(const std::filesystem::path& folder,
                                                       std::span<const std::string> hosts);

// For people: what the certificate is called, its SHA-256 fingerprint, its last day.
struct Description {
  std::string subject;
  std::string fingerprint;
  std::string not_after;
};
std::expected<Description, std::string> describe(const Authority& authority);

}  // namespace understudy::tls

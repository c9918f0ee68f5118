#include "tls/authority.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>

#include "tls/certificate.h"

namespace understudy::tls {
namespace {

namespace fs = std::filesystem;
using std::unexpected;

constexpr const char* certificate_name = "ca.pem";
constexpr const char* key_name = "ca.key";

// The folder itself is what is locked: it needs no file of its own, and the kernel lets go when the process ends.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder) : fd_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    while (fd_ >= 0 && ::flock(fd_, LOCK_EX) != 0 && errno == EINTR) {
    }
  }
  ~FolderLock() {
    if (fd_ >= 0) ::close(fd_);
  }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  bool held() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::expected<std::string, std::string> read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return unexpected(fmt::format("cannot read {}: {}", path.string(), std::strerror(errno)));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Whole or not at all.
std::expected<void, std::string> write(const fs::path& path, std::string_view text, mode_t mode) {
  const std::string temporary = fmt::format("{}.{}", path.string(), getpid());
  const auto failed = [&](const std::string& file) {
    const std::string why = std::strerror(errno);
    ::unlink(temporary.c_str());
    return unexpected(fmt::format("cannot write {}: {}; choose another folder with --ca-dir", file, why));
  };
  ::unlink(temporary.c_str());
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) return failed(temporary);
  const bool written = ::fchmod(fd, mode) == 0 &&
                       ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  if (::close(fd) != 0 || !written) return failed(temporary);
  if (::rename(temporary.c_str(), path.c_str()) != 0) return failed(path.string());
  return {};
}

std::expected<Authority, std::string> make(const fs::path& folder, std::span<const std::string> hosts) {
  const Key key = make_key();
  const Certificate certificate = key ? make_authority_certificate(*key, hosts) : nullptr;
  if (!certificate) return unexpected(fmt::format("cannot make a certificate authority: {}", openssl_error()));
  Authority authority{folder / certificate_name, pem_of(*certificate), pem_of(*key), true};
  // The key first: a certificate without its key would be trusted in vain.
  if (auto written = write(folder / key_name, authority.key, 0600); !written) return unexpected(written.error());
  if (auto written = write(authority.certificate_file, authority.certificate, 0644); !written) {
    return unexpected(written.error());
  }
  return authority;
}

std::expected<Authority, std::string> load(const fs::path& folder) {
  const fs::path key_file = folder / key_name;
  Authority authority{folder / certificate_name, {}, {}, false};
  struct stat status{};
  if (::stat(key_file.c_str(), &status) == 0 && (status.st_mode & 077) != 0) {
    return unexpected(fmt::format("others may read the CA's key: chmod 600 {}", key_file.string()));
  }
  for (const auto& [file, text] :
       {std::pair(authority.certificate_file, &authority.certificate), std::pair(key_file, &authority.key)}) {
    auto content = read(file);
    if (!content) return unexpected(content.error());
    *text = std::move(*content);
  }
  const Certificate certificate = certificate_from(authority.certificate);
  const Key key = key_from(authority.key);
  if (!certificate || !key || X509_check_private_key(certificate.get(), key.get()) != 1) {
    ERR_clear_error();
    return unexpected(fmt::format("{} and {} are no certificate and its key: delete both, and new ones are made",
                                  authority.certificate_file.string(), key_file.string()));
  }
  return authority;
}

bool is_current(const Authority& authority, std::span<const std::string> hosts) {
  const Certificate certificate = certificate_from(authority.certificate);
  return certificate && X509_cmp_current_time(X509_get0_notAfter(certificate.get())) > 0 &&
         has_constraints(*certificate, hosts);
}

}  // namespace

std::expected<fs::path, std::string> default_folder() {
  // A relative path in the variable is to be ignored. [docs: XDG Base Directory Specification]
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') {
    return fs::path(state) / "understudy";
  }
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return fs::path(home) / ".local" / "state" / "understudy";
  }
  return unexpected("neither XDG_STATE_HOME nor HOME says where the CA is kept: use --ca-dir");
}

std::expected<Authority, std::string> ensure_authority(const fs::path& folder, std::span<const std::string> hosts) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error && !fs::is_directory(folder)) {
    return unexpected(fmt::format("cannot make the CA's folder {}: {}; choose another with --ca-dir", folder.string(),
                                  error.message()));
  }
  const FolderLock lock(folder);
  if (!lock.held()) {
    return unexpected(fmt::format("cannot open the CA's folder {}: {}; choose another with --ca-dir", folder.string(),
                                  std::strerror(errno)));
  }
  // A key alone is what a killed first use leaves.
  if (!fs::exists(folder / certificate_name)) return make(folder, hosts);
  auto loaded = load(folder);
  if (!loaded || is_current(*loaded, hosts)) return loaded;
  return make(folder, hosts);
}

std::expected<Description, std::string> describe(const Authority& authority) {
  const Certificate certificate = certificate_from(authority.certificate);
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  if (!certificate || X509_digest(certificate.get(), EVP_sha256(), digest.data(), &size) != 1) {
    return unexpected(fmt::format("{} is no certificate", authority.certificate_file.string()));
  }
  Description description;
  std::array<char, 256> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(), name.size());
  description.subject = name.data();
  for (unsigned i = 0; i < size; ++i) description.fingerprint += fmt::format("{}{:02X}", i == 0 ? "" : ":", digest[i]);
  tm end{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &end);
  description.not_after = fmt::format("{:04}-{:02}-{:02}", end.tm_year + 1900, end.tm_mon + 1, end.tm_mday);
  return description;
}

}  // namespace understudy::tls

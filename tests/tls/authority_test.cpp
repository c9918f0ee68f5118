// The local CA: what it may vouch for, who may read its key, and what becomes of it in time.
#include "tls/authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "tls/certificate.h"
#include "tls/host_names.h"

namespace understudy::tls {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::vector<std::string> hosts{"api.vendor.example", "logs.us-east-1.vendor.example"};

class AuthorityTest : public testing::Test {
 protected:
  AuthorityTest() {
    std::string pattern = (fs::temp_directory_path() / "understudy-ca-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~AuthorityTest() override { fs::remove_all(folder); }

  Authority ensure(const std::vector<std::string>& of = hosts) {
    auto authority = ensure_authority(folder / "state", of);
    EXPECT_TRUE(authority) << authority.error();
    return authority ? *authority : Authority();
  }
  // What a client that trusts the authority says to a certificate for these names, when it called `asked`.
  static int verify(const Authority& authority, const std::vector<std::string>& names, const std::string& asked) {
    const Certificate ca = certificate_from(authority.certificate);
    const Key ca_key = key_from(authority.key);
    const Key key = make_key();
    const Certificate leaf = issue(*ca, *ca_key, *key, names);
    const std::unique_ptr<X509_STORE, FreeWith<X509_STORE_free>> store(X509_STORE_new());
    X509_STORE_add_cert(store.get(), ca.get());
    const std::unique_ptr<X509_STORE_CTX, FreeWith<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
    X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr);
    X509_VERIFY_PARAM* how = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_flags(how, X509_V_FLAG_X509_STRICT);
    X509_VERIFY_PARAM_set_purpose(how, X509_PURPOSE_SSL_SERVER);
    if (X509_VERIFY_PARAM_set1_ip_asc(how, asked.c_str()) != 1) X509_VERIFY_PARAM_set1_host(how, asked.c_str(), 0);
    ERR_clear_error();
    return X509_verify_cert(context.get()) == 1 ? X509_V_OK : X509_STORE_CTX_get_error(context.get());
  }
  static mode_t mode_of(const fs::path& file) {
    struct stat status{};
    ::stat(file.c_str(), &status);
    return status.st_mode & 0777;
  }
  void write(const char* name, std::string_view text) { std::ofstream(folder / "state" / name) << text; }

  fs::path folder;
};

TEST_F(AuthorityTest, IsMadeOnceAndItsKeyIsTheOwnersAlone) {
  const Authority first = ensure();
  EXPECT_TRUE(first.made);
  EXPECT_EQ(first.certificate_file, folder / "state" / "ca.pem");
  EXPECT_EQ(mode_of(folder / "state" / "ca.key"), 0600);
  EXPECT_EQ(first.certificate.find("PRIVATE KEY"), std::string::npos);
  const Authority again = ensure();
  EXPECT_FALSE(again.made);
  EXPECT_EQ(again.certificate, first.certificate);
  EXPECT_EQ(again.key, first.key);
}

TEST_F(AuthorityTest, VouchesForTheHostsAndThisMachineAndNothingElse) {
  const Authority authority = ensure();
  for (const std::string name :
       {"api.vendor.example", "logs.us-east-1.vendor.example", "localhost", "127.0.0.1", "::1"})
    EXPECT_EQ(verify(authority, {name}, name), X509_V_OK) << name;
  for (const std::string name : {"bank.example", "vendor.example", "logs.eu-west-1.vendor.example", "10.0.0.1"})
    EXPECT_EQ(verify(authority, {name}, name), X509_V_ERR_PERMITTED_VIOLATION) << name;
  EXPECT_EQ(verify(authority, {"api.vendor.example"}, "localhost"), X509_V_ERR_HOSTNAME_MISMATCH);
}

TEST_F(AuthorityTest, TheConstraintsAreCritical) {
  const Certificate ca = certificate_from(ensure().certificate);
  const int at = X509_get_ext_by_NID(ca.get(), NID_name_constraints, -1);
  ASSERT_GE(at, 0);
  EXPECT_EQ(X509_EXTENSION_get_critical(X509_get_ext(ca.get(), at)), 1);
  EXPECT_TRUE(has_constraints(*ca, hosts));
  EXPECT_FALSE(has_constraints(*ca, std::vector<std::string>{"api.vendor.example"}));
}

TEST_F(AuthorityTest, IsRenewedWhenItHasExpired) {
  ensure();
  const Key key = make_key();
  const Certificate old = make_authority_certificate(*key, hosts);
  X509_gmtime_adj(X509_getm_notAfter(old.get()), -60);
  X509_sign(old.get(), key.get(), EVP_sha256());
  write("ca.pem", pem_of(*old));
  write("ca.key", pem_of(*key));
  const Authority renewed = ensure();
  EXPECT_TRUE(renewed.made);
  EXPECT_EQ(verify(renewed, {"localhost"}, "localhost"), X509_V_OK);
}

TEST_F(AuthorityTest, IsRenewedWhenItsConstraintsAreOthers) {
  const Authority narrow = ensure({"api.vendor.example"});
  const Authority wide = ensure();
  EXPECT_TRUE(wide.made);
  EXPECT_NE(narrow.certificate, wide.certificate);
}

TEST_F(AuthorityTest, AKeyThatOthersMayReadIsRefusedWithTheMend) {
  ensure();
  ::chmod((folder / "state" / "ca.key").c_str(), 0644);
  const auto refused = ensure_authority(folder / "state", hosts);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("chmod 600 " + (folder / "state" / "ca.key").string()));
}

TEST_F(AuthorityTest, FilesThatDoNotBelongTogetherAreNamed) {
  ensure();
  write("ca.key", pem_of(*make_key()));
  const auto foreign = ensure_authority(folder / "state", hosts);
  ASSERT_FALSE(foreign);
  EXPECT_THAT(foreign.error(), HasSubstr("delete both"));
  write("ca.pem", "no certificate");
  EXPECT_FALSE(ensure_authority(folder / "state", hosts));
}

TEST_F(AuthorityTest, AFolderThatCannotBeIsOneLine) {
  std::ofstream(folder / "file") << "x";
  const auto refused = ensure_authority(folder / "file", hosts);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr((folder / "file").string()));
  EXPECT_THAT(refused.error(), HasSubstr("--ca-dir"));
}

TEST_F(AuthorityTest, ManyFirstUsesAtOnceGetTheSameOne) {
  std::vector<Authority> all(8);
  std::vector<std::thread> threads;
  for (Authority& one : all) threads.emplace_back([this, &one] { one = ensure(); });
  for (std::thread& thread : threads) thread.join();
  std::set<std::string> certificates;
  for (const Authority& one : all) certificates.insert(one.certificate);
  EXPECT_EQ(certificates.size(), 1u);
  EXPECT_EQ(std::ranges::count_if(all, &Authority::made), 1);
}

TEST(HostNames, AreServedInTheirNormalForm) {
  EXPECT_EQ(normal_host("API.Vendor.Example."), "api.vendor.example");
  EXPECT_TRUE(is_served("api.vendor.example", hosts));
  EXPECT_TRUE(is_served("::1", hosts));
  EXPECT_FALSE(is_served("vendor.example", hosts));
  EXPECT_FALSE(is_served("", hosts));
}

}  // namespace
}  // namespace understudy::tls

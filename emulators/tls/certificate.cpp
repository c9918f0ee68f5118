#include "tls/certificate.h"

#include <fmt/format.h>
#include <openssl/ec.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <array>

#include "tls/host_names.h"

namespace understudy::tls {
namespace {

constexpr long day = 24L * 60 * 60;
// Clocks of containers and virtual machines are late now and then.
constexpr long before_now = -1 * day;
constexpr long authority_lasts = 2 * 365 * day;
// Apple's clients take no server certificate that lasts longer. [docs: support.apple.com HT211025]
constexpr long server_lasts = 397 * day;

bool is_address(const std::string& name) {
  const std::unique_ptr<ASN1_OCTET_STRING, FreeWith<ASN1_OCTET_STRING_free>> address(a2i_IPADDRESS(name.c_str()));
  ERR_clear_error();
  return address != nullptr;
}

struct Text {
  int nid;
  std::string value;
};

bool add_extensions(X509& certificate, X509& issuer, std::span<const Text> texts) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  X509V3_set_ctx_nodb(&context);
  for (const Text& text : texts) {
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, text.nid, text.value.c_str()));
    if (!extension || X509_add_ext(&certificate, extension.get(), -1) != 1) return false;
  }
  return true;
}

bool set_name(X509_NAME* name, std::string_view common_name) {
  const auto entry = [name](const char* field, std::string_view value) {
    return X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(value.data()),
                                      static_cast<int>(value.size()), -1, 0) == 1;
  };
  return entry("O", "Understudy") && entry("CN", common_name);
}

// 127 random bits: positive, and never twice.
bool set_serial(X509& certificate) {
  std::array<unsigned char, 16> bytes;
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) return false;
  bytes[0] = static_cast<unsigned char>((bytes[0] & 0x3f) | 0x40);
  const std::unique_ptr<BIGNUM, FreeWith<BN_free>> number(BN_bin2bn(bytes.data(), bytes.size(), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) != nullptr;
}

Certificate begin(EVP_PKEY& key, std::string_view common_name, long lasts) {
  Certificate certificate(X509_new());
  const bool ok = certificate && X509_set_version(certificate.get(), X509_VERSION_3) == 1 && set_serial(*certificate) &&
                  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), before_now) != nullptr &&
                  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), lasts) != nullptr &&
                  X509_set_pubkey(certificate.get(), &key) == 1 &&
                  set_name(X509_get_subject_name(certificate.get()), common_name);
  return ok ? std::move(certificate) : nullptr;
}

Bytes memory(std::string_view text) { return Bytes(BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))); }

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

}  // namespace

Key make_key() { return Key(EVP_EC_gen("P-256")); }

std::string constraints_for(std::span<const std::string> hosts) {
  std::string text = "critical";
  const auto permit = [&text](std::string_view name) { text += fmt::format(",permitted;DNS:{}", name); };
  for (const std::string_view name : local_names) permit(name);
  for (const std::string& host : hosts) permit(host);
  return text + ",permitted;IP:127.0.0.1/255.255.255.255,permitted;IP:::1/ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff";
}

Certificate make_authority_certificate(EVP_PKEY& key, std::span<const std::string> hosts) {
  Certificate certificate = begin(key, "Understudy local CA (for tests on this machine only)", authority_lasts);
  if (!certificate) return nullptr;
  const Text texts[] = {
      {NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
      {NID_key_usage, "critical,keyCertSign,cRLSign"},
      {NID_ext_key_usage, "serverAuth"},
      {NID_subject_key_identifier, "hash"},
      {NID_name_constraints, constraints_for(hosts)},
  };
  const bool ok = X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) == 1 &&
                  add_extensions(*certificate, *certificate, texts) &&
                  X509_sign(certificate.get(), &key, EVP_sha256()) > 0;
  return ok ? std::move(certificate) : nullptr;
}

bool has_constraints(const X509& certificate, std::span<const std::string> hosts) {
  const int at = X509_get_ext_by_NID(&certificate, NID_name_constraints, -1);
  if (at < 0) return false;
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  const Extension wanted(X509V3_EXT_conf_nid(nullptr, &context, NID_name_constraints, constraints_for(hosts).c_str()));
  X509_EXTENSION* found = X509_get_ext(&certificate, at);
  return wanted && X509_EXTENSION_get_critical(found) == 1 &&
         ASN1_OCTET_STRING_cmp(X509_EXTENSION_get_data(found), X509_EXTENSION_get_data(wanted.get())) == 0;
}

Certificate issue(X509& authority, EVP_PKEY& authority_key, EVP_PKEY& key, std::span<const std::string> names) {
  std::string alternatives;
  for (const std::string& name : names) {
    alternatives += fmt::format("{}{}:{}", alternatives.empty() ? "" : ",", is_address(name) ? "IP" : "DNS", name);
  }
  // A common name has 64 characters at most; it is for people, clients compare the alternative names.
  Certificate certificate = begin(key, "Understudy's stand-in", server_lasts);
  if (!certificate) return nullptr;
  const Text texts[] = {
      {NID_basic_constraints, "critical,CA:FALSE"},
      {NID_key_usage, "critical,digitalSignature"},
      {NID_ext_key_usage, "serverAuth"},
      {NID_subject_key_identifier, "hash"},
      {NID_authority_key_identifier, "keyid:always"},
      {NID_subject_alt_name, alternatives},
  };
  const bool ok = X509_set_issuer_name(certificate.get(), X509_get_subject_name(&authority)) == 1 &&
                  add_extensions(*certificate, authority, texts) &&
                  X509_sign(certificate.get(), &authority_key, EVP_sha256()) > 0;
  return ok ? std::move(certificate) : nullptr;
}

std::string pem_of(const X509& certificate) {
  const Bytes bio(BIO_new(BIO_s_mem()));
  return bio && PEM_write_bio_X509(bio.get(), &certificate) == 1 ? text_of(bio.get()) : "";
}

std::string pem_of(const EVP_PKEY& key) {
  const Bytes bio(BIO_new(BIO_s_mem()));
  const bool ok = bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
  return ok ? text_of(bio.get()) : "";
}

Certificate certificate_from(std::string_view pem) {
  return Certificate(PEM_read_bio_X509(memory(pem).get(), nullptr, nullptr, nullptr));
}

Key key_from(std::string_view pem) {
  // Without a callback OpenSSL would ask the terminal for the password of an encrypted key.
  const auto no_password = [](char*, int, int, void*) { return -1; };
  return Key(PEM_read_bio_PrivateKey(memory(pem).get(), nullptr, no_password, nullptr));
}

}  // namespace understudy::tls

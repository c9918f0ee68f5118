// Makes certificates: the authority's own, and those that it issues. ECDSA P-256 with SHA-256 throughout.
#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tls/openssl.h"

namespace understudy::tls {

Key make_key();  // null if OpenSSL fails

// A name constraint as OpenSSL's configuration spells it, for these hosts and the local names.
std::string constraints_for(std::span<const std::string> hosts);
Certificate make_authority_certificate(EVP_PKEY& key, std::span<const std::string> hosts);
bool has_constraints(const X509& certificate, std::span<const std::string> hosts);

// For a server that is called by any of `names`, which may be addresses.
Certificate issue(X509& authority, EVP_PKEY& authority_key, EVP_PKEY& key, std::span<const std::string> names);

std::string pem_of(const X509& certificate);
std::string pem_of(const EVP_PKEY& key);
Certificate certificate_from(std::string_view pem);
Key key_from(std::string_view pem);

}  // namespace understudy::tls

// The head of an HTTP/1.1 reply, byte for byte.
#pragma once

#include <ctime>
#include <string>
#include <string_view>

#include "recording/request.h"

namespace understudy::transport {

struct Http1ReplyForm {
  bool http10 = false;     // the request's version
  bool keep_alive = true;  // the connection stays open
  bool head_only = false;  // the answer to HEAD
  bool streaming = false;  // no length is known: chunks, or with HTTP/1.0 until the connection closes
};

// Appends status line, the reply's headers in their order, then Date and Content-Length where they are absent, and the
// closing empty line.
void write_http1_head(std::string& out, const recording::Reply& reply, const Http1ReplyForm& form);

// Whether a reply with this status to this method carries a body at all (RFC 9110 section 6.4.1).
bool has_body(int status, bool head_only);

std::string_view standard_reason(int status);  // "" for a status without one

// Of now; formatted once a second. Io thread only.
std::string_view date_now();

}  // namespace understudy::transport

#include "aws/sts.h"

#include <fmt/format.h>

#include <string>

#include "aws/arn.h"
#include "aws/authentication.h"
#include "aws/authorization.h"
#include "aws/reply.h"

namespace understudy::aws {
namespace {

using std::string_view_literals::operator""sv;

// A form parameter that needs no decoding, as the names of actions and versions never do.
std::string_view parameter(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const auto ampersand = form.find('&');
    const auto pair = form.substr(0, ampersand);
    form = ampersand == std::string_view::npos ? ""sv : form.substr(ampersand + 1);
    if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
  }
  return {};
}

std::string_view action_of(const recording::Request& request) {
  const auto in_body = parameter(request.body, "Action");
  return in_body.empty() ? parameter(request.query(), "Action") : in_body;
}

std::string escaped(std::string_view text) {
  std::string xml;
  for (const char c : text) {
    if (c == '<') {
      xml += "&lt;";
    } else if (c == '>') {
      xml += "&gt;";
    } else if (c == '&') {
      xml += "&amp;";
    } else {
      xml += c;
    }
  }
  return xml;
}

recording::Reply xml_reply(int status, std::string body, std::string_view id) {
  recording::Reply reply;
  reply.status = status;
  reply.headers = {{"x-amzn-RequestId", std::string(id)}, {"Content-Type", "text/xml"}};
  reply.body = std::move(body);
  return reply;
}

recording::Reply xml_error(int status, std::string_view code, std::string_view message, std::string_view id) {
  return xml_reply(status,
                   fmt::format("<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
                               "  <Error>\n"
                               "    <Type>Sender</Type>\n"
                               "    <Code>{}</Code>\n"
                               "    <Message>{}</Message>\n"
                               "  </Error>\n"
                               "  <RequestId>{}</RequestId>\n"
                               "</ErrorResponse>\n",
                               code, escaped(message), id),
                   id);
}

// The query protocol has names of its own for the same refusals [docs: AWS STS API, common errors].
std::string_view query_code(std::string_view json_type) {
  if (json_type == "UnrecognizedClientException") return "InvalidClientTokenId";
  if (json_type == "InvalidSignatureException") return "SignatureDoesNotMatch";
  if (json_type == "MissingAuthenticationTokenException") return "MissingAuthenticationToken";
  return "IncompleteSignature";
}

std::string caller_identity(const Identity& caller, std::string_view id) {
  return fmt::format(
      "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
      "  <GetCallerIdentityResult>\n"
      "    <Arn>arn:{}:iam::{}:user/understudy</Arn>\n"
      "    <UserId>AIDAUNDERSTUDY0000000</UserId>\n"
      "    <Account>{}</Account>\n"
      "  </GetCallerIdentityResult>\n"
      "  <ResponseMetadata>\n"
      "    <RequestId>{}</RequestId>\n"
      "  </ResponseMetadata>\n"
      "</GetCallerIdentityResponse>\n",
      partition_of(caller.region), caller.account, caller.account, id);
}

}  // namespace

bool is_sts(const recording::Request& request) {
  if (request.header("x-amz-target")) return false;
  const auto service = authorization_of(request).service;
  if (!service.empty()) return service == "sts";
  return parameter(request.body.substr(0, 4096), "Action") == "GetCallerIdentity" ||
         parameter(request.query(), "Action") == "GetCallerIdentity";
}

recording::Decision answer_sts(const recording::Request& request, const Accounts& accounts,
                               const recording::Context& context, std::string_view vendor) {
  recording::Decision decision;
  decision.read = true;
  const auto id = request_id(context.entropy);
  auto authentication = authenticate(request, accounts, context.moment.wall_ns,
                                     {.vendor = vendor, .service = "sts", .refusal_status = 403});
  decision.findings = std::move(authentication.findings);
  if (authentication.refused) {
    const auto& error = *authentication.refused;
    decision.reply = xml_error(error.status, query_code(error.type), error.message, id);
    return decision;
  }
  const auto action = action_of(request);
  if (action == "GetCallerIdentity") {
    decision.reply = xml_reply(200, caller_identity(authentication.identity, id), id);
    return decision;
  }
  decision.reply = xml_error(
      400, "InvalidAction",
      fmt::format("Could not find operation {} for version {}", action.empty() ? "null"sv : action, "2011-06-15"), id);
  decision.findings.push_back({fmt::format("{}.sts.not-built", vendor), "Action", std::string(action), 0, 0});
  return decision;
}

}  // namespace understudy::aws

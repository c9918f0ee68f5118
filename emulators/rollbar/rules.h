// Everything that Rollbar's door can find: one row an id.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "recording/finding.h"

namespace understudy::rollbar {

std::span<const recording::FindingRule> rules();

namespace rule {
inline constexpr std::string_view api_not_built = "rollbar.api.not-built";
inline constexpr std::string_view api_unknown_path = "rollbar.api.unknown-path";
inline constexpr std::string_view endpoint_cut = "rollbar.endpoint.cut";
inline constexpr std::string_view endpoint_base = "rollbar.endpoint.base-url";
inline constexpr std::string_view endpoint_item_twice = "rollbar.endpoint.item-twice";
inline constexpr std::string_view body_too_large = "rollbar.body.too-large";
inline constexpr std::string_view body_not_json = "rollbar.body.not-json";
inline constexpr std::string_view body_compressed = "rollbar.body.compressed";
inline constexpr std::string_view body_rewritten = "rollbar.body.beyond-json";
inline constexpr std::string_view token_missing = "rollbar.token.missing";
inline constexpr std::string_view token_unknown = "rollbar.token.unknown";
inline constexpr std::string_view token_disabled = "rollbar.token.disabled";
inline constexpr std::string_view token_scope = "rollbar.token.scope";
inline constexpr std::string_view address_blocked = "rollbar.address.blocked";
inline constexpr std::string_view token_stray = "rollbar.token.stray-characters";
inline constexpr std::string_view token_differs = "rollbar.token.two-tokens";
inline constexpr std::string_view token_in_query = "rollbar.token.in-query";
inline constexpr std::string_view rate_over_limit = "rollbar.rate.over-limit";
inline constexpr std::string_view item_missing_key = "rollbar.item.missing-key";
inline constexpr std::string_view item_wrong_type = "rollbar.item.wrong-type";
inline constexpr std::string_view item_body_kinds = "rollbar.item.body-kinds";
inline constexpr std::string_view item_unknown_level = "rollbar.item.unknown-level";
inline constexpr std::string_view item_too_long = "rollbar.item.too-long";
inline constexpr std::string_view item_no_environment = "rollbar.item.no-environment";
inline constexpr std::string_view item_duplicate_uuid = "rollbar.item.duplicate-uuid";
inline constexpr std::string_view item_clock_skew = "rollbar.item.clock-skew";
inline constexpr std::string_view item_late = "rollbar.item.late";
inline constexpr std::string_view item_telemetry = "rollbar.item.telemetry";
inline constexpr std::string_view item_below_error = "rollbar.item.below-error";
inline constexpr std::string_view item_one_each = "rollbar.item.one-item-each";
inline constexpr std::string_view environment_near_miss = "rollbar.environment.near-miss";
inline constexpr std::string_view privacy_person = "rollbar.privacy.person";
inline constexpr std::string_view privacy_user_ip = "rollbar.privacy.user-ip";
inline constexpr std::string_view item_user_ip = "rollbar.item.user-ip-not-ipv4";
inline constexpr std::string_view item_no_request = "rollbar.item.request-missing";
inline constexpr std::string_view item_failsafe = "rollbar.item.failsafe";
inline constexpr std::string_view item_client_limit = "rollbar.item.client-limit";
inline constexpr std::string_view item_bad_change = "rollbar.item.bad-change";
inline constexpr std::string_view project_refused = "rollbar.project.refused";
inline constexpr std::string_view team_refused = "rollbar.team.refused";
inline constexpr std::string_view rql_refused = "rollbar.rql.refused";
inline constexpr std::string_view upload_incomplete = "rollbar.upload.incomplete";
inline constexpr std::string_view upload_not_fetched = "rollbar.upload.not-fetched";
inline constexpr std::string_view upload_not_unpacked = "rollbar.upload.not-unpacked";
inline constexpr std::string_view upload_no_map = "rollbar.upload.no-source-map";
inline constexpr std::string_view deploy_incomplete = "rollbar.deploy.incomplete";
inline constexpr std::string_view deploy_unknown = "rollbar.deploy.unknown";
inline constexpr std::string_view deploy_suspect = "rollbar.deploy.suspect";
inline constexpr std::string_view deploy_over = "rollbar.deploy.over";
inline constexpr std::string_view secret_name = "rollbar.secret.unmasked-key";
inline constexpr std::string_view secret_text = "rollbar.secret.in-text";
}  // namespace rule

recording::Finding finding(std::string_view rule_id, std::string place, std::string detail, std::uint64_t offset = 0,
                           std::uint64_t length = 0);

}  // namespace understudy::rollbar

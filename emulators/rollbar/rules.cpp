#include "rollbar/rules.h"

namespace understudy::rollbar {

namespace {

using recording::Disposition;
using recording::Evidence;
using recording::FindingRule;
using recording::Severity;

constexpr FindingRule table[] = {
    // ---- where it was sent
    {rule::api_not_built, Severity::warning, Disposition::accepts,
     "The service has this operation, this fake does not have it yet and answered as for an unknown path.",
     "Send it to the service, or leave it out of this run.", Evidence::docs, "docs.rollbar.com: API reference"},
    {rule::api_unknown_path, Severity::error, Disposition::refuses, "The API has no such path.",
     "Items go to /api/1/item/.", Evidence::docs, "docs.rollbar.com: API reference, status codes"},
    {rule::endpoint_cut, Severity::error, Disposition::refuses,
     "The path lost its version: pyrollbar drops the last part of an endpoint that does not end with a slash.",
     "The endpoint setting is \".../api/1/\": it must end with a slash.", Evidence::run,
     "pyrollbar 1.4.0-beta with endpoint .../api/1"},
    {rule::endpoint_base, Severity::error, Disposition::refuses,
     "The item was sent to a base URL: this notifier uses its endpoint setting as it is.",
     "The endpoint setting is \".../api/1/item/\", the whole item URL.", Evidence::run,
     "rollbar.js 3.1.0 with a base URL as endpoint"},
    {rule::endpoint_item_twice, Severity::error, Disposition::refuses,
     "The path holds item/ twice: this notifier appends it to its endpoint setting.",
     "The endpoint setting is \".../api/1/\", the base with its slash.", Evidence::run,
     "pyrollbar 1.5.0 with endpoint .../api/1/item/"},

    // ---- the body
    {rule::body_too_large, Severity::error, Disposition::refuses, "The payload is larger than the service takes.",
     "Send less: shorten locals, request bodies and custom data.", Evidence::docs,
     "docs.rollbar.com: Create an item, 413"},
    {rule::body_not_json, Severity::error, Disposition::refuses,
     "The body is neither JSON nor a form with the field payload.", "Send one JSON object in UTF-8.", Evidence::docs,
     "docs.rollbar.com: Create an item, 400"},
    {rule::body_compressed, Severity::error, Disposition::refuses,
     "The body does not unpack to JSON as its Content-Encoding says.",
     "Send sound gzip, as rollbar-java does, or do not compress.", Evidence::guess,
     "rollbar-java 2.3.0 sends gzip, and no other notifier compresses"},
    {rule::body_rewritten, Severity::warning, Disposition::accepts,
     "The JSON holds what not every parser takes; it was read as the nearest value.",
     "Send numbers that fit into 64 bits, and whole characters.", Evidence::guess, "RFC 8259, sections 6 and 8"},

    // ---- the access token
    {rule::token_missing, Severity::error, Disposition::refuses, "There is no access token.",
     "Set the token; it goes into the header X-Rollbar-Access-Token.", Evidence::snapshot,
     "rollbar-gem #971, pull request #966"},
    {rule::token_unknown, Severity::error, Disposition::refuses, "No project has this access token.",
     "Use a token of the project with scope post_server_item.", Evidence::snapshot, "rollbar-php #421"},
    {rule::token_disabled, Severity::error, Disposition::refuses, "The access token is disabled or has expired.",
     "Enable it or use another one.", Evidence::docs, "docs.rollbar.com: Access Tokens"},
    {rule::token_scope, Severity::error, Disposition::refuses,
     "The access token lacks the scope that the item's platform needs.",
     "Backends use a post_server_item token; only browser, android, ios, flash and client use post_client_item.",
     Evidence::snapshot, "rollbar.js #322"},
    {rule::address_blocked, Severity::error, Disposition::refuses,
     "The sender's address is on the project's list of blocked ones.", "Take it off the list, or send from elsewhere.",
     Evidence::docs, "docs.rollbar.com: IP Blocklist"},
    {rule::token_stray, Severity::warning, Disposition::refuses, "The access token holds what no token holds.",
     "Look at how the variable is set: quotes, spaces and ${...} are taken literally.", Evidence::guess,
     "seen in public projects; docs.rollbar.com: Access Tokens"},
    {rule::token_differs, Severity::warning, Disposition::accepts,
     "Header and body name different access tokens; the header wins.", "Send one token.", Evidence::code,
     "rollbar-gem lib/rollbar/notifier.rb, use_payload_access_token"},
    {rule::token_in_query, Severity::warning, Disposition::accepts, "The access token stands in the URL.",
     "Send it in the header X-Rollbar-Access-Token: URLs end up in logs.", Evidence::docs,
     "docs.rollbar.com: Authentication"},
    {rule::rate_over_limit, Severity::warning, Disposition::refuses,
     "More calls in a minute than the service takes of one token; it answers the rest with 429.",
     "Send less, or ask for a higher limit; notifiers drop what is answered with 429.", Evidence::snapshot,
     "terraform-provider-rollbar: recorded headers; rollbar-gem #446"},

    // ---- the item
    {rule::item_missing_key, Severity::error, Disposition::refuses, "A required key is missing.",
     "Add it, or let the notifier build the payload.", Evidence::snapshot,
     "rollbar.js #298 and #388, rollbar-java #27, pyrollbar #201"},
    {rule::item_wrong_type, Severity::error, Disposition::refuses, "A value has a type that the schema forbids.",
     "Send the documented type.", Evidence::snapshot, "rollbar.js #20 and #680, rollbar-gem #509"},
    {rule::item_body_kinds, Severity::error, Disposition::refuses,
     "data.body needs exactly one of trace, trace_chain, message and crash_report.",
     "Send one of them; pyrollbar up to 0.13.16 sent two when a logger reported an exception.", Evidence::snapshot,
     "pyrollbar #201, Rollbar.NET #174"},
    {rule::item_unknown_level, Severity::error, Disposition::refuses, "The level is none of the five.",
     "Use critical, error, warning, info or debug: it is \"warning\", not \"warn\".", Evidence::docs,
     "docs.rollbar.com: Create an item, level"},
    {rule::item_too_long, Severity::warning, Disposition::misfiles,
     "A text is longer than the service keeps; whether it is cut or refused is not known.", "Send a shorter one.",
     Evidence::docs, "docs.rollbar.com: Create an item"},
    {rule::item_no_environment, Severity::warning, Disposition::misfiles,
     "The item names no environment; it is filed under \"unknown\".", "Set the notifier's environment.", Evidence::docs,
     "docs.rollbar.com: Create an item, environment"},
    {rule::item_duplicate_uuid, Severity::warning, Disposition::drops_silently,
     "The project has an occurrence of this uuid: the service says yes and discards this one.",
     "Expected after a retry; otherwise give each occurrence its own uuid.", Evidence::docs,
     "docs.rollbar.com: Create an item, uuid"},
    {rule::item_clock_skew, Severity::warning, Disposition::misfiles,
     "The item's timestamp is far from the time of its arrival, which the service files it under.",
     "Look at the sender's clock, and at whether the timestamp counts seconds.", Evidence::docs,
     "docs.rollbar.com: Timestamps"},
    {rule::item_late, Severity::info, Disposition::accepts, "The item came long after it was made.",
     "Look for a sender that was held up: a thread that did not run (uWSGI without enable-threads, a frozen Lambda), a "
     "queue, a file; the handler \"blocking\" or rollbar.wait() sends at once.",
     Evidence::docs, "docs.rollbar.com: Timestamps; pyrollbar's handler thread"},
    {rule::item_telemetry, Severity::info, Disposition::accepts,
     "A telemetry event lacks a documented key; whether the service minds is not known.",
     "Send level, type, source, timestamp_ms and body with each event.", Evidence::guess,
     "docs.rollbar.com: Create an item, body.telemetry"},
    {rule::item_below_error, Severity::info, Disposition::accepts,
     "Items below the level error were received: lists that are filtered by level do not show them.",
     "Look at all levels in the list of items, or report at the level that is watched.", Evidence::docs,
     "docs.rollbar.com: Item Levels"},
    {rule::item_one_each, Severity::warning, Disposition::misfiles,
     "Nearly every occurrence makes an item of its own, so none of them is counted together.",
     "Keep ids and names out of messages and fingerprints; put them into custom data.", Evidence::docs,
     "docs.rollbar.com: Grouping Algorithm"},
    {rule::environment_near_miss, Severity::warning, Disposition::misfiles,
     "Two environments differ by a slip of the hand: items are kept apart by environment.",
     "Spell the environment one way everywhere.", Evidence::docs, "docs.rollbar.com: Items"},
    {rule::privacy_person, Severity::error, Disposition::accepts,
     "The project declares that people's names and addresses must not be sent, and they are there.",
     "Switch off capture_username and capture_email, or what sets them.", Evidence::code,
     "pyrollbar, capture_username and capture_email"},
    {rule::privacy_user_ip, Severity::error, Disposition::accepts,
     "The project declares that addresses of users must be anonymized, and this one is whole.",
     "Set the notifier's capture_ip or captureIp to \"anonymize\".", Evidence::code,
     "rollbar.js, captureIp; pyrollbar, capture_ip"},
    {rule::item_user_ip, Severity::warning, Disposition::misfiles,
     "request.user_ip is no IPv4 address, so it is not indexed.",
     "Take one address; pyrollbar sends the header X-Forwarded-For as it is.", Evidence::docs,
     "docs.rollbar.com: Create an item, request.user_ip"},
    {rule::item_no_request, Severity::warning, Disposition::accepts,
     "An exception of a Flask view came without data.request: pyrollbar up to 0.16.3 cannot read the request of "
     "Werkzeug 2.1 and later.",
     "Update pyrollbar to 1.0 or later.", Evidence::run, "pyrollbar 0.16.3 with Werkzeug 2.2.3"},
    {rule::item_failsafe, Severity::warning, Disposition::accepts,
     "The notifier failed to report something and sent this instead; the original is lost.",
     "Look into the sender's log; most often the original was too large.", Evidence::run,
     "pyrollbar 1.4.0-beta after a 413"},

    {rule::item_client_limit, Severity::warning, Disposition::drops_silently,
     "rollbar.js reached a limit of its own: what it met after this item was never sent.",
     "Mend the flood, or raise itemsPerMinute or maxItems.", Evidence::code, "rollbar.js 3, src/rateLimiter.js"},
    {rule::item_bad_change, Severity::error, Disposition::refuses, "A change of an item has no sense.",
     "Send status (active, resolved, muted), level, title, resolved_in_version or assigned ids as documented.",
     Evidence::docs, "docs.rollbar.com: Update an item"},

    // ---- deploys
    {rule::deploy_incomplete, Severity::error, Disposition::refuses, "The deploy lacks a key, or a key has no sense.",
     "Send environment and revision, both texts, and one of the four states.", Evidence::snapshot,
     "rollbar-cli's recorded refusal; rollbar.js #956"},
    {rule::deploy_unknown, Severity::error, Disposition::refuses, "The project has no deploy of this id.",
     "Take the id from data.deploy_id of the answer to POST deploy: there is no result in it.", Evidence::docs,
     "docs.rollbar.com: Update a deploy"},
    {rule::deploy_over, Severity::error, Disposition::refuses,
     "The deploy is not started any more, and only a started one changes.",
     "Report the end once, and within an hour of the start.", Evidence::snapshot, "rollbar-gem #857"},

    {rule::deploy_suspect, Severity::info, Disposition::accepts,
     "An error was seen for the first time after a deploy: the service names that deploy as the suspect.",
     "Look at what the revision changed.", Evidence::docs, "docs.rollbar.com: Deploys"},

    // ---- projects and access tokens
    {rule::project_refused, Severity::error, Disposition::refuses,
     "A call about a project or its access tokens names none that there is, or says what has no sense.",
     "Take ids from GET /api/1/projects; the detail names the member.", Evidence::docs,
     "docs.rollbar.com: Projects, Project access tokens"},

    // ---- teams, users and invites
    {rule::team_refused, Severity::error, Disposition::refuses,
     "A call about a team, a user or an invite names none that there is, or says what has no sense.",
     "Take ids from GET /api/1/teams, users and invites; the detail names the fault.", Evidence::docs,
     "docs.rollbar.com: Teams, Users, Invitations"},

    // ---- queries
    {rule::rql_refused, Severity::warning, Disposition::refuses,
     "The query cannot be read, or uses what is not built here: its job fails.",
     "Select columns and functions from item_occurrence; the detail names the place.", Evidence::docs,
     "docs.rollbar.com: RQL"},

    // ---- uploads
    {rule::upload_incomplete, Severity::error, Disposition::refuses, "The upload lacks a part.",
     "A source map is multipart/form-data with version, minified_url and the file source_map.", Evidence::code,
     "rollbar-cli's tests: missing source_map file upload"},
    {rule::upload_not_fetched, Severity::info, Disposition::accepts,
     "The service would fetch the source map from there; this fake fetches nothing, so no frame will be unwound with "
     "it.",
     "Upload the file itself to /api/1/sourcemap.", Evidence::docs, "docs.rollbar.com: Source Maps"},
    {rule::upload_not_unpacked, Severity::info, Disposition::accepts,
     "The bundle is no zip archive with source maps in it: no frame will be unwound with it.",
     "Look at what the build tool found; each script needs a sourceMappingURL that leads to its map.", Evidence::code,
     "rollbar-cli 0.2.1, upload-sourcemaps --next"},
    {rule::upload_no_map, Severity::warning, Disposition::drops_silently,
     "The file is no source map of version 3 with mappings, so no frame will be unwound with it.",
     "Upload the .map file, not the script.", Evidence::guess, "Source Map Revision 3"},

    // ---- secrets
    {rule::secret_name, Severity::warning, Disposition::accepts,
     "A key that is named like a secret holds a value that is not masked.",
     "Add the key to the notifier's scrub fields.", Evidence::run,
     "pyrollbar 1.4.0-beta: headers Cookie, X-Api-Key and X-Honeycomb-Team, local db_password"},
    {rule::secret_text, Severity::error, Disposition::accepts, "A text holds what looks like a credential.",
     "Leave it out of messages; scrub fields look at keys, not into texts.", Evidence::run,
     "a message that was given the Authorization header"},
};

}  // namespace

std::span<const FindingRule> rules() { return table; }

recording::Finding finding(std::string_view rule_id, std::string place, std::string detail, std::uint64_t offset,
                           std::uint64_t length) {
  return {std::string(rule_id), std::move(place), std::move(detail), offset, length};
}

}  // namespace understudy::rollbar

// Tags of groups and sampling rules.
#pragma once

#include "xray/members.h"
#include "xray/resources.h"

namespace understudy::xray {

// The member Tags of a request, [{"Key","Value"}]. What is wrong with it is among the members' violations.
Tags read_tags(Members& members, Need need);

// What more tags than a resource may have, or a key that AWS keeps for itself, is answered with; nothing if all is
// well. `arn` names the resource.
std::optional<Answer> refuse_tags(const Tags& already, const Tags& more, std::string_view arn);

// The effect of creating something, and of tagging it at once.
std::string with_tags(std::string effect, const Scope& scope, const std::string& arn, const Tags& tags);

}  // namespace understudy::xray

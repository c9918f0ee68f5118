// Teams, users and invites, as an account's token lists, makes, changes and deletes them: [docs: Teams, Users,
// Invitations]
//   team        {id, account_id, name, access_level}
//   on a team   {team_id, user_id} or {team_id, project_id}
//   user        {id, username, email}, and alone with email_enabled
//   invite      {id, from_user_id, team_id, to_email, status, date_created, date_redeemed}
// 400 for an id that is no number, 404 for one that nothing has, 422 for a body without sense. Users come from the
// session's accounts; no call makes one.
#pragma once

#include "recording/request.h"
#include "recording/vendor.h"
#include "rollbar/doors.h"
#include "rollbar/state.h"

namespace understudy::rollbar {

bool is_team_operation(Operation operation);
recording::Decision decide_team(const State& state, const recording::Request& request,
                                const recording::Context& context, const Route& route);

}  // namespace understudy::rollbar

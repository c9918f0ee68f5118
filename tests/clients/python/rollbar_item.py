"""Reports one message to Rollbar's own address."""

import rollbar

rollbar.init("00000000000000000000000000000000", "test", handler="blocking")
rollbar.report_message("Hello over TLS!", "warning")

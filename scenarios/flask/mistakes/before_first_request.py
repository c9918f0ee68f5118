"""Rollbar's start in before_first_request, which Flask 2.3 took away."""

from app import app


@app.before_first_request
def init_rollbar():
    pass

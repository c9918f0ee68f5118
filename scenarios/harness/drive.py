"""Requests that reach every endpoint of the backend, its built-in failures included."""

from dataclasses import dataclass

ACTIVITY = "68f126b0-1ceb-4a33-88be-d90fa7109eee"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    status: int
    body: str = None


EVERY_ENDPOINT = (
    Request("GET", "/api/activities/home", 200),
    Request("GET", "/api/activities/notifications", 200),
    Request("GET", "/api/activities/@andrewbrown", 200),
    Request("GET", "/api/activities/search?term=cloud", 200),
    Request("GET", "/api/activities/search", 422),
    Request("GET", f"/api/activities/{ACTIVITY}", 500),
    Request("POST", "/api/activities", 200, '{"message": "Hello", "ttl": "7-days"}'),
    Request("POST", "/api/activities", 422, '{"message": "Hello", "ttl": "forever"}'),
    Request("POST", f"/api/activities/{ACTIVITY}/reply", 200, '{"message": "Hello"}'),
    Request("POST", f"/api/activities/{ACTIVITY}/reply", 500, '{"message": ""}'),
    Request("GET", "/api/message_groups", 200),
    Request("GET", "/api/messages/@worf?user_reciever_handle=worf", 200),
    Request("POST", "/api/messages", 200, '{"message": "Hello", "user_receiver_handle": "worf"}'),
    Request("POST", "/api/messages", 422, '{"message": "Hello", "user_receiver_handle": ""}'),
    Request("GET", "/rollbar/test", 200),
    Request("GET", "/api/health-check", 200),
)


def drive(backend, requests, headers=None):
    responses = []
    for request in requests:
        sent = dict(headers or {})
        if request.body is not None:
            sent["Content-Type"] = "application/json"
        response = backend.request(request.method, request.path, sent, request.body)
        if response.status != request.status:
            raise AssertionError(
                f"{request.method} {request.path}\nexpected status {request.status}\nfound    {response.status}: "
                f"{response.body[:500]!r}\nthe backend's log: {backend.log_path}"
            )
        responses.append(response)
    return responses

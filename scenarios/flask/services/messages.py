"""Direct messages: groups, one conversation, a new message."""

import uuid
from datetime import datetime, timezone

from services.model import fail, new_model

MESSAGE_LIMIT = 1024
ANDREW = {"display_name": "Andrew Brown", "handle": "andrewbrown"}
WORF = {"display_name": "Worf", "handle": "worf"}


def groups(_user_handle):
    now = _now()
    return new_model(
        [
            {"uuid": "24b95582-9e7b-4e0a-9ad1-639773ab7552", **ANDREW, "created_at": now},
            {"uuid": "417c360e-c4e6-4fce-873b-d2d71469b4ac", **WORF, "created_at": now},
        ]
    )


def conversation(_user_sender_handle, _user_reciever_handle):
    now = _now()
    return new_model(
        [
            {"uuid": "4e81c06a-db0f-4281-b4cc-98208537772a", **ANDREW, "message": "Cloud is fun!", "created_at": now},
            {"uuid": "66e12864-8c26-4c3a-9658-95a10f8fea67", **WORF, "message": "So is a bat'leth", "created_at": now},
        ]
    )


def create(message, user_sender_handle, user_receiver_handle):
    model = new_model()
    if not user_sender_handle:
        fail(model, "user_sender_handle_blank")
    if not user_receiver_handle:
        fail(model, "user_reciever_handle_blank")
    if not message:
        fail(model, "message_blank")
    elif len(message) > MESSAGE_LIMIT:
        fail(model, "message_exceed_max_chars")
    if not model["errors"]:
        model["data"] = {"uuid": str(uuid.uuid4()), **ANDREW, "message": message, "created_at": _now()}
    return model


def _now():
    return datetime.now(timezone.utc).astimezone().isoformat()

import uuid
from datetime import datetime, timezone

from services.model import fail, new_model

MESSAGE_LIMIT = 1024


def create(message, user_handle, activity_uuid):
    model = new_model()
    if not user_handle:
        fail(model, "user_handle_blank")
    if not activity_uuid:
        fail(model, "activity_uuid_blank")
    if not message:
        fail(model, "message_blank")
    elif len(message) > MESSAGE_LIMIT:
        fail(model, "message_exceed_max_chars")
    if model["errors"]:
        # The seeds' defect, kept: the name does not exist, so a reply that fails validation is a 500, not a 422.
        model["data"] = {"display_name": "Andrew Brown", "handle": user_sender_handle, "message": message}  # noqa: F821
        return model
    model["data"] = {
        "uuid": str(uuid.uuid4()),
        "display_name": "Andrew Brown",
        "handle": user_handle,
        "message": message,
        "created_at": datetime.now(timezone.utc).astimezone().isoformat(),
        "reply_to_activity_uuid": activity_uuid,
    }
    return model

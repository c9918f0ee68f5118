"""The X-Ray middleware before the application that it is given."""

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware

XRayMiddleware(app, xray_recorder)  # noqa: F821

from app import app  # noqa: E402, F401

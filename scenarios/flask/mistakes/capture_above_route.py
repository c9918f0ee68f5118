"""The capture decorator above the route's: Flask registers the view without it."""

from app import app

app.view_functions["data_home"] = app.view_functions["data_home"].__wrapped__

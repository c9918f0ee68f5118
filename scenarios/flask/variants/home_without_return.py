"""The bootcamp's own way to cause an error: the view of the home page forgets to return."""

from app import app

home = app.view_functions["data_home"]


def data_home():
    home()


app.view_functions["data_home"] = data_home

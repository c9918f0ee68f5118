"""What a service hands to its route: data, or the code of the last check that failed.

A plain dictionary, because notifiers show the contents of a dictionary in a traceback's local variables, and of an
object only its class."""


def new_model(data=None):
    return {"errors": None, "data": data}


def fail(model, code):
    model["errors"] = [code]

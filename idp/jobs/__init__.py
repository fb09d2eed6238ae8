"""Long work in small steps: started by a person, done by whichever worker is alive, shown with its progress.

Owns the rows, their lease, and how far each has come. Does not own what is done: a slice registers the function that
does one step of its kind, in the same transaction in which it says how far it has come.
"""

from flask import Flask

from idp.jobs import models


def init_app(app: Flask) -> None:
    """Make the table known to the application."""
    app.extensions["idp.jobs"] = models.Job

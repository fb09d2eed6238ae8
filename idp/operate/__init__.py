"""Running the house: start it, prepare it, ask how it is, try it out.

Owns the server process, the worker, first-run data, the doctor, and the commands that have no slice of their own.
Does not own any rule about people, clients or tokens: it calls the services that do.
"""

from flask import Flask

from idp.operate import key_news, managed, models, webhook_news

__all__ = ["init_app", "managed", "models"]


def init_app(app: Flask) -> None:
    """Make the tables known, and hear of new keys and of webhooks that were turned off."""
    del app
    key_news.connect()
    webhook_news.connect()

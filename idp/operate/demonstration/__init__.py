"""The demo's people, apps and passwords, and the demo app beside a development server.

Not here: the demo app itself (idp.demo), which knows nothing of the server.
"""

"""The sign-in pages on HTTP: show what is asked, take the answer, open the session, send the browser on.

Owns what these pages say and where they lead. Does not own which step is next (`flow`) nor the cookie (`sessions`).
"""

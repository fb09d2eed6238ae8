"""What the rooms above are told of: sent inside the transaction that ends a session."""

from blinker import Namespace

_signals = Namespace()
session_ended = _signals.signal("session-ended")
"""`session_id`, `user_id`, `reason`. Listeners take their keywords by name and accept more (`**_values`)."""

person_signed_out = _signals.signal("person-signed-out")
"""`user_id`: an administrator ends whatever this person is signed in to, in sessions or out of them."""

everybody_signed_out = _signals.signal("everybody-signed-out")
"""One step of the end of everything that began before the job did, once no session is left: `keep_session_id`,
`before`, `after` and `limit` of ids. Each listener returns the id up to which it has gone, or None at the end."""

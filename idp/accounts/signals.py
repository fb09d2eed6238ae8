"""What the rooms above are told of: sent inside the transaction of the act, with the user's id.

Listeners take their keywords by name and accept more (`**_values`).
"""

from blinker import Namespace

_signals = Namespace()

credentials_changed = _signals.signal("credentials-changed")
"""`user_id`, `keep_session_id`: sessions and refresh tokens end, except those of the session named."""
address_moved = _signals.signal("address-moved")
"""`user_id`: an administrator gave the account another address; what programs of the old one's reader hold stops."""
user_disabled = _signals.signal("user-disabled")
"""`user_id`: disabled or locked; everything of theirs stops."""
user_deleted = _signals.signal("user-deleted")
"""`user_id`: sent before the row goes."""
account_weighed = _signals.signal("account-weighed")
"""`user_id`: before somebody deletes the account; who keeps something for it answers, in sentences, with what ends."""
sign_in_unblocked = _signals.signal("sign-in-unblocked")
"""`user_id`, `identifiers`: failed sign-ins of these identifiers are forgiven."""

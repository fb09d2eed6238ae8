"""The rows of the device grant: what a device is told while it waits (RFC 8628 §3.5)."""

from idp.oauth.errors import refusal

PENDING = refusal(
    "pending", "authorization_pending", "The person has not decided yet.",
    cause="Nobody has typed the code, or the page still waits for an answer.",
    fix="Ask again after `interval` seconds.",
)  # fmt: skip
SLOW_DOWN = refusal(
    "too-soon", "slow_down", "You ask too often. Wait five seconds longer from now on.",
    cause="Two requests came within `interval` seconds.",
    fix="Add five seconds to your interval, for this code and for good (RFC 8628 §3.5).",
)  # fmt: skip
DENIED = refusal(
    "device", "access_denied", "The person did not allow it.",
    cause="The person pressed «Don't connect».",
    fix="Stop asking. Start again only when the person wants to.",
)  # fmt: skip
EXPIRED = refusal(
    "device-code", "expired_token", "The device code has expired.",
    cause="Nobody typed the code in time (tokens.device_code).",
    fix="Ask for a new code, and show that one.",
)  # fmt: skip
UNKNOWN = refusal(
    "device-code", "invalid_grant", "The device code is unknown, or was issued to another client.",
    cause="The code was never issued, has been forgotten since, or belongs to another client.",
    fix="Send the device_code exactly as it came back, as the client that asked for it.",
)  # fmt: skip
USED = refusal(
    "device-code-used", "invalid_grant", "This device code was redeemed before.",
    cause="Each device code gives tokens once.",
    fix="Keep the tokens of the first answer; refresh instead of asking again.",
)  # fmt: skip

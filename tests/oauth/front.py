"""What the tests of the authorization endpoint share: reading answers, and walking up to a page."""

from urllib.parse import parse_qsl, urlsplit

ISSUER = "https://id.example.com"


def answer(response, redirect_uri="https://rp.example.com/callback"):
    """The parameters a redirect brings to the app."""
    assert response.status_code == 303, f"{response.status_code} {response.get_data(as_text=True)[:1500]}"
    location = response.headers["Location"]
    assert location.startswith(redirect_uri), location
    parts = urlsplit(location)
    return dict(parse_qsl(parts.query or parts.fragment, keep_blank_values=True, strict_parsing=True))


def app_is_told(response, error, state="st-1"):
    """Check that the app hears of an error, with everything that belongs to it, and gets nothing else."""
    told = answer(response)
    assert told["error"] == error, told
    assert told["iss"] == ISSUER
    assert told.get("state") == state
    assert told["error_uri"].startswith(f"{ISSUER}/docs/reference/errors#{error}-")
    assert set(told) <= {"error", "error_description", "error_uri", "iss", "state"}
    assert response.headers["Cache-Control"] == "no-store"
    return told


def page_and_no_redirect(response, forbidden="evil"):
    """Check that the person gets an error page and the browser is sent nowhere."""
    text = response.get_data(as_text=True)
    assert response.status_code == 400, text[:500]
    assert response.mimetype == "text/html"
    assert "Location" not in response.headers
    assert "http-equiv" not in text.lower()
    assert f'href="https://{forbidden}' not in text
    assert "<script>alert" not in text
    return text


def is_at(browser, path):
    """Tell whether a browser rests on one of our pages."""
    return browser.left_for is None and browser.path == path


def signed_in(browser, factory, email="alice@example.com", **fields):
    """Make a person and sign them in; return their id."""
    user_id = factory.user(email, **fields)
    browser.sign_in(email)
    assert browser.cookie("session"), f"{browser.status} {browser.text[:800]}"
    return user_id

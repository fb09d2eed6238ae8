"""A change made in one process is heard by the others before they answer the next request."""

from idp.feed import service


def test_a_change_is_heard_once(context):
    heard = []
    service.on_change("test-kind")(heard.append)
    service.sync()
    heard.clear()
    service.publish("test-kind", "one")
    service.publish("other-kind", "two")
    assert heard == []
    service.sync()
    service.sync()
    assert heard == ["one"]


def test_another_process_hears_it_too(context, make_app):
    heard = []
    service.on_change("test-pair")(heard.append)
    other = make_app()
    with other.app_context():
        service.sync()
    heard.clear()
    service.publish("test-pair", "one")
    with other.app_context():
        service.sync()
    assert heard == ["one"]


def test_a_process_that_starts_forgets_what_it_may_have_cached(app):
    heard = []
    service.on_change("test-start")(heard.append)
    app.extensions.pop("idp.feed", None)
    with app.app_context():
        service.sync()
    assert heard == ["*"]


def test_old_changes_are_swept_and_the_newest_stays(context, clock):
    for number in range(3):
        service.publish("test-sweep", str(number))
    assert service.sweep() == 0
    clock.advance(2 * 24 * 3600)
    assert service.sweep() == 2

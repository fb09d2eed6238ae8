"""The development outbox: mounted only in development, and only when mails are not really sent."""

from dataclasses import asdict

from flask import Blueprint, Response, jsonify, url_for

from idp.core.http import protocol_endpoint, render, see_other
from idp.mail import development

blueprint = Blueprint("mail", __name__)


@blueprint.get("/dev/mail")
def index() -> Response:
    return render("dev/mail.html", mails=development.list_mails())


@blueprint.get("/dev/mail/<mail_id>")
def show(mail_id: str) -> Response:
    return render("dev/mail_message.html", mail=development.get_mail(mail_id))


@blueprint.post("/dev/mail/clear")
def clear() -> Response:
    development.clear()
    return see_other(url_for("mail.index"))


@blueprint.get("/dev/mail.json")
@protocol_endpoint
def as_json() -> Response:
    mails = [asdict(mail) for mail in development.list_mails()]
    return jsonify([{**mail, "sent_at": mail["sent_at"].isoformat().replace("+00:00", "Z")} for mail in mails])

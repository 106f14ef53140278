"""The mail and storage servers speak their protocols over real sockets."""

import smtplib
from email.message import EmailMessage
from urllib.parse import urlsplit

import obstore
import pytest
from obstore.store import S3Store

from tests.support.s3 import Bucket
from tests.support.smtp import Mailbox


def send(mailbox: Mailbox, subject: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "guildhall@example.org", "ada@example.org", subject
    mail.set_content("Your certificate is ready, Žofie.")
    address = urlsplit(mailbox.url)
    with smtplib.SMTP(address.hostname or "", address.port or 0, timeout=5) as client:
        client.send_message(mail)


def test_a_mail_arrives_as_it_was_written(mailbox: Mailbox) -> None:
    send(mailbox, "Grüße")
    (mail,) = mailbox.wait_for(1)
    assert mail["Subject"] == "Grüße"
    assert mail.get_content().strip() == "Your certificate is ready, Žofie."


def test_a_refusing_server_is_heard_by_the_sender(mailbox: Mailbox) -> None:
    mailbox.refusing = "451 come back later"
    with pytest.raises(smtplib.SMTPDataError, match="come back later"):
        send(mailbox, "Later")
    assert not mailbox.mails


def test_what_is_put_into_the_bucket_is_there(bucket: Bucket) -> None:
    store = S3Store(
        bucket.name,
        endpoint=bucket.endpoint,
        access_key_id=bucket.key,
        secret_access_key=bucket.secret,
        region=bucket.region,
        client_options={"allow_http": True},
    )
    obstore.put(store, "ab/cdef", b"content")
    assert bytes(obstore.get(store, "ab/cdef").bytes()) == b"content"
    assert bucket.keys() == ["ab/cdef"]

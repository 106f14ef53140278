"""An S3-compatible server over real HTTP on a loopback port."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.request import Request, urlopen

import boto3
from moto.server import ThreadedMotoServer


@dataclass(frozen=True)
class Bucket:
    """An empty bucket and what a client needs to reach it."""

    endpoint: str
    name: str
    key: str = "test-key"
    secret: str = "test-secret"
    region: str = "eu-central-1"

    def keys(self) -> list[str]:
        """Return the names of all objects in it."""
        listed = self._client().list_objects_v2(Bucket=self.name)
        return [found["Key"] for found in listed.get("Contents", [])]

    def _client(self) -> "boto3.client":
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id=self.key,
            aws_secret_access_key=self.secret,
            region_name=self.region,
        )


@contextlib.contextmanager
def s3_server(name: str = "guildhall") -> Iterator[Bucket]:
    """Yield an empty bucket on a running server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        _host, port = server.get_host_and_port()
        bucket = Bucket(endpoint=f"http://127.0.0.1:{port}", name=name)
        # moto keeps its buckets for the process, not for the server.
        with urlopen(Request(f"{bucket.endpoint}/moto-api/reset", method="POST"), timeout=10):  # noqa: S310  loopback
            pass
        bucket._client().create_bucket(  # noqa: SLF001
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": bucket.region}
        )
        yield bucket
    finally:
        server.stop()

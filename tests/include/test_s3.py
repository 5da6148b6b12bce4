"""Objects on a real S3 server: what is written while it is uploaded is there whole, or not at all."""

from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from include.demo import services
from include.demo.environment import Addresses
from include.s3 import Place, read_bytes, uploading


def test_an_object_of_several_parts_is_there_once_it_is_whole(s3: Any, bucket: str) -> None:
    place, piece = Place(bucket, "large"), bytes(range(256)) * 4096

    with uploading(s3, place) as sink:
        for _ in range(20):
            sink.write(piece)
        assert read_bytes(s3, place) is None

    assert read_bytes(s3, place) == piece * 20


def test_where_the_writing_fails_there_is_no_object(s3: Any, bucket: str) -> None:
    def write_half() -> None:
        with uploading(s3, Place(bucket, "half")) as sink:
            sink.write(b"half")
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        write_half()

    assert read_bytes(s3, Place(bucket, "half")) is None


def test_where_the_upload_fails_its_error_is_told(s3_address: Addresses, bucket: str) -> None:
    def write_much() -> None:
        with (
            closing(services.s3_client(replace(s3_address, secret_key="another's"))) as stranger,
            uploading(stranger, Place(bucket, "any")) as sink,
        ):
            for _ in range(100):
                sink.write(b"x" * 2**20)

    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        write_much()

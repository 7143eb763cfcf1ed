"""Bytes are named by what they are."""

from hypothesis import given
from hypothesis import strategies as st

from sagent.lib.blob import Blob


@given(st.binary(max_size=64), st.binary(max_size=64))
def test_two_names_are_equal_just_where_the_bytes_are(left: bytes, right: bytes) -> None:
    assert (Blob.of(left) == Blob.of(right)) == (left == right)


def test_a_name_without_its_bytes_is_the_same_name() -> None:
    whole = Blob.of(b"abc")

    name = Blob(digest=whole.digest, size=whole.size)

    assert name == whole
    assert hash(name) == hash(whole)
    assert (name.data, whole.data) == (None, b"abc")


def test_bytes_are_not_shown_in_messages_about_them() -> None:
    assert "secret" not in repr(Blob.of(b"secret"))


def test_the_digest_of_bytes_is_their_sha_256() -> None:
    assert Blob.of(b"").digest == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

"""A key that stands twice in an object is found however it is written, and only where it does."""

import json

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import given

from lms.lrs.errors import Refused
from lms.lrs.rules import twins

GOOD = [
    b'{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}',
    b'{ "a" : 1 , "b" : ":" , ":" : "x\\":y" }',
    b'{"a":":b","c":"\\":","\\u0022:":1}',
    b'{"a\\\\":1,"a":2}',
]
TWINS = [
    b'{"a":1,"a":1}',
    b'{"a" :1,"a"\n:2}',
    b'{"x":{"y":[{"a":1,"b":2,"a":3}]}}',
    b'{"a":"\\u003ab","a":"\\u003ab","c":"\\u003a"}',
    b'{"a":":","a":1}',
    b'{"a":1,"a":1,"b":"\\u0022:"}',
    b'{"a":1,"a" :1,"b":":"}',
    b'{"a":1,"\\u0061":2}',
    b'{"a":{"b":1},"a":":::"}',
]


@pytest.mark.parametrize("raw", GOOD)
def test_objects_without_twins_pass(raw):
    twins.refuse(raw, msgspec.json.decode(raw))


@pytest.mark.parametrize("raw", TWINS)
def test_a_key_twice_is_refused_however_it_is_written(raw):
    with pytest.raises(Refused, match="twice"):
        twins.refuse(raw, msgspec.json.decode(raw))


WORDS = st.text(alphabet='a":\\/ \n,{}ü', max_size=4)
VALUES = st.recursive(
    WORDS | st.integers(-9, 9) | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(WORDS, inner), max_size=4).map(tuple),
    max_leaves=12,
)


def written(value, ascii_only, colon):
    if isinstance(value, tuple):
        pairs = (
            f"{json.dumps(key, ensure_ascii=ascii_only)}{colon}{written(one, ascii_only, colon)}"
            for key, one in value
        )
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(one, ascii_only, colon) for one in value) + "]"
    if ascii_only and isinstance(value, str):
        return f'"{"".join(map(disguised, value))}"'
    return json.dumps(value, ensure_ascii=ascii_only)


def disguised(letter):
    """Return a letter of a text as JSON may write it too: a quote or a colon by its number."""
    return f"\\u{ord(letter):04x}" if letter in '":' else json.dumps(letter)[1:-1]


def has_twins(value):
    if isinstance(value, tuple):
        return len({key for key, _one in value}) < len(value) or any(has_twins(one) for _key, one in value)
    return isinstance(value, list) and any(map(has_twins, value))


@given(VALUES, st.booleans(), st.sampled_from([":", ": ", " :", "\n: "]))
def test_twins_are_found_exactly_where_they_are(value, ascii_only, colon):
    raw = written(value, ascii_only, colon).encode()
    if has_twins(value):
        with pytest.raises(Refused):
            twins.refuse(raw, msgspec.json.decode(raw))
    else:
        twins.refuse(raw, msgspec.json.decode(raw))

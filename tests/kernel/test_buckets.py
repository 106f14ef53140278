"""A bucket holds a minute's worth and fills evenly, whoever takes from it at once."""

from concurrent.futures import ThreadPoolExecutor

from lms.kernel.buckets import Buckets


def test_a_bucket_gives_a_minutes_worth_at_once_and_then_as_time_goes_by():
    at = [100.0]
    buckets = Buckets(seconds=lambda: at[0])
    assert [buckets.take("a", 3) for _time in range(4)] == [True, True, True, False]
    assert buckets.take("b", 3), "each has its own"
    at[0] += 20
    assert [buckets.take("a", 3) for _time in range(2)] == [True, False]
    at[0] += 3600
    assert buckets.left("a", 3) == 3, "never more than it holds"


def test_of_a_hundred_at_once_no_more_get_through_than_it_holds():
    buckets = Buckets(seconds=lambda: 0.0)
    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(lambda _one: buckets.take("a", 40), range(100))) == 40


def test_it_remembers_no_more_than_it_was_given_room_for():
    buckets = Buckets(most=5, seconds=lambda: 0.0)
    for number in range(12):
        assert buckets.take(str(number), 1)
    assert not buckets.take("11", 1)
    assert buckets.take("1", 1), "forgotten, and full again"

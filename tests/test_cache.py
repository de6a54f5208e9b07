"""What was made once need not be made again, and a cache that fails is as good as none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from interview_helper import pictures, project
from interview_helper.cache import FolderCache, user_cache
from PIL import Image

KEY, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def cache(tmp_path):
    return FolderCache(tmp_path / "cache")


def entries(tmp_path):
    return sorted((tmp_path / "cache").glob("[0-9a-f]*"))


def room(tmp_path):
    return sum(path.stat().st_size for path in (tmp_path / "cache").iterdir())


def test_what_was_put_comes_back(cache, tmp_path):
    assert cache.get(KEY) is None
    cache.put(KEY, b"value")
    cache.put(OTHER, b"")
    assert FolderCache(tmp_path / "cache").get(KEY) == b"value"
    assert cache.get(OTHER) == b""
    cache.put(KEY, b"new")
    assert cache.get(KEY) == b"new"


@pytest.mark.parametrize("key", ["", "short", "../" * 8 + "passwd", "A" * 64, f"{'a' * 63}\n"])
def test_a_key_is_a_hash(cache, key):
    with pytest.raises(ValueError, match="is no hash"):
        cache.get(key)
    with pytest.raises(ValueError, match="is no hash"):
        cache.put(key, b"")


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[:-1],
        lambda data: data[:10],
        lambda _: b"",
        lambda data: data + b"x",
        lambda data: data[:-1] + bytes([data[-1] ^ 1]),
        lambda data: bytes([data[0] ^ 1]) + data[1:],
        lambda data: bytes(len(data)),  # as some file systems leave it after a crash
    ],
)
def test_a_torn_or_changed_entry_is_none(cache, tmp_path, harm):
    cache.put(KEY, b"value")
    (path,) = entries(tmp_path)
    path.write_bytes(harm(path.read_bytes()))
    assert cache.get(KEY) is None
    cache.put(KEY, b"value")
    assert cache.get(KEY) == b"value"


def test_an_entry_under_another_name_is_none(cache, tmp_path):
    cache.put(KEY, b"value")
    entries(tmp_path)[0].rename(tmp_path / "cache" / OTHER)
    assert cache.get(OTHER) is None


def test_a_cache_that_can_not_be_is_as_good_as_none(tmp_path):
    (tmp_path / "cache").write_text("a file")
    cache = FolderCache(tmp_path / "cache")
    cache.put(KEY, b"value")
    assert cache.get(KEY) is None


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_only_be_read_keeps_what_it_has(cache, tmp_path):
    cache.put(KEY, b"value")
    (tmp_path / "cache").chmod(0o500)
    cache.put(KEY, b"new")
    cache.put(OTHER, b"new")
    assert (cache.get(KEY), cache.get(OTHER)) == (b"value", None)
    (tmp_path / "cache").chmod(0o700)


def test_where_a_folder_stands_in_the_place_of_an_entry(cache, tmp_path):
    (tmp_path / "cache" / KEY / "x").mkdir(parents=True)
    cache.put(KEY, b"value")
    assert cache.get(KEY) is None
    assert [path.name for path in entries(tmp_path)] == [KEY]


def test_a_full_disk_leaves_the_old_entry_and_nothing_behind(cache, tmp_path, monkeypatch):
    cache.put(KEY, b"value")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    cache.put(KEY, b"new")
    assert cache.get(KEY) == b"value"
    assert len(entries(tmp_path)) == 1


@pytest.mark.skipif(os.name != "posix", reason="rights are those of POSIX")
def test_notes_are_nobody_elses_business(cache, tmp_path):
    cache.put(KEY, b"value")
    assert (tmp_path / "cache").stat().st_mode & 0o077 == 0
    assert entries(tmp_path)[0].stat().st_mode & 0o077 == 0


def key(number: int) -> str:
    return f"{number:064x}"


def test_it_never_holds_more_than_its_bound(tmp_path):
    cache = FolderCache(tmp_path / "cache", 1_000_000)
    for number in range(300):
        cache.put(key(number), bytes(10_000 + number))
        assert room(tmp_path) <= 1_000_000
    assert room(tmp_path) > 500_000
    assert cache.get(key(299)) is not None
    assert cache.get(key(0)) is None


def test_many_small_entries_count_as_the_room_they_take(tmp_path):
    cache = FolderCache(tmp_path / "cache", 1_000_000)
    for number in range(600):
        cache.put(key(number), b"x")
    assert len(entries(tmp_path)) * 4096 <= 1_000_000


def test_what_is_larger_than_an_eighth_of_it_all_is_not_kept(tmp_path):
    cache = FolderCache(tmp_path / "cache", 1_000_000)
    cache.put(key(0), b"small")
    cache.put(key(1), bytes(200_000))
    assert (cache.get(key(0)), cache.get(key(1))) == (b"small", None)


def test_what_is_used_stays_the_longest(tmp_path):
    cache = FolderCache(tmp_path / "cache", 1_000_000)
    for number in range(20):
        cache.put(key(number), bytes(10_000))
        os.utime(tmp_path / "cache" / key(number), (number, number))  # long ago, one after the other
    assert cache.get(key(0)) is not None
    for number in range(100, 180):
        cache.put(key(number), bytes(10_000))
        os.utime(tmp_path / "cache" / key(number), (number, number))
    assert cache.get(key(0)) is not None
    assert cache.get(key(1)) is None


def test_what_a_killed_build_left_behind_goes_too(tmp_path):
    cache = FolderCache(tmp_path / "cache", 1_000_000)
    cache.put(key(0), b"")
    left = tmp_path / "cache" / f"{key(1)}.xyz"
    left.write_bytes(bytes(500_000))
    os.utime(left, (0, 0))
    for number in range(100):
        cache.put(key(number), bytes(10_000))
    assert not left.exists()
    assert room(tmp_path) <= 1_000_000


def test_nothing_is_listed_to_keep_the_bound(cache, monkeypatch):
    cache.put(KEY, b"value")

    def listed(*_):
        raise AssertionError("the folder was listed")

    monkeypatch.setattr(os, "scandir", listed)
    monkeypatch.setattr(os, "listdir", listed)
    for number in range(50):
        cache.put(key(number), bytes(1000))
        assert cache.get(key(number)) == bytes(1000)


def test_without_a_home_there_is_no_cache(monkeypatch):
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: (_ for _ in ()).throw(RuntimeError))
    assert user_cache() is None


# --- pictures -----------------------------------------------------------------------------------------------------


@pytest.fixture
def scalings(tmp_path, monkeypatch):
    """A folder of notes with a large picture, and what was scaled."""
    monkeypatch.chdir(tmp_path)
    Path("notes").mkdir()
    Path("notes", "a.md").write_text("# T\n## A\n![words](p.png)\n")
    Image.effect_noise((2400, 200), 90).save("notes/p.png")
    done = []
    smaller = pictures._smaller

    def counted(data, picture, fitting):
        done.append(fitting)
        return smaller(data, picture, fitting)

    monkeypatch.setattr(pictures, "_smaller", counted)
    return done


def built(cache):
    notes = project.understood(project.read(Path("notes")))
    plan = project.planned(notes, 1_000_000)
    outcome = project.build(notes, plan, Path("out").absolute(), frozenset({"deck"}), cache=cache)
    return Path("out/t.apkg").read_bytes(), outcome.diagnostics


def test_a_large_picture_is_scaled_once(scalings, cache):
    first = built(None)
    assert built(cache) == first
    assert built(cache) == first
    assert len(scalings) == 2
    assert "is scaled down from 2400" in first[1][0].message


def test_another_picture_or_pillow_scales_anew(scalings, cache, monkeypatch):
    built(cache)
    Image.effect_noise((2400, 200), 91).save("notes/p.png")
    built(cache)
    assert len(scalings) == 2
    monkeypatch.setattr("PIL.__version__", "0")
    built(cache)
    assert len(scalings) == 3


def test_a_picture_that_would_not_be_smaller_is_asked_about_once(scalings, cache):
    Image.effect_noise((2400, 200), 90).convert("1").save("notes/p.png")  # smaller, it would have shades of grey
    first = built(cache)
    assert first[1] == ()
    assert built(cache) == first
    assert len(scalings) == 1

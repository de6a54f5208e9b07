"""What the program stands on: each dependency with its licence and its reason, each bound with what it is for."""

from __future__ import annotations

import ast
import inspect
import re
import sys
import tomllib
from importlib import metadata
from itertools import chain
from pathlib import Path

import genanki
import interview_helper
import latex2mathml.exceptions
import pydyf
import pytest
from interview_helper.outputs.sheet import fonts, formulas
from latex2mathml.converter import convert_to_element
from latex2mathml.symbols_parser import convert_symbol
from markdown_it import MarkdownIt
from markdown_it.common.utils import MD_TRIM_CHARS
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from spylls import hunspell

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAMES = {re.match(r"[\w-]+", each)[0]: each for each in PROJECT["dependencies"]}

# As metadata say it, where they do not say it as SPDX does.
SPELT = {
    "Apache License 2.0": "Apache-2.0",
    "License :: OSI Approved :: BSD License": "BSD-3-Clause",
    "License :: OSI Approved :: MIT License": "MIT",
}
# Where metadata are wrong: the file LICENSE of spylls is that of the MPL.
OTHERWISE = {"spylls": "MPL-2.0"}


def table(heading: str) -> dict[str, list[str]]:
    """The rows below a heading of ARCHITECTURE.md, by the name in the first cell."""
    text = (
        (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    )
    rows = [[cell.strip() for cell in row.split("|")] for row in re.findall(r"^\|(.*)\|$", text, re.MULTILINE)][2:]
    return {re.sub(r"\[(.*?)\]\(.*?\)", r"\1", row[0]).lower(): row[1:] for row in rows}


DEPENDENCIES = table("Dependencies")


def test_each_dependency_has_a_row_and_each_row_a_dependency():
    assert sorted(DEPENDENCIES) == sorted(NAMES)
    assert all(len(cells) == 3 and all(cells) for cells in DEPENDENCIES.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_licence_is_that_of_the_package(name):
    given = metadata.metadata(name)
    said = {key: given.get(key) for key in ("License-Expression", "License")}
    classified = [each for each in given.get_all("Classifier") or [] if each.startswith("License ::")]
    found = said["License-Expression"] or next(filter(None, [SPELT.get(said["License"] or "")]), None)
    found = found or (said["License"] if re.fullmatch(r"[\w.-]+", said["License"] or "UNKNOWN ") else None)
    if found in (None, "UNKNOWN"):
        found = SPELT[classified[0]]
    assert re.match(r"[\w.-]+", DEPENDENCIES[name][0])[0] == OTHERWISE.get(name, found)


@pytest.mark.parametrize("name", NAMES)
def test_a_version_is_held_below_another_only_where_a_test_guards_what_is_private(name):
    bound = re.search(r"<(=?[\w.]+)|==", NAMES[name])
    told = DEPENDENCIES[name][2]
    if bound is None:
        assert told == "none"
        return
    assert told.startswith(f"below {bound[1]}: ")
    guards = re.findall(r"`(test_\w+\.py)::(test_\w+)`", told)
    assert guards
    for file, test in guards:
        assert re.search(rf"^def {test}\(", (ROOT / "tests" / file).read_text(encoding="utf-8"), re.MULTILINE), test


def test_what_is_imported_is_a_dependency_and_what_is_none_is_not_one():
    imported = set()
    for path in Path(interview_helper.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {each.name.partition(".")[0] for each in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    # `compression` is Python's own from 3.14 on, in the place of `backports`.
    of_python = sys.stdlib_module_names | {"compression", "backports"}
    of_others = imported - of_python - {"interview_helper"} | {name for name, _ in fonts._PACKAGES}
    packages = metadata.packages_distributions()
    extras = {re.match(r"[\w-]+", each)[0] for each in chain(*PROJECT["optional-dependencies"].values())}
    wanted = {*NAMES, *extras} - {"backports-zstd"}
    assert sorted({packages[each][0].lower() for each in of_others}) == sorted(wanted)


def test_every_file_of_the_lock_has_a_hash_and_comes_from_the_index():
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    for package in lock["package"]:
        if package["name"] == PROJECT["name"]:
            assert package["source"] == {"editable": "."}
            continue
        assert package["source"] == {"registry": "https://pypi.org/simple"}, package["name"]
        kept = [*package.get("wheels", ()), *([package["sdist"]] if "sdist" in package else ())]
        assert kept, package["name"]
        assert all(re.fullmatch("sha256:[0-9a-f]{64}", each["hash"]) for each in kept), package["name"]


# --- what is private ----------------------------------------------------------------------------------------------


def parameters(function: object) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_the_private_parts_of_genanki_are_there():
    assert parameters(genanki.Note.write_to_db) == ["self", "cursor", "timestamp", "deck_id", "id_gen"]
    card = ["self", "cursor", "timestamp", "deck_id", "note_id", "id_gen", "due"]
    assert parameters(genanki.Card.write_to_db) == card
    assert parameters(genanki.Package.write_to_db) == ["self", "cursor", "timestamp", "id_gen"]
    assert parameters(genanki.Model.to_json) == ["self", "timestamp", "deck_id"]
    note = genanki.Note(model=genanki.BASIC_MODEL, fields=["a", "b"], tags=["c", "d"])
    assert note._format_tags() == " c d "
    assert note._format_fields() == "a\x1fb"


def test_the_private_parts_of_latex2mathml_are_there():
    assert convert_symbol("\\lbrace") == "0007B"
    assert convert_symbol("\\nothing") is None
    assert [each.tag for each in convert_to_element("x", display="inline").iter()] == ["math", "mrow", "mi"]
    raised = {name for name in formulas._IN_WORDS if name.endswith("Error")} - {"RecursionError"}
    assert {name for name in raised if not hasattr(latex2mathml.exceptions, name)} == set()


def test_the_private_parts_of_markdown_it_are_there():
    ruler = MarkdownIt().inline.ruler
    assert {"escape", "link", "emphasis"} <= {rule.name for rule in ruler.__rules__}
    assert all(callable(rule.fn) for rule in ruler.__rules__)
    assert parameters(Delimiter)[:6] == ["marker", "length", "token", "end", "open", "close"]
    assert {"\t", " "} <= set(MD_TRIM_CHARS)
    block = StateBlock("- a\n\nb\n", MarkdownIt(), {}, [])
    assert [block.bMarks[0], block.eMarks[0], block.tShift[0], block.sCount[0], block.blkIndent] == [0, 3, 0, 0, 0]
    assert block.isEmpty(1)
    assert not block.is_code_block(0)
    assert block.getLines(0, 1, 0, False) == "- a"
    inline = StateInline("==a==", MarkdownIt(), {}, [])
    scanned = inline.scanDelims(0, False)
    assert (scanned.can_open, scanned.length, inline.delimiters, inline.tokens_meta, inline.pending) == (
        True,
        2,
        [],
        [],
        "",
    )


def test_the_private_parts_of_pydyf_are_there():
    assert pydyf._to_bytes(1.5) == b"1.5"
    assert pydyf._to_bytes(pydyf.Dictionary({"A": 1})) == b"<</A 1>>"


def test_the_private_parts_of_spylls_are_there():
    assert set(hunspell.Dictionary.DISTRIBUTED) >= {"en_US"}
    assert all(Path(hunspell.__file__).with_name("data").joinpath(each).is_dir() for each in ("en", "ru", "sv"))
    assert all(isinstance(each, str) for each in hunspell.Dictionary.PATHES)
    from spylls.hunspell.algo.suggest import Suggest

    # As they are called within, where nothing takes their place.
    assert parameters(Suggest.ngram_suggestions)[0] == "self"
    assert parameters(Suggest.phonet_suggestions)[0] == "self"
    assert {"ngram_suggestions", "phonet_suggestions"} <= set(re.findall(r"self\.(\w+)\(", inspect.getsource(Suggest)))
    assert "stem" in hunspell.data.dic.Word.__annotations__


def test_the_private_parts_of_ziamath_are_there():
    zmath = formulas._ziamath()
    from ziamath.config import config
    from ziamath.nodes.mrow import Mrow

    assert hasattr(config, "svg2")
    assert parameters(Mrow._get_height_nostretch) == ["self", "line", "kwargs"]
    assert "self._get_height_nostretch(" in inspect.getsource(sys.modules[Mrow.__module__])
    assert callable(zmath.loadedfonts["default"].language)
    math = formulas._set(formulas.mended(formulas._read("x", displayed=False), displayed=False))
    assert isinstance(math, zmath.Math)
    row = math.node
    while not hasattr(row.nodes[0], "glyph"):
        row = row.nodes[0]
    assert len(row.nodes) == len(row.nodexy)
    sign = row.nodes[0]
    assert (row.mtag, sign.phantom, sign.char, sign.style.mathcolor) == (
        "mi",
        False,
        "x",
        "black",
    )
    assert len(sign.glyph.bbox) == 4
    assert sign.glyph.svgpath().tag
    assert sign.glyph.DFLT_SIZE_PT > 0

"""Drawings as programs export them stay as they are, byte for byte; what acts in one is cut out and named."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path

import pytest
from interview_helper.drawings import Unsound, cleaned
from interview_helper.pictures import known
from made_photos import saved
from PIL import Image

EXPORTED = sorted((Path(__file__).parent / "drawings").glob("*.svg"))
PHOTO = b64encode(saved(Image.new("RGB", (3, 2), "teal"), "PNG")).decode()
HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'


def drawing(inner: str, head: str = HEAD) -> bytes:
    return f"{head}{inner}</svg>".encode()


def shown(data: bytes) -> tuple[str, tuple[str, ...]]:
    """What is shown of a drawing, and what was cut out of it."""
    media = known("x", data)
    return media.data.decode(), media.without


def inner(html: str) -> tuple[str, tuple[str, ...]]:
    """What is shown of what stands in a drawing."""
    text, without = shown(drawing(html))
    return text.removeprefix(HEAD).removesuffix("</svg>"), without


def test_there_are_drawings_of_all_the_programs():
    assert len(EXPORTED) == 7


@pytest.mark.parametrize("path", EXPORTED, ids=lambda path: path.stem)
def test_an_export_stays_byte_for_byte(path):
    data = path.read_bytes()
    media = known("x", data)
    assert media.data is data
    assert media.without == ()


# What stands in front of an element and goes with all that is in it.
ACTING = {
    "<script>": "<script>alert(1)</script>",
    "<script> ": '<script href="https://example.org/x.js"/>',
    "<script>  ": "<x:script xmlns:x='http://www.w3.org/2000/svg'><![CDATA[ a > b ]]></x:script >",
    "<script>   ": '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
    "<handler>": '<handler type="text/ecmascript"><g/></handler>',
    "<iframe>": '<foreignObject xmlns="http://www.w3.org/2000/svg"><iframe xmlns="http://www.w3.org/1999/xhtml" src="x"/></foreignObject>',
    "<div>": '<div xmlns="http://www.w3.org/1999/xhtml">in no foreignObject</div>',
    "<embed>": '<embed src="x"/>',
    "<audio>": '<audio src="x" autoplay="autoplay"></audio>',
    "<listener>": '<e:listener xmlns:e="http://www.w3.org/2001/xml-events" event="load" handler="#h"/>',
    "<include>": '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>',
    "<stylesheet>": '<t:stylesheet xmlns:t="http://www.w3.org/1999/XSL/Transform" version="1.0"><g/></t:stylesheet>',
    "<math>": '<math xmlns="http://www.w3.org/1998/Math/MathML" href="javascript:alert(1)"/>',
    "<bindings>": '<bindings xmlns="http://www.mozilla.org/xbl"/>',
    "<set>": '<set attributeName="xlink:href" to="javascript:alert(1)"/>',
    "<animate>": '<animate attributeName=" HREF " values="javascript:alert(1)"/>',
    "<set> ": '<set attributeName="onclick" to="alert(1)"/>',
    "<?xml-stylesheet?>": "",  # in front of the whole
}


@pytest.mark.parametrize("path", EXPORTED, ids=lambda path: path.stem)
def test_what_acts_is_cut_out_and_the_rest_stays_byte_for_byte(path):
    data = path.read_bytes()
    own = re.compile(rb"<(?:g|rect|path|text|use|image)\b|</svg>")
    at = [match.start() for match in own.finditer(data)]
    places = dict(zip(list(ACTING.items()) * len(at), at * len(ACTING), strict=False))
    acting = data
    for (_, piece), start in sorted(places.items(), key=lambda item: -item[1]):
        if "foreignObject" not in piece:
            acting = acting[:start] + piece.encode() + acting[start:]
    root = acting.index(b"<svg")
    acting = acting[:root] + b'<?xml-stylesheet type="text/xsl" href="#x"?>' + acting[root:]
    acting = acting.replace(b"<svg", b'<svg onload=\'alert("1 > 0")\' xml:base = "https://example.org/"', 1)
    media = known("x", acting)
    assert media.data == data
    assert media.name != known("x", data).name
    # A drawing has fewer elements than there are ways to act.
    assert (
        {"<?xml-stylesheet?>", "onload", "xml:base", "<script>"}
        <= set(media.without)
        <= {
            *(each.strip() for each in ACTING),
            "onload",
            "xml:base",
        }
    )


@pytest.mark.parametrize(("name", "piece"), [item for item in ACTING.items() if item[1]], ids=list(ACTING)[:-1])
def test_an_element_that_acts_goes_with_all_that_is_in_it(name, piece):
    rest = re.sub(r"(<foreignObject[^>]*>).*(</foreignObject>)|.*", r"\1\2", piece, count=1)
    assert inner(f"<g>{piece}<rect/></g>") == (f"<g>{rest}<rect/></g>", (name.strip(),))


@pytest.mark.parametrize(
    ("written", "left", "named"),
    [
        ('<g OnClick="x" id="a"/>', '<g id="a"/>', "OnClick"),
        ("<g onbegin = 'x > y'/>", "<g/>", "onbegin"),
        ('<a href="javascript:alert(1)"><rect/></a>', "<a><rect/></a>", "javascript:alert(1)"),
        ('<a xlink:href=" jav&#x9;ascript:alert(1)"/>', "<a/>", "jav ascript:alert(1)"),
        ('<a href="&#106;&#x61;vascript&#58;alert(1)"/>', "<a/>", "javascript:alert(1)"),
        ('<a href="VBSCRIPT:x"/>', "<a/>", "VBSCRIPT:x"),
        ('<a href="data:text/html,x"/>', "<a/>", "data:text/html,x"),
        ('<a href="file:///etc/passwd"/>', "<a/>", "file:///etc/passwd"),
        ('<a href="//example.org"/>', "<a/>", "//example.org"),
        ('<a href="#a" ping="https://example.org"/>', '<a href="#a"/>', "ping"),
        ('<image href="https://example.org/a.png"/>', "<image/>", "https://example.org/a.png"),
        ('<image xlink:href="../../a.png"/>', "<image/>", "../../a.png"),
        ('<image href="formula:AAAA"/>', "<image/>", "formula:AAAA"),
        ('<image href="media:a.png"/>', "<image/>", "media:a.png"),
        ('<use href="other.svg#a"/>', "<use/>", "other.svg#a"),
        ('<use href="data:image/svg+xml,%3Csvg/%3E#a"/>', "<use/>", "data:image/svg+xml,%3Csvg/%3E#a"),
        ('<feImage href="https://example.org"/>', "<feImage/>", "https://example.org"),
        ('<linearGradient href="https://example.org#a"/>', "<linearGradient/>", "https://example.org#a"),
        ('<linearGradient spreadMethod="repeat"/>', "<linearGradient/>", "spreadMethod"),
        ('<use style="href: #a; r: 1"/>', '<use style=": #a; r: 1"/>', "href:"),
        ('<g xlink:HREF="x"/>', "<g/>", "x"),
        ('<rect fill="url(https://example.org/#a)"/>', "<rect/>", "https://example.org/#a"),
        ("<rect mask=\"url( 'https://example.org' )\"/>", "<rect/>", "https://example.org"),
        (r'<rect filter="u\72l(https://example.org)"/>', "<rect/>", "https://example.org"),
        ('<rect cursor="image-set(\'https://example.org\' 1x)"/>', "<rect/>", "https://example.org"),
        ('<set attributeName="fill" to="url(https://example.org)"/>', '<set attributeName="fill"/>', "https://example.org"),
        ('<g style="color:red;fill:url(//example.org);r:9"/>', '<g style="color:red;fill:url(#);r:9"/>', "//example.org"),
        (r'<g style="fill:u\000072 l(&quot;x&quot;)"/>', '<g style="fill:url(#)"/>', "x"),
    ],
)  # fmt: skip
def test_an_attribute_that_acts_goes_and_its_element_stays(written, left, named):
    assert inner(written) == (left, (named,))


HTML = '<foreignObject><div xmlns="http://www.w3.org/1999/xhtml">{}</div></foreignObject>'


@pytest.mark.parametrize(
    ("written", "left", "named"),
    [
        ('<p onclick="x" class="a">b</p>', '<p class="a">b</p>', "onclick"),
        ('<a href="javascript:x">b</a>', "<a>b</a>", "javascript:x"),
        ('<img src="https://example.org/a.png"/>', "<img/>", "https://example.org/a.png"),
        ('<img srcset="a.png 2x"/>', "<img/>", "srcset"),
        ("a<form><input/></form>b", "ab", "<form>"),
        ('<meta http-equiv="refresh" content="0;url=x"/>', "", "<meta>"),
        ('<base href="https://example.org"/>', "", "<base>"),
        ('<link rel="stylesheet" href="x"/>', "", "<link>"),
        ("<style>p{color:red}</style>", "", "<style>"),
        ('<object data="x"/>', "", "<object>"),
        ('<table background="x"/>', "<table/>", "background"),
    ],
)
def test_a_label_in_html_is_words_and_no_page(written, left, named):
    assert inner(HTML.format(written)) == (HTML.format(left), (named,))


@pytest.mark.parametrize(
    ("css", "left", "named"),
    [
        ("@import 'https://example.org/a.css'; a{r:1}", " a{r:1}", "@import"),
        ("@IMPORT url(//example.org);a{r:1}", "a{r:1}", "@import"),
        (r"@\69mport 'x';a{r:1}", "a{r:1}", "@import"),
        ("a{fill:url(#b)}@import 'x'", "a{fill:url(#b)}", "@import"),
        ("@font-face{font-family:A;src:url(https://example.org/a.woff2)}", "@font-face{font-family:A;src:url(#)}", "https://example.org/a.woff2"),
        ("@media print{a{b:URL( 'x' )}}", "@media print{a{b:url(#)}}", "x"),
        ("a{b:url(data:text/html,x)}", "a{b:url(#)}", "data:text/html,x"),
        ("a{b:image-set(url(#a), 'x' 2x)}", "a{b:url(#)}", "x"),
        ("a{b:src('x')}", "a{b:url(#)}", "x"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("wrapped", ["{}", "<![CDATA[{}]]>"])
def test_a_style_sheet_leads_nowhere(css, left, named, wrapped):
    assert inner(f"<style>{wrapped.format(css)}</style>") == (f"<style>{left}</style>", (named,))


def test_a_style_sheet_is_read_as_xml_spells_it():
    css = "<style>a{{b:url({})}}</style>"
    assert inner(css.format("j&#97;vascript:alert")) == (css.format("#"), ("javascript:alert",))
    assert inner(css.format("#a) } <![CDATA[ c{d:url(e]]>")) == (css.format("#a) }  c{d:url(#"), ("e",))


def test_what_is_cut_out_of_what_is_cut_out_is_no_matter():
    html = "<script>a<?xml-stylesheet b?>c</script><g/>"
    assert inner(html) == ("<g/>", ("<?xml-stylesheet?>", "<script>"))


def test_no_style_hides_in_another():
    text, without = inner("<style>@import 'a';<style>b</style><g>c</g></style>")
    assert text == "<style></style>"
    assert "@import" in without


@pytest.mark.parametrize(
    "html",
    [
        "<style>@namespace url(http://www.w3.org/2000/svg);a{fill:url('#b')}</style>",
        f"<style>a{{b:url(data:image/png;base64,{PHOTO})}}</style>",
        '<style>@font-face{src:url("data:application/font-woff;base64,AAAA")}</style>',
        "<!-- <script>alert(1)</script> -->",
        "<title>&lt;script&gt; url(https://example.org) onload=</title>",
        '<text aria-label="see url(https://example.org)" data-x="f(url)">u</text>',
        '<a href="mailto:a@example.org"/>',
        f'<image href="data:image/png;base64,{PHOTO}"/>',
        '<g xmlns:i="http://ns.adobe.com/AdobeIllustrator/10.0/"><i:pgf id="x">AAAA</i:pgf></g>',
        '<switch><foreignObject requiredExtensions="x"/><g/></switch>',
        "<?xpacket begin='x'?>",
        '<a href=" https://example.org "/><use href="&#10;#a"/>',
        '<style>a[href]{fill:url("#a")}</style><linearGradient spreadMethod="pad"/>',
    ],
)
def test_what_only_looks_so_stays(html):
    assert inner(html) == (html, ())


def test_a_picture_in_a_drawing_is_a_picture():
    bomb = b64encode(saved(Image.new("1", (14000, 14000)), "PNG")).decode()
    acting = b64encode(drawing("<script/>")).decode()
    page = b64encode(b"<html></html>").decode()
    for kind, data in (("png", bomb), ("png", page), ("svg+xml", acting), ("svg+xml", page), ("png", acting)):
        _, without = inner(f'<image href="data:image/{kind};base64,{data}"/>')
        assert without[0].startswith(f"data:image/{kind};base64,")


def test_drawings_in_drawings_end():
    data = drawing("<rect/>")
    for _ in range(2):
        data = drawing(f'<image href="data:image/svg+xml;base64,{b64encode(data).decode()}"/>')
        assert known("x", data).without == ()
    data = drawing(f'<image href="data:image/svg+xml;base64,{b64encode(data).decode()}"/>')
    assert len(known("x", data).without) == 1


def repeated(times: int, link: str) -> str:
    """Ten to the power of `times` squares."""
    rows = ["<g id='a0'><rect/></g>"]
    rows += [f"<g id='a{n + 1}'>{link.format(f'a{n}') * 10}</g>" for n in range(times)]
    return "".join(rows)


def styled(times: int, kind: str, drawn: str, link: str) -> str:
    """Ten to the power of `times` squares, by what a style sheet says."""
    rules = "".join(f"svg .c{n} {{ {link.format(f'p{n - 1}')} }}" for n in range(1, times))
    parts = "".join(f"<{kind} id='p{n}'>{drawn.format(f'c{n}') * 10}</{kind}>" for n in range(times))
    return f"<style>@media all {{ {rules} }}</style>{parts}{drawn.format(f'c{times - 1}')}"


USED = "<use href='#{}'/>"
FILLED = "<pattern><rect fill='url(#{})'/></pattern>"
MASKED = '<rect style="mask: url(&quot;#{}&quot;)"/>'
ENTITIES = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (drawing(repeated(8, USED)), "repeats its parts too often"),
        (drawing(repeated(8, FILLED)), "repeats its parts too often"),
        (drawing(repeated(8, MASKED)), "repeats its parts too often"),
        (
            drawing(f"<marker id='m'>{'<rect/>' * 1000}</marker><path marker-mid='url(#m)' d='M{'1 1 ' * 1000}'/>"),
            "repeats its parts too often",
        ),
        (drawing(styled(8, "mask", "<rect class='x {}'/>", "mask: url(#{})")), "repeats its parts too often"),
        (drawing(styled(8, "marker", "<path class='{}' d='M1 1 2 2'/>", "marker:url('#{}')")), "repeats its parts too"),
        (drawing("<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g>"), "has a part that is drawn in itself"),
        (drawing("<g id='a'><use href=' #a'/></g>"), "has a part that is drawn in itself"),
        (drawing("<g>" * 200 + "</g>" * 200), "has elements in one another, more than 100 deep"),
        (drawing("<g/>" * 50_001), "is a drawing of more than 50 000 elements"),
        (drawing("<g/>" + " " * 10_000_000), "is a drawing of more than 10 MB"),
        (drawing("<style>" + "@import 'x';a{" + "(" * 100_000 + "</style>"), "has a style with brackets"),
        (drawing("&b;", ENTITIES + HEAD), "is a drawing that defines entities"),
        (drawing("", '<!DOCTYPE svg [<!ATTLIST svg onload CDATA "alert(1)">]>' + HEAD), "is a drawing that defines"),
        (drawing("", '<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg a="&colon;">'), "is a drawing that defines"),
        (drawing("", '<!DOCTYPE svg [<!ENTITY % a SYSTEM "file:///etc/passwd">%a;]>' + HEAD), "is a drawing that"),
        (drawing("", "<?xml version='1.0' encoding='utf-7'?>" + HEAD), "is"),
        (drawing("", "<?xml version='1.0' encoding='iso-2022-jp'?>" + HEAD), "is a drawing in iso-2022-jp"),
        ("<svg/>".encode("utf-16-le"), "is no PNG"),
        (drawing("", "<svg:svg xmlns:svg='urn:other'>").replace(b"</svg>", b"</svg:svg>"), "is no PNG"),
        (drawing("<g>"), "is no PNG"),
        (drawing("&nbsp;"), "is no PNG"),
    ],
    ids=str.split("use pattern mask marker masks markers ring self deep many large brackets laughs default entity outside utf-7 jp wide other torn name"),
)  # fmt: skip
def test_what_can_not_be_drawn_is_refused(data, words):
    with pytest.raises(Unsound) as error:
        cleaned(data, lambda _: False)
    assert error.value.message.startswith(words)
    assert error.value.hint


def test_a_style_sheet_may_seem_to_lead_in_a_circle():
    html = "<style>rect{fill:url(#p)}</style><pattern id='p'><rect/></pattern><g id='a'><rect/></g><use href='#a'/>"
    assert inner(html) == (html, ())


def test_a_part_may_be_repeated_and_linked_to():
    html = repeated(4, USED) + '<g id="x"><a href="#x"/><animate href="#x" attributeName="r"/></g>'
    assert inner(html) == (html, ())


@pytest.mark.parametrize("encoding", ["utf-8", "ISO-8859-1", "windows-1252"])
def test_letters_stay_as_they_are_encoded(encoding):
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>{HEAD}<text>größe{{}}</text><style>a{{{{b:url(ü)}}}}</style></svg>'
    )
    media = known("x", text.format("<script/>").encode(encoding))
    assert media.data == text.format("").replace("ü)", "#)").encode(encoding)
    assert media.without == ("<script>", "ü")


def test_a_byte_order_mark_is_no_matter():
    assert known("x", b"\xef\xbb\xbf" + drawing("<script/>")).data == b"\xef\xbb\xbf" + drawing("")

"""The findings report: counts agree, nothing is lost or live, and many findings stay readable."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from rich.console import Console
from typer.testing import CliRunner

from hamm_eval.casefile import CheckedExport, check_export
from hamm_eval.casefile.findings import Collector
from hamm_eval.casefile.rules import RULES, Severity
from hamm_eval.casefile.tables import TABLES
from hamm_eval.cli import app
from hamm_eval.errors import UsageError
from hamm_eval.report.intake import IntakeReport, intake_report, refuse_places, write_reports
from hamm_eval.report.intake import console as in_console
from hamm_eval.report.intake import page as in_page
from hamm_eval.report.intake.console import print_report
from hamm_eval.report.intake.page import page
from hamm_eval.report.intake.sentences import rule_title, rule_todo, shown, split_texts
from hamm_eval.report.intake.workbook import workbook
from hamm_eval.report.wording import LANGUAGES, Wording, load_texts

LIVE = ('=HYPERLINK("http://x.example")', "+1", "-1", "@SUM(A1)", "<script>alert(1)</script>", "a\x1b[2Jb")


@pytest.fixture(scope="module")
def broken(tiny_city: Path, tmp_path_factory: pytest.TempPathFactory) -> CheckedExport:
    """An export with findings of all four severities, one unreadable table and one that is missing."""
    folder = tmp_path_factory.mktemp("broken") / "export"
    shutil.copytree(tiny_city, folder)

    def edit(name: str, change) -> None:
        path = folder / f"{name}.csv"
        path.write_bytes(b"\r\n".join(change(path.read_bytes().split(b"\r\n"))))

    edit("personen", lambda rows: [*rows[:-1], rows[1], b"Summe;;;;;;;;;;", b""])
    edit(
        "ziele", lambda rows: [rows[0], *(re.sub(rb"\d\d\.\d\d\.\d{4}", b"31.02.2017", r) for r in rows[1:])]
    )
    edit("phasen", lambda rows: [rows[0], rows[1], b"1;2", *rows[2:]])
    edit("sprachtests", lambda rows: [rows[0] + b";Raum", *(r + b";1" if r else r for r in rows[1:])])
    (folder / "faelle.csv").unlink()
    (folder / "ehrenamt.csv").unlink()
    (folder / "einkauf.csv").write_text("a;b\n1;2\n", encoding="utf-8")
    return check_export(folder)


@pytest.fixture(scope="module")
def usable(tiny_city: Path) -> CheckedExport:
    """An export without a finding."""
    return check_export(tiny_city)


def made(*findings: dict) -> CheckedExport:
    """A refused export with these findings."""
    collector = Collector()
    for finding in findings:
        collector.add(**finding)
    return CheckedExport(tuple(collector.findings), None)


def many(count: int) -> CheckedExport:
    """An export with very many findings of few rules."""
    rules = ("date_no_such_day", "required", "reference_unknown", "spells_overlap")
    return made(
        *(
            {
                "rule": rules[i % 4],
                "file": f"{TABLES[i % 7].german}.csv",
                "table": TABLES[i % 7].name,
                "column": f"Spalte {i}",
                "lines": range(2, 2 + i),
                **({"target": "personen.csv"} if i % 4 == 2 else {}),
                **({"begin": "a", "end": "b"} if i % 4 == 3 else {}),
            }
            for i in range(count)
        )
    )


def told(report: IntakeReport, wording: Wording, *, terminal: bool = False, width: int = 10_000) -> str:
    """What the console says."""
    console = Console(file=io.StringIO(), width=width, force_terminal=terminal, highlight=False)
    print_report(report, wording, console)
    return console.file.getvalue()


def sheets(content: bytes) -> dict[str, list[list]]:
    """The workbook's sheets as rows."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


class Elements(HTMLParser):
    """Every element and every attribute of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes += attrs


@pytest.mark.parametrize("language", LANGUAGES)
def test_counts_agree_with_the_findings_in_every_form(broken: CheckedExport, language: str) -> None:
    wording = Wording(language)
    report = intake_report(broken, "export", wording)
    findings = broken.findings
    by_severity = Counter(f.severity for f in findings)
    assert set(by_severity) == set(Severity)

    assert report.findings == len(findings) == sum(len(group.places) for group in report.rules)
    assert dict(report.counts) == {severity: by_severity[severity] for severity in Severity}
    assert Counter(f.rule for f in findings) == {g.rule: len(g.places) for g in report.rules}
    assert Counter(f.table for f in findings) == {g.table: len(g.places) for g in report.by_table}
    assert [Severity(g.severity) for g in report.rules] == sorted(
        (g.severity for g in report.rules), key=list(Severity).index
    )

    console = told(report, wording)
    html = page(report, wording)
    for severity, count in by_severity.items():
        name = wording.text(f"check.severities.{severity.value}")
        assert f"{name} ({count})" in console
        assert f'{name} <span class="count">({count})</span>' in html

    overview, rows, rules = sheets(workbook(report, wording)).values()
    assert len(rows) - 1 == len(findings)
    assert {(r[2], r[3], r[8]) for r in rows[1:]} == {(f.file, f.column, f.rule) for f in findings}
    assert {r[6]: r[3] for r in rules[1:]} == Counter(f.rule for f in findings)
    assert overview[-1][3:7] == [by_severity[severity] for severity in Severity]
    assert overview[-1][7] == report.rows == sum(source.rows for source in broken.sources)


@pytest.mark.parametrize("name", ["broken", "usable"])
def test_the_rows_of_every_table_add_up(name: str, request: pytest.FixtureRequest) -> None:
    checked = request.getfixturevalue(name)
    report = intake_report(checked, "export", Wording("de"))
    read = [table for table in report.tables if table.rows is not None]
    assert {table.table: table.rows for table in read} == {s.table: s.rows for s in checked.sources}
    assert [sum(table.fates) for table in read] == [table.rows for table in read]
    states = {table.table: table.state for table in report.tables if table.state != "read"}
    assert states == ({"cases": "missing", "phases": "unreadable"} if name == "broken" else {})
    assert report.not_delivered == (("Ehrenamtliche Begleitung",) if name == "broken" else ())
    if name == "broken":
        (persons,) = (table for table in report.tables if table.table == "persons")
        assert persons.fates[1] == 1, "the doubled row"
        assert persons.fates[3] == 1, "the row of totals"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_a_finding_gets_lost_by_grouping(broken: CheckedExport, language: str) -> None:
    report = intake_report(broken, "export", Wording(language))
    for group in report.rules:
        for place in group.places:
            said = f"{group.title}. {group.todo} {place.own}"
            for sentence in re.split(r"(?<=[.?!]) (?=[A-ZÄÖÜ„“])", place.text):
                assert sentence in said, (group.rule, sentence)


def test_texts_that_begin_differently_keep_their_beginnings() -> None:
    first, common, own = split_texts(["Of A. Mend it.", "Of B. Mend it.", "Of A. Mend it."])
    assert (first, common, own) == ("", "Mend it.", ("Of A.", "Of B.", "Of A."))
    assert split_texts(["Same. Same. Same.", "Same. Same."]) == ("Same", "Same.", ("Same.", ""))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_title_without_particulars(language: str) -> None:
    titles = {rule.id: rule_title(rule, language) for rule in RULES}
    for name, title in titles.items():
        assert 10 < len(title) < 180, name
        assert not re.search(r"[{}]|\.$|^\W", title), name
        assert "{" not in rule_todo(next(r for r in RULES if r.id == name), language), name
    assert len(set(titles.values())) == len(titles)


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_speaks_for_itself_alone(broken: CheckedExport, language: str) -> None:
    wording = Wording(language)
    report = intake_report(broken, "export", wording)
    other = load_texts("en" if language == "de" else "de")
    words = re.sub(r"<[^>]+>", " ", page(report, wording).partition("</style>")[2])
    said = words + told(report, wording) + str(sheets(workbook(report, wording)))
    foreign = [
        text for key, text in other.items() if key.startswith("check.") and len(text) > 9 and "{" not in text
    ]
    assert len(foreign) > 25
    assert [text for text in foreign if text in said] == []
    for finding in broken.findings:
        assert (finding.text_en if language == "de" else finding.text_de) not in said


@pytest.mark.parametrize("text", LIVE)
def test_names_from_outside_are_inert_in_every_form(text: str) -> None:
    # A file, a column, and a name within a text of a rule.
    checked = made(
        {"rule": "required", "file": text, "table": "persons", "column": text, "lines": [2]},
        {"rule": "file_ambiguous", "file": text, "table": "cases", "files": text},
    )
    wording = Wording("de")
    report = intake_report(checked, text, wording)
    visible = shown(text)

    html = page(report, wording)
    elements = Elements(html)
    assert elements.tags["script"] == 0
    assert not [value for name, value in elements.attributes if value and "x.example" in value]
    sound = Elements(page(intake_report(made(), "export", wording), wording)).tags
    assert set(elements.tags) - set(sound) <= {"h3", "h4", "div", "code", "tbody", "colgroup", "col", "a"}

    content = workbook(report, wording)
    parts = zipfile.ZipFile(io.BytesIO(content))
    for name in parts.namelist():
        if name.startswith("xl/worksheets/"):
            xml = parts.read(name).decode()
            assert "<f>" not in xml and "<f " not in xml and "hyperlink" not in xml, name
    _, rows, _ = sheets(content).values()
    assert {(row[2], row[3]) for row in rows[1:]} == {(visible, visible), (visible, "")}
    assert ("quotePrefix" in parts.read("xl/styles.xml").decode()) == text.startswith(("=", "+", "-", "@"))

    for terminal in (False, True):
        said = told(report, wording, terminal=terminal)
        assert "\x1b[2J" not in said
        assert visible in re.sub(r"\x1b\[[0-9;]*m", "", said)


@pytest.mark.parametrize("count", [0, 3, 3000])
def test_few_and_many_findings_stay_readable(count: int) -> None:
    wording = Wording("de")
    checked = many(count)
    report = intake_report(checked, "export", wording)
    console = told(report, wording)
    html = page(report, wording)
    assert console.endswith(
        {
            0: "Keine Befunde. Der Export ist nicht verwendbar.\n",
            3: "3 Befunde. Der Export ist nicht verwendbar.\n",
            3000: "3.000 Befunde. Der Export ist nicht verwendbar.\n",
        }[count]
    )
    assert len(console.splitlines()) < 60
    assert len(html) - len(page(intake_report(made(), "export", wording), wording)) < 400_000
    assert html.count("<tr") <= 25 + (1 + in_page.PLACES_SHOWN) * (len(report.rules) + len(report.by_table))
    _, rows, _ = sheets(workbook(report, wording)).values()
    assert len(rows) - 1 == count
    left = 750 - in_page.PLACES_SHOWN
    assert (f"und {left} weitere Stellen" in html) == (count == 3000)
    assert (f"und {750 - in_console.PLACES_SHOWN} weitere Stellen" in console) == (count == 3000)
    if count == 3000:
        last = max(rows[1:], key=lambda row: row[5] or 0)
        assert last[5] == 2999
        assert last[7].startswith("2, 3, 4, ") and last[7].endswith(", 1001 …")
        assert len(last[7].split(", ")) == 1000


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_terminal_is_not_overrun_and_loses_no_place(broken: CheckedExport, width: int) -> None:
    wording = Wording("de")
    report = intake_report(broken, "export", wording)
    said = re.sub(r"\x1b\[[0-9;]*m", "", told(report, wording, terminal=True, width=width))
    assert max(map(len, said.splitlines())) <= width
    together = re.sub(r"\s+", "", said)
    for group in report.rules:
        assert f"[{group.rule}]" in together
        for place in group.places[: in_console.PLACES_SHOWN]:
            assert re.sub(r"\s+", "", place.where) in together


def test_elsewhere_than_in_a_terminal_it_is_plain_and_each_place_is_on_one_line(
    broken: CheckedExport,
) -> None:
    wording = Wording("en")
    lines = told(intake_report(broken, "export", wording), wording).splitlines()
    assert not [line for line in lines if "\x1b" in line or len(line) > 400]
    for finding in broken.findings:
        if finding.rule == "row_short":
            assert f"    {finding.where}" in lines


def test_the_page_is_self_contained_and_every_link_arrives(broken: CheckedExport) -> None:
    wording = Wording("de")
    html = page(intake_report(broken, "export", wording), wording)
    assert "default-src 'none'" in html
    elements = Elements(html)
    links = [value for name, value in elements.attributes if name in ("href", "src")]
    assert links and all(link and link.startswith("#") for link in links)
    ids = [value for name, value in elements.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links} <= set(ids)
    assert "http" not in re.sub(r"http-equiv", "", html)


def test_equal_findings_give_equal_bytes(broken: CheckedExport, usable: CheckedExport) -> None:
    for checked in (broken, usable):
        reports = [intake_report(checked, "export", Wording("de")) for _ in range(2)]
        for form in (page, workbook):
            assert form(reports[0], Wording("de")) == form(reports[1], Wording("de"))


def test_a_report_is_written_whole_or_the_former_stays(
    broken: CheckedExport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wording = Wording("de")
    report = intake_report(broken, "export", wording)
    html, xlsx = tmp_path / "findings.html", tmp_path / "findings.xlsx"
    for path in (html, xlsx):
        path.write_text("former", encoding="utf-8")

    def half(path: Path, content: bytes) -> None:
        with path.open("wb") as file:
            file.write(content[: len(content) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", half)
        with pytest.raises(UsageError, match=r"findings\.html"):
            write_reports(report, wording, html=html, xlsx=xlsx)
    assert sorted(tmp_path.iterdir()) == [html, xlsx]
    assert html.read_text(encoding="utf-8") == xlsx.read_text(encoding="utf-8") == "former"

    write_reports(report, wording, html=html, xlsx=xlsx)
    assert sorted(tmp_path.iterdir()) == [html, xlsx]
    assert html.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert zipfile.is_zipfile(xlsx)


def test_a_report_is_not_written_into_the_export_or_nowhere(tmp_path: Path) -> None:
    export = tmp_path / "export"
    export.mkdir()
    book = tmp_path / "book.xlsx"
    link = tmp_path / "link"
    link.symlink_to(export)
    for source, places in (
        (export, (export / "personen.csv", None)),
        (export, (None, link / "findings.xlsx")),
        (book, (None, book)),
        (export, (tmp_path / "a", tmp_path / "x" / ".." / "a")),
        (export, (tmp_path / "absent" / "a.html", None)),
        (export, (tmp_path, None)),
    ):
        with pytest.raises(UsageError):
            refuse_places(source, places)
    refuse_places(export, (tmp_path / "a.html", tmp_path / "a.xlsx"))


def test_check_writes_both_reports_whether_the_export_can_be_used_or_not(
    tiny_city: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    shutil.copytree(tiny_city, folder)
    html, xlsx = tmp_path / "a.html", tmp_path / "a.xlsx"
    arguments = ["check", str(folder), "--html", str(html), "--xlsx", str(xlsx)]
    used = CliRunner().invoke(app, arguments)
    assert used.exit_code == 0, used.output
    assert "Der Export ist verwendbar." in html.read_text(encoding="utf-8")

    (folder / "personen.csv").write_bytes(b"")
    refused = CliRunner().invoke(app, [*arguments, "--language", "en"])
    assert refused.exit_code == 3
    assert f"Written: {xlsx}" in refused.stdout
    assert "The export cannot be used." in html.read_text(encoding="utf-8")
    assert "file_empty" in str(sheets(xlsx.read_bytes()))

    before = sorted(path.read_bytes() for path in folder.iterdir())
    into = CliRunner().invoke(app, ["check", str(folder), "--html", str(folder / "personen.csv")])
    assert into.exit_code == 2
    assert sorted(path.read_bytes() for path in folder.iterdir()) == before

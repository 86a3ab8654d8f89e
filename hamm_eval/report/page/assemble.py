"""One self-contained page from the notebooks' bodies: nothing is loaded from anywhere, no script runs."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from hamm_eval.release.released import Cell
from hamm_eval.report.markup import Column, Row, table
from hamm_eval.report.numbering import Numbering
from hamm_eval.report.page.headings import settle
from hamm_eval.report.page.methods import methods
from hamm_eval.report.page.readings import once_a_section
from hamm_eval.report.wording import Wording

if TYPE_CHECKING:
    from hamm_eval.params import Params

_FACES = {400: "HammSans-Regular.woff2", 600: "HammSans-SemiBold.woff2"}


@dataclass(frozen=True, slots=True)
class Section:
    """One executed notebook as HTML: prose and released outputs, no code; of the cohort or a target group."""

    notebook: str
    html_body: str
    target_group: str = ""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the title block and the appendices say.

    Parameters
    ----------
    params : Params
        City, quarter and data cut; whether the data are generated: then a banner says so; what the methods
        speak of.
    persons : Cell
        Size of the cohort, as released.
    language : "de" or "en"
    run_id : str
    digests : mapping of str to str
        What was digested (``data``, ``params`` ... ``former``) to its SHA-256.
    versions : mapping of str to str
        Name of a library to its version.
    policy : str
        Name of the release policy, with its digest where it was tightened.
    curves_begin : tuple of float
        Days from which the curves shown are drawn: those after 0 are conditional, which appendix A says.
    """

    params: Params
    persons: Cell
    language: str
    run_id: str
    digests: Mapping[str, str]
    versions: Mapping[str, str]
    policy: str
    curves_begin: tuple[float, ...] = ()


def assemble(sections: Sequence[Section], facts: PageFacts) -> str:
    """The complete page of a quarter.

    Parameters
    ----------
    sections : sequence of Section
        In the order of the notebooks' numbers; those of target groups after those of the cohort.
    facts : PageFacts

    Returns
    -------
    str
        HTML with style and fonts inside, a Content-Security-Policy that forbids script and every outside
        address, no clock time: equal inputs give equal bytes.
    """
    params = facts.params
    wording = Wording(facts.language, params)
    settled = [
        settle(section.html_body, _anchor(section.notebook), _whose(section, wording)) for section in sections
    ]
    contents = [entry for _, entries in settled for entry in entries]
    contents += [
        ("methods", wording.text("page.appendix_methods")),
        ("provenance", wording.text("page.appendix_provenance")),
    ]
    page = _template().render(
        w=wording,
        facts=facts,
        city=wording.text("page.eyebrow", city=params.city),
        quarter=wording.quarter(params.quarter),
        data_cut=wording.date(params.data_cut),
        persons=wording.count(facts.persons),
        style=Markup(stylesheet()),
        contents=[(name, Markup(words)) for name, words in contents],
        sections=[Markup(html) for html, _ in settled],
        methods=methods(wording, facts.curves_begin),
        provenance=_provenance(facts, wording),
    )
    return once_a_section(Numbering(wording).fill(page), wording)


@cache
def stylesheet() -> str:
    """Style of the page with its fonts inside."""
    faces = "\n".join(
        f'@font-face{{font-family:"Hamm Sans";font-weight:{weight};font-style:normal;'
        f'src:url(data:font/woff2;base64,{_encoded(name)}) format("woff2")}}'
        for weight, name in _FACES.items()
    )
    return f"{faces}\n{_read('style.css')}"


def fragment_style() -> str:
    """Style of a single fragment in JupyterLab, without the page's own rules."""
    return re.sub(r"/\* page \*/.*?/\* end page \*/", "", _read("style.css"), flags=re.DOTALL)


def _whose(section: Section, wording: Wording) -> str:
    """Name of the target group that a section is about; "" for the cohort."""
    return wording.target_group(section.target_group) if section.target_group else ""


def _anchor(notebook: str) -> str:
    """A notebook's name as the beginning of an anchor."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", notebook)


@cache
def _read(name: str) -> str:
    """A text file of this folder."""
    return files("hamm_eval.report.page").joinpath(name).read_text(encoding="utf-8")


def _encoded(name: str) -> str:
    """A font file as base64."""
    return base64.b64encode(files("hamm_eval.report").joinpath("fonts", name).read_bytes()).decode("ascii")


@cache
def _template() -> jinja2.Template:
    """The page's template; everything put in is escaped unless it is markup."""
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_read("page.html.j2"))


def _provenance(facts: PageFacts, wording: Wording) -> Markup:
    """The table of run id, policy, checksums and versions."""

    def named(name: str) -> str:
        return wording.text(f"provenance.{name}") if wording.has(f"provenance.{name}") else name

    def code(value: str) -> Markup:
        return Markup("<code>{}</code>").format(value)

    rows = [
        Row(wording.text("provenance.run_id"), (code(facts.run_id),)),
        Row(wording.text("provenance.policy"), (facts.policy,)),
        *(
            Row(wording.text("provenance.digest", name=named(name)), (code(value),))
            for name, value in facts.digests.items()
        ),
        *(
            Row(wording.text("provenance.version", name=named(name)), (value,))
            for name, value in facts.versions.items()
        ),
    ]
    columns = [
        Column(wording.text("provenance.column_what"), numeric=False),
        Column(wording.text("provenance.column_value"), numeric=False),
    ]
    return table(wording.text("provenance.caption"), columns, rows)

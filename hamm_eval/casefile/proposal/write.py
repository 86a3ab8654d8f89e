"""A proposal as a mapping file for editing, and as a summary on the console."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from hamm_eval.casefile.extra_columns import free_text, identifying
from hamm_eval.casefile.names import folded
from hamm_eval.casefile.plan import DECLARED_WORDS
from hamm_eval.casefile.proposal.propose import Proposal, TableProposal
from hamm_eval.casefile.proposal.texts import TEXTS
from hamm_eval.casefile.proposal.vocabulary import EXACT, SIMILAR, SYNONYM
from hamm_eval.casefile.proposal.words import Words
from hamm_eval.casefile.readers.plausible import plausible
from hamm_eval.casefile.schema import Column, Kind
from hamm_eval.errors import UsageError

Language = Literal["de", "en"]


def mapping_text(proposal: Proposal, language: Language = "de") -> str:
    """The mapping file: keys for what is clear, comments beginning with DECIDE for what is not.

    Examples
    --------
    >>> from pathlib import Path
    >>> from hamm_eval.casefile.proposal import Proposal
    >>> empty = Proposal(Path("export"), (), {}, (), (), ())
    >>> print(mapping_text(empty, "en").splitlines()[0])
    # Column mapping, proposed by `hamm-eval map`: read every line before you use it.
    """
    texts = TEXTS[language]
    lines = [f"# {line}" for line in texts["head"].splitlines()]
    common = _common_format(proposal)
    if common:
        lines.append(f"date_format: {common}  # {texts['order_proved']}")
    lines += list(_files(proposal, language))
    bodies = [(table.table.name, list(_table(table, common, language))) for table in proposal.tables]
    told = [(name, body) for name, body in bodies if body]
    if any(not _only_comments(body) for _, body in told):
        lines.append("tables:")
    for name, body in told:
        if _only_comments(body):
            lines += [f"  # {name}:", *body]
        else:
            lines += [f"  {name}:", *body]
    return "\n".join(lines) + "\n"


def write_mapping(
    path: Path, proposal: Proposal, *, language: Language = "de", overwrite: bool = False
) -> None:
    """Write a proposal to a file for editing.

    Raises
    ------
    UsageError
        There is such a file already, edited perhaps; or it cannot be written.
    """
    if path.exists() and not overwrite:
        raise UsageError(
            "There is such a file already; what was decided in it would be lost.",
            where=str(path),
            todo="Name another file with --out, or overwrite it with --force.",
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.partial")
        partial.write_text(mapping_text(proposal, language), encoding="utf-8")
        partial.replace(path)
    except OSError:
        raise UsageError(
            "The mapping cannot be written to this file.",
            where=str(path),
            todo="Name a file in a folder that you may write to.",
        ) from None


def summary(proposal: Proposal, language: Language = "de") -> Iterator[str]:
    """What is found, open and missing, one line a table."""
    texts = TEXTS[language]
    for one in proposal.tables:
        missing = [name for name, alternatives in one.columns.open.items() if not alternatives]
        yield texts["table"].format(
            table=one.table.name,
            file=one.sheet.label,
            found=len(one.columns.found),
            all=len(one.table.columns),
            open=one.open_questions,
            missing=texts["and_missing"].format(names=", ".join(missing)) if missing else "",
        )
    for finding in proposal.unread:
        text = finding.text_de if language == "de" else finding.text_en
        yield f"{finding.where}: {text}"
    for name in proposal.headerless:
        yield texts["headerless"].format(file=name)
    for name, tables in proposal.open_files.items():
        yield texts["file_open" if tables else "file_unknown"].format(file=name, tables=_or(tables, texts))
    for table in proposal.missing:
        yield texts["table_missing"].format(table=table.name)
    yield texts["open"].format(count=proposal.open_questions) if proposal.open_questions else texts["clear"]


def _common_format(proposal: Proposal) -> str | None:
    """The date format to be declared once, where every table needs the same."""
    formats = {table.date_format for table in proposal.tables}
    return next(iter(formats)) if len(formats) == 1 else None


def _files(proposal: Proposal, language: Language) -> Iterator[str]:
    """What is to be said about files."""
    texts = TEXTS[language]
    for finding in proposal.unread:
        text = finding.text_de if language == "de" else finding.text_en
        yield f"# {texts['unread']} {finding.where}: {text}"
    for name in proposal.headerless:
        yield f"# {texts['headerless'].format(file=name)}"
    for table in proposal.missing:
        yield f"# DECIDE: {texts['table_missing'].format(table=table.name)} {texts['lacks']}"
    undecided = [name for name, tables in proposal.open_files.items() if tables]
    for name, tables in proposal.open_files.items():
        if tables:
            yield f"# DECIDE: {texts['file_open'].format(file=name, tables=_or(tables, texts))}"
        else:
            yield f"# {texts['file_unknown'].format(file=name)}"
    if undecided:
        yield f"undecided: [{', '.join(map(_quoted, undecided))}]  # {texts['undecided']}"


def _table(one: TableProposal, common: str | None, language: Language) -> Iterator[str]:
    """The body of one table; nothing where intake understands it as it is."""
    texts = TEXTS[language]
    stem = one.sheet.name
    if folded(stem) not in (folded(one.table.german), folded(one.table.name)):
        yield f"    file: {_quoted(stem)}"
    if one.date_format and not common:
        yield f"    date_format: {one.date_format}  # {texts['order_proved']}"
    if one.dates_open:
        yield f"    # DECIDE: {texts['dates_open']}"
    if one.decimal_open:
        yield f"    # DECIDE: {texts['decimal_open']}"
    yield from _columns(one, language)
    if one.full_birth_dates:
        yield f"    # {texts['full_birth_dates']}"
    yield from _values(one, language)
    yield from _extra(one, language)


def _columns(one: TableProposal, language: Language) -> Iterator[str]:
    """Columns found under other names, those to be decided and those missing."""
    texts = TEXTS[language]
    lines = []
    for column in one.table.columns:
        index = one.columns.found.get(column.name)
        if index is None:
            continue
        likeness = one.columns.likeness[column.name]
        if likeness == EXACT:
            continue
        why = {SYNONYM: "by_synonym", SIMILAR: "by_likeness", 0: "by_values"}.get(likeness)
        comment = f"  # {texts[why]}" if why else ""
        lines.append(f"      {column.name}: {_quoted(one.sheet.names[index])}{comment}")
    if lines:
        yield "    columns:"
        yield from lines
    for name, alternatives in one.columns.open.items():
        column = one.table.column(name)
        what = f"{name} ({column.german})"
        if alternatives:
            names = _or([_quoted(one.sheet.names[index]) for index in alternatives], texts)
            yield f"      # DECIDE: {texts['column_open'].format(column=what, names=names)}"
        else:
            yield f"      # {texts['column_missing'].format(column=what)}"


def _values(one: TableProposal, language: Language) -> Iterator[str]:
    """Words that intake would not know."""
    lines: list[str] = []
    for name, words in one.words.items():
        column = one.table.column(name)
        body = list(_words(column, words, language))
        if body:
            commented = "# " if _only_comments(body) else ""
            lines += [f"      {commented}{name}:", *body]
    if lines:
        yield "    # values:" if _only_comments(lines) else "    values:"
        yield from lines


def _words(column: Column, words: Words, language: Language) -> Iterator[str]:
    """One column's words."""
    texts = TEXTS[language]
    if words.needed:
        for theirs, ours in words.meant.items():
            target = str(ours).lower() if isinstance(ours, bool) else _quoted(ours)
            comment = f"  # {texts['by_likeness']}" if theirs in words.similar else ""
            yield f"        {_quoted(theirs)}: {target}{comment}"
        ours_all = ("true", "false") if column.kind is Kind.YES_NO else tuple(column.categories)
        for theirs in words.open:
            one_of = texts["word_open"].format(word=_quoted(theirs), ours=", ".join(ours_all))
            yield f"        # DECIDE: {one_of}"
        if column.kind is Kind.CATEGORY:
            left = [ours for ours in ours_all if ours not in words.meant.values()]
            if left:
                yield f"        # {texts['no_word'].format(ours=', '.join(left))}"
    if words.unsaid:
        yield f"        # {texts['unsaid'].format(count=words.unsaid)}"


def _extra(one: TableProposal, language: Language) -> Iterator[str]:
    """Columns that belong to nothing: harmless, free text, or not to be delivered."""
    texts = TEXTS[language]
    asked = {index for alternatives in one.columns.open.values() for index in alternatives}
    kinds: dict[str, list[str]] = {}
    for index in one.columns.extra:
        name = one.sheet.names[index]
        shown = name if plausible(name, (), DECLARED_WORDS) else f"#{index + 1}"
        if identifying(name) is not None:
            kinds.setdefault("extra_identifying", []).append(shown)
        elif free_text(name):
            kinds.setdefault("extra_free_text", []).append(shown)
        elif index not in asked:
            kinds.setdefault("extra", []).append(shown)
    for kind, names in kinds.items():
        yield f"    # {texts[kind].format(names=', '.join(names))}"


def _only_comments(lines: Sequence[str]) -> bool:
    """Whether lines hold no key, so that the key above them must be a comment too."""
    return all(line.lstrip().startswith("#") for line in lines)


def _quoted(text: str) -> str:
    """Text in quotation marks that YAML takes as they are."""
    return json.dumps(text, ensure_ascii=False)


def _or(names: Sequence[str], texts: dict[str, str]) -> str:
    """Names joined by "or"."""
    return f" {texts['or']} ".join(names)

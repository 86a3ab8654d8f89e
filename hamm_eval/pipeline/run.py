"""One quarter's report from a params file to the published page."""

from __future__ import annotations

import errno
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from hamm_eval.casefile import CaseFile, read_source
from hamm_eval.cohort.check_params import check_measures, load_checked_params
from hamm_eval.errors import HammEvalError
from hamm_eval.params import Language, Params
from hamm_eval.pipeline.digest import Inputs, check_source, digest_bytes, digest_inputs
from hamm_eval.pipeline.execute import RunParameters
from hamm_eval.pipeline.facts import page_facts
from hamm_eval.pipeline.inspect import inspect_files, inspect_notebooks, mark_internal
from hamm_eval.pipeline.manifest import manifest_json, results_json
from hamm_eval.pipeline.plan import RunUnit, plan_run
from hamm_eval.pipeline.private_log import log_stderr
from hamm_eval.pipeline.progress import Listener, Progress, silent
from hamm_eval.pipeline.proving import figures_in, hide_what_is_recovered
from hamm_eval.pipeline.publish import MANIFEST, check_target, publish
from hamm_eval.pipeline.published import (
    EARLIER_CURVES,
    FORMER,
    RESULTS,
    curves_in,
    earlier_curves_bytes,
    former_results,
    releases_in,
)
from hamm_eval.pipeline.registering import (
    Before,
    open_register,
    refuse_other_profile,
    refuse_unknown,
    registered,
    without,
)
from hamm_eval.pipeline.render import render_section
from hamm_eval.pipeline.rerun import warn_of_other_inputs
from hamm_eval.pipeline.schedule import execute_units
from hamm_eval.pipeline.workplace import PRIVATE, Workplace, open_workplace
from hamm_eval.project import find_root
from hamm_eval.release.facts import Facts
from hamm_eval.release.figures import Figures
from hamm_eval.release.json import from_json
from hamm_eval.release.policy import policy_of
from hamm_eval.release.record import RunRecord
from hamm_eval.release.register import refuse_changes
from hamm_eval.report.page import assemble
from hamm_eval.report.untold import tells_nothing
from hamm_eval.report.wording import Wording

PAGE = "index.html"


@dataclass(frozen=True, slots=True)
class Published:
    """A published report.

    Parameters
    ----------
    path : Path
        The quarter's folder: a link to what was published.
    run_id : str
        Digest of everything that went in.
    notes : tuple of str
        What the release register could not compare.
    """

    path: Path
    run_id: str
    notes: tuple[str, ...] = ()

    @property
    def page(self) -> Path:
        """The page to open."""
        return self.path / PAGE


@dataclass(frozen=True, slots=True)
class _Run:
    """A run as planned, before anything starts."""

    root: Path
    target: Path
    params: Params
    params_path: Path
    language: Language
    units: tuple[RunUnit, ...]
    former: bytes
    earlier: bytes = b""

    def inputs(self, case_file: CaseFile) -> Inputs:
        """Digests of everything that goes in, once the export is read."""
        return digest_inputs(
            self.params,
            self.params_path,
            self.root,
            self.units,
            self.language,
            self.former + self.earlier,
            content=case_file.digest,
        )


def run_report(
    params_path: Path | str,
    *,
    out: Path | str | None = None,
    language: Language | None = None,
    progress: Listener = silent,
) -> Published:
    """Execute the notebooks of a quarter and publish one page.

    Parameters
    ----------
    params_path : path
        The quarter's params; the project is the nearest folder above it that holds ``params/``.
    out : path, optional
        Where to publish, to rehearse; ``reports/`` of the project otherwise.
    language : "de" or "en", optional
        Of the report; that of params otherwise.
    progress : callable
        Called with a `Progress` after each step.

    Returns
    -------
    Published

    Raises
    ------
    UsageError, ParamsError
        The call, the params or a notebook are wrong; nothing was started.
    QuarterLocked
        Another run is writing the same quarter to the same folder.
    IntakeRefused
        The export cannot be used.
    NotebookFailed
        A notebook did not run to its end.
    ReleaseRefused
        Something would leave that has not passed the release gate, or that the release register forbids.
    HammEvalError
        The disk is full.

    Notes
    -----
    Whatever is raised, the former report is untouched and the private work folder is gone.
    """
    run = _plan(Path(params_path), language, Path(out) if out is not None else None)
    target = run.target
    quarter = str(run.params.quarter)
    check_target(target, quarter)
    refuse_unknown(run.root, target, quarter)
    refuse_other_profile(run.root, target, policy_of(run.params))
    run = replace(run, earlier=earlier_curves_bytes(run.root, target, quarter))
    with _room_on_disk(run.root), open_workplace(run.root, target, quarter) as workplace:
        case_file = _read(run, workplace, progress)
        inputs = run.inputs(case_file)
        if warning := warn_of_other_inputs(run.root, target, quarter, inputs):
            progress(Progress("warning", "", 0, len(run.units), 0.0, warning))
        executed = _execute(run, workplace, progress)
        started = time.monotonic()
        # One run at a time proves and publishes: what it was proven against must not change meanwhile.
        with open_register(run.root, target) as register:
            before = Before.of(register)
            files, facts, figures = _inspect(run, inputs, executed, workplace, before)
            policy = policy_of(run.params)
            inspect_files(files, RunRecord(workplace.folder), case_file.identifiers(), policy)
            with registered(
                register,
                facts,
                figures,
                target,
                quarter=quarter,
                run_id=inputs.run_id,
                policy=policy_of(run.params),
                manifest=digest_bytes(files[MANIFEST]),
                umask=workplace.umask,
            ):
                link = publish(files, out=target, quarter=quarter, umask=workplace.umask)
        total = len(run.units)
        progress(Progress("page", "", total, total, time.monotonic() - started))
    notes = (before.uncompared(quarter), *before.unproven(quarter))
    return Published(link, inputs.run_id, tuple(note for note in notes if note))


@contextmanager
def _room_on_disk(root: Path) -> Iterator[None]:
    """Name the one failure of the machine that its user can mend."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise HammEvalError(
            "There is no room left on the disk.",
            where=str(root / PRIVATE),
            todo="The former report is untouched. Make room and run it again.",
        ) from None


def _plan(params_path: Path, language: Language | None, out: Path | None) -> _Run:
    """Everything that can be refused before anything starts."""
    params = load_checked_params(params_path)
    path = params_path.resolve()
    root = find_root(path.parent)
    policy_of(params)
    units = plan_run(params, params_path, root)
    spoken = language or params.language
    target = out if out is not None else root / "reports"
    former = former_results(target, params.quarter)
    releases_in(former)
    check_source(params, path, root)
    return _Run(root, target, params, path, spoken, units, former)


def _read(run: _Run, workplace: Workplace, progress: Listener) -> CaseFile:
    """Read and check the export once; the notebooks open what is stored here."""
    started = time.monotonic()
    params = run.params
    case_file = read_source(params.source, run.root, as_of=params.data_cut, language=run.language)
    check_measures(run.params_path, params, case_file)
    case_file.save(workplace.folder / "casefile")
    (workplace.folder / FORMER).write_bytes(run.former)
    (workplace.folder / EARLIER_CURVES).write_bytes(run.earlier)
    progress(Progress("data", "", 0, len(run.units), time.monotonic() - started))
    return case_file


def _execute(run: _Run, workplace: Workplace, progress: Listener) -> dict[str, NotebookNode]:
    """Execute all notebooks."""
    parameters = RunParameters(
        quarter=str(run.params.quarter),
        params_file=run.params_path.relative_to(run.root).as_posix(),
        language=run.language,
    )
    done = 0

    def tell(name: str, seconds: float) -> None:
        nonlocal done
        done += 1
        progress(Progress("notebook", name, done, len(run.units), seconds))

    return execute_units(run.units, parameters, workplace, tell)


def _inspect(
    run: _Run,
    inputs: Inputs,
    executed: Mapping[str, NotebookNode],
    workplace: Workplace,
    before: Before,
) -> tuple[dict[str, bytes], tuple[Facts, ...], tuple[Figures, ...]]:
    """Prove, inspect and render: files to be published, by name; what they tell of counts, and in figures."""
    record = RunRecord(workplace.folder)
    quarter, policy = str(run.params.quarter), policy_of(run.params)
    # What bears no mark or is in no record is refused before anything is proven of the rest.
    inspect_notebooks(executed, record, run.params, run.units)
    wording = Wording(run.language, run.params)
    facts = hide_what_is_recovered(
        record,
        quarter,
        without(before.series, quarter),
        policy,
        wording,
        results=run.former,
        earlier=curves_in(run.earlier),
        asked=without(before.asked, quarter),
    )
    figures = figures_in(record.entries())
    refuse_changes(
        facts,
        figures,
        quarter,
        before.series,
        before=before.figures.get(quarter, ()),
        in_doubt=quarter in before.in_doubt,
    )
    inspected = inspect_notebooks(executed, record, run.params, run.units)
    log_stderr(inspected.dropped, run.root)
    entries = record.entries()
    untold = {entry.id for entry in entries if tells_nothing(from_json(entry.release))}
    sections = [
        render_section(
            unit.name, inspected.notebooks[unit.name], run.language, unit.target_group, untold=untold
        )
        for unit in run.units
    ]
    page = assemble(sections, page_facts(run.params, inputs, entries, run.language))
    files = {PAGE: page.encode("utf-8"), RESULTS: results_json(run.params, inputs, entries)}
    for name, node in inspected.notebooks.items():
        files[f"{name}.ipynb"] = nbformat.writes(mark_internal(node, run.params)).encode("utf-8")
    return {**files, MANIFEST: manifest_json(run.params, inputs, run.language, files)}, facts, figures

"""What a notebook talks to: one method a question, `show` for what the release gate lets out.

study = hamm_eval.open_study("params/2017-Q2.yaml")
incidence = study.time_to_integration("language_b1", by="household_type")
study.show.curves(incidence)
study.finish()
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeVar

from hamm_eval.analysis import cohort_and_data_quality as data_quality
from hamm_eval.analysis import completeness as complete
from hamm_eval.analysis import delays
from hamm_eval.analysis import goal_attainment as attainment
from hamm_eval.analysis import participation_patterns as patterns
from hamm_eval.analysis import review_discipline as discipline
from hamm_eval.analysis.access_to_systems import access_to_systems
from hamm_eval.analysis.arrival_cohorts import arrival_cohorts
from hamm_eval.analysis.associations import associations
from hamm_eval.analysis.attainment_model import attainment_model, attainment_workers
from hamm_eval.analysis.caseload import caseload, caseload_model
from hamm_eval.analysis.costs import costs
from hamm_eval.analysis.effect_overview import effect_overview
from hamm_eval.analysis.effect_parts import effect_by_group, effect_over_time
from hamm_eval.analysis.funding import funding
from hamm_eval.analysis.goals_at_reviews import goals_at_reviews
from hamm_eval.analysis.groundwork import Groundwork
from hamm_eval.analysis.incidence_model import incidence_model
from hamm_eval.analysis.measure_effectiveness import measure_effectiveness
from hamm_eval.analysis.perceived_effects import perceived_effects
from hamm_eval.analysis.plausibility import plausibility
from hamm_eval.analysis.providers import providers
from hamm_eval.analysis.side_by_side import side_by_side
from hamm_eval.analysis.states_over_time import states_over_time
from hamm_eval.analysis.target_trial import target_trial
from hamm_eval.analysis.time_to_integration import time_to_integration
from hamm_eval.analysis.transitions_between_systems import transitions_between_systems
from hamm_eval.analysis.truth_check import read_truth, truth_check
from hamm_eval.analysis.two_perspectives import two_perspectives
from hamm_eval.analysis.volunteers import asked_endpoint, volunteer_association, volunteer_coverage
from hamm_eval.casefile import CaseFile, read_source
from hamm_eval.cohort import (
    Caseload,
    Cohort,
    FollowedGoals,
    TableAbsent,
    TimeVarying,
    build_access,
    build_goals,
    build_states,
    build_transitions,
    follow_goals,
)
from hamm_eval.cohort.check_params import check_measures, load_checked_params
from hamm_eval.errors import NotEstimable, UsageError
from hamm_eval.estimate import (
    Absent,
    ArrivalComparison,
    AttainmentModel,
    CaseloadModel,
    CaseloadOverTime,
    Costs,
    CountTable,
    Curves,
    Definition,
    DistributionTable,
    Effect,
    EffectByGroup,
    EffectOverTime,
    EffectOverview,
    Estimate,
    Funding,
    Funnel,
    GoalAttainment,
    GoalScores,
    Model,
    PerceivedEffects,
    QuantileTable,
    SideBySide,
    StateShares,
    SystemAccess,
    TargetTrial,
    TruthComparison,
    TwoPerspectives,
    WorkerShare,
)
from hamm_eval.params import Association, Params
from hamm_eval.params.asked import asked_under
from hamm_eval.pipeline.kept import KeptEstimates
from hamm_eval.pipeline.published import (
    EARLIER_CURVES,
    FORMER,
    curves_in,
    former_results,
    releases_in,
    results_of_same_run,
)
from hamm_eval.project import find_root
from hamm_eval.release.known_curves import NOTHING_EARLIER
from hamm_eval.release.policy import policy_of
from hamm_eval.release.record import RUN_VARIABLE, RunRecord
from hamm_eval.report.show import Show
from hamm_eval.report.wording import Wording

if TYPE_CHECKING:
    from hamm_eval.params import Language


Answer = TypeVar("Answer", bound=Estimate)
_PATTERNS: dict[str, Callable[[CaseFile, Params], DistributionTable | CountTable]] = {
    "time_in_measures": patterns.time_in_measures,
    "order_of_measures": patterns.order_of_measures,
    "combinations_of_measures": patterns.combinations_of_measures,
}
_DELAYS = {"provider": delays.delays_by_provider, "quarter": delays.delays_by_quarter}


class Study:
    """One quarter's evaluation: the case file at its data cut, and the questions that can be asked of it.

    Results are internal: exact, for the researcher's eyes. What a report may show goes through `show`.
    Open one with `open_study`.

    Parameters
    ----------
    params : Params
    case_file : CaseFile
        What was recorded by the data cut.
    show : report.show.Show
        The way through the release gate.
    record : release.record.RunRecord
    folder : Path
        Where the export lies; None where that is a database.
    kept : pipeline.kept.KeptEstimates, optional
        What other notebooks of the run have estimated already.
    """

    def __init__(
        self,
        params: Params,
        case_file: CaseFile,
        show: Show,
        record: RunRecord,
        folder: Path | None,
        kept: KeptEstimates | None = None,
    ) -> None:
        self.params = params
        self.case_file = case_file
        self.show = show
        self._record = record
        self._folder = folder
        self._kept = kept or KeptEstimates(None)
        self._ground = Groundwork(case_file, params)
        self._effects: dict[str, Effect | Absent] = {}
        self._perspectives: dict[str, TwoPerspectives | Absent] = {}

    def __repr__(self) -> str:
        group = self.params.target_group
        of = f", target group {group}" if group else ""
        return f"<Study {self.params.city} {self.params.quarter}, data cut {self.params.data_cut}{of}>"

    def for_group(self, key: str) -> Study:
        """The same questions, asked of one target group that params name, by its own clock.

        Its estimates bear the group in name and digest, and `show` says over each figure whose it is. There
        is no study of several groups together.

        Raises
        ------
        UsageError
            No such group; several at once.

        Examples
        --------
        >>> tolerated = study.for_group("tolerated")  # doctest: +SKIP
        >>> study.show.curves(tolerated.time_to_integration("language_b1"))  # doctest: +SKIP
        """
        return Study(
            self.params.for_group(key), self.case_file, self.show, self._record, self._folder, self._kept
        )

    def _answer(self, question: str, key: str, ask: Callable[[], Answer]) -> Answer | Absent:
        """The answer or what lacks, with the target group that was asked."""
        return self._of_group(_or_absent(question, key, ask))

    def _of_group(self, estimate: Answer) -> Answer:
        """The estimate under the name of the target group that it is of."""
        group = self.params.target_group
        if not group:
            return estimate
        return replace(estimate, definition=replace(estimate.definition, group=group))

    def _of_files(self, question: str) -> None:
        """Refuse to ask a target group what concerns the whole export."""
        if self.params.target_group:
            raise UsageError(
                "This is told of the export or the cohort as a whole, not of a target group.",
                where=question,
                todo="Ask the study that the params file opens.",
            )

    def cohort(self, endpoint: str) -> Cohort:
        """Episodes of everyone at risk of an endpoint (`cohort.build_cohort`)."""
        return self._ground.cohort(endpoint)

    # --- who is evaluated, and how good are the records ------------------------------------------

    def attrition(self, endpoint: str) -> CountTable | Absent:
        """Persons left after each step from the case file to those at risk of an endpoint."""
        return self._answer(
            data_quality.QUESTION,
            f"attrition/{endpoint}",
            lambda: data_quality.attrition(self.cohort(endpoint), self.params),
        )

    def composition(self, by: Literal["residence_status", "household_type"]) -> CountTable | Absent:
        """The evaluated population present at the data cut, by residence status or household type.

        A target group is counted by households alone: its statuses are what it was chosen by.
        """
        if by == "residence_status":
            self._of_files("composition")
        return self._answer(
            data_quality.QUESTION,
            f"composition/{by}",
            lambda: data_quality.composition(self.case_file, self.params, by),
        )

    def intake(self) -> CountTable:
        """What became of the rows delivered: used, set aside, recorded too late, replaced."""
        self._of_files("intake")
        return data_quality.intake(self.case_file)

    def plausibility(self) -> CountTable:
        """Records that intake set aside or warned of, by rule."""
        self._of_files("plausibility")
        return plausibility(self.case_file)

    def completeness(self) -> CountTable:
        """Records of those eligible with and without an entry, per column that should not often be empty."""
        self._of_files("completeness")
        return complete.completeness(self.case_file, self.params)

    def completeness_by_quarter(self) -> CountTable:
        """Entries made and left empty in each of the last quarters, by the day of recording."""
        self._of_files("completeness_by_quarter")
        return complete.completeness_by_quarter(self.case_file, self.params)

    def reporting_delays(self) -> QuantileTable:
        """Days within which 95 % of a table's records arrived, beside what params assume."""
        self._of_files("reporting_delays")
        return delays.reporting_delays(self.case_file, self.params)

    def delays(self, by: Literal["provider", "quarter"]) -> DistributionTable:
        """How long after an event its record arrives, by provider or by quarter of recording."""
        self._of_files("delays")
        if by not in _DELAYS:
            raise UsageError("Delays are not told by this.", where="by", todo=f"Known: {', '.join(_DELAYS)}.")
        return _DELAYS[by](self.case_file, self.params)

    # --- how fast ---------------------------------------------------------------------------------

    def time_to_integration(self, endpoint: str, by: str | None = None) -> Curves | Absent:
        """Cumulative incidence of an endpoint, departures competing, by a group that params name."""
        if by is not None and not isinstance(by, str):
            raise UsageError(
                "Curves are drawn by one group.", where="by", todo=f"Known: {', '.join(self.params.groups)}."
            )
        return self._answer(
            "time_to_integration",
            f"{endpoint}/{by}" if by else endpoint,
            lambda: time_to_integration(self.cohort(endpoint), self.params, by),
        )

    def states_over_time(self, key: str) -> StateShares | Absent:
        """Where people stand month by month on a path that params name."""
        return self._answer(
            "states_over_time",
            key,
            lambda: states_over_time(build_states(self.case_file, self.params, key), self.params),
        )

    def access_to_systems(self, key: str) -> SystemAccess | Absent:
        """Who gets into the mainstream systems that params name under a key, and how long it takes."""
        return self._answer(
            "access_to_systems",
            key,
            lambda: access_to_systems(build_access(self.case_file, self.params, key), self.params, key),
        )

    def transitions_between_systems(self, key: str) -> StateShares | Absent:
        """What follows after an exit from a system: another one (a bridge), none (a break), departure."""
        return self._answer(
            "transitions_between_systems",
            key,
            lambda: transitions_between_systems(
                build_transitions(self.case_file, self.params, key), self.params
            ),
        )

    def volunteer_coverage(self, key: str) -> CountTable | Absent:
        """Persons with and without support by volunteers, by quarter; before it was recorded: missing."""
        return self._answer(
            "volunteers", f"{key}/coverage", lambda: volunteer_coverage(self.case_file, self.params, key)
        )

    def volunteer_association(self, key: str) -> Model | Absent:
        """What goes with being supported by volunteers, as it changes: the model that params ask for."""
        endpoint = asked_endpoint(self.params, key)
        return self._answer(
            "volunteers",
            f"{key}/{endpoint}",
            lambda: volunteer_association(self.cohort(endpoint), self.case_file, self.params, key),
        )

    def goals_at_reviews(self, key: str) -> GoalAttainment | Absent:
        """How many attain what was agreed in a domain: as documented at reviews, and at the earliest."""
        return self._answer(
            "goals_at_reviews",
            key,
            lambda: goals_at_reviews(build_goals(self.case_file, self.params, key), self.params),
        )

    def goal_attainment(self) -> GoalScores | Absent:
        """Where agreed goals stand at their latest review, by domain: scores, findings, adaptations."""
        return self._answer(
            attainment.QUESTION,
            "scores",
            lambda: attainment.goal_attainment(self._followed_goals(), self.params),
        )

    def attainment_by_definition(self, domain: str) -> GoalAttainment | Absent:
        """How many attain what they agreed in a domain: by any definition, and as first agreed."""
        return self._answer(
            attainment.QUESTION,
            f"by_definition/{domain}",
            lambda: attainment.attainment_by_definition(self._followed_goals(), self.params, domain),
        )

    def attainment_model(self, domain: str) -> AttainmentModel | Absent:
        """What goes with higher attainment in a domain, by the characteristics that params name."""
        return self._answer(
            attainment.QUESTION,
            f"model/{domain}",
            lambda: attainment_model(self._followed_goals(), self.params, domain),
        )

    def attainment_workers(self, domain: str) -> WorkerShare | Absent:
        """How much of the differences in attainment lies between social workers, all together."""
        return self._answer(
            attainment.QUESTION,
            f"workers/{domain}",
            lambda: attainment_workers(self._followed_goals(), self.params, domain),
        )

    def review_discipline(
        self, of: Literal["review_intervals", "days_since_review", "overdue_reviews"]
    ) -> DistributionTable | CountTable | Absent:
        """How goals are reviewed: intervals and days since the latest review by provider, what is overdue."""
        known: dict[str, Callable[[], DistributionTable | CountTable]] = {
            "review_intervals": lambda: discipline.review_intervals(
                self._followed_goals(), self.case_file, self.params
            ),
            "days_since_review": lambda: discipline.days_since_review(
                self._followed_goals(), self.case_file, self.params
            ),
            "overdue_reviews": lambda: discipline.overdue_reviews(self._followed_goals(), self.params),
        }
        if of not in known:
            raise UsageError("This is not told of reviews.", where="of", todo=f"Known: {', '.join(known)}.")
        return self._answer(attainment.QUESTION, of, known[of])

    def _followed_goals(self) -> FollowedGoals:
        """All goals with their reviews, followed once."""
        asked = attainment.question(self.params)
        return self._ground.once("goals", lambda: follow_goals(self.case_file, self.params, asked))

    def arrival_cohorts(self, key: str) -> ArrivalComparison | Absent:
        """Quarters of arrival compared, and the part of the difference that their composition explains."""
        endpoint = asked_under(
            self.params.arrival_cohorts, key, what="comparison", where="arrival_cohorts"
        ).endpoint
        return self._answer(
            "arrival_cohorts", key, lambda: arrival_cohorts(self.cohort(endpoint), self.params, key)
        )

    def associations(self, key: str) -> Model | Absent:
        """What goes with a faster path: the Cox model that params ask for under this key."""
        asked = self._asked_associations(key)
        return self._answer(
            "associations",
            key,
            lambda: associations(self.cohort(asked.endpoint), self.params, asked.covariates, key=key),
        )

    def side_by_side(self, key: str) -> SideBySide | Absent:
        """Pace and share side by side: the model under this key for every cause, and for the incidence."""
        asked = self._asked_associations(key)
        return self._answer(
            "side_by_side",
            key,
            lambda: side_by_side(self.cohort(asked.endpoint), self.params, asked.covariates, key=key),
        )

    def _asked_associations(self, key: str) -> Association:
        """What params ask for under a key."""
        return asked_under(self.params.associations, key, what="model", where="associations")

    def fine_gray(self, endpoint: str, covariates: Sequence[str] | str, *, of: str | None = None) -> Model:
        """A Fine-Gray model of your own: `analysis.incidence_model.incidence_model` with its keywords."""
        return self._of_group(incidence_model(self.cohort(endpoint), self.params, covariates, of=of))

    def cox(
        self,
        endpoint: str,
        covariates: Sequence[str] | str,
        *,
        of: str | None = None,
        strata: Sequence[str] = (),
        time_varying: Mapping[str, TimeVarying | Caseload] | None = None,
        time_interactions: Sequence[str] = (),
        split_every: int | None = None,
        ties: Literal["efron", "breslow"] = "efron",
        since: int = 0,
    ) -> Model:
        """A Cox model of your own: `analysis.associations.associations` with its keywords.

        Examples
        --------
        By a formula of groups that params name and of columns of the cohort, and with employment as it
        changes::

            study.cox("language_b1", "~ age_group * sex + status + C(origin)")
            study.cox("language_b1", ["age_group", "sex"],
                      time_varying={"employed": TimeVarying("transitions", {"kind": "employment"})})
        """
        return self._of_group(
            associations(
                self.cohort(endpoint),
                self.params,
                covariates,
                of=of,
                case_file=self.case_file,
                strata=strata,
                time_varying=time_varying,
                time_interactions=time_interactions,
                split_every=split_every,
                ties=ties,
                since=since,
            )
        )

    # --- does it work -----------------------------------------------------------------------------

    def measure_effectiveness(self, key: str) -> Effect | Absent:
        """Effect of a measure on an endpoint, as params ask under this key, with its design checks."""
        if key not in self._effects:
            self._effects[key] = self._kept.once(
                f"{self.params.target_group}:measure_effectiveness:{key}",
                lambda: self._answer(
                    "measure_effectiveness",
                    key,
                    lambda: measure_effectiveness(self.case_file, self.params, key, ground=self._ground),
                ),
            )
        return self._effects[key]

    def effect_overview(self) -> EffectOverview | Absent:
        """The effects of all questions in params beside each other, corrected for their number."""
        return self._answer(
            "effect_overview",
            "all",
            lambda: effect_overview(
                self.params,
                {key: self.measure_effectiveness(key) for key in self.params.measure_effectiveness},
            ),
        )

    def target_trial(self, key: str) -> TargetTrial | Absent:
        """A target trial emulated as params describe it: strategies, grace period, horizons."""
        return self._answer(
            "target_trial",
            key,
            lambda: target_trial(self.case_file, self.params, key, ground=self._ground),
        )

    def effect_by_group(self, key: str) -> EffectByGroup | Absent:
        """A measure's effect within the groups that params declare for this question."""
        return self._answer(
            "effect_by_group",
            key,
            lambda: effect_by_group(self.case_file, self.params, key, ground=self._ground),
        )

    def effect_over_time(self, key: str) -> EffectOverTime | Absent:
        """A measure's effect at the days that params name for this question."""
        return self._answer(
            "effect_over_time",
            key,
            lambda: effect_over_time(self.case_file, self.params, key, ground=self._ground),
        )

    # --- what those say who know it ----------------------------------------------------------------

    def two_perspectives(self, measure: str) -> TwoPerspectives | Absent:
        """How effective social workers and refugees hold a measure to be, and who is silent."""
        if measure not in self._perspectives:
            self._perspectives[measure] = self._answer(
                "two_perspectives", measure, lambda: two_perspectives(self.case_file, self.params, measure)
            )
        return self._perspectives[measure]

    def perceived_effects(self) -> PerceivedEffects | Absent:
        """What both sides hold of every measure beside the effects that are estimated of it."""

        def ask() -> PerceivedEffects:
            asked = self.params.two_perspectives.measures if self.params.two_perspectives else ()
            return perceived_effects(
                self.params,
                {measure: self.two_perspectives(measure) for measure in asked},
                self.effect_overview(),
            )

        return self._answer("two_perspectives", "perceived_effects", ask)

    # --- what it costs, how it is taken ---------------------------------------------------------------

    def costs(self) -> Costs | Absent:
        """Costs by measure and funding class, and of every effect that params ask for."""

        def ask() -> Costs:
            asked = {key: self.measure_effectiveness(key) for key in self.params.measure_effectiveness}
            # An effect that lacks something is asked for anew, and says what.
            known = {key: effect for key, effect in asked.items() if not isinstance(effect, Absent)}
            return costs(self.case_file, self.params, effects=known, ground=self._ground)

        return self._answer("costs", "all", ask)

    def funding(self) -> Funding | Absent:
        """Who pays for the measures, as it changes; what began under each funding class, and what it cost."""
        return self._answer("funding", "all", lambda: funding(self.case_file, self.params))

    # --- who accompanies --------------------------------------------------------------------------

    def providers(self, key: str, by: str = "provider") -> Funnel | Absent:
        """Providers or social spaces beside what their composition lets expect, as params ask."""
        endpoint = asked_under(self.params.providers, key, what="comparison", where="providers").endpoint
        return self._answer(
            "providers", f"{key}/{by}", lambda: providers(self.cohort(endpoint), self.params, key, by)
        )

    def caseload(self) -> CaseloadOverTime | Absent:
        """Open case files of a social worker, quarter by quarter: quartiles, never single workers."""
        self._of_files("caseload")
        return self._answer("caseload", "quarters", lambda: caseload(self.case_file, self.params))

    def caseload_model(self, key: str) -> CaseloadModel | Absent:
        """How the pace to an endpoint goes with the open files of a person's social worker, as params ask."""
        asked = asked_under(self.params.caseload.pace, key, what="model", where="caseload.pace")
        return self._answer(
            "caseload",
            key,
            lambda: caseload_model(self.cohort(asked.endpoint), self.case_file, self.params, key),
        )

    # --- described, no effects --------------------------------------------------------------------

    def participation_patterns(
        self, of: Literal["time_in_measures", "order_of_measures", "combinations_of_measures"]
    ) -> DistributionTable | CountTable | Absent:
        """How long, in which order and in which combination measures are taken: described, no effect."""
        if of not in _PATTERNS:
            raise UsageError("This is not described.", where="of", todo=f"Known: {', '.join(_PATTERNS)}.")
        ask = _PATTERNS[of]
        return self._answer(patterns.QUESTION, of, lambda: ask(self.case_file, self.params))

    def truth_check(self) -> TruthComparison | Absent:
        """All incidences and effects that params ask for beside the planted truth of a synthetic city."""
        self._of_files("truth_check")

        def compare() -> TruthComparison:
            truth = read_truth(self._folder)
            asked = [
                self.time_to_integration(endpoint, by)
                for endpoint, groups in self.params.time_to_integration.items()
                for by in (None, *groups)
            ]
            effects = [self.measure_effectiveness(key) for key in self.params.measure_effectiveness]
            found = [estimate for estimate in (*asked, *effects) if not isinstance(estimate, Absent)]
            return truth_check(truth, found)

        return self._answer("truth_check", "all", compare)

    def finish(self) -> None:
        """Write the notebook's end into the run record: the last cell of every notebook."""
        self._record.finish(entry.id for entry in self._record.entries(self._record.notebook))


def _or_absent(question: str, key: str, ask: Callable[[], Answer]) -> Answer | Absent:
    """The answer, or what lacks: a section without its table, or without enough data, is no failure."""
    try:
        return ask()
    except TableAbsent as error:
        return Absent(definition=Definition(question, key), lacking=(error.table,))
    except NotEstimable as error:
        # For the researcher; a report drops what notebooks write to stderr.
        warnings.warn(str(error), stacklevel=4)
        return Absent(definition=Definition(question, key), lacking=("data",))


def open_study(
    params_file: str | Path,
    *,
    quarter: str | None = None,
    language: Language | None = None,
    target_group: str = "",
) -> Study:
    """Open a quarter's evaluation.

    Parameters
    ----------
    params_file : path
        Relative to the working folder, or to the nearest folder above it that holds ``params/``: the same
        line works in JupyterLab, in tests and in a run.
    quarter : str, optional
        As ``2017-Q2``; must be the one that params are for.
    language : "de" or "en", optional
        Of what is shown; that of params by default.
    target_group : str, optional
        One of `target_groups` in params, by its own clock (`Study.for_group`); "" for the cohort.

    Returns
    -------
    Study
        In a run the export was read and checked before and is opened from the run's private folder; else it
        is read and checked now.

    Raises
    ------
    UsageError
        No such file; another quarter; no such target group, or several.
    ParamsError
        Everything that is wrong with the params, with YAML path and line.
    IntakeRefused
        The export cannot be used; all findings, no values.
    """
    path = Path(params_file)
    if not path.is_absolute() and not path.exists():
        path = find_root(Path.cwd()) / path
    params = load_checked_params(path)
    if quarter is not None and quarter != str(params.quarter):
        raise UsageError(
            "The params file is for another quarter.", where="quarter", todo=f"It says {params.quarter}."
        )
    root = find_root(path.parent)
    spoken = language or params.language
    run = os.environ.get(RUN_VARIABLE)
    if run:
        case_file = CaseFile.load(Path(run) / "casefile")
    else:
        case_file = read_source(params.source, root, as_of=params.data_cut, language=spoken)
    check_measures(path, params, case_file)
    record = RunRecord.of_environment()
    policy = policy_of(params)
    reports = root / "reports"
    show = Show(
        policy,
        Wording(spoken, params),
        record,
        former=lambda: releases_in(
            (Path(run) / FORMER).read_bytes() if run else former_results(reports, params.quarter)
        ),
        same_run=lambda: (
            ()
            if run
            else releases_in(
                results_of_same_run(reports, params, path.resolve(), root, spoken, content=case_file.digest)
            )
        ),
        earlier=lambda: curves_in((Path(run) / EARLIER_CURVES).read_bytes()) if run else NOTHING_EARLIER,
    )
    kept = KeptEstimates(Path(run) if run else None)
    study = Study(params, case_file, show, record, params.source.folder_of(root), kept)
    return study.for_group(target_group) if target_group else study

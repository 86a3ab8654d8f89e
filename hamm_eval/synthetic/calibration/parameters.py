"""The parameters that the equations of docs/synthetic-city.md name, as a table."""

from __future__ import annotations

import calendar

from hamm_eval.synthetic.calibration.markdown import (
    depends_on,
    log_normal,
    number,
    percent,
    signed,
    span,
    steps,
    table,
)
from hamm_eval.synthetic.scenario import Perspective, Scenario


def parameters_table(s: Scenario) -> str:
    """Every other figure that the equations name."""
    priority, rule, work = s.priority_integration, s.priority_integration.residence_rule, s.casework
    grow, leave = s.growing_up, s.growing_up.after_school
    ratings, silence = s.ratings, s.ratings.refugee_missing
    spread = {role: [getattr(w, role) for w in s.workers] for role in ("referral", "outcome", "lenience")}
    types = ", ".join(
        f"{name.replace('_', ' ')} {signed(value)}"
        for name, value in priority.departure.terms["household_type"].items()
    )

    def view(law: Perspective) -> str:
        """How a perspective rates."""
        return f"{number(law.level)}; {number(law.slope)}; {number(law.spread)}"

    rows = [
        ["σ", "standard deviation of the household's frailty Z", number(s.frailty_sd)],
        ["", "months from arrival to recognition", log_normal(priority.recognition_delay_months)],
        ["", "recognised late, without a prospect before: share of households; months",
         f"{percent(priority.late_share)}; {log_normal(priority.late_delay_months)}"],
        ["", "rejected: share of households; months",
         f"{percent(priority.rejected_share)}; {log_normal(priority.rejected_delay_months)}"],
        ["d", "departure of priority integration a month, from month", steps(priority.departure.monthly)],
        ["β_type, c_d", "on its log hazard: household type; frailty",
         f"{types}; {signed(priority.departure.frailty)}"],
        ["F", "residence rule: binds who is recognised since; for months",
         f"{rule.in_force_since}; {rule.months}"],
        ["φ, ψ", "once free: on the log hazard; on the effect of frailty",
         f"{signed(rule.departure)}; {signed(rule.frailty)}"],
        ["d", "departure a month: no prospect; required to leave; EU citizens",
         "; ".join(steps(t.departure.monthly) for t in (s.no_prospect, s.required_to_leave, s.eu_citizens))],
        ["c_d", "its frailty: no prospect; required to leave; EU citizens", "; ".join(
            number(t.departure.frailty) for t in (s.no_prospect, s.required_to_leave, s.eu_citizens))],
        ["", "no prospect: months until required to leave",
         log_normal(s.no_prospect.rejection_delay_months)],
        ["", "required to leave: become eligible and stay; not before",
         f"{percent(s.required_to_leave.will_remain_share)}; {s.required_to_leave.will_remain_from}"],
        ["", "EU citizens: households with case files", percent(s.eu_citizens.case_file_share)],
        ["ρ_w, ω_w, λ_w", f"{len(s.workers)} social workers: referral; outcome; lenience",
         "; ".join(f"{signed(min(x))} to {signed(max(x))}" for x in spread.values())],
        ["", "work: short spells; their days; days of the others; training; spells at most",
         f"{percent(s.employment.short_share)}; {span(s.employment.short_days)}; "
         f"{span(s.employment.long_days)}; {percent(s.employment.training_share)}; {s.employment.spells}"],
        ["", "files begin; opened after days; backlog: mean of days, last day",
         f"{s.files_begin}; {span(work.opening_days)}; {number(work.backlog_mean_days)}, "
         f"{work.backlog_last_day}"],
        ["", "contact lost a month, from month; by", f"{steps(work.contact_lost.monthly)}; "
         f"{depends_on(work.contact_lost)}"],
        ["", "closed after the goals; after the end of eligibility: days",
         f"{span(work.goals_attained_days)}; {span(work.no_longer_eligible_days)}"],
        ["", "phases 1, 2, 3 last days", "; ".join(span(d) for _, d in sorted(work.phase_days.items()))],
        ["", "reviews each days; goal adapted at a review; dropped; met at a review once adapted",
         f"{span(work.review_days)}; {percent(work.adapted)}; {percent(work.dropped)}; "
         f"{percent(work.met_after_adaptation)}"],
        ["", "volunteers: since; begin a month; days", f"{s.volunteers_since}; "
         f"{number(work.volunteer_monthly)}; {span(work.volunteer_days)}"],
        ["", "never referred, yet on a list without being called up", percent(work.waiting_share)],
        ["", "school year; Kita: age, begun a month, from month", f"{_day(grow.school_year_begins)}; "
         f"{grow.kita.from_age}; {steps(grow.kita.monthly)}"],
        ["", "school: age; deferred by a year; late; their mean days", f"{grow.school.from_age}; "
         f"{percent(grow.school.deferred)}; {percent(grow.school.late)}; "
         f"{number(grow.school.late_mean_days)}"],
        ["", "education package: share; days after school",
         f"{percent(grow.education_package.share)}; {span(grow.education_package.days)}"],
        ["", "school left: age; training: share, begins, days", f"{leave.from_age}; "
         f"{percent(leave.training)}, {_day(leave.training_begins)}, {number(leave.training_days)}"],
        *(["", f"{name}: age; share; first day, mean days",
           f"{grow.adults.from_age}; {percent(law.share)}; {law.first_day}, {number(law.mean_days)}"]
          for name, law in (("Integration Point", grow.adults.integration_point),
                            ("job centre", grow.adults.job_centre))),
        ["", "satisfaction: completed; goal reached", f"{signed(ratings.completed)}; "
         f"{signed(ratings.goal_reached)}"],
        ["a_w, b_w, s_w", "rating of the social worker: level; slope; spread", view(ratings.social_worker)],
        ["a_r, b_r, s_r", "rating of the refugee: level; slope; spread", view(ratings.refugee)],
        ["o", "measure of the own provider, on the social worker's rating", signed(ratings.own_provider)],
        ["", "rating missing: social worker; refugee, logit: level, slope",
         f"{percent(ratings.worker_missing)}; {signed(silence.level)}, {signed(silence.slope)}"],
        *(["", f"days until recorded, {kind.replace('_', ' ')}: median; 95 %",
           f"{number(law.median)}; {number(law.p95)}"] for kind, law in s.recording_delay.items()),
        ["", "first entered wrongly: language tests, needs", percent(work.corrected)],
        ["", "last day of records", str(s.records_end)],
        ["", "truth: first eligibility from, until; size against the city",
         f"{s.truth.eligible_from}, {s.truth.eligible_until}; {number(s.truth.scale)}"],
    ]  # fmt: skip
    return table(["letter", "what", "value"], rows)


def _day(day: tuple[int, int]) -> str:
    """A day of every year."""
    return f"{day[1]} {calendar.month_name[day[0]]}"

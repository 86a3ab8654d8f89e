"""Which call reproduces which Cox model of the reference results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import survival_data as sd

from hamm_eval.survival import Cox, cox


@dataclass(frozen=True)
class Case:
    """One call of `cox`; texts name columns of the prepared data."""

    prepare: Callable[[sd.Load], pd.DataFrame]
    stop: str
    event: str
    covariates: str
    start: str | None = None
    strata: Callable[[pd.DataFrame], Any] | None = None
    cluster: Callable[[pd.DataFrame], Any] | None = None
    weights: Callable[[pd.DataFrame], Any] | None = None
    ties: str = "efron"
    keep: Callable[[pd.DataFrame], Any] | None = None

    def rows(self, load: sd.Load) -> pd.DataFrame:
        d = self.prepare(load)
        return d if self.keep is None else d[self.keep(d)]

    def fit(self, load: sd.Load) -> Cox:
        d = self.rows(load)

        def of(choose: Callable[[pd.DataFrame], Any] | None) -> Any:
            return None if choose is None else choose(d)

        return cox(
            d[self.stop],
            d[self.event],
            d[self.covariates.split()].astype(float),
            start=None if self.start is None else d[self.start],
            strata=of(self.strata),
            cluster=of(self.cluster),
            weights=of(self.weights),
            ties=self.ties,
        )


def _rows(d: pd.DataFrame) -> np.ndarray:
    """Every row its own cluster: R's robust=TRUE."""
    return np.arange(len(d))


UNEMP = ("spell", "censor1", "ui reprate disrate logwage tenure age")
LUNG = ("time", "event", "age sex ph.ecog")
ROSSI = ("week", "arrest", "fin age race wexp mar paro prio")
ROSSI_LONG = ("stop", "event", "fin age race wexp mar paro prio employed", "start")
HEART = ("stop", "event", "age year surgery transplant", "start")
CHANNING = ("age", "death", "female", "ageentry")
RETINOPATHY = ("futime", "status", "trt adult trt:adult")
NHEFS = ("survtime", "death", "qsmk")

CASES: dict[tuple[str, str], Case] = {
    ("unempdur", "cox_efron"): Case(sd.unempdur, *UNEMP),
    ("unempdur", "cox_breslow"): Case(sd.unempdur, *UNEMP, ties="breslow"),
    ("unempdur", "cox_strat_age"): Case(
        sd.unempdur, "spell", "censor1", "ui reprate disrate logwage tenure", strata=lambda d: d["ageg"]
    ),
    ("unempdur", "cox_robust"): Case(sd.unempdur, *UNEMP, cluster=_rows),
    ("unempdur", "cox_csh_parttime"): Case(sd.unempdur, "spell", "censor2", UNEMP[2]),
    ("unempdur", "cox_interaction"): Case(
        lambda load: sd.unempdur(load).assign(**{"ui:logwage": lambda d: d["ui"] * d["logwage"]}),
        "spell",
        "censor1",
        "ui logwage age ui:logwage",
    ),
    ("lung", "cox_efron"): Case(sd.lung_complete, *LUNG),
    ("lung", "cox_breslow"): Case(sd.lung_complete, *LUNG, ties="breslow"),
    ("lung", "cox_strata_sex"): Case(
        sd.lung_complete, "time", "event", "age ph.ecog", strata=lambda d: "sex=" + d["sex"].astype(str)
    ),
    ("lung", "cox_cluster_inst"): Case(
        sd.lung_complete, *LUNG, cluster=lambda d: d["inst"], keep=lambda d: d["inst"].notna()
    ),
    ("lung", "cox_weighted"): Case(sd.lung_complete, *LUNG, weights=lambda d: 1 + d["id"] % 3),
    ("rossi", "cox_efron"): Case(sd.rossi, *ROSSI),
    ("rossi", "cox_breslow"): Case(sd.rossi, *ROSSI, ties="breslow"),
    ("rossi", "cox_strat_wexp"): Case(
        sd.rossi, "week", "arrest", "fin age race mar paro prio", strata=lambda d: d["wexp"]
    ),
    ("rossi", "cox_strat_wexp_paro"): Case(
        sd.rossi, "week", "arrest", "fin age prio", strata=lambda d: 2 * d["wexp"] + d["paro"]
    ),
    ("rossi", "cox_tv_employed"): Case(sd.rossi_long, *ROSSI_LONG),
    ("rossi", "cox_tv_employed_breslow"): Case(sd.rossi_long, *ROSSI_LONG, ties="breslow"),
    ("rossi", "cox_tv_employed_lag1"): Case(
        sd.rossi_long,
        "stop",
        "event",
        "fin age race wexp mar paro prio employed_lag",
        "start",
        keep=lambda d: d["employed_lag"].notna(),
    ),
    ("rossi", "cox_tv_employed_cluster"): Case(sd.rossi_long, *ROSSI_LONG, cluster=lambda d: d["id"]),
    ("rossi", "cox_time_interaction"): Case(sd.rossi_long, "stop", "event", "fin fin_t age prio", "start"),
    ("heart", "cox_td_efron"): Case(sd.heart, *HEART),
    ("heart", "cox_td_breslow"): Case(sd.heart, *HEART, ties="breslow"),
    ("heart", "cox_td_transplant_only"): Case(sd.heart, "stop", "event", "transplant", "start"),
    ("heart", "cox_td_interactions"): Case(
        sd.heart,
        "stop",
        "event",
        "age surgery year transplant age:transplant surgery:transplant year:transplant",
        "start",
    ),
    ("heart", "cox_naive_ever_transplanted"): Case(sd.jasa, "futime_positive", "fustat", "transplant"),
    ("heart", "cox_landmark30"): Case(sd.jasa_landmark, "time", "fustat", "tx30", "begin"),
    ("channing", "cox_lt_efron"): Case(sd.channing, *CHANNING),
    ("channing", "cox_lt_breslow"): Case(sd.channing, *CHANNING, ties="breslow"),
    ("channing", "cox_ignoring_truncation"): Case(sd.channing, "age", "death", "female"),
    ("channing", "cox_time_on_study"): Case(sd.channing, "tos", "death", "female ageentry"),
    ("mgus2", "cox_csh_pcm"): Case(sd.mgus2_complete, "etime", "pcm", "age male mspike"),
    ("mgus2", "cox_csh_death"): Case(sd.mgus2_complete, "etime", "dead", "age male mspike"),
    **{
        ("mgus2", f"transition_cox_{state}_{to}"): Case(
            sd.mgus2_long,
            "tstop",
            "dead" if to == "death" else to,
            "age male",
            "tstart",
            keep=lambda d, state=state: d["state"] == state,
        )
        for state, to in ((0, "pcm"), (0, "death"), (1, "death"))
    },
    ("retinopathy", "cox_naive"): Case(sd.retinopathy, *RETINOPATHY),
    ("retinopathy", "cox_cluster"): Case(sd.retinopathy, *RETINOPATHY, cluster=lambda d: d["id"]),
    ("retinopathy", "cox_cluster_breslow"): Case(
        sd.retinopathy, *RETINOPATHY, cluster=lambda d: d["id"], ties="breslow"
    ),
    ("retinopathy", "cox_stratified_id"): Case(
        sd.retinopathy, "futime", "status", "trt", strata=lambda d: d["id"]
    ),
    ("nhefs", "cox_unadjusted"): Case(sd.nhefs, *NHEFS),
    ("nhefs", "cox_iptw"): Case(sd.nhefs, *NHEFS, weights=lambda d: d["swt"]),
    ("nhefs", "cox_iptw_breslow"): Case(sd.nhefs, *NHEFS, weights=lambda d: d["swt"], ties="breslow"),
    ("nhefs", "cox_adjusted"): Case(
        sd.nhefs, "survtime", "death", "qsmk sex race age smokeintensity smokeyrs wt71"
    ),
    ("recurrent_open", "kidney_cluster"): Case(
        sd.kidney, "time", "status", "age female", cluster=lambda d: d["id"]
    ),
    ("recurrent_open", "kidney_strata_order_cluster"): Case(
        sd.kidney,
        "time",
        "status",
        "age female",
        strata=lambda d: d["order"],
        cluster=lambda d: d["id"],
    ),
    ("sir_cont", "cox_td_vent_exit"): Case(sd.sir_cont, "tstop", "exit", "ventilated age male", "tstart"),
}

# Score tests of proportional hazards: reference id -> the model tested.
TESTS_OF_PROPORTIONALITY = {
    ("unempdur", "cox_zph"): "cox_efron",
    ("lung", "cox_zph"): "cox_efron",
    ("rossi", "cox_zph"): "cox_efron",
    ("heart", "cox_td_zph"): "cox_td_efron",
    ("nhefs", "cox_adjusted_zph"): "cox_adjusted",
}

"""The public data sets as the R scripts prepared them for survival analysis."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from hamm_eval.survival import landmark

Load = Callable[[str], pd.DataFrame]


def unempdur(load: Load) -> pd.DataFrame:
    d = load("unempdur")
    status = np.select([d["censor1"] == 1, d["censor2"] == 1, d["censor3"] == 1], [1, 2, 3], 0)
    return d.assign(
        ui=(d["ui"] == "yes").astype(float),
        status=status,
        ageg=np.select([d["age"] < 30, d["age"] < 45], ["lt30", "30to44"], "ge45"),
    )


def lung(load: Load) -> pd.DataFrame:
    d = load("lung")
    return d.assign(event=d["status"] - 1)


def lung_complete(load: Load) -> pd.DataFrame:
    return lung(load).dropna(subset=["ph.ecog", "age", "sex"])


def _rossi_codes(d: pd.DataFrame) -> pd.DataFrame:
    yes = {name: (d[name] == "yes").astype(float) for name in ("fin", "wexp", "paro")}
    return d.assign(
        **yes, race=(d["race"] == "black").astype(float), mar=(d["mar"] == "married").astype(float)
    )


def rossi(load: Load) -> pd.DataFrame:
    return _rossi_codes(load("rossi"))


def rossi_long(load: Load) -> pd.DataFrame:
    d = _rossi_codes(load("rossi_long"))
    return d.assign(event=d["arrest.time"], fin_t=d["fin"] * d["stop"])


def heart(load: Load) -> pd.DataFrame:
    d = load("heart")
    products = {f"{name}:transplant": d[name] * d["transplant"] for name in ("age", "surgery", "year")}
    return d.assign(**products)


def jasa(load: Load) -> pd.DataFrame:
    d = load("jasa")
    return d.assign(futime_positive=d["futime"].clip(lower=0.5))


def jasa_landmark(load: Load) -> pd.DataFrame:
    """Who is at risk on day 30, and who was transplanted by then: `landmark` chooses them."""
    d = load("jasa")
    found = landmark(d["futime"], d["fustat"], d["wait.time"].where(d["transplant"] == 1), at=30)
    return d.iloc[found.rows].assign(tx30=found.exposed.astype(float), begin=found.entry, time=found.time)


def channing(load: Load) -> pd.DataFrame:
    d = load("channing")
    d = d[d["age"] > d["ageentry"]]
    return d.assign(female=(d["gender"] == 2).astype(float), tos=d["age"] - d["ageentry"])


def mgus2(load: Load) -> pd.DataFrame:
    d = load("mgus2")
    etime = np.where(d["pstat"] == 0, d["futime"], d["ptime"])
    ev = np.where(d["pstat"] == 0, 2 * d["death"], 1)
    return d.assign(etime=etime, ev=ev, pcm=(ev == 1) * 1, dead=(ev == 2) * 1, male=(d["sex"] == "M") * 1.0)


def mgus2_complete(load: Load) -> pd.DataFrame:
    return mgus2(load).dropna(subset=["mspike"])


def mgus2_long(load: Load) -> pd.DataFrame:
    d = load("mgus2_illness_death_long")
    progressed = (d["event"] == "pcm").groupby(d["id"]).cumsum() - (d["event"] == "pcm")
    return d.assign(
        state=progressed,
        male=(d["sex"] == "M").astype(float),
        pcm=(d["event"] == "pcm").astype(int),
        dead=(d["event"] == "death").astype(int),
    )


def retinopathy(load: Load) -> pd.DataFrame:
    d = load("retinopathy")
    adult = (d["type"] == "adult").astype(float)
    return d.assign(adult=adult, **{"trt:adult": d["trt"] * adult})


def kidney(load: Load) -> pd.DataFrame:
    d = load("kidney")
    return d.assign(female=(d["sex"] == 2).astype(float), order=d.groupby("id").cumcount())


def sir_cont(load: Load) -> pd.DataFrame:
    d = load("sir_cont_long")
    return d.assign(
        ventilated=(d["from"] == 1).astype(float),
        male=(d["sex"] == "M").astype(float),
        exit=(d["ev"] == "exit").astype(int),
    )


def nhefs(load: Load) -> pd.DataFrame:
    """All 1,629 persons, with the stabilised treatment weights of Program 12.2 fitted on them."""
    d = load("nhefs")
    died = d["death"] == 1
    d = d.assign(survtime=np.where(died, (d["yrdth"] - 83) * 12 + d["modth"], 120.0))
    squares = {f"{name}2": d[name] ** 2 for name in ("age", "smokeintensity", "smokeyrs", "wt71")}
    names = ["sex", "race", "age", "smokeintensity", "smokeyrs", "wt71"]
    levels = [
        (d[name] == level).astype(float)
        for name in ("education", "exercise", "active")
        for level in sorted(d[name].unique())[1:]
    ]
    design = np.column_stack([np.ones(len(d)), d[names], pd.DataFrame(squares), *levels])
    treated = d["qsmk"].to_numpy(dtype=float)
    score = _logistic(design, treated)
    share = treated.mean()
    weight = np.where(treated == 1, share / score, (1 - share) / (1 - score))
    return d.assign(swt=weight)


def _logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Fitted probabilities of a logistic regression, by Newton's method."""
    x = np.column_stack([x[:, 0], (x[:, 1:] - x[:, 1:].mean(axis=0)) / x[:, 1:].std(axis=0)])
    beta = np.zeros(x.shape[1])
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ beta))
        beta = beta + np.linalg.solve(x.T @ ((p * (1 - p))[:, None] * x), x.T @ (y - p))
    return 1 / (1 + np.exp(-x @ beta))

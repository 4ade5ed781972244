"""Computes the reference values of conversions, by other people's packages.

Run it in this folder as `generate.py` says; it takes a few seconds and writes `conversion.json` here, which
`shared/tests/reference/conversion.rs` reads.

Medians and their intervals are asked of lifelines and of statsmodels, which have to agree before they are written. (Where
exactly half are left for a while, lifelines takes its beginning for the median, as we do, and statsmodels its end.) Durations
up to 50 are ours exactly; `longer` has durations that ours keeps to 2 %. In each sample the one who was watched longest has no
event: where all have one, the packages differ in what they make of an error that nobody knows.
"""

import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times
from pretty import pretty
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import confint_proportions_2indep

HERE = Path(__file__).resolve().parent
PACKAGES = ["lifelines", "numpy", "pandas", "scipy", "statsmodels"]
LEVEL = 0.95


def main():
    reference = {
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "differences": [difference(*case) for case in DIFFERENCES],
        "medians": medians(),
        "longer": longer(),
    }
    (HERE / "conversion.json").write_text(pretty(reference) + "\n", encoding="utf-8")


DIFFERENCES = [
    ((30, 50), (10, 50)),
    ((10, 50), (30, 50)),
    ((3, 10), (2, 10)),
    ((0, 5), (0, 7)),
    ((5, 5), (0, 7)),
    ((7, 7), (9, 9)),
    ((1, 1), (0, 1)),
    # Table II of Newcombe (1998).
    ((56, 70), (48, 80)),
    ((9, 10), (3, 10)),
    ((5, 56), (0, 29)),
    ((2_345, 100_000), (23, 1_100)),
]


def difference(touched, untouched):
    low, high = confint_proportions_2indep(*touched, *untouched, method="newcomb", compare="diff", alpha=1 - LEVEL)
    return {"touched": touched, "untouched": untouched, "low": float(low), "high": float(high)}


def sample(seed, size, mean, horizon):
    """Whole days until an event, as far as they were watched. The one who is watched longest has none."""
    random = np.random.default_rng(seed)
    event = np.floor(random.exponential(mean, size)).astype(int)
    watched = random.integers(1, horizon + 1, size)
    return np.append(np.minimum(event, watched), horizon), np.append(event < watched, False)


def fitted(durations, reached):
    kaplan_meier = KaplanMeierFitter(alpha=1 - LEVEL).fit(durations, reached)
    low, high = median_survival_times(kaplan_meier.confidence_interval_).iloc[0]
    return [float(end) for end in (kaplan_meier.median_survival_time_, low, high)]


def agreed(durations, reached):
    ours = fitted(durations, reached)
    other = SurvfuncRight(durations, reached)
    low, high = other.quantile_ci(0.5, alpha=1 - LEVEL, method="cloglog")
    theirs = [float(end) for end in (other.quantile(0.5), low, high)]
    if np.isclose(other.surv_prob, 0.5).any():
        theirs[0] = ours[0]
    unknown = [None if not np.isfinite(end) else end for end in ours]
    assert unknown == [None if not np.isfinite(end) else end for end in theirs], (ours, theirs)
    return unknown


def medians():
    rows = []
    cases = [(11, 20, 14, 50), (12, 60, 20, 50), (13, 60, 40, 50), (14, 400, 30, 50), (15, 400, 90, 50), (16, 8, 10, 50)]
    for seed, size, mean, horizon in cases:
        durations, reached = sample(seed, size, mean, horizon)
        median, low, high = agreed(durations, reached)
        rows.append(written(durations, reached) | {"median": median, "low": low, "high": high})
    return rows


def longer():
    rows = []
    for seed, size, mean, horizon in [(21, 80, 150, 700), (22, 500, 300, 900), (23, 3_000, 900, 3_650)]:
        durations, reached = sample(seed, size, mean, horizon)
        median, low, high = agreed(durations, reached)
        rows.append(written(durations, reached) | {"median": median, "low": low, "high": high})
    return rows


def written(durations, reached):
    """Each duration with how many reached it and how many were watched until then."""
    days = sorted(set(durations.tolist()))
    rows = [[day, int((reached & (durations == day)).sum()), int((~reached & (durations == day)).sum())] for day in days]
    return {"durations": rows}


main()

"""Computes the reference values that our censored medians are compared with, by lifelines and statsmodels.

Run it in this folder as `generate.py` says; it writes `waits.json` here, which `shared/tests/reference/waits.rs` reads.
All intervals have the confidence level 0.95: the times at which the log-log limits of the Kaplan-Meier curve reach a
half; null where they do not. Where nobody waits any more the upper limit is not defined; lifelines says 0 there, R
nothing, and we follow R.

Every sample is written with its exact times, in seconds, and its figures are computed twice: of these times, which ours
have to meet within the error of a bucket, and of the times that stand for their buckets, which ours have to meet but for
rounding. lifelines' curve has to agree with statsmodels' before anything is written.
"""

import math
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
from lifelines import KaplanMeierFitter
from lifelines.utils import median_survival_times
from pretty import pretty
from statsmodels.duration.survfunc import SurvfuncRight

HERE = Path(__file__).resolve().parent
PACKAGES = ["lifelines", "numpy", "statsmodels"]
RATIO = 1.02 / 0.98


def main():
    reference = {
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "medians": [{"name": name} | case(over, open_) for name, (over, open_) in samples().items()],
    }
    (HERE / "waits.json").write_text(pretty(reference) + "\n", encoding="utf-8")


def samples():
    generator = np.random.default_rng(11)

    def made_up(size, median_hours, watched_days):
        """Log-normal waits of questions that were asked at any time of the days for which they are watched."""
        waits = np.ceil(3600 * median_hours * np.exp(1.6 * generator.standard_normal(size))).astype(int)
        watched = np.ceil(86_400 * watched_days * generator.random(size)).astype(int)
        over = waits <= watched
        return [int(wait) for wait in waits[over]], [int(time) for time in watched[~over]]

    return {
        "all came": ([300, 900, 1_800, 3_600, 5_400, 7_200, 10_000, 20_000, 40_000, 90_000, 200_000], []),
        "five, one open": ([600, 1_200, 7_200, 9_000], [86_400]),
        "some open early": ([120, 400, 900, 4_000, 8_000, 60_000], [100, 500, 1_000, 5_000, 9_000]),
        "most open": ([100, 200, 300], [1_000, 2_000, 3_000, 4_000, 5_000]),
        "many at one time": ([3_600] * 9 + [7_200] * 4, [3_600] * 3 + [100_000] * 5),
        "sixty-one": made_up(61, 5, 92),
        "four hundred, short watch": made_up(400, 30, 14),
        "two thousand": made_up(2_000, 8, 92),
    }


def case(over, open_):
    return {
        "over": sorted(over),
        "open": sorted(open_),
        "exact": median(over, open_),
        "bucketed": median([stands_for(time) for time in over], [stands_for(time) for time in open_]),
    }


def stands_for(seconds):
    return 2 * RATIO ** math.ceil(math.log(seconds) / math.log(RATIO)) / (RATIO + 1)


def median(over, open_):
    times = np.array(list(over) + list(open_), dtype=float)
    came = np.array([1] * len(over) + [0] * len(open_))
    fitted = KaplanMeierFitter(alpha=0.05).fit(times, came)
    curve = SurvfuncRight(times, came)
    np.testing.assert_allclose(fitted.predict(curve.surv_times).to_numpy(), curve.surv_prob, atol=1e-12)
    limits = fitted.confidence_interval_
    # The upper one stays as it was where Greenwood's formula divides by zero.
    limits.iloc[(fitted.survival_function_.to_numpy() < 1e-9).ravel(), 1] = np.nan
    limits = median_survival_times(limits.ffill()).to_numpy()[0]
    low, high = (finite(limit) for limit in limits)
    return {"median": finite(fitted.median_survival_time_), "low": low, "high": high}


def finite(value):
    return float(value) if math.isfinite(value) else None


if __name__ == "__main__":
    main()

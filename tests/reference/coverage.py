"""Shows how often the interval of a mean holds the true mean when few members answer, and why it is Student's t.

Run it in this folder as `generate.py` says; it takes some five minutes and writes `coverage.json` here, which
`shared/tests/reference/coverage.rs` reads.

Nothing is simulated but the bootstrap's resamples: n answers on five points can come out in few ways (3,876 of 15), so
every one of them is asked whether its interval holds the mean, and counts with its multinomial probability. `t` is
Student's t of scipy, clipped to the scale, with statsmodels' Wilson interval of the mean as a share of the scale where
all answers are equal: what the value map reports. `bca` is scipy's BCa bootstrap with 9,999 resamples, and the same
Wilson interval, which the value map once reported below 30 answers.
"""

import itertools
import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
from pretty import pretty
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

HERE = Path(__file__).resolve().parent
PACKAGES = ["numpy", "scipy", "statsmodels"]
LEVEL = 0.95
RESAMPLES = 9_999
SIZES = [5, 8, 10, 15]
# The shares of a community that would choose each of five points.
COMMUNITIES = {
    "most agree": [0.05, 0.08, 0.17, 0.40, 0.30],
    "skewed": [0.03, 0.05, 0.12, 0.30, 0.50],
    "very skewed": [0.02, 0.03, 0.05, 0.20, 0.70],
    "split": [0.30, 0.15, 0.10, 0.15, 0.30],
    "even": [0.2, 0.2, 0.2, 0.2, 0.2],
}


def samples(size, points=5):
    """All ways in which that many answers fall on the points of the scale."""
    for bars in itertools.combinations(range(size + points - 1), points - 1):
        ends = [-1, *bars, size + points - 1]
        yield np.diff(ends) - 1


def wilson(mean, size):
    low, high = proportion_confint(size * mean / 100, size, 1 - LEVEL, method="wilson")
    return 100 * low, 100 * high


def student_t(answers):
    error = answers.std(ddof=1) / np.sqrt(len(answers))
    low, high = stats.t.interval(LEVEL, len(answers) - 1, loc=answers.mean(), scale=error)
    return max(low, 0), min(high, 100)


def bca(answers):
    # On points of the scale, whose sums are exact in floating point; BCa is equivariant under the map to 0..100.
    options = {"confidence_level": LEVEL, "method": "BCa", "n_resamples": RESAMPLES, "rng": np.random.default_rng(1)}
    found = stats.bootstrap((answers / 25,), np.mean, **options).confidence_interval
    return 25 * found.low, 25 * found.high


def intervals(size, method):
    """Of every sample, how it fell and its interval."""
    found = []
    for counts in samples(size):
        answers = np.repeat(25.0 * np.arange(5), counts)
        agreed = np.ptp(answers) == 0
        found.append((counts, wilson(answers[0], size) if agreed else method(answers)))
    return found


def covered(found, size, shares):
    mean = 25 * np.arange(5) @ shares
    holds = [counts for counts, (low, high) in found if low - 1e-9 <= mean <= high + 1e-9]
    return float(stats.multinomial.pmf(np.array(holds), size, shares).sum())


def main():
    rows = []
    for size in SIZES:
        by_t, by_bca = intervals(size, student_t), intervals(size, bca)
        for name, shares in COMMUNITIES.items():
            found = {"t": covered(by_t, size, shares), "bca": covered(by_bca, size, shares)}
            rows.append({"community": name, "shares": shares, "size": size} | found)
            print(f"{size:3} {name:12} t {found['t']:.3f}, BCa {found['bca']:.3f}")
    reference = {
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "coverage": rows,
    }
    (HERE / "coverage.json").write_text(pretty(reference) + "\n", encoding="utf-8")


main()

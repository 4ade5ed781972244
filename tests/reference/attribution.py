"""Computes the credits that our attribution models are compared with, independently of them.

Run it in this folder, in the environment that `generate.py` describes; it takes half a minute and writes
`attribution.json` here, which `shared/tests/reference/attribution.rs` reads:

    python attribution.py

- First, last and linear touch are those of the package ChannelAttribution, and of a few lines in exact fractions
  here; both have to agree. No package has the other rules (ChannelAttribution's free edition stops there), so they are
  computed here from their definitions: in fractions, but for time decay, whose powers of two are irrational.
- Markov removal effects are solved for with numpy. Each source is really removed: its row and column leave the matrix,
  so that what led to it leads to null, and the system is solved once more. Repeated touches stay in the matrix as loops,
  which our implementation leaves out: that the results agree shows that it may.
- ChannelAttribution's `markov_model` simulates. Its figures stand beside the exact ones: with its defaults, and with a
  hundred times as many walks of any length. By default a walk is cut off at the longest path in the data.
- Shapley values are sums over all subsets, in fractions. Up to six sources they are means over all permutations too,
  and both have to be equal.

Times are hours. Values are whole ten-thousandths of a currency; how they are divided is written as floats, since we
round them by largest remainders, which is at most one ten-thousandth off.
"""

import math
import platform
import random
from fractions import Fraction
from functools import cache
from importlib.metadata import version
from itertools import chain, combinations, permutations
from pathlib import Path

import ChannelAttribution
import numpy as np
import pandas as pd

from pretty import pretty

HERE = Path(__file__).resolve().parent
PACKAGES = ["ChannelAttribution", "numpy", "pandas"]
HALF_LIVES = [7, 2.5]
RAISED_WALKS = 10_000_000


def main():
    cases = {
        "by hand": by_hand(),
        "one source": [journey([(0, 1)], 5), journey([(0, 1), (0, 9)]), journey([(0, 3), (0, 4)], 7)],
        "four sources": random_journeys(1, sources=4, count=60),
        "six sources": random_journeys(2, sources=6, count=150),
        "six sources, many repeats": random_journeys(3, sources=6, count=120, repeats=0.6),
        "ten sources": random_journeys(4, sources=10, count=200),
        "thirty sources": random_journeys(5, sources=30, count=200),
        "losses among the gains": random_journeys(6, sources=5, count=60, losses=0.3),
    }
    reference = {
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "cases": [{"name": name} | case(journeys) for name, journeys in cases.items()],
    }
    (HERE / "attribution.json").write_text(pretty(reference) + "\n", encoding="utf-8")


# --- Journeys ---------------------------------------------------------------------------------------------------


def journey(touches, value=None, lead=None, opportunity=None):
    """An outcome, if there is one, comes an hour after the last touch."""
    outcome = None
    if value is not None:
        outcome = {"at": touches[-1][1] + 1, "value": value, "lead_at": lead, "opportunity_at": opportunity}
    return {"touches": [list(touch) for touch in touches], "outcome": outcome}


def by_hand():
    return [
        journey([(0, 0), (1, 30), (2, 200)], 10_000, lead=31, opportunity=200),
        journey([(0, 0), (1, 30), (1, 31), (2, 200), (0, 400)], 33_333, lead=0, opportunity=50),
        journey([(2, 5)], 1),
        journey([(1, 5), (2, 10)], 777_777, lead=2, opportunity=7),
        journey([(0, 5), (1, 10), (0, 20)]),
        journey([(1, 5)]),
        journey([(2, 5), (1, 10)]),
    ]


def random_journeys(seed, sources, count, repeats=0.1, losses=0.0):
    """Sources are unlike: the first are met often, and the odd ones convince more often."""
    generator = random.Random(seed)
    journeys = []
    for _ in range(count):
        touches, hour = [], 0
        for _ in range(generator.choice([1, 1, 2, 2, 3, 4, 5, 7])):
            if touches and generator.random() < repeats:
                source = touches[-1][0]
            else:
                source = min(int(generator.expovariate(3 / sources)), sources - 1)
            touches.append((source, hour))
            hour += generator.randint(1, 200)
        convincing = sum(1 + source % 2 for source, _ in touches)
        if generator.random() < 0.12 * convincing:
            stages = sorted(generator.randint(-50, touches[-1][1] + 1) for _ in range(2))
            stages = [stage if generator.random() < 0.8 else None for stage in stages]
            value = generator.randint(0, 100_000_000) * (-1 if generator.random() < losses else 1)
            journeys.append(journey(touches, value, *stages))
        else:
            journeys.append(journey(touches))
    return journeys


def case(journeys):
    sources = 1 + max(source for journey in journeys for source, _ in journey["touches"])
    data = {"sources": sources, "journeys": journeys, "models": rules(journeys, sources)}
    check_with_channel_attribution(journeys, data["models"])
    data["models"]["markov_removal"] = shared_out(journeys, markov(journeys, sources))
    if sources <= 10:
        data["models"]["shapley"] = shared_out(journeys, shapley(journeys, sources))
    data["simulated"] = {
        "defaults": simulated(journeys, sources),
        "raised": simulated(journeys, sources, nsim_start=RAISED_WALKS, max_step=100_000),
    }
    return data


def converted(journeys):
    return [journey for journey in journeys if journey["outcome"]]


def shared_out(journeys, shares):
    count = len(converted(journeys))
    value = sum(journey["outcome"]["value"] for journey in converted(journeys))
    return {
        "outcomes": [float(share * count) for share in shares],
        "values": [float(share * value) for share in shares],
    }


# --- Rules ------------------------------------------------------------------------------------------------------


def rules(journeys, sources):
    models = {"first_touch": first, "last_touch": last, "linear": linear, "u_shaped": u_shaped, "w_shaped": w_shaped}
    models |= {f"time_decay:{days}": time_decay(days) for days in HALF_LIVES}
    return {name: by_rule(journeys, sources, rule) for name, rule in models.items()}


def by_rule(journeys, sources, rule):
    outcomes, values = [0] * sources, [0] * sources
    for journey in converted(journeys):
        credits = rule(journey)
        assert abs(sum(credits) - 1) < 1e-12
        for (source, _), credit in zip(journey["touches"], credits, strict=True):
            outcomes[source] += credit
            values[source] += credit * journey["outcome"]["value"]
    return {"outcomes": [float(outcome) for outcome in outcomes], "values": [float(value) for value in values]}


def first(journey):
    return [1] + [0] * (len(journey["touches"]) - 1)


def last(journey):
    return [0] * (len(journey["touches"]) - 1) + [1]


def linear(journey):
    count = len(journey["touches"])
    return [Fraction(1, count)] * count


def u_shaped(journey):
    count = len(journey["touches"])
    if count <= 2:
        return [Fraction(1, count)] * count
    return [Fraction(2, 5)] + [Fraction(1, 5) / (count - 2)] * (count - 2) + [Fraction(2, 5)]


def w_shaped(journey):
    hours = [hour for _, hour in journey["touches"]]
    keys = [0]
    for stage in ("lead_at", "opportunity_at"):
        moment = journey["outcome"][stage]
        before = [index for index, hour in enumerate(hours) if moment is not None and hour <= moment]
        keys += before[-1:]
    others = [index for index in range(len(hours)) if index not in keys]
    shares = [Fraction(3, 10) * keys.count(index) for index in range(len(hours))]
    for index in others:
        shares[index] = Fraction(1, 10) / len(others)
    return [share / sum(shares) for share in shares]


def time_decay(half_life):
    def credits(journey):
        ages = [(journey["outcome"]["at"] - hour) / 24 for _, hour in journey["touches"]]
        weights = [math.pow(2, -age / half_life) for age in ages]
        return [weight / math.fsum(weights) for weight in weights]

    return credits


# --- ChannelAttribution -----------------------------------------------------------------------------------------


def paths(journeys):
    """A row for each journey, which is not the shortest, but the same to the package."""
    rows = [
        {
            "path": " > ".join(str(source) for source, _ in journey["touches"]),
            "conversions": int(journey["outcome"] is not None),
            "value": journey["outcome"]["value"] if journey["outcome"] else 0,
            "nulls": int(journey["outcome"] is None),
        }
        for journey in journeys
    ]
    return pd.DataFrame(rows)


def by_source(table, column, sources):
    found = {int(row["channel_name"]): float(row[column]) for _, row in table.iterrows()}
    return [found.get(source, 0.0) for source in range(sources)]


def check_with_channel_attribution(journeys, models):
    table = ChannelAttribution.heuristic_models(
        paths(journeys), "path", "conversions", var_value="value", flg_pro=False
    )
    for ours, theirs in [("first_touch", "first_touch"), ("last_touch", "last_touch"), ("linear", "linear_touch")]:
        for kind, column in [("outcomes", "conversions"), ("values", "value")]:
            values = by_source(table, f"{theirs}_{column}", len(models[ours][kind]))
            np.testing.assert_allclose(values, models[ours][kind], rtol=1e-11, atol=1e-9)


def simulated(journeys, sources, **options):
    table = ChannelAttribution.markov_model(
        paths(journeys), "path", "conversions", var_null="nulls", verbose=False, flg_pro=False, **options
    )
    return by_source(table, "total_conversions", sources)


# --- Markov -----------------------------------------------------------------------------------------------------


def markov(journeys, sources):
    start, conversion, null = sources, sources + 1, sources + 2
    counts = np.zeros((sources + 1, sources + 3))
    for journey in journeys:
        end = conversion if journey["outcome"] else null
        walk = [start] + [source for source, _ in journey["touches"]] + [end]
        for here, there in zip(walk, walk[1:]):
            counts[here, there] += 1
    # A source that nobody met has no row to divide.
    probabilities = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)

    def conversion_probability(removed=None):
        kept = [state for state in range(sources + 1) if state != removed]
        between = probabilities[np.ix_(kept, kept)]
        return np.linalg.solve(np.eye(len(kept)) - between, probabilities[kept, conversion])[kept.index(start)]

    everything = conversion_probability()
    effects = np.array([1 - conversion_probability(source) / everything for source in range(sources)])
    return effects / effects.sum()


# --- Shapley ----------------------------------------------------------------------------------------------------


def shapley(journeys, sources):
    """The game is played as it is defined, over all sources at once, and not set by set as our implementation does."""
    players = range(sources)
    met = [frozenset(source for source, _ in journey["touches"]) for journey in journeys]
    rate = exact_rate(journeys, met)
    worth = {members: sum(rate(touched & members) for touched in met) for members in map(frozenset, subsets(players))}

    def by_subsets(player):
        others = [other for other in players if other != player]
        return sum(
            Fraction(math.factorial(len(members)) * math.factorial(sources - len(members) - 1), math.factorial(sources))
            * (worth[frozenset(members) | {player}] - worth[frozenset(members)])
            for members in subsets(others)
        )

    def by_permutations(player):
        gains = Fraction(0)
        for order in permutations(players):
            before = frozenset(order[: order.index(player)])
            gains += worth[before | {player}] - worth[before]
        return gains / math.factorial(sources)

    values = [by_subsets(player) for player in players]
    if sources <= 6:
        assert values == [by_permutations(player) for player in players]
    assert sum(values) == len(converted(journeys))
    return [value / sum(values) for value in values]


def subsets(players):
    return chain.from_iterable(combinations(players, size) for size in range(len(players) + 1))


def exact_rate(journeys, met):
    """The conversion rate of those who met exactly these sources; of sources that nobody met together, the mean of the
    rates of one source less; of none, zero."""

    @cache
    def rate(members):
        if not members:
            return Fraction(0)
        exactly = [journey for journey, touched in zip(journeys, met, strict=True) if touched == members]
        if exactly:
            return Fraction(len(converted(exactly)), len(exactly))
        return sum(rate(members - {source}) for source in members) / len(members)

    return rate


if __name__ == "__main__":
    main()

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
- Touches of the same hour share a position. Markov counts are taken over every order that a journey may have had, one by
  one, where our implementation has a formula.
- Shapley values are sums over all subsets, in fractions. Up to six sources they are means over all permutations too,
  and both have to be equal. The non-negative variant is played as a game of its own.
- Intervals are those of the delete-a-group jackknife: the journeys of each bucket are taken away and all credits computed
  anew from those that remain, where our implementation takes sums off. The quantile of Student's t is scipy's. Rank
  stability is counted over the buckets that have an outcome.

A touch is its source, its hour and its weight. Times are hours. Values are whole ten-thousandths of a currency; how they are divided is written as floats, since we
round them by largest remainders, which is at most one ten-thousandth off.
"""

import math
import platform
import random
from collections import Counter
from fractions import Fraction
from functools import cache
from importlib.metadata import version
from itertools import chain, combinations, groupby, permutations, product
from pathlib import Path

import ChannelAttribution
import numpy as np
import pandas as pd
from scipy import stats

from pretty import pretty

HERE = Path(__file__).resolve().parent
PACKAGES = ["ChannelAttribution", "numpy", "pandas", "scipy"]
HALF_LIVES = [7, 2.5]
RAISED_WALKS = 10_000_000
BUCKETS = 64
# Fewer journeys of exactly the same sources have no conversion rate of their own.
MIN_JOURNEYS = 10


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
        "few sources, many journeys": random_journeys(7, sources=3, count=400),
        "several at once": random_journeys(8, sources=4, count=120, at_once=0.5),
        "weighted, several at once": random_journeys(9, sources=4, count=120, at_once=0.4, weights=[1, 1, 0.5, 0.25]),
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
    touches = [[*touch, 1] if len(touch) == 2 else list(touch) for touch in touches]
    return {"bucket": 0, "touches": touches, "outcome": outcome}


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


def random_journeys(seed, sources, count, repeats=0.1, losses=0.0, at_once=0.0, weights=(1,)):
    """Sources are unlike: the first are met often, and the odd ones convince more often."""
    generator = random.Random(seed)
    # Of its own, so that no journey depends on what was added here later.
    extra = random.Random(1_000 + seed)
    journeys = []
    for _ in range(count):
        touches, hour = [], 0
        for _ in range(generator.choice([1, 1, 2, 2, 3, 4, 5, 7])):
            if touches and generator.random() < repeats:
                source = touches[-1][0]
            else:
                source = min(int(generator.expovariate(3 / sources)), sources - 1)
            touches.append((source, hour, extra.choice(weights)))
            pause = generator.randint(1, 200)
            hour += 0 if extra.random() < at_once else pause
        convincing = sum(1 + source % 2 for source, *_ in touches)
        if generator.random() < 0.12 * convincing:
            stages = sorted(generator.randint(-50, touches[-1][1] + 1) for _ in range(2))
            stages = [stage if generator.random() < 0.8 else None for stage in stages]
            value = generator.randint(0, 100_000_000) * (-1 if generator.random() < losses else 1)
            journeys.append(journey(touches, value, *stages))
        else:
            journeys.append(journey(touches))
        journeys[-1]["bucket"] = extra.randrange(BUCKETS)
    return journeys


def case(journeys):
    sources = 1 + max(source for journey in journeys for source, *_ in journey["touches"])
    models = {**rules(), "markov_removal": markov}
    if sources <= 10:
        models |= {"shapley": shapley, "shapley_nonnegative": shapley_nonnegative}
    data = {"sources": sources, "journeys": journeys}
    data["models"] = {name: model(journeys, sources) for name, model in models.items()}
    if is_plain(journeys):
        check_with_channel_attribution(journeys, data["models"])
    data["models"] = {name: as_floats(credits) for name, credits in data["models"].items()}
    if sources <= 4:
        data["precision"] = {name: jackknife(journeys, sources, model) for name, model in models.items()}
    if is_plain(journeys):
        data["simulated"] = {
            "defaults": simulated(journeys, sources),
            "raised": simulated(journeys, sources, nsim_start=RAISED_WALKS, max_step=100_000),
        }
    return data


def is_plain(journeys):
    """Nothing that ChannelAttribution does not know: weights, and touches without an order."""
    hours = [[hour for _, hour, _ in journey["touches"]] for journey in journeys]
    weights = {weight for journey in journeys for *_, weight in journey["touches"]}
    return weights == {1} and all(len(set(of_journey)) == len(of_journey) for of_journey in hours)


def as_floats(credits):
    return {name: [float(value) for value in values] for name, values in credits.items()}


def converted(journeys):
    return [journey for journey in journeys if journey["outcome"]]


def shared_out(journeys, shares):
    count = len(converted(journeys))
    value = sum(journey["outcome"]["value"] for journey in converted(journeys))
    return {"outcomes": [share * count for share in shares], "values": [share * value for share in shares]}


# --- Rules ------------------------------------------------------------------------------------------------------


def rules():
    models = {"first_touch": first, "last_touch": last, "linear": linear, "u_shaped": u_shaped, "w_shaped": w_shaped}
    models |= {f"time_decay:{days}": time_decay(days) for days in HALF_LIVES}
    return {name: by_rule(rule) for name, rule in models.items()}


def by_rule(rule):
    """What a touch gets by its position and time, times its weight; normalised in each journey."""

    def credits(journeys, sources):
        outcomes, values = [0] * sources, [0] * sources
        for journey in converted(journeys):
            weights = [Fraction(weight) for *_, weight in journey["touches"]]
            shares = [share * weight for share, weight in zip(rule(journey), weights, strict=True)]
            for (source, *_), share in zip(journey["touches"], shares, strict=True):
                outcomes[source] += share / sum(shares)
                values[source] += share / sum(shares) * journey["outcome"]["value"]
        return {"outcomes": outcomes, "values": values}

    return credits


def positions(journey):
    """The indexes of the touches of each hour."""
    hours = [hour for _, hour, _ in journey["touches"]]
    return [list(indexes) for _, indexes in groupby(range(len(hours)), key=hours.__getitem__)]


def shared_by_positions(journey, credits):
    """Each position shares its credit equally."""
    shares = [Fraction(0)] * len(journey["touches"])
    for position, credit in zip(positions(journey), credits, strict=True):
        for index in position:
            shares[index] += Fraction(credit) / len(position)
    return shares


def first(journey):
    return shared_by_positions(journey, [1] + [0] * (len(positions(journey)) - 1))


def last(journey):
    return shared_by_positions(journey, [0] * (len(positions(journey)) - 1) + [1])


def linear(journey):
    return [Fraction(1)] * len(journey["touches"])


def u_shaped(journey):
    sizes = [len(position) for position in positions(journey)]
    if len(sizes) <= 2:
        return shared_by_positions(journey, [1] * len(sizes))
    between = [Fraction(1, 5) * size / sum(sizes[1:-1]) for size in sizes[1:-1]]
    return shared_by_positions(journey, [Fraction(2, 5), *between, Fraction(2, 5)])


def w_shaped(journey):
    found = positions(journey)
    hours = [journey["touches"][position[0]][1] for position in found]
    keys = [0]
    for stage in ("lead_at", "opportunity_at"):
        moment = journey["outcome"][stage]
        before = [index for index, hour in enumerate(hours) if moment is not None and hour <= moment]
        keys += before[-1:]
    others = sum(len(position) for index, position in enumerate(found) if index not in keys)
    credits = [
        Fraction(3, 10) * keys.count(index) if index in keys else Fraction(1, 10) * len(position) / others
        for index, position in enumerate(found)
    ]
    return shared_by_positions(journey, credits)


def time_decay(half_life):
    def credits(journey):
        ages = [(journey["outcome"]["at"] - hour) / 24 for _, hour, _ in journey["touches"]]
        return [math.pow(2, -age / half_life) for age in ages]

    return credits


# --- ChannelAttribution -----------------------------------------------------------------------------------------


def paths(journeys):
    """A row for each journey, which is not the shortest, but the same to the package."""
    rows = [
        {
            "path": " > ".join(str(source) for source, *_ in journey["touches"]),
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
            np.testing.assert_allclose(values, as_floats(models[ours])[kind], rtol=1e-11, atol=1e-9)


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
        walks = list(orders(journey))
        for order in walks:
            walk = [start, *order, end]
            for here, there in zip(walk, walk[1:]):
                counts[here, there] += 1 / len(walks)
    # A source that nobody met has no row to divide.
    probabilities = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)

    def conversion_probability(removed=None):
        kept = [state for state in range(sources + 1) if state != removed]
        between = probabilities[np.ix_(kept, kept)]
        return np.linalg.solve(np.eye(len(kept)) - between, probabilities[kept, conversion])[kept.index(start)]

    everything = conversion_probability()
    if everything == 0:
        return shared_out(journeys, [0.0] * sources)
    effects = np.array([1 - conversion_probability(source) / everything for source in range(sources)])
    return shared_out(journeys, effects / effects.sum())


def orders(journey):
    """Every order that the sources of a journey may have been met in, those of one hour each once."""
    touches = journey["touches"]
    at_once = [
        [touches[index][0] for index in position] if len(position) == 1 else {touches[index][0] for index in position}
        for position in positions(journey)
    ]
    for order in product(*(permutations(sorted(sources)) for sources in at_once)):
        yield list(chain.from_iterable(order))


# --- Shapley ----------------------------------------------------------------------------------------------------


def sets_met(journeys):
    return [frozenset(source for source, *_ in journey["touches"]) for journey in journeys]


def shapley(journeys, sources, all_journeys=None):
    """The game is played as it is defined, over all sources at once, and not set by set as our implementation does.
    Which sets are rare is decided by all journeys, whichever are left out."""
    met = sets_met(journeys)
    counts = Counter(sets_met(all_journeys or journeys))
    rate = exact_rate(journeys, met, counts)

    def worth(members):
        expected = sum(rate(touched & members) for touched in met if counts[touched] >= MIN_JOURNEYS)
        rare = [
            journey
            for journey, touched in zip(journeys, met, strict=True)
            if counts[touched] < MIN_JOURNEYS and touched <= members
        ]
        return expected + len(converted(rare))

    return shared_out(journeys, shapley_values(worth, sources, len(converted(journeys))))


def shapley_nonnegative(journeys, sources):
    """The game is played for each journey, so that values follow their outcomes."""
    outcomes, values = [0] * sources, [0] * sources
    for journey in converted(journeys):
        (met,) = sets_met([journey])
        for source, share in enumerate(shapley_values(lambda members: int(met <= members), sources, 1)):
            outcomes[source] += share
            values[source] += share * journey["outcome"]["value"]
    return {"outcomes": outcomes, "values": values}


def shapley_values(worth, sources, total):
    """As shares of the total."""
    players = range(sources)
    worth = {members: worth(members) for members in map(frozenset, subsets(players))}

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
    assert sum(values) == total
    return [value / total if total else Fraction(0) for value in values]


def subsets(players):
    return chain.from_iterable(combinations(players, size) for size in range(len(players) + 1))


def exact_rate(journeys, met, counts):
    """The conversion rate of those who met exactly these sources; of rarely met ones, that of all rare sets of as many
    sources, or else the mean of the rates of one source less; of none, zero."""

    def among(chosen):
        found = [journey for journey, touched in zip(journeys, met, strict=True) if chosen(touched)]
        return Fraction(len(converted(found)), len(found)) if found else None

    @cache
    def pooled(size):
        return among(lambda touched: len(touched) == size and counts[touched] < MIN_JOURNEYS)

    @cache
    def rate(members):
        if not members:
            return Fraction(0)
        own = among(lambda touched: touched == members) if counts[members] >= MIN_JOURNEYS else None
        for known in (own, pooled(len(members))):
            if known is not None:
                return known
        return sum(rate(members - {source}) for source in members) / len(members)

    return rate


# --- Jackknife --------------------------------------------------------------------------------------------------


def jackknife(journeys, sources, model):
    """The interval of each credit, and how stable its rank is; nulls where nothing is credited, and nothing at all where
    the outcomes are all of one bucket."""
    occupied = sorted({journey["bucket"] for journey in converted(journeys)})
    if len(occupied) < 2:
        return None
    again = {"all_journeys": journeys} if model is shapley else {}
    whole = as_floats(model(journeys, sources))
    without = [
        as_floats(model([journey for journey in journeys if journey["bucket"] != bucket], sources, **again))
        for bucket in range(BUCKETS)
    ]
    quantile = stats.t.ppf(0.975, len(occupied) - 1)
    has_losses = any(journey["outcome"]["value"] < 0 for journey in converted(journeys))
    ends = {}
    for name in ("outcomes", "values"):
        estimate = np.array(whole[name])
        replicates = BUCKETS / (BUCKETS - 1) * np.array([replicate[name] for replicate in without])
        error = np.sqrt((BUCKETS - 1) / BUCKETS * ((replicates - estimate) ** 2).sum(axis=0))
        low, high = estimate - quantile * error, estimate + quantile * error
        if model is not shapley and not (name == "values" and has_losses):
            low = np.maximum(low, 0)
        ends[name] = [low, high]
    rank = ranks(whole["outcomes"])
    stable = [
        np.mean([ranks(without[bucket]["outcomes"])[source] == rank[source] for bucket in occupied])
        for source in range(sources)
    ]
    never = [
        all(abs(credits["outcomes"][source]) < 1e-9 for credits in [whole, *without]) for source in range(sources)
    ]
    return [
        None
        if never[source]
        else {name: [float(end[source]) for end in ends[name]] for name in ends} | {"rank_stability": float(stable[source])}
        for source in range(sources)
    ]


def ranks(credits):
    """Equal credits share a rank."""
    return stats.rankdata([-round(credit, 8) for credit in credits], method="min")


if __name__ == "__main__":
    main()

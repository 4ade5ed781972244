"""Runs ChannelAttribution on the paths of a CSV file and writes its times and credits as JSON.

    python peer.py PATHS.csv RESULT.json

The exact Markov credits are solved for with numpy, each source removed in turn, to measure everybody by.
"""

import json
import sys
import time
from importlib.metadata import version

import ChannelAttribution
import numpy as np
import pandas as pd


def main(paths, result):
    journeys = pd.read_csv(paths)
    # As small as the package's input can be: a row for each different path, made before the clock runs.
    different = journeys.groupby("path", as_index=False).sum()
    runs = {}
    for name, data in [("a row for each journey", journeys), ("a row for each different path", different)]:
        runs[f"heuristic_models, {name}"] = heuristics(data)
        runs[f"markov_model, defaults, {name}"] = markov(data)
    runs["markov_model, 10,000,000 walks of any length, a row for each journey"] = markov(
        journeys, nsim_start=10_000_000, max_step=100_000
    )
    found = {"version": version("ChannelAttribution"), "exact": exact(different), "runs": runs}
    with open(result, "w", encoding="utf-8") as file:
        json.dump(found, file)


def timed(work):
    start = time.perf_counter()
    table = work()
    return table, time.perf_counter() - start


def heuristics(data):
    table, seconds = timed(
        lambda: ChannelAttribution.heuristic_models(data, "path", "conversions", var_value="value", flg_pro=False)
    )
    names = {"first_touch": "first_touch", "last_touch": "last_touch", "linear": "linear_touch"}
    credits = {ours: credits_of(table, f"{theirs}_conversions") for ours, theirs in names.items()}
    return {"seconds": seconds, "credits": credits}


def markov(data, **options):
    options |= {"var_value": "value", "var_null": "nulls", "verbose": False, "flg_pro": False}
    table, seconds = timed(lambda: ChannelAttribution.markov_model(data, "path", "conversions", **options))
    return {"seconds": seconds, "credits": {"markov_removal": credits_of(table, "total_conversions")}}


def credits_of(table, column):
    rows = sorted((int(row["channel_name"]), float(row[column])) for _, row in table.iterrows())
    assert [source for source, _ in rows] == list(range(len(rows)))
    return [credit for _, credit in rows]


def exact(different):
    paths = [[int(source) for source in path.split(" > ")] for path in different["path"]]
    sources = 1 + max(map(max, paths))
    start, conversion, null = sources, sources + 1, sources + 2
    counts = np.zeros((sources + 1, sources + 3))
    for path, conversions, nulls in zip(paths, different["conversions"], different["nulls"]):
        for here, there in zip([start] + path, path):
            counts[here, there] += conversions + nulls
        counts[path[-1], conversion] += conversions
        counts[path[-1], null] += nulls
    probabilities = counts / counts.sum(axis=1, keepdims=True)

    def conversion_probability(removed=None):
        kept = [state for state in range(sources + 1) if state != removed]
        between = np.eye(len(kept)) - probabilities[np.ix_(kept, kept)]
        return np.linalg.solve(between, probabilities[kept, conversion])[-1]

    effects = [1 - conversion_probability(source) / conversion_probability() for source in range(sources)]
    return [float(effect * different["conversions"].sum() / sum(effects)) for effect in effects]


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Computes the reference values that the financial layer is compared with, by other people's packages.

Run it in this folder as `generate.py` says; it takes half a minute and writes `financial.json` here, which
`shared/tests/reference/financial.rs` reads. All intervals have the confidence level 0.95.

The effect on compliers is asked of linearmodels and statsmodels, which have to agree before it is written.

Which standard errors: the difference in differences is the interaction of a saturated regression, whose HC0 error of
shares is the root of the sum of p(1-p)/n, and whose HC2 error of means is the root of the sum of s^2/n with the
unbiased s^2. The effect on compliers is two-stage least squares with one binary instrument, whose heteroskedasticity-
robust error without correction for degrees of freedom is that of the delta method.

Where a group has fewer than ten successes or failures, the interval is that of Agresti and Caffo of two groups and that of
Price and Bonett (2004) of four: half a success and half a failure are added to each. The regression is then one of twice
the data, whose successes and failures are whole numbers, and its error is that of half as many.

How strong a first stage is, is judged by the interval of Agresti and Caffo: its middle over its error, squared.
"""

import platform
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from generate import ALPHA, LEVEL, interval, pretty
from linearmodels.iv import IV2SLS
from scipy import stats
from statsmodels.sandbox.regression.gmm import IV2SLS as IV2SLSOfStatsmodels
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

HERE = Path(__file__).resolve().parent
PACKAGES = ["linearmodels", "numpy", "pandas", "scipy", "statsmodels"]
PROBABILITIES = [0, 0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999, 1]

# The draws of our own simulation, and those of the reference.
OUR_DRAWS = 10_000
REFERENCE_DRAWS = 10_000_000
RUNS_OF_OUR_SIZE = 1_000


def main():
    reference = {
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "triangular": triangular(),
        "simulations": simulations(),
        "counts": counts(),
        "dispersions": dispersions(),
        "compound_sums": compound_sums(),
        "avoided": avoided(),
        "deflections": deflections(),
        "elasticities": elasticities(),
        "differences_of_shares": differences_of_shares(),
        "differences_of_means": differences_of_means(),
        "complier_effects": complier_effects(),
        "attainments": attainments(),
    }
    (HERE / "financial.json").write_text(pretty(reference) + "\n", encoding="utf-8")


# --- Assumptions ------------------------------------------------------------------------------------------------


def triangular():
    cases = [
        (0, 0.25, 1),
        (0.1, 0.1, 0.7),
        (0.1, 0.7, 0.7),
        (-3, 2, 4),
        (17.5, 25, 60),
        (0.0199, 0.02, 0.0201),
        (-2e9, 1e6, 3e9),
        (12, 12, 12),
    ]
    rows = []
    for low, mode, high in cases:
        if low == high:
            quantiles, mean = [low] * len(PROBABILITIES), low
        else:
            distribution = stats.triang((mode - low) / (high - low), loc=low, scale=high - low)
            quantiles, mean = distribution.ppf(PROBABILITIES), distribution.mean()
        quantiles = [
            {"probability": probability, "value": float(value)}
            for probability, value in zip(PROBABILITIES, quantiles, strict=True)
        ]
        rows.append({"low": low, "mode": mode, "high": high, "mean": float(mean), "quantiles": quantiles})
    return rows


# --- Monte Carlo ------------------------------------------------------------------------------------------------


def simulations():
    """Value and cost are sums of terms: an amount times the assumptions at these indexes."""
    models = {
        "one assumption": {
            "assumptions": [(0.2, 0.5, 1.4)],
            "value": [{"amount": "1000", "factors": [0]}],
            "cost": [{"amount": "600", "factors": []}],
        },
        "deflected cases and a team": {
            "assumptions": [(20_000, 30_000, 50_000), (0.3, 0.45, 0.6), (0.1, 0.2, 0.5), (0.5, 0.8, 0.9), (1.5, 2, 4)],
            "value": [{"amount": "24.5", "factors": [0, 1, 2, 3]}],
            "cost": [{"amount": "21000", "factors": [4]}, {"amount": "9999.99", "factors": []}],
        },
        "ten assumptions": {
            "assumptions": [
                *((0.1 + 0.01 * index, 0.3 + 0.02 * index, 0.9) for index in range(8)),
                (1, 1, 3),
                (2, 5, 5),
            ],
            "value": [{"amount": "1000000", "factors": [0, 1, 2, 8]}, {"amount": "80000.5", "factors": [3, 4, 9]}],
            "cost": [{"amount": "100000", "factors": [5, 9]}, {"amount": "250000", "factors": [6, 7]}],
        },
    }
    return [{"name": name} | model | simulation(model) for name, model in models.items()]


def simulation(model):
    reference = figures(model, REFERENCE_DRAWS, 1)
    runs = [figures(model, OUR_DRAWS, seed) for seed in range(1_000, 1_000 + RUNS_OF_OUR_SIZE)]
    rows = {}
    for name, value in reference.items():
        of_runs = np.array([run[name] for run in runs])
        furthest = float(np.abs(of_runs - value).max())
        rows[name] = {"reference": value, "deviation": float(of_runs.std(ddof=1)), "furthest": furthest}
    return {"draws": OUR_DRAWS, "reference_draws": REFERENCE_DRAWS, "figures": rows}


def figures(model, draws, seed):
    generator = np.random.default_rng(seed)
    drawn = [generator.triangular(low, mode, high, draws) for low, mode, high in model["assumptions"]]

    def product(term):
        return float(term["amount"]) * np.prod([np.ones(draws), *(drawn[index] for index in term["factors"])], axis=0)

    def total(terms):
        return np.sum([product(term) for term in terms], axis=0)

    value, cost = total(model["value"]), total(model["cost"])
    found = {"chance_of_gain": float(np.mean(value > cost))}
    samples = {"value": value, "net": value - cost, "return_on_investment": (value - cost) / cost}
    for name, sample in samples.items():
        p10, p50, p90 = np.percentile(sample, [10, 50, 90])
        found |= {f"{name}_p10": float(p10), f"{name}_p50": float(p50), f"{name}_p90": float(p90)}
    return found


# --- Counts -----------------------------------------------------------------------------------------------------


def counts():
    cases = [(0.7, 1), (3, 1), (10, 1), (57.5, 1), (520, 1), (1e5, 1), (0.7, 2), (40, 1.3), (520, 3.5), (9_000, 12)]
    rows = []
    for mean, dispersion in cases:
        if dispersion == 1:
            distribution = stats.poisson(mean)
        else:
            distribution = stats.nbinom(mean / (dispersion - 1), 1 / dispersion)
        probabilities = [probability for probability in PROBABILITIES if 0 < probability < 1]
        quantiles = [
            {"probability": probability, "value": float(value)}
            for probability, value in zip(probabilities, distribution.ppf(probabilities), strict=True)
        ]
        rows.append({"mean": mean, "dispersion": dispersion, "quantiles": quantiles})
    return rows


def dispersions():
    """By weeks: the variance as a multiple of the mean, where the index of dispersion is among the highest 5%."""
    generator = np.random.default_rng(5)
    cases = [generator.poisson(40, 13) for _ in range(4)]
    cases += [generator.negative_binomial(40 / 2, 1 / 3, 13) for _ in range(4)]
    cases += [np.array([20, 60] * 6 + [40]), np.array([3, 0, 1, 2, 9, 1])]
    rows = []
    for weeks in cases:
        index, p_value = stats.chisquare(weeks)
        dispersion = index / (len(weeks) - 1) if p_value < 0.05 else 1.0
        rows.append({"weeks": weeks.tolist(), "dispersion": float(dispersion)})
    return rows


def compound_sums():
    """A Poisson number of outcomes, each of an amount drawn from those that there were."""
    generator = np.random.default_rng(11)
    cases = [
        [1_000] * 10,
        [500, 700, 900, 1_200, 1_500, 2_500, 3_000, 4_000],
        np.round(generator.lognormal(7, 0.6, 40)).tolist(),
        [1_000, 1_400, -400, 2_000, 1_100, -900, 1_300, 800, 1_200, 950, 1_050, 1_150],
    ]
    rows = []
    for amounts in cases:
        numbers = generator.poisson(len(amounts), 400_000)
        drawn = generator.choice(np.array(amounts, dtype=float), numbers.sum())
        ends = np.concatenate([[0], np.cumsum(numbers)])
        sums = np.concatenate([[0.0], np.cumsum(drawn)])
        totals = sums[ends[1:]] - sums[ends[:-1]]
        p10, p50, p90 = np.percentile(totals, [10, 50, 90])
        rows.append({
            "amounts": [str(int(amount)) for amount in amounts],
            "mean": float(totals.mean()),
            "deviation": float(totals.std()),
            "p10": float(p10),
            "p50": float(p50),
            "p90": float(p90),
        })
    return rows


def avoided():
    """min(deflected, avoided) x cost of a case, the cases of both quarters Poisson and the cost 15, 25, 40 triangular."""
    generator = np.random.default_rng(13)
    cases = [(500, 430, 472, 430, 600), (200, 10, 60, 10, 1_000), (520, 400, 610, 420, 80), (80, 100, 80, 100, 40)]
    rows = []
    for before, customers_before, now, customers_now, deflected in cases:
        drawn = (generator.poisson(size, 2_000_000) for size in (before, now))
        cases_before, cases_now = drawn
        spared = np.clip(cases_before / customers_before * customers_now - cases_now, 0, deflected)
        amounts = spared * generator.triangular(15, 25, 40, 2_000_000)
        p10, p50, p90 = np.percentile(amounts, [10, 50, 90])
        rows.append({
            "before": before,
            "customers_before": customers_before,
            "now": now,
            "customers_now": customers_now,
            "deflected": deflected,
            "p10": float(p10),
            "p50": float(p50),
            "p90": float(p90),
        })
    return rows


# --- Deflection and cost to serve -------------------------------------------------------------------------------


def deflections():
    """The rates are (yes, asked): of searches success, intent and no further action, of answers the last two."""
    cases = [
        (12_345, [(312, 400), (90, 312), (61, 90)]),
        (1_000_000, [(5, 9), (1, 5), (1, 1)]),
        (800, [(40, 40), (0, 40), (7, 9)]),
        (4_711, [(150, 420), (118, 150)]),
        (60, [(3, 3), (2, 3)]),
        (0, [(3, 4), (2, 3)]),
    ]
    rows = []
    for events, rates in cases:
        ends = [proportion_confint(yes, asked, ALPHA, method="wilson") for yes, asked in rates]
        low, high = events * np.prod(ends, axis=0)
        likely = events * np.prod([yes / asked for yes, asked in rates])
        rates = [{"yes": yes, "asked": asked} for yes, asked in rates]
        rows.append({"events": events, "rates": rates, "likely": float(likely)} | interval([low, high]))
    return rows


def elasticities():
    """The slope of the line through two points on logarithmic axes."""
    cases = [
        (1_000, "50000", 4_000, "100000"),
        (820, "40210.55", 1_301, "47000.1"),
        (5_000, "99000", 4_200, "90500"),
        (100_000, "1234567.89", 100_001, "1234999.99"),
    ]
    rows = []
    for customers_before, cost_before, customers_now, cost_now in cases:
        customers = np.log([customers_before, customers_now])
        slope = stats.linregress(customers, np.log([float(cost_before), float(cost_now)])).slope
        before = {"customers": customers_before, "cost": cost_before}
        now = {"customers": customers_now, "cost": cost_now}
        rows.append({"before": before, "now": now, "elasticity": float(slope)})
    return rows


# --- Comparison groups ------------------------------------------------------------------------------------------


def did(groups, cov_type):
    """Groups: treated before, treated after, control before, control after, each as all of its observations."""
    frame = pd.DataFrame({
        "y": np.concatenate(groups).astype(float),
        "treated": np.repeat([1, 1, 0, 0], [len(group) for group in groups]),
        "after": np.repeat([0, 1, 0, 1], [len(group) for group in groups]),
    })
    fit = smf.ols("y ~ treated * after", frame).fit(cov_type=cov_type)
    ends = fit.conf_int(ALPHA).loc["treated:after"]
    found = {"estimate": float(fit.params["treated:after"]), "standard_error": float(fit.bse["treated:after"])}
    return found | interval(ends)


def differences_of_shares():
    cases = [
        [(20, 200), (50, 200), (20, 200), (30, 200)],
        [(31, 512), (77, 498), (140, 2_010), (171, 1_995)],
        [(400, 900), (380, 910), (395, 880), (441, 905)],
        [(1, 12), (5, 11), (2, 14), (2, 13)],
        [(0, 40), (9, 40), (0, 40), (0, 40)],
        [(0, 2), (1, 2), (0, 2), (0, 2)],
        [(0, 200), (200, 200), (0, 200), (200, 200)],
        [(5_210, 20_000), (5_950, 20_000), (5_111, 19_000), (5_170, 19_500)],
    ]
    return [{"groups": groups} | difference_of_shares(groups) for groups in cases]


def difference_of_shares(groups):
    observed = did([binary(*group) for group in groups], "HC0") if any(0 < x < n for x, n in groups) else None
    if all(min(successes, trials - successes) >= 10 for successes, trials in groups):
        return observed | {"is_small": False}
    doubled = did([binary(2 * successes + 1, 2 * trials + 2) for successes, trials in groups], "HC0")
    error = doubled["standard_error"] * np.sqrt(2)
    half = stats.norm.ppf(1 - ALPHA / 2) * error
    shares = [successes / trials for successes, trials in groups]
    return {
        "estimate": float(shares[1] - shares[0] - shares[3] + shares[2]),
        "standard_error": float(error),
        "is_small": True,
    } | interval([doubled["estimate"] - half, doubled["estimate"] + half])


def binary(successes, trials):
    return np.repeat([1, 0], [successes, trials - successes])


def differences_of_means():
    """Purchases by customer, drawn with a seed."""
    generator = np.random.default_rng(7)
    cases = [
        [(1.2, 60), (2.1, 55), (1.3, 70), (1.4, 72)],
        [(0.3, 400), (0.5, 380), (0.3, 1_500), (0.31, 1_480)],
        [(40, 2_000), (47, 2_100), (39, 2_050), (41, 1_990)],
        [(2, 3), (4, 2), (3, 4), (3, 5)],
    ]
    rows = []
    for case in cases:
        groups = [generator.poisson(mean, size) for mean, size in case]
        described = [
            {"mean": float(group.mean()), "variance": float(group.var(ddof=1)), "size": len(group)} for group in groups
        ]
        rows.append({"groups": described} | did(groups, "HC2"))
    return rows


def complier_effects():
    """Arms: (successes, all) of those who attended and of those who stayed away; the invited first."""
    cases = [
        [[(100, 250), (50, 250)], [(0, 0), (100, 500)]],
        [[(90, 210), (61, 402)], [(22, 64), (101, 540)]],
        [[(12, 300), (9, 700)], [(1, 40), (14, 960)]],
        [[(7, 20), (2, 12)], [(1, 3), (5, 27)]],
        [[(60, 200), (0, 0)], [(0, 0), (40, 200)]],
        [[(3, 20), (0, 0)], [(0, 0), (0, 20)]],
        [[(1, 14), (0, 0)], [(0, 0), (7, 15)]],
        [[(800, 4_100), (1_500, 15_900)], [(150, 1_000), (1_890, 19_000)]],
        # Refused.
        [[(20, 60), (30, 140)], [(10, 50), (30, 150)]],
        [[(2, 3), (0, 0)], [(0, 0), (1, 3)]],
        [[(22, 100), (30, 900)], [(20, 80), (30, 920)]],
    ]
    return [{"arms": arms} | complier_effect(arms) for arms in cases]


def complier_effect(arms):
    cells = [
        (int(invited), int(attended), success, count)
        for invited, arm in zip([True, False], arms, strict=True)
        for attended, (successes, everybody) in zip([True, False], arm, strict=True)
        for success, count in [(1, successes), (0, everybody - successes)]
    ]
    cells = pd.DataFrame(cells, columns=["invited", "attended", "success", "count"])
    frame = cells.loc[cells.index.repeat(cells["count"])].astype(float).assign(constant=1.0)
    fit = IV2SLS(frame["success"], frame[["constant"]], frame[["attended"]], frame[["invited"]]).fit(
        cov_type="robust", debiased=False
    )
    other = IV2SLSOfStatsmodels(frame["success"], frame[["constant", "attended"]], frame[["constant", "invited"]]).fit()
    np.testing.assert_allclose(fit.params["attended"], other.params["attended"], rtol=1e-7, atol=1e-12)

    found = {
        "estimate": float(fit.params["attended"]),
        "standard_error": float(fit.std_errors["attended"]),
        "is_small": False,
    } | interval(fit.conf_int(LEVEL).loc["attended"])
    totals = [(attended[0] + away[0], attended[1] + away[1]) for attended, away in arms]
    if any(min(successes, everybody - successes) < 10 for successes, everybody in totals):
        found |= small_complier_effect(arms, totals)

    attendance = [(arm[0][1], arm[0][1] + arm[1][1]) for arm in arms]
    (first, first_size), (second, second_size) = attendance
    ends = confint_proportions_2indep(
        first, first_size, second, second_size, compare="diff", method="agresti-caffo", alpha=ALPHA
    )
    error = (ends[1] - ends[0]) / 2 / stats.norm.ppf(1 - ALPHA / 2)
    return {
        "compliers": first / first_size - second / second_size,
        "first_stage_f": float((sum(ends) / 2 / error) ** 2),
    } | found


def small_complier_effect(arms, totals):
    """Where all did as they were drawn this is the interval of Agresti and Caffo; else a success and a failure that
    attended as the arm did are added to it, and the regression weighs its rows."""
    if arms[0][1][1] == 0 and arms[1][0][1] == 0:
        ends = confint_proportions_2indep(*totals[0], *totals[1], compare="diff", method="agresti-caffo", alpha=ALPHA)
        error = (ends[1] - ends[0]) / 2 / stats.norm.ppf(1 - ALPHA / 2)
        return {"standard_error": float(error), "is_small": True} | interval(ends)
    rows = []
    for invited, arm in zip([1, 0], arms, strict=True):
        everybody = arm[0][1] + arm[1][1]
        for attended, (successes, size) in zip([1, 0], arm, strict=True):
            added = size / everybody
            rows += [(invited, attended, 1, successes + added), (invited, attended, 0, size - successes + added)]
    rows = np.array(rows, dtype=float)
    instrument, attended, success, weight = rows.T
    z = np.column_stack([np.ones(len(rows)), instrument])
    x = np.column_stack([np.ones(len(rows)), attended])
    inverse = np.linalg.inv(z.T @ (x * weight[:, None]))
    beta = inverse @ z.T @ (success * weight)
    residual = success - x @ beta
    covariance = inverse @ (z.T @ (z * (weight * residual**2)[:, None])) @ inverse.T
    error = np.sqrt(covariance[1, 1])
    half = stats.norm.ppf(1 - ALPHA / 2) * error
    return {"standard_error": float(error), "is_small": True} | interval([beta[1] - half, beta[1] + half])


# --- Attainment -------------------------------------------------------------------------------------------------


def attainments():
    rows = []
    for baseline, target in [(200, 600), (48, 8), (-0.5, 0.75), (1e-3, 9e-4), (1e9, -1e9)]:
        for share in [-0.4, 0, 0.1, 1 / 3, 0.5, 0.99, 1, 1.7]:
            value = baseline + share * (target - baseline)
            ends = sorted([(baseline, 0), (target, 100)])
            attained = np.interp(value, [end[0] for end in ends], [end[1] for end in ends])
            rows.append({"baseline": baseline, "target": target, "value": value, "attained": float(attained)})
    return rows


if __name__ == "__main__":
    main()

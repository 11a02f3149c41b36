"""Which words mark a group: log-odds, G2 and log ratio, corrected for many comparisons, with bootstrap intervals; shares compared."""
import math

import numpy as np
import pandas as pd

from helpers.show import Finding

MIN_WORDS = 200  # a group with fewer words in the voice asked for: "can't tell"
MIN_SENTENCES = 10  # fewer cannot be resampled
LEVEL = 0.05
MIN_COUNT = 5  # rarer terms can't reach significance; dropped by their pooled count, which favours no group (Tarone 1990)
DRAWS = 1000


def find_terms(words, *, longest=3):
    """Words and phrases of up to `longest` words: doc_id, sentence, term, length, voice, shared. A phrase stays within a sentence
    and a voice, and its words stand next to each other (one character between them: no comma, no bracket)."""
    columns = ["doc_id", "sentence", "voice", "shared"]
    parts = [words[columns].assign(term=words["word"], length=1)]
    together = np.ones(len(words), dtype=bool)
    for step in range(1, longest):
        later, before = words.shift(-step), words.shift(1 - step)
        for column in ("doc_id", "sentence", "voice"):
            together &= (later[column] == words[column]).to_numpy()
        together &= (pd.to_numeric(later["start"]) - pd.to_numeric(before["end"]) <= 1).to_numpy(dtype=bool, na_value=False)
        phrase = parts[-1]["term"].reindex(words.index) + " " + later["word"].astype(object)
        parts.append(words[columns].assign(term=phrase, length=step + 1)[together])
    return pd.concat(parts, ignore_index=True)[["doc_id", "sentence", "term", "length", "voice", "shared"]]


def choose(rows, *, voice="own", shared="once"):
    """The rows of one voice (own, quoted, or None for both); passages that articles share counted `once` (in the first of them),
    set `apart` (in none), or `keep` (in each)."""
    rows = rows if voice is None else rows[rows["voice"] == voice]
    left_out = {"once": ["copy"], "apart": ["copy", "first"], "keep": []}[shared]
    return rows[~rows["shared"].isin(left_out)]


def log_odds(left, right, prior, totals):
    """Difference of two groups' log odds of each term, with its standard deviation, under an informative Dirichlet prior.

    `left`, `right`, `prior`: arrays of counts (prior: pseudo-counts alpha_w); `totals`: (n_left, n_right, alpha_0).
    delta = log((y_i + a) / (n_i + a0 - y_i - a)) - the same of j; variance = 1 / (y_i + a) + 1 / (y_j + a):
    Monroe, Colaresi & Quinn 2008 (Fightin' Words), equations 16 and 20. Stop words need no list: their prior is large."""
    (n_left, n_right, size), one, two = totals, left + prior, right + prior
    with np.errstate(divide="ignore", invalid="ignore"):  # a term that is the whole vocabulary has no odds: nan
        delta = np.log(one / (n_left + size - one)) - np.log(two / (n_right + size - two))
        return delta, np.sqrt(1 / one + 1 / two)


def g2(left, right, n_left, n_right):
    """Log-likelihood of two counts against equal rates (Dunning 1993, in the two-cell form of Rayson & Garside 2000), unsigned."""
    both = (left + right) / (n_left + n_right)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [np.where(y > 0, y * np.log(y / (n * both)), 0.0) for y, n in ((left, n_left), (right, n_right))]
    return 2 * (parts[0] + parts[1])


def log_ratio(left, right, n_left, n_right):
    """Binary logarithm of the ratio of two rates; a count of 0 is taken as 0.5 (Hardie 2014). One point is a doubling."""
    return np.log2((np.maximum(left, 0.5) / n_left) / (np.maximum(right, 0.5) / n_right))


def adjust(p):
    """p-values corrected for many comparisons: false discovery rate (Benjamini & Hochberg 1995), in the order given."""
    p = np.asarray(p, dtype=float)
    order = np.argsort(p, kind="stable")[::-1]
    adjusted = np.empty(len(p))
    adjusted[order] = np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1)) if len(p) else []
    return np.minimum(adjusted, 1.0)


def two_sided(z):
    """Probability of a standard normal value at least as far from 0 as each of `z`."""
    return np.array([math.erfc(abs(value) / math.sqrt(2)) for value in z])


def stat_keyness(left, right, *, prior=None, prior_size=None):
    """Two Series of counts (index: term) compared: columns term, times, others, n, n_others, log_odds, sd, z, p, g2, log_ratio.

    `prior`: background counts (default: both together); `prior_size`: what they are scaled to (default: a tenth of both)."""
    table = pd.DataFrame({"times": left, "others": right}).fillna(0).astype(float)
    n, n_others = float(table["times"].sum()), float(table["others"].sum())
    background = (left.add(right, fill_value=0) if prior is None else prior).reindex(table.index).fillna(0).to_numpy(float)
    size = (n + n_others) / 10 if prior_size is None else float(prior_size)
    alpha = background * size / background.sum() if background.sum() else background
    y, x = table["times"].to_numpy(), table["others"].to_numpy()
    table["n"], table["n_others"] = n, n_others
    table["log_odds"], table["sd"] = log_odds(y, x, alpha, (n, n_others, size))
    table["z"] = table["log_odds"] / table["sd"]
    table["p"], table["g2"] = two_sided(table["z"]), g2(y, x, n, n_others)
    table["log_ratio"] = log_ratio(y, x, n, n_others)
    return table.rename_axis("term").reset_index().astype({"times": int, "others": int, "n": int, "n_others": int})


def stat_terms(words, groups, *, voice="own", shared="once", against=None):
    """Keyness of the words and phrases of each group against the rest (or against the group `against`).

    `groups`: Series doc_id -> group. Columns of stat_keyness and group, length, p_adjusted (over all groups and terms), and for
    terms that pass it low, high (bootstrap of log_odds) and evidence; `holds`: passes, interval above or below 0, two sentences.
    A group with fewer than MIN_WORDS words in this voice, or facing fewer, has no rows: too little to tell."""
    terms = choose(find_terms(words), voice=voice, shared=shared)
    terms = terms.assign(group=terms["doc_id"].map(groups))
    pooled = terms["term"].map(terms["term"].value_counts())
    terms["term"] = terms["term"].where(pooled >= MIN_COUNT, "")  # rare terms count in the totals only
    tables = [stat_keyness(pd.Series(dtype=float), pd.Series(dtype=float)).assign(group=None, length=1)]
    for group in sorted(terms["group"].dropna().unique()):
        mine, rest = terms[terms["group"] == group], terms[(terms["group"] != group) if against is None else (terms["group"] == against)]
        if group == against or min((side["length"] == 1).sum() for side in (mine, rest)) < MIN_WORDS:
            continue
        for length in (1, 2, 3):
            left, right = (side.loc[side["length"] == length, "term"].value_counts() for side in (mine, rest))
            tables.append(stat_keyness(left, right).assign(group=group, length=length))
    table = pd.concat([part.astype(object) for part in tables], ignore_index=True).infer_objects()
    table = table[table["term"] != ""].reset_index(drop=True)
    table["p_adjusted"] = adjust(table["p"].astype(float).fillna(1))
    return _with_intervals(table, terms, against)


def _with_intervals(table, terms, against):
    """Adds low, high, evidence and holds to the rows whose adjusted p is below LEVEL."""
    added = {"low": np.nan, "high": np.nan, "evidence": None, "holds": False}
    table = table.assign(**added).astype({"evidence": object})
    for row in table.index[table["p_adjusted"] < LEVEL]:
        term, group, length = table.loc[row, ["term", "group", "length"]]
        same = terms[terms["length"] == length]
        units = same.assign(y=(same["term"] == term).astype(float), n=1.0)
        alpha, size = units["y"].sum() / 10, len(units) / 10
        low, high = interval(*two_sides(units, group, against), lambda one, two: log_odds(
            one[:, 0], two[:, 0], alpha, (one[:, 1], two[:, 1], size))[0])
        places = places_of(same[(same["term"] == term) & (same["group"] == group)])
        holds = (low > 0 or high < 0) and len(places) > 1
        table.at[row, "evidence"] = places
        table.loc[row, ["low", "high", "holds"]] = low, high, holds
    return table


def places_of(rows, limit=12):
    """The distinct (doc_id, sentence) of rows, in order, at most `limit`."""
    return [(doc, int(n)) for doc, n in rows[["doc_id", "sentence"]].drop_duplicates().head(limit).itertuples(index=False)]


def two_sides(units, group, against=None):
    """Sums of y and n by what is resampled, for a group and for the rest: by article where both sides have ten, else by sentence
    (sentences of one article resemble each other; with fewer articles there is nothing better to draw from)."""
    mine = units["group"] == group
    sides = [units[mine], units[~mine if against is None else units["group"] == against]]
    by = ["doc_id"] if min(side["doc_id"].nunique() for side in sides) >= MIN_SENTENCES else ["doc_id", "sentence"]
    return [side.groupby(by)[["y", "n"]].sum().to_numpy(float) for side in sides]


def interval(left, right, measure, *, draws=DRAWS, seed=0):
    """95 % percentile bootstrap of measure(left totals, right totals): rows are units, columns sums; totals are draws x columns.

    (nan, nan) where either side has fewer than MIN_SENTENCES units."""
    if min(len(left), len(right)) < MIN_SENTENCES:
        return np.nan, np.nan
    rng = np.random.default_rng(seed)
    totals = [rng.multinomial(len(side), np.full(len(side), 1 / len(side)), size=draws) @ side for side in (left, right)]
    with np.errstate(divide="ignore", invalid="ignore"):
        values = measure(*totals)
    values = values[np.isfinite(values)]
    return tuple(np.percentile(values, [2.5, 97.5])) if len(values) else (np.nan, np.nan)


def stat_shares(units, groups):
    """Shares compared: of what is counted in `n`, how much is `y`, for each group and for the rest.

    `units`: doc_id, sentence, measure, y, n (one row a sentence and measure). Columns measure, group, y, n, share, low, high (of the
    share), others_share, others_n, difference, difference_low, difference_high, p_adjusted, evidence, enough (MIN_COUNT sentences on
    both sides), holds. The test is Fisher's exact one with sentences as its n (words of one sentence are no independent witnesses)."""
    units = units.assign(group=units["doc_id"].map(groups))
    rows = [_share(part, measure, group) for measure, part in units.groupby("measure", sort=True)
            for group in sorted(units["group"].dropna().unique())]
    table = pd.DataFrame(rows, columns=["measure", "group", "y", "n", "share", "low", "high", "others_share", "others_n", "difference",
                                        "difference_low", "difference_high", "p", "evidence", "enough"])
    tested = table["enough"].astype(bool)
    table["p_adjusted"] = np.nan
    table.loc[tested, "p_adjusted"] = adjust(table.loc[tested, "p"])
    apart = (table["difference_low"] > 0) | (table["difference_high"] < 0)
    table["holds"] = tested & (table["p_adjusted"] < LEVEL) & apart & (table["evidence"].map(len) > 1)
    return table


def _share(units, measure, group):
    left, right = two_sides(units, group)
    (y, n), (x, m) = left.sum(axis=0), right.sum(axis=0)
    share, other = (y / n if n else np.nan), (x / m if m else np.nan)
    low, high = interval(left, left, lambda one, _: one[:, 0] / one[:, 1])
    apart = interval(left, right, lambda one, two: one[:, 0] / one[:, 1] - two[:, 0] / two[:, 1])
    mine = units["group"] == group
    k, l = (int(min(total, (units[side]["n"] > 0).sum())) for total, side in ((n, mine), (m, ~mine)))  # no more than sentences
    enough = min(k, l) >= MIN_COUNT
    p = exact_test(round(share * k), k, round(other * l), l) if enough else np.nan
    shown = mine & (units["y"] > 0)
    return (measure, group, y, n, share, low, high, other, m, share - other, *apart, p, places_of(units[shown]), enough)


def exact_test(y, n, x, m):
    """Two-sided p of Fisher's exact test: y of n against x of m (whole numbers); the sum of all tables no likelier than this one."""
    total = int(y + x)
    factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + m + 1)))])  # logarithms of k!
    k = np.arange(max(0, total - m), min(n, total) + 1)
    log_p = factorial[n] - factorial[k] - factorial[n - k] + factorial[m] - factorial[total - k] - factorial[m - total + k]
    p = np.exp(log_p - (factorial[n + m] - factorial[total] - factorial[n + m - total]))
    return float(min(1.0, p[p <= p[k == y][0] * (1 + 1e-9)].sum()))


def find_key_terms(table, *, top=5):
    """Findings of stat_terms' table: for each group its strongest terms that hold; a part of a longer one that holds is left out."""
    found = []
    for group, rows in table[table["holds"].astype(bool) & (table["z"] > 0)].groupby("group"):
        rows = rows.sort_values("z", ascending=False)
        longer = [(f" {term} ", count) for term, count in zip(rows["term"], rows["times"])]
        for row in [row for row in rows.itertuples() if not any(
                f" {row.term} " in term and term.strip() != row.term and row.times <= 1.25 * count for term, count in longer)][:top]:
            found.append(Finding(
                f"{group} marks itself by “{row.term}”: {row.times} times ({1000 * row.times / row.n:.1f} per 1,000) against "
                f"{row.others} ({1000 * row.others / row.n_others:.1f} per 1,000); log odds {row.log_odds:.1f} "
                f"[{row.low:.1f} to {row.high:.1f}].", row.evidence, row.z))
    return found

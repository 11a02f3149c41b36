"""Which words mark a group (log-odds, G2, log ratio), and shares compared; corrected for many comparisons, with bootstrap intervals."""
import math

import numpy as np
import pandas as pd

from helpers.show import Finding

MIN_WORDS = 200  # a group with fewer words in the voice asked for: "can't tell"
MIN_SENTENCES = 10  # fewer cannot be resampled
LEVEL = 0.05
MIN_COUNT = 5  # rarer terms can't reach significance; dropped by their pooled count, which favours no group (Tarone 1990)
MIN_ARTICLES = 5
DRAWS, CHECKED = 1000, 40
MOST_UNITS = 3000  # resampled one by one


def find_terms(words, *, longest=3):
    """Words and phrases of up to `longest` words: doc_id, sentence, term, length, voice, shared. A phrase stays within a sentence
    and a voice, and its words stand next to each other (one character between them: no comma, no bracket)."""
    columns = ["doc_id", "sentence", "voice", "shared"]
    parts = [words[columns].assign(term=words["word"], length=1)]
    together = np.ones(len(words), dtype=bool)
    for step in range(1, longest):
        later, before = words.shift(-step), words.shift(1 - step)
        together &= (later[columns[:3]] == words[columns[:3]]).all(axis=1).to_numpy()
        together &= (pd.to_numeric(later["start"]) - pd.to_numeric(before["end"]) <= 1).to_numpy(dtype=bool, na_value=False)
        phrase = parts[-1]["term"].reindex(words.index) + " " + later["word"].astype(object)
        parts.append(words[columns].assign(term=phrase, length=step + 1)[together])
    return pd.concat(parts, ignore_index=True)[["doc_id", "sentence", "term", "length", "voice", "shared"]]


def choose(rows, *, voice="own", shared="once"):
    """The rows of one voice (None: both); passages that articles share counted `once` (in the first), set `apart` (in none), or `keep` (in each)."""
    rows = rows if voice is None else rows[rows["voice"] == voice]
    left_out = {"once": ["copy"], "apart": ["copy", "first"], "keep": []}[shared]
    return rows[~rows["shared"].isin(left_out)]


def log_odds(left, right, prior, totals):
    """Difference of two groups' log odds of each term, with its standard deviation, under an informative Dirichlet prior. `left`, `right`,
    `prior`: arrays of counts (prior: pseudo-counts alpha_w); `totals`: (n_left, n_right, alpha_0).
    delta = log((y_i + a) / (n_i + a0 - y_i - a)) - the same of j; variance = 1 / (y_i + a) + 1 / (y_j + a):
    Monroe, Colaresi & Quinn 2008 (Fightin' Words), equations 16 and 20. Stop words need no list: their prior is large."""
    (n_left, n_right, size), one, two = totals, left + prior, right + prior
    with np.errstate(divide="ignore", invalid="ignore"):  # a term that is the whole vocabulary has no odds: nan
        delta = np.log(one / (n_left + size - one)) - np.log(two / (n_right + size - two))
        return delta, np.sqrt(1 / one + 1 / two)


def g2(left, right, n_left, n_right):
    """Log-likelihood of two counts against equal rates, unsigned (Dunning 1993, in the two-cell form of Rayson & Garside 2000)."""
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
    adjusted[order] = np.minimum.accumulate(p[order] * len(p) / np.arange(len(p), 0, -1))
    return np.minimum(adjusted, 1.0)


def stat_keyness(left, right):
    """Two Series of counts (index: term) compared: term, times, others, n, n_others, log_odds (prior: a tenth of both), sd, z, p, g2, log_ratio."""
    table = pd.DataFrame({"times": left, "others": right}).fillna(0).astype(float)
    y, x = table["times"].to_numpy(), table["others"].to_numpy()
    n, n_others = table["n"], table["n_others"] = y.sum(), x.sum()
    table["log_odds"], table["sd"] = log_odds(y, x, (y + x) / 10, (n, n_others, (n + n_others) / 10))
    table["z"] = table["log_odds"] / table["sd"]
    table["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in table["z"]]
    table["g2"], table["log_ratio"] = g2(y, x, n, n_others), log_ratio(y, x, n, n_others)
    return table.rename_axis("term").reset_index().astype({"times": int, "others": int, "n": int, "n_others": int})


def stat_terms(words, groups, *, voice="own", shared="once"):
    """Keyness of the words and phrases of each group against the rest.

    `groups`: Series doc_id -> group. Columns of stat_keyness and group, length, p_adjusted (over all groups and terms); low, high (bootstrap of
    log_odds), evidence, holds for the CHECKED strongest terms of a group that pass the correction. A group with fewer than MIN_WORDS words in
    this voice, or facing fewer, has no rows: too little to tell."""
    terms = choose(find_terms(words), voice=voice, shared=shared).assign(group=lambda rows: rows["doc_id"].map(groups))
    pooled = terms["term"].map(terms["term"].value_counts())
    terms["term"] = terms["term"].where(pooled >= MIN_COUNT, "")  # rare terms count in the totals only
    counts = terms.groupby(["group", "length", "term"]).size()
    tables = [stat_keyness(pd.Series(dtype=float), pd.Series(dtype=float)).assign(group=None, length=1)]
    for group in sorted(terms["group"].dropna().unique()):
        for length in (1, 2, 3):
            sides = counts[counts.index.get_level_values("length") == length].droplevel("length")
            names = sides.index.get_level_values("group")
            mine = sides[names == group].droplevel("group")
            rest = sides[names != group].groupby(level="term").sum()
            if length == 1 and min(mine.sum(), rest.sum()) < MIN_WORDS:
                break
            tables.append(stat_keyness(mine, rest).assign(group=group, length=length))
    table = pd.concat([part.astype(object) for part in tables], ignore_index=True).infer_objects()
    table = table[table["term"] != ""].reset_index(drop=True).assign(p_adjusted=lambda rows: adjust(rows["p"].astype(float).fillna(1)))
    strong = table[(table["p_adjusted"] < LEVEL) & (table["z"] > 0)].sort_values("z", ascending=False, kind="stable").groupby("group").head(CHECKED)
    keys = ["doc_id", "sentence", "group"]
    sizes = {length: part.groupby(keys).size().rename("n").astype(float).reset_index() for length, part in terms.groupby("length")}
    hits = terms[terms["term"].isin(set(strong["term"]))].groupby(["length", "term", *keys]).size().rename("y").astype(float)

    def units(row):
        return sizes[row.length].merge(hits.loc[row.length, row.term].reset_index(), how="left", on=keys).fillna({"y": 0.0})

    def odds(one, two):
        y, n = one.mean(axis=0) + two.mean(axis=0)  # resampled totals; the pooled prior, a tenth of both
        return log_odds(one[:, 0], two[:, 0], y / 10, (one[:, 1], two[:, 1], n / 10))[0]

    return _confirmed(table, strong, units, odds)


def _confirmed(table, candidates, units, measure):
    """Adds low, high, evidence and holds to the candidate rows: the interval of `measure` excludes 0, two sentences or more show
    it, and they stand in half of the group's articles or in MIN_ARTICLES (else they mark a topic, not a newsroom)."""
    table = table.assign(low=np.nan, high=np.nan, evidence=None, holds=False).astype({"evidence": object})
    for row in candidates.itertuples():
        part = units(row)
        low, high = interval(*_two_sides(part, row.group), measure)
        mine = part[part["group"] == row.group]
        shown = mine[mine["y"] > 0]
        spread = shown["doc_id"].nunique() >= min(MIN_ARTICLES, -(-mine["doc_id"].nunique() // 2))
        table.at[row.Index, "evidence"] = places_of(shown)
        table.loc[row.Index, ["low", "high", "holds"]] = low, high, bool((low > 0 or high < 0) and len(shown) > 1 and spread)
    return table


def places_of(rows, limit=12):
    """The distinct (doc_id, sentence) of the rows that have a sentence, in order, at most `limit` (None: all)."""
    return [(doc, int(n)) for doc, n in rows[["doc_id", "sentence"]].dropna().drop_duplicates().iloc[:limit].itertuples(index=False)]


def linked(table, rows, by):
    """The table with `evidence`: for each row the first sentences of those `rows` that agree with it in the columns `by` (one may be its index)."""
    asked = [table[column] if column in table else table.index for column in by]
    rows = rows[np.logical_and.reduce([rows[column].isin(values) for column, values in zip(by, asked)])]
    places = {key: places_of(part) for key, part in rows.groupby(by)}
    return table.assign(evidence=[places.get(key, []) for key in zip(*asked)])


def _two_sides(units, group):
    """y and n of what is resampled, for a group and the rest: articles where both have ten, else sentences, though those of one are alike."""
    sides = [units[units["group"] == group], units[units["group"] != group]]
    if min(side["doc_id"].nunique() for side in sides) >= MIN_SENTENCES:
        sides = [side.groupby("doc_id")[["y", "n"]].sum() for side in sides]
    return [side[["y", "n"]].to_numpy(float) for side in sides]


def interval(left, right, measure):
    """95 % percentile bootstrap of measure(left totals, right totals): rows are units, columns sums; totals are DRAWS x columns. (nan, nan)
    where either side has fewer than MIN_SENTENCES units. Of more than MOST_UNITS, neighbours are drawn together: time and memory stay
    bounded, and what resembles its neighbour counts less."""
    if min(len(left), len(right)) < MIN_SENTENCES:
        return np.nan, np.nan
    rng = np.random.default_rng(0)
    sides = [np.add.reduceat(side, np.arange(0, len(side), -(-len(side) // MOST_UNITS))) for side in (left, right)]
    totals = [rng.multinomial(len(side), np.full(len(side), 1 / len(side)), size=DRAWS) @ side for side in sides]
    with np.errstate(divide="ignore", invalid="ignore"):
        values = measure(*totals)
    values = values[np.isfinite(values)]
    return tuple(np.percentile(values, [2.5, 97.5])) if len(values) else (np.nan, np.nan)


def stat_shares(units, groups):
    """Shares compared: of what is counted in `n`, how much is `y`, for each group and for the rest.

    `units`: doc_id, sentence, measure, y, n (one row a sentence and measure). Columns measure, group, y, n, share, others_share, others_n,
    difference, enough (MIN_COUNT sentences on both sides, else: can't tell), p, p_adjusted and, where that passes, low, high (bootstrap of the
    difference), evidence, holds. The test is Fisher's exact one with sentences as its n: words of one are no independent witnesses."""
    units = units.assign(group=units["doc_id"].map(groups), k=(units["n"] > 0).astype(int))
    mine = units.groupby(["measure", "group"])[["y", "n", "k"]].sum()
    rest = mine.groupby(level="measure").transform("sum") - mine
    table = pd.DataFrame({"y": mine["y"], "n": mine["n"], "share": mine["y"] / mine["n"], "others_share": rest["y"] / rest["n"],
                          "others_n": rest["n"]}).astype(float)
    table["difference"] = table["share"] - table["others_share"]
    k, m = np.minimum(mine["k"], mine["n"]).astype(int), np.minimum(rest["k"], rest["n"]).astype(int)  # no more than sentences
    table["enough"] = (k >= MIN_COUNT) & (m >= MIN_COUNT)
    table["p"] = [exact_test(round(a * n), n, round(b * o), o) if ok else np.nan
                  for a, n, b, o, ok in zip(table["share"], k, table["others_share"], m, table["enough"])]
    table = table.reset_index().assign(p_adjusted=np.nan)
    table.loc[table["enough"], "p_adjusted"] = adjust(table.loc[table["enough"], "p"])
    parts = dict(list(units[units["n"] > 0].groupby("measure")))
    return _confirmed(table, table[table["p_adjusted"] < LEVEL], lambda row: parts[row.measure],
                      lambda one, two: one[:, 0] / one[:, 1] - two[:, 0] / two[:, 1])


def exact_test(y, n, x, m):
    """Two-sided p of Fisher's exact test, y of n against x of m (whole numbers): the sum of all tables no likelier than this one."""
    total = int(y + x)
    factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + m + 1)))])  # logarithms of k!
    k = np.arange(max(0, total - m), min(n, total) + 1)
    log_p = factorial[n] - factorial[k] - factorial[n - k] + factorial[m] - factorial[total - k] - factorial[m - total + k]
    p = np.exp(log_p - (factorial[n + m] - factorial[total] - factorial[n + m - total]))
    return float(min(1.0, p[p <= p[k == y][0] * (1 + 1e-9)].sum()))


def top_terms(table, *, most=4):
    """For plot_dots: each group's `most` strongest terms: group, label, value (log odds), low, high (1.96 sd), note (counts)."""
    rows = table[table["z"] > 0].sort_values("z", ascending=False, kind="stable").groupby("group", sort=False).head(most)
    rows = rows.assign(note=[f"{y} against {x}" + " *" * bool(holds) for y, x, holds in zip(rows["times"], rows["others"], rows["holds"])],
                       low=rows["log_odds"] - 1.96 * rows["sd"], high=rows["log_odds"] + 1.96 * rows["sd"])
    return rows.rename(columns={"term": "label", "log_odds": "value"})[["group", "label", "value", "low", "high", "note"]]


def find_key_terms(table, *, top=5):
    """Findings of stat_terms' table: for each group its strongest terms that hold, without what is part of a longer one that holds."""
    found = []
    for group, rows in table[table["holds"].astype(bool) & (table["z"] > 0)].groupby("group"):
        rows = list(rows.sort_values("z", ascending=False).itertuples())
        parts = {row.term for row in rows for whole in rows
                 if f" {row.term} " in f" {whole.term} " and row.term != whole.term and row.times <= 1.25 * whole.times}
        for row in [row for row in rows if row.term not in parts][:top]:
            found.append(Finding(
                f"{group} marks itself by “{row.term}”: {row.times} times ({1000 * row.times / row.n:.1f} per 1,000) against "
                f"{row.others} ({1000 * row.others / row.n_others:.1f} per 1,000); log odds {row.log_odds:.1f} "
                f"[{row.low:.1f} to {row.high:.1f}].", row.evidence, row.z))
    return found

"""Figures: the numbers they show are the data's, the bytes are fixed, no corpus is too odd or too large."""
import io
import warnings

import matplotlib
import pandas as pd
import pytest
from matplotlib.image import imread

from helpers import figures
from helpers.figures import (MOST_ROWS, PALETTE, outlet_colors, plot_bars, plot_dots, plot_matrix, plot_timeline, png, show_figure,
                             side_color, side_colors)
from helpers.tables import make

COUNTS = pd.DataFrame({"United States": [7, 24], "Russia": [5, 11]}, index=["AP", "TRT World"])
WORDS = pd.DataFrame({"label": ["regime", "proposal"], "value": [3.5, -1.25], "low": [2.5, None], "high": [4.5, None],
                      "note": ["9 of 12", None], "outlet": ["TRT World", "Reuters"]})
DAYS = pd.DataFrame({"label": ["AP", "TRT World", "AP"], "start": ["2015-09-16", "2015-09-18", "no date"],
                     "end": [None, "2015-09-20", None], "text": ["call", None, None]})


def texts(fig):
    return [text.get_text() for text in fig.axes[0].texts]


def test_bars_write_their_parts_and_sums():
    fig = plot_bars(COUNTS, title="Who speaks", xlabel="attributions")
    assert texts(fig) == ["7", "24", "5", "11", "12", "35"]
    assert fig.alt == ("Bar chart: Who speaks. attributions: AP 12 (United States 7, Russia 5); "
                       "TRT World 35 (United States 24, Russia 11).")


def test_bars_of_a_series_have_one_number_each():
    fig = plot_bars(pd.Series([1234, 0.5], index=["a", "b"]), title="t", xlabel="x")
    assert texts(fig) == ["1,234", "0.50"]


def test_dots_tell_their_interval_where_it_is_known():
    fig = plot_dots(WORDS, title="Words", xlabel="z", group="outlet")
    assert texts(fig) == ["9 of 12"]
    assert fig.alt == "Dot plot with intervals: Words. z: TRT World: regime 3.50 (2.50 to 4.50); Reuters: proposal -1.25."
    assert [tick.get_text() for tick in fig.axes[0].get_yticklabels()] == ["TRT World", "regime", "Reuters", "proposal"]


def test_a_matrix_leaves_zero_and_unknown_blank():
    fig = plot_matrix(pd.DataFrame({"AP": [1, 0], "Reuters": [None, 3]}, index=["tank", "T-90"]), title="Systems", unit="mentions")
    assert texts(fig) == ["1", "3"]
    assert fig.alt == "Matrix: Systems. mentions: tank: AP 1; T-90: Reuters 3."


def test_a_timeline_leaves_out_what_has_no_day():
    fig = plot_timeline(DAYS, title="Days")
    assert fig.alt == "Timeline: Days. AP: 2015-09-16 call; TRT World: 2015-09-18 to 2015-09-20."


@pytest.mark.parametrize("fig", [
    plot_bars(COUNTS.iloc[:0], title="t", xlabel="x"), plot_bars(COUNTS * 0, title="t", xlabel="x"),
    plot_dots(WORDS.iloc[:0], title="t", xlabel="x", group="outlet"), plot_matrix(pd.DataFrame(), title="t"),
    plot_timeline(DAYS.iloc[2:], title="t")], ids=["no bars", "zero bars", "no dots", "no matrix", "no days"])
def test_no_data_is_said_in_words(fig):
    assert texts(fig) == ["Nothing to show: these articles hold no such rows."] and fig.alt == "t. Nothing to show."


def test_formula_signs_control_and_foreign_characters_are_drawn_as_text():
    odd = pd.Series([1, 2, 3], index=["$x_{", "a$b$c", "Агентство"])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert png(plot_bars(odd, title="cost $5 to $6 {", xlabel="x"))


def test_thousands_of_rows_are_cut_and_the_axis_says_so():
    many = pd.Series(range(1, 5001), index=[f"outlet {n}" for n in range(5000)])
    fig = plot_bars(many, title="t", xlabel="words")
    assert len(fig.axes[0].patches) == MOST_ROWS and fig.axes[0].get_xlabel() == "words (the first 60 of 5,000)"
    assert len(texts(plot_matrix(pd.DataFrame(1, index=range(3), columns=range(300)), title="t"))) == 3 * 30


def test_the_same_data_give_the_same_bytes_and_leave_the_style_alone():
    before = dict(matplotlib.rcParams)
    first, second = (png(plot_bars(COUNTS, title="t", xlabel="x")) for _ in range(2))
    assert first == second and b"Software" not in first and dict(matplotlib.rcParams) == before


def test_the_number_on_every_colour_can_be_read():
    for color in [*PALETTE, *figures.SIDE_COLORS.values()]:
        ink, fill = (matplotlib.colors.to_rgb(c) for c in (figures._ink(color), color))
        assert contrast(ink, fill) >= 4, color


def contrast(one, other):
    """The WCAG contrast ratio of two colours."""
    def light(rgb):
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    dark, bright = sorted([light(one), light(other)])
    return (bright + 0.05) / (dark + 0.05)


def test_neighbours_in_the_palette_differ_in_greyscale():
    grey = [sum(w * c for w, c in zip((0.299, 0.587, 0.114), matplotlib.colors.to_rgb(color))) for color in PALETTE[:6]]
    assert all(abs(a - b) > 0.1 for a, b in zip(grey, grey[1:])), grey


def test_outlets_keep_their_colour_and_sides_theirs():
    documents = make("documents", [{"doc_id": "a", "outlet": "AP"}, {"doc_id": "b", "outlet": "TRT World"}])
    assert outlet_colors(documents) == {"AP": PALETTE[0], "TRT World": PALETTE[1]}
    assert side_colors(["Narnia", "Russia", "Atlantis"]) == {"Narnia": PALETTE[2], "Russia": side_color("Russia"), "Atlantis": PALETTE[1]}


def test_a_shown_figure_carries_its_alt_text(capsys, monkeypatch):
    shown = {}
    monkeypatch.setattr(figures, "display", lambda data, **how: shown.update(data=data, **how))
    show_figure(plot_bars(COUNTS, title="t", xlabel="x"), alt="Two  bars\nside by side")
    assert shown["metadata"] == {"image/png": {"alt": "Two bars side by side"}} and shown["data"]["text/plain"] == "Two bars side by side"
    picture = imread(io.BytesIO(png(plot_bars(COUNTS, title="t", xlabel="x"))))
    assert 700 < picture.shape[1] < 900


def test_nothing_is_not_compared():
    fig = plot_bars(pd.Series(dtype=float), title="Who starts: no difference beyond chance", xlabel="times")
    assert fig.alt == "Who starts. Nothing to show."


def test_long_labels_have_room_and_keep_their_ellipsis():
    row = {"label": "missile: Navy sends third frigate to strait as …", "value": 1.0}
    tall, low = (plot_dots(pd.DataFrame([{**row, "label": label}] * 9), title="t", xlabel="x") for label in (row["label"], "A"))
    assert tall.get_figheight() > low.get_figheight() + 0.5
    label = tall.axes[0].get_yticklabels()[0].get_text()
    assert "\n" in label and not label.split("\n")[-1].startswith("…")

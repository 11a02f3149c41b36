"""The days an article speaks of: weekday names and dates as spans, and the day each means, given when the article appeared."""
import re
from datetime import date, timedelta

import pandas as pd

WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTH = (r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
         r"Nov(?:ember)?|Dec(?:ember)?)")
NUMBER = r"(?P<{0}>[0-3]?\d)(?:st|nd|rd|th)?"
WRITTEN = re.compile(rf"\b(?P<month>{MONTH})\.?\s{NUMBER.format('day')}(?!\d)(?:,?\s(?P<year>(?:19|20)\d\d))?\b(?![.,]\d)|"
                     rf"\b{NUMBER.format('day2')}(?:\sof)?[\s-](?P<month2>{MONTH})\b\.?(?:,?[\s-](?P<year2>(?:19|20)\d\d))?", re.I)
NUMERIC = re.compile(r"\b(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d\d?)[-/.](?P<d>\d\d?)(?!\d)|\b(?P<a>\d\d?)[/.](?P<b>\d\d?)[/.](?P<c>(?:19|20)\d\d)\b")
WEEKDAY = re.compile(r"\b(?:(?P<which>last|next|this|coming|previous|following)\s)?(?P<name>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)s?\b")
RELATIVE = re.compile(r"\b(?P<word>yesterday|today|tomorrow|tonight)\b|\b(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)\s"
                      r"days?\sago\b", re.I)
AHEAD = re.compile(r"\b(?:will|would|due|scheduled|set to|plans? to|expect(?:s|ed) to|(?:is|are|was|were) to|(?:call|urg|ask|invit|order)\w+ (?:\S+ ){1,5}?to)\b(?![^.;]*\b(?:said|told|\w{3,}ed)\b)"
                   r"[^.;]{0,60}$|\b(?:by|until|before)\s$")
COUNTS = dict(zip("one two three four five six seven eight nine ten".split(), range(1, 11)))


def _day(year, month, number):
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        return None


def _as_date(day):
    return date.fromisoformat(str(day)[:10]) if day is not None and not pd.isna(day) and str(day)[:4].isdigit() else None


def resolve_day(text, published=None, *, ahead=False):
    """The day (datetime.date) that a day expression means in an article published on a day (date or ISO text), else None.

    A bare weekday is the last one up to that day (news usage); with `ahead`, or after "next", the first one after it. A date
    without a year takes the year that brings it nearest. 03/04/2015, which two conventions read differently, is None."""
    anchor, text = _as_date(published), text or ""
    if found := NUMERIC.search(text):
        y, m, d, a, b, c = found.group("y", "m", "d", "a", "b", "c")
        if y:
            return _day(y, m, d)
        return _day(c, a, b) if int(b) > 12 or a == b else _day(c, b, a) if int(a) > 12 else None
    if found := WRITTEN.search(text):
        month = MONTHS.index((found["month"] or found["month2"])[:3].lower()) + 1
        number, year = found["day"] or found["day2"], found["year"] or found["year2"]
        if year or not anchor:
            return _day(year, month, number) if year else None
        near = filter(None, (_day(anchor.year + step, month, number) for step in (0, -1, 1)))
        return min(near, key=lambda day: abs(day - anchor), default=None)
    return _from(text, anchor, ahead) if anchor else None


def _from(text, anchor, ahead):
    """The day that a weekday name or a relative word means, counted from the day of publication."""
    if found := WEEKDAY.search(text):
        back = (anchor.weekday() - WEEKDAYS.index(found["name"].lower())) % 7
        if found["which"] in ("next", "coming", "following"):
            return anchor + timedelta(days=7 - back)
        back = back or 7 * (found["which"] in ("last", "previous"))
        return anchor + timedelta(days=-back % 7) if ahead else anchor - timedelta(days=back)
    if found := RELATIVE.search(text):
        if found["word"]:
            return anchor + timedelta(days={"yesterday": -1, "tomorrow": 1}.get(found["word"].lower(), 0))
        return anchor - timedelta(days=COUNTS.get(found["n"].lower()) or int(found["n"]))
    return None


def day_spans(text):
    """[(start, end, ahead), ...] of the day expressions of a text; ahead: a weekday that is still to come ("will meet on Friday")."""
    spans = [(*m.span(), False) for pattern in ((WRITTEN, NUMERIC, RELATIVE) if re.search(r"\d", text) else (RELATIVE,)) for m in pattern.finditer(text)]
    spans += [(*m.span(), bool(AHEAD.search(text[max(0, m.start() - 90):m.start()]))) for m in WEEKDAY.finditer(text)]
    return sorted(spans)


def find_days(sentences, documents):
    """A table of the days articles speak of: doc_id, sentence, start, end, text, day (a datetime.date, or None where the article's
    own day isn't known). Weekdays are counted from `published`, else from `published_from`."""
    when = {row.doc_id: row.published if pd.notna(row.published) else row.published_from for row in documents.itertuples()}
    rows = []
    for row in sentences.itertuples():
        for start, end, ahead in day_spans(row.text):
            words = row.text[start:end]
            rows.append({"doc_id": row.doc_id, "sentence": row.sentence, "start": row.start + start, "end": row.start + end,
                         "text": words, "day": resolve_day(words, when.get(row.doc_id), ahead=ahead)})
    return pd.DataFrame(rows, columns=["doc_id", "sentence", "start", "end", "text", "day"])


def published_bounds(texts, dated):
    """(from, to) an undated article can have appeared, from the weekdays it names and the days of dated articles of its story.

    News names a weekday within the week it falls in; so all named days lie within the six days before publication. Of the weeks
    possible, the one whose latest named day is nearest to a dated article is taken. (None, None) where nothing can be said, so
    also where the dated articles lie more than a fortnight apart."""
    names = {text[s:e].lower() for text in texts for s, e, ahead in day_spans(text) if not ahead and WEEKDAY.fullmatch(text[s:e])}
    names = {name for name in names if name in WEEKDAYS}
    dated = sorted(set(filter(None, map(_as_date, dated))))
    if not names or not dated or dated[-1] - dated[0] > timedelta(days=14):
        return None, None
    weeks = [sorted(resolve_day(name.title(), day + timedelta(days=step)) for name in names) for day in dated for step in range(-7, 8)]
    best = min(weeks, key=lambda days: (min(abs(days[-1] - day) for day in dated), days[-1] - days[0], days))
    return best[-1].isoformat(), (best[0] + timedelta(days=6)).isoformat()

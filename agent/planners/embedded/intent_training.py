"""Learn the intents from the shipped examples; the only place that needs scikit-learn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from agent.planners.embedded.intent_features import COLUMNS, Matrix, SentenceEncoder, joined, meaning, wording

# What stands behind a placeholder when a name was not recognised; makes the classifier hold up without masks.
STAND_INS: Mapping[str, tuple[str, ...]] = {
    "<site>": ("Westbrook", "the downtown hospital", "Hillcrest"),
    "<unit>": ("7 South", "the step-down unit", "3B"),
    "<room>": ("OR 11", "theatre 2", "room 6"),
    "<bed>": ("bed 31", "6-118", "bed 7"),
    "<clinic>": ("the Friday clinic", "eye clinic", "the pain clinic"),
    "<service>": ("rheumatology", "vascular", "urology"),
    "<person>": ("Dr. Brandt", "Alice Moore", "Dr. Chen"),
    "<patient>": ("Mr. Weber", "the patient", "Mrs. Diaz"),
    "<item>": ("shoulder tray", "the mesh set", "STEM-9"),
    "<procedure>": ("gallbladder", "ankle repair", "cataract"),
    "<equipment>": ("microscope", "laser", "robot"),
    "<case>": ("case 77", "the first case", "his case"),
    "<requisition>": ("the requisition", "PR 88", "that order"),
    "<scanner>": ("the scanner", "CT 4", "the new MRI"),
    "<level>": ("telemetry", "surgical", "monitored"),
    "<date>": ("Wednesday", "next month", "tomorrow"),
    "<time>": ("at 10", "by 3pm", "8:15"),
    "<duration>": ("two hours", "45 minutes", "half an hour"),
    "<number>": ("three", "7", "ten"),
}
STRENGTH = 30.0
DIRECTIONS = 420
FOLDS = 3


@dataclass(frozen=True)
class Trained:
    """Everything prediction needs, as plain arrays (one row of `examples` per shipped example)."""

    intents: tuple[str, ...]
    weights: Matrix
    bias: Matrix
    rarity: Matrix
    temperature: float
    examples: Matrix
    example_intents: tuple[str, ...]


def train(examples: Mapping[str, Sequence[str]], encoder: SentenceEncoder) -> Trained:
    """Fit a multinomial logistic regression on meaning and wording; calibrate it on held-out folds."""
    texts = [text for sentences in examples.values() for text in sentences]
    labels = np.array([intent for intent, sentences in examples.items() for _ in sentences])
    bare = [_filled(text, number) for number, text in enumerate(texts)]
    open_texts = [number for number, text in enumerate(texts) if bare[number] != text]
    rows = texts + [bare[number] for number in open_texts]
    owner = np.array([*range(len(texts)), *open_texts])
    words = wording(rows)
    rarity = np.log((1 + len(rows)) / (1 + (words > 0).sum(axis=0))).astype(np.float32)
    meanings = meaning(encoder, rows)
    features = joined(meanings, words, rarity)
    basis = _directions(features)
    flat = features @ basis
    temperature = _temperature(flat, labels, owner, len(texts))
    intents, weights, bias = _fit(flat, labels[owner])
    return Trained(
        intents=tuple(intents),
        weights=(basis @ weights.T).astype(np.float32),
        bias=bias.astype(np.float32),
        rarity=rarity.reshape(1, COLUMNS),
        temperature=temperature,
        examples=meanings[: len(texts)],
        example_intents=tuple(labels.tolist()),
    )


def _directions(features: Matrix) -> Matrix:
    """The `DIRECTIONS` in which the rows differ most, shape (columns, directions), from their Gram matrix."""
    centred = (features - features.mean(axis=0)).astype(np.float64)
    sizes, vectors = np.linalg.eigh(centred @ centred.T)
    most = slice(-min(DIRECTIONS, len(sizes) - 1), None)
    basis: Matrix = (centred.T @ (vectors[:, most] / np.sqrt(sizes[most]))).astype(np.float32)
    return basis


def _filled(text: str, number: int) -> str:
    for step, (tag, values) in enumerate(STAND_INS.items()):
        text = text.replace(tag, values[(number + step) % len(values)])
    return text


def _fit(rows: Matrix, labels: np.ndarray) -> tuple[list[str], np.ndarray, np.ndarray]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, max_iter=400, tol=3e-4, class_weight="balanced")
    model.fit(rows, labels)
    return [str(name) for name in model.classes_], model.coef_, model.intercept_


def _temperature(rows: Matrix, labels: np.ndarray, owner: np.ndarray, count: int) -> float:
    """The temperature under which held-out probabilities are most honest (least negative log-likelihood)."""
    scores: list[Matrix] = []
    truths: list[np.ndarray] = []
    for fold in range(FOLDS):
        held = owner % FOLDS == fold
        masked_only = held & (np.arange(len(owner)) < count)
        names, weights, bias = _fit(rows[~held], labels[owner[~held]])
        scores.append(rows[masked_only] @ weights.T + bias)
        position = {name: at for at, name in enumerate(names)}
        truths.append(np.array([position[name] for name in labels[owner[masked_only]]]))
    logits, truth = np.vstack(scores), np.concatenate(truths)

    def surprise(temperature: float) -> float:
        scaled = logits / temperature
        scaled = scaled - scaled.max(axis=1, keepdims=True)
        chosen = scaled[np.arange(len(truth)), truth] - np.log(np.exp(scaled).sum(axis=1))
        return -float(np.mean(chosen))

    tried: list[float] = np.geomspace(0.2, 5, 60).tolist()
    return min(tried, key=surprise)

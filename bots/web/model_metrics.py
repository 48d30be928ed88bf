"""What language models took, for /metrics: answers, tokens, cost, waiting; per model, nothing about people."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram

from agent.turn import ModelUse

SECONDS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60)


class ModelMetrics:
    """Counts answers of language models in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._answers = Counter(
            "wardline_model_answers",
            "Answers by model, whole or failed",
            ("model", "outcome"),
            registry=registry,
        )
        self._tokens = Counter(
            "wardline_model_tokens",
            "Tokens by model and direction (in, out); estimated where the endpoint does not tell",
            ("model", "direction"),
            registry=registry,
        )
        self._dollars = Counter(
            "wardline_model_dollars",
            "Cost by the prices set, in US dollars",
            ("model",),
            registry=registry,
        )
        self._first = Histogram(
            "wardline_model_first_token_seconds",
            "Seconds until an answer's first token",
            ("model",),
            registry=registry,
            buckets=SECONDS,
        )
        self._seconds = Histogram(
            "wardline_model_seconds",
            "Seconds until an answer was whole, or given up",
            ("model",),
            registry=registry,
            buckets=SECONDS,
        )

    def count(self, uses: Iterable[ModelUse]) -> None:
        """Count the answers of a turn."""
        for use in uses:
            self._answers.labels(use.model, "failed" if use.failed else "whole").inc()
            self._tokens.labels(use.model, "in").inc(use.tokens_in)
            self._tokens.labels(use.model, "out").inc(use.tokens_out)
            self._seconds.labels(use.model).observe(use.ms / 1000)
            if use.cost is not None:
                self._dollars.labels(use.model).inc(use.cost / 1_000_000)
            if use.first_token_ms is not None:
                self._first.labels(use.model).observe(use.first_token_ms / 1000)

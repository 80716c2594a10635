"""The optimal partition, against enumeration, published classes and its own definitions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

import gmmswift as gm

CRABS = Path(__file__).parent / "data" / "crabs.csv"


def crabs():
    """Five lengths of 200 crabs (Campbell, Mahon 1974), and their species and sex."""
    text = np.loadtxt(CRABS, dtype=str, delimiter=",", skiprows=1)
    return text[:, 3:].astype(float), np.char.add(text[:, 0], text[:, 1])


@pytest.fixture(scope="module")
def post():
    rows, _ = crabs()
    model = gm.Mixture(4, covariance_type="full")
    return gm.sample(model, rows, 500, tune=1_000, chains=4, random_seed=2)


@pytest.mark.parametrize("loss", ["vi", "binder"])
def test_crabs_fall_into_species_and_sexes(post, loss):
    _, classes = crabs()
    found = post.partition(loss)
    # Binder's loss likes a row that is in doubt in a cluster of its own.
    assert 4 <= found.n_clusters <= (4 if loss == "vi" else 6)
    assert found.loss == loss
    assert found.n_draws == 1_000
    # Some rows between two classes can fall on either side.
    assert adjusted_rand_score(classes, found.labels) == pytest.approx(0.82, abs=0.03)
    assert np.array_equal(found.sizes, np.bincount(found.labels))
    assert np.all(np.diff(found.sizes) <= 0)


@pytest.mark.parametrize("loss", ["vi", "binder"])
def test_the_partition_depends_on_the_seed_alone(post, loss):
    first = post.partition(loss, draws=300, random_seed=5)
    again = post.partition(loss, draws=300, random_seed=5, threads=1)
    assert np.array_equal(first.labels, again.labels)
    assert first.expected_loss == again.expected_loss
    assert np.array_equal(first.ball.horizontal.labels, again.ball.horizontal.labels)
    assert first.expected_loss != post.partition(loss, draws=300, random_seed=6).expected_loss


def variation(a, b):
    """The variation of information between two partitions, from its definition."""
    both = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(both, (a, b), 1 / len(a))

    def entropy(p):
        return -np.sum(p[p > 0] * np.log(p[p > 0]))

    return 2 * entropy(both) - entropy(both.sum(axis=0)) - entropy(both.sum(axis=1))


def test_the_credible_ball_is_bounded_by_draws(post):
    found = post.partition("vi", ball_prob=0.9)
    ball = found.ball
    assert ball.probability == 0.9
    for bound in (ball.horizontal, ball.upper_vertical, ball.lower_vertical):
        assert bound.distance == pytest.approx(variation(found.labels, bound.labels), abs=1e-12)
        assert bound.distance <= ball.radius
        assert bound.n_clusters == len(np.unique(bound.labels))
        assert not bound.labels.flags.writeable
    assert ball.horizontal.distance == ball.radius
    assert ball.upper_vertical.n_clusters <= found.n_clusters <= ball.lower_vertical.n_clusters
    assert ball.radius < post.partition("vi", ball_prob=0.99).ball.radius


def set_partitions(count):
    """Return every partition of some rows, as labels."""
    partitions = [[]]
    for _ in range(count):
        partitions = [
            [*labels, label]
            for labels in partitions
            for label in range(max(labels, default=-1) + 2)
        ]
    return [np.array(labels) for labels in partitions]


@pytest.mark.parametrize("seed", range(6))
def test_few_rows_have_the_partition_that_enumeration_finds(seed):
    stream = np.random.default_rng(seed)
    x = stream.normal(stream.choice([-2.0, 0.0, 2.5], 7), 0.8)
    model = gm.Mixture(3, means=gm.Normal(0, sd=3), variance=gm.InverseGamma(2, 1))
    post = gm.sample(model, x, 4_000, chains=1, random_seed=seed)
    found = post.partition("binder", draws=4_000, random_seed=1)
    pairs = post.coclustering()

    def loss(labels):
        together = labels[:, None] == labels
        return np.mean(np.where(together, 1 - pairs, pairs))

    # The pairs are exact given the draws, and the partition's loss has the noise of 4,000 draws of
    # the assignments: the loss of a draw is below 1, and most of it cancels between partitions.
    least = min(map(loss, set_partitions(7)))
    assert loss(found.labels) == pytest.approx(least, abs=0.005)
    assert found.expected_loss == pytest.approx(loss(found.labels), abs=0.01)


def test_sample_weights_count_as_repeated_rows():
    x = np.concatenate([np.random.default_rng(3).normal(m, 0.5, 30) for m in (0, 4)])
    weights = np.where(np.arange(60) < 30, 1.0, 3.0)
    weights[7] = 0
    model = gm.Mixture(2, means=gm.Normal(2, sd=5), variance=gm.InverseGamma(2, 1))
    data = gm.Data(x, sample_weight=weights)
    found = gm.sample(model, data, 300, chains=2, random_seed=1).partition()
    # Thirty rows of weight 3 come before thirty rows of weight 1, and row 7 has its cluster.
    assert np.array_equal(found.labels, np.repeat([1, 0], 30))
    assert np.array_equal(found.sizes, [30, 30])


def test_the_text_says_what_was_found(post):
    text = repr(post.partition(draws=50))
    assert text.startswith("<gmmswift.Partition: 200 rows in ")
    assert "95 % ball of radius" in text


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"loss": "rand"}, ValueError, "loss: must be one of vi, binder, got 'rand'"),
        ({"draws": 0}, ValueError, "draws: must be at least 1, got 0"),
        ({"draws": 1.5}, TypeError, "draws: must be an integer, got 1.5"),
        ({"starts": 0}, ValueError, "starts: must be between 1 and 10000, got 0"),
        ({"starts": 10_001}, ValueError, "starts: must be between 1 and 10000, got 10001"),
        ({"max_clusters": 0}, ValueError, "max_clusters: must be at least 1, got 0"),
        ({"ball_prob": 1.0}, ValueError, "ball_prob: must be between 0 and 1, got 1.0"),
    ],
)
def test_wrong_arguments_are_refused(post, arguments, kind, message):
    with pytest.raises(kind) as caught:
        post.partition(**arguments)
    assert str(caught.value) == message

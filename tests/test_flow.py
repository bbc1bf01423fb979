"""Paths, timesteps, guidance and solvers: round trips in float64, and solutions that are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vitascope.flow import data_to_velocity, guide, interpolate, logit_normal, schedule, solve, velocity_to_data
from vitascope.flow.guidance import in_interval

times = st.floats(0, 0.94)


@given(times, st.integers(0, 2**32 - 1))
def test_velocity_and_data_say_the_same(t, seed):
    rng = np.random.default_rng(seed)
    x, z = rng.standard_normal((2, 3, 4))
    assert np.allclose(velocity_to_data(data_to_velocity(x, z, np.float64(t)), z, np.float64(t)), x, atol=1e-9)


@given(times, st.integers(0, 2**32 - 1))
def test_velocity_of_the_path_is_data_minus_noise(t, seed):
    rng = np.random.default_rng(seed)
    x, noise = rng.standard_normal((2, 5))
    assert np.allclose(data_to_velocity(x, interpolate(x, noise, t), np.float64(t)), x - noise, atol=1e-9)


@given(st.integers(1, 60), st.floats(0.5, 5))
def test_a_schedule_rises_from_noise_to_data(steps, shift):
    t = schedule(steps, shift)
    assert len(t) == steps + 1 and t[0] == 0 and t[-1] == 1 and (np.diff(t) > 0).all()


def test_a_schedule_needs_a_step():
    with pytest.raises(ValueError, match="at least 1 step"):
        schedule(0)


def test_shift_spends_more_steps_near_noise():
    assert schedule(8, 3.0)[4] < schedule(8, 1.0)[4]
    normal = np.random.default_rng(0).standard_normal(4000)
    assert logit_normal(normal, shift=3.0).mean() < logit_normal(normal).mean() - 0.1


@pytest.mark.parametrize("order", (1, 2))
def test_a_perfect_predictor_is_reached_exactly(order):
    x = np.array([1.0, -2.0, 0.5])
    for z, guess in solve(lambda z, t: x, np.zeros(3), schedule(5), order):
        assert np.allclose(guess, x)
    assert np.allclose(z, x)


def test_second_order_is_nearer_than_first():
    """Data that depends on z: the exact flow of x(z) = a z is a known power of 1 - t."""
    a = 0.5

    def distance(order, steps=12):
        times = np.linspace(0, 0.8, steps + 1)
        for z, _ in solve(lambda z, t: a * z, np.ones(1), times, order):
            pass
        return abs(z[0] - (1 - 0.8) ** (1 - a))

    assert distance(2) < distance(1) / 3


@given(st.floats(1, 8))
def test_guidance_of_agreeing_predictions_changes_nothing(scale):
    x = np.array([0.3, -1.2])
    assert np.allclose(guide(x, x, scale), x)
    assert np.allclose(guide(x, np.zeros(2), 1.0), x)


def test_guidance_interval_has_both_ends():
    assert in_interval(0.0, (0.0, 0.8)) and in_interval(0.8, (0.0, 0.8)) and not in_interval(0.9, (0.0, 0.8))


def test_a_mean_of_pairs_of_noise_cancels_what_is_odd_in_it():
    from vitascope.flow import average

    x, noise = np.ones((2, 3)), np.random.default_rng(0).standard_normal((2, 3))
    means = [mean for mean, _ in average(lambda z, t: z / t, x, noise, 0.25, 4, np.random.default_rng(1))]
    assert len(means) == 4 and not np.allclose(means[0], x) and np.allclose(means[1], x) and np.allclose(means[3], x)

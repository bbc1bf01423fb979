"""The loop resumes to the exact step; masks, optimiser and quantisation do what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")

from vitascope.training.loop import Schedule, fit  # noqa: E402
from vitascope.training.masks import PATTERNS, known_mask  # noqa: E402
from vitascope.training.optimizer import make_optimizer, orthogonalize  # noqa: E402


def batch(step):
    rng = np.random.default_rng(step)
    x = rng.standard_normal((16, 6)).astype(np.float32)
    return dict(x=x, y=x @ np.arange(6, dtype=np.float32)[:, None])


def draw(data, generator):
    data["noise"] = 0.01 * torch.randn(data["x"].shape, generator=generator)
    return data


def loss(model, data):
    value = (model(data["x"] + data["noise"]) - data["y"]).square().mean()
    return value, {}


def make():
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(6, 12), torch.nn.SiLU(), torch.nn.Linear(12, 1))


def test_a_run_that_is_stopped_and_resumed_is_the_unbroken_run(tmp_path):
    whole = fit(make(), loss, batch, draw, tmp_path / "a", Schedule(12, 0.01, save_every=100), log_every=5)
    fit(make(), loss, batch, draw, tmp_path / "b", Schedule(12, 0.01, save_every=5), log_every=5)
    part = torch.load(tmp_path / "b" / "checkpoint.pt", weights_only=True)
    assert part["step"] == 12

    class Enough(Exception):
        pass

    def until_five(step):
        if step == 7:
            raise Enough
        return batch(step)

    with pytest.raises(Enough):
        stop_at = dict(count=0)

        def counted(model, data):
            stop_at["count"] += 1
            if stop_at["count"] > 6:  # one call more than steps: the first is for counting FLOPs
                raise Enough
            return loss(model, data)

        fit(make(), counted, batch, draw, tmp_path / "c", Schedule(12, 0.01, save_every=5), log_every=5)
    assert torch.load(tmp_path / "c" / "checkpoint.pt", weights_only=True)["step"] == 5
    again = fit(make(), loss, batch, draw, tmp_path / "c", Schedule(12, 0.01, save_every=100), log_every=5)
    for a, b in zip(whole.parameters(), again.parameters()):
        assert torch.equal(a, b)


@given(st.integers(0, 2**31), st.integers(1, 9), st.integers(2, 12), st.integers(2, 12))
@settings(max_examples=200, deadline=None)
def test_masks_leave_something_open(seed, t, h, w):
    mask = known_mask(np.random.default_rng(seed), t, h, w)
    assert mask.shape == (t, h, w) and not mask.all()


def test_masks_come_in_every_pattern():
    rng = np.random.default_rng(0)
    masks = [known_mask(rng, 5, 4, 4) for _ in range(500)]
    assert abs(sum(not m.any() for m in masks) / 500 - PATTERNS["none"]) < 0.08
    assert any(m[0].all() and not m[1:].any() for m in masks) and any(m[-1].all() and not m[0].any() for m in masks)
    assert any(m.any() and not m.all((1, 2)).any() for m in masks)


@given(st.integers(2, 30), st.integers(2, 30), st.integers(0, 1000))
@settings(max_examples=30, deadline=None)
def test_orthogonalised_matrices_have_singular_values_near_one(rows, columns, seed):
    x = orthogonalize(torch.randn(rows, columns, generator=torch.Generator().manual_seed(seed)), 8)
    singular = torch.linalg.svdvals(x)
    assert singular.max() < 1.3 and singular.median() > 0.5


def test_edges_biases_and_gains_are_left_to_adamw():
    model = make()
    model.edges = ("0.",)
    groups = make_optimizer(model, lr=0.1).param_groups
    muon = [p for g in groups if g["muon"] for p in g["params"]]
    assert [tuple(p.shape) for p in muon] == [(1, 12)]


@given(st.integers(1, 5000))
def test_the_learning_rate_warms_up_holds_and_falls(steps):
    schedule = Schedule(steps, 1.0, warmup=10, decay=0.5)
    rates = [schedule.rate(s) for s in range(0, steps, max(1, steps // 50))]
    assert all(0 <= r <= 1 for r in rates) and schedule.rate(steps) == 0


def test_samples_of_the_autoencoder_are_a_picture():
    from vitascope.nn.autoencoder import Autoencoder, AutoencoderConfig
    from vitascope.training.autoencoder import samples

    clips = np.random.default_rng(0).integers(0, 256, (3, 5, 32, 32, 3), dtype=np.uint8)
    sheet = samples(Autoencoder(AutoencoderConfig(4, 8, 8, 16)), clips, clips[::-1].copy())
    assert sheet.shape == (96, 128, 3) and sheet.dtype == np.uint8 and np.array_equal(sheet[:32, :32], clips[0, -1])


def test_the_command_line_trains_and_resumes_an_autoencoder(tmp_path):
    """Without films and photographs, on renders alone."""
    import subprocess
    import sys

    command = [sys.executable, "-m", "vitascope", "train", "autoencoder", "--run", str(tmp_path), "--corpus", str(tmp_path / "none"), "--threads", "1"]
    for steps, told in (("1", "held out at 1"), ("2", "resumed")):
        done = subprocess.run([*command, "--steps", steps], capture_output=True, text=True, timeout=300)
        assert done.returncode == 0 and told in done.stdout, done.stderr
    assert (tmp_path / "autoencoder" / "ema.safetensors").exists()
    assert torch.load(tmp_path / "autoencoder" / "checkpoint.pt", weights_only=True)["step"] == 2

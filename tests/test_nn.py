"""The networks: shapes, causality, chunks, masks, and ONNX graphs that agree with the modules to 1e-4."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from vitascope.graphs import Graph  # noqa: E402
from vitascope.nn.autoencoder import Autoencoder, AutoencoderConfig  # noqa: E402
from vitascope.nn.director import KEYFRAMES, SLOT_FEATURES, SLOTS, Director, DirectorConfig  # noqa: E402
from vitascope.nn.transformer import Transformer, TransformerConfig, grid, rotary, rotate  # noqa: E402
from vitascope.training.export import EXPORTS  # noqa: E402
from vitascope.training.weights import save_weights  # noqa: E402

TINY = AutoencoderConfig(latent=4, quarter=8, eighth=8, deep=16)
SMALL = TransformerConfig(latent=4, width=32, depth=2, heads=2, hidden=48, axes=(4, 6, 6))


def shaken(model, seed=0):
    """Weights moved off their zero initialisation, in values that survive half precision."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in model.parameters():
            p.add_(0.05 * torch.randn(p.shape, generator=generator))
            p.copy_(p.half().float())
    return model.eval()


@pytest.fixture(scope="module")
def autoencoder():
    return shaken(Autoencoder(TINY))


@pytest.fixture(scope="module")
def transformer():
    return shaken(Transformer(SMALL))


@pytest.mark.parametrize(("t", "h", "w"), ((1, 64, 96), (5, 80, 48), (9, 48, 144)))
def test_autoencoder_shapes(autoencoder, t, h, w):
    z = autoencoder.encode(torch.zeros(2, t, 3, h, w))
    assert z.shape == (2, 1 + (t - 1) // 4, 4, h // 8, w // 8)
    assert autoencoder.decode(z).shape == (2, t, 3, h, w)


def test_encoder_never_looks_ahead(autoencoder):
    x = torch.rand(1, 13, 3, 32, 32)
    changed = x.clone()
    changed[:, 9:] = 0
    a, b = autoencoder.encode(x), autoencoder.encode(changed)
    assert torch.equal(a[:, :3], b[:, :3]) and not torch.allclose(a[:, 3:], b[:, 3:])


def test_a_film_in_chunks_is_the_film_in_one(autoencoder):
    x = torch.rand(1, 9, 3, 32, 32)
    whole, _, _ = autoencoder.encoder(x)
    first, _, memory = autoencoder.encoder(x[:, :5])
    second, _, _ = autoencoder.encoder(x[:, 5:], memory)
    assert torch.allclose(whole, torch.cat([first, second], 1), atol=1e-5)
    film, _ = autoencoder.decoder(whole)
    a, memory = autoencoder.decoder(whole[:, :2])
    b, _ = autoencoder.decoder(whole[:, 2:], memory=memory)
    assert torch.allclose(film, torch.cat([a, b], 1), atol=1e-5)


def test_a_guide_that_is_not_trusted_changes_nothing(autoencoder):
    z, guide = torch.randn(1, 2, 4, 4, 4), torch.rand(1, 5, 3, 32, 32)
    assert torch.allclose(autoencoder.decode(z), autoencoder.decode(z, guide, torch.zeros(1, 5)), atol=1e-6)
    assert not torch.allclose(autoencoder.decode(z), autoencoder.decode(z, guide, torch.ones(1, 5)), atol=1e-3)


def inputs(b=1, t=3, h=4, w=6, n=5, r=2, seed=0):
    rng = np.random.default_rng(seed)
    f = lambda *shape: rng.standard_normal(shape).astype(np.float32)
    return dict(z=f(b, t, 4, h, w), t=rng.random((b, t)).astype(np.float32), known=np.zeros((b, t, 1, h, w), np.float32),
                sketch=f(b, t, 4, h, w), strength=np.ones((b, t), np.float32), text=f(b, n, 384),
                text_mask=np.arange(n)[None] < np.array([[n - 2]] * b), references=f(b, r, 4, 8, 8),
                reference_mask=np.array([[True, False]] * b), step=np.full((b, t), 0.25, np.float32))  # fmt: skip


def run(model, arrays):
    with torch.no_grad():
        return model(*(torch.from_numpy(v) for v in arrays.values())).numpy()


def test_transformer_keeps_the_shape_of_any_window(transformer):
    for t, h, w in ((1, 4, 4), (5, 10, 16), (2, 8, 18)):
        assert run(transformer, inputs(t=t, h=h, w=w)).shape == (1, t, 4, h, w)


def test_masked_words_and_pictures_are_not_read(transformer):
    a = inputs()
    b = {k: v.copy() for k, v in a.items()}
    b["text"][:, -2:] = 99
    b["references"][:, 1] = 99
    assert np.allclose(run(transformer, a), run(transformer, b), atol=1e-5)
    b["text"][:, 0] = 99
    assert not np.allclose(run(transformer, a), run(transformer, b), atol=1e-3)


def test_an_untrained_transformer_copies_its_sketch():
    a = inputs()
    assert np.allclose(run(Transformer(SMALL).eval(), a), a["sketch"], atol=1e-6)
    a["strength"][:] = 0
    assert np.allclose(run(Transformer(SMALL).eval(), a), 0)


def test_patches_go_back_where_they_came_from(transformer):
    x = torch.randn(2, 3, 4, 6, 8)
    assert torch.equal(transformer.unpatchify(transformer.patchify(x), 3, 6, 8), x)


def test_rotation_depends_on_distance_alone():
    q, k = torch.randn(2, 1, 1, 1, 16)
    at = lambda t, h, w: rotary(torch.tensor([[t, h, w]]), (4, 6, 6))
    score = lambda a, b: (rotate(q, at(*a)) * rotate(k, at(*b))).sum()
    assert torch.allclose(score((1.0, 2.0, 3.0), (2.0, 0.0, 5.0)), score((4.0, 7.0, 1.0), (5.0, 5.0, 3.0)), atol=1e-4)
    assert torch.allclose(grid(1, 3, 5).mean(0), torch.zeros(3))


@pytest.fixture(scope="module")
def exported(tmp_path_factory, autoencoder, transformer):
    folder = tmp_path_factory.mktemp("weights")
    director = shaken(Director(DirectorConfig(width=32, heads=2, hidden=48, reader_depth=1, planner_depth=1)))
    for name, model in (("autoencoder", autoencoder), ("transformer", transformer), ("director", director)):
        save_weights(model, folder / f"{name}.safetensors")
        EXPORTS[name](model, folder)
    return folder, director


def test_graph_and_transformer_agree(exported, transformer):
    graph = Graph("transformer", exported[0], threads=1)
    for size in (dict(), dict(t=5, h=10, w=8, n=12), dict(b=2, t=1, h=4, w=4, n=3)):
        a = inputs(**size)
        (clean,) = graph(**a)
        assert np.abs(clean - run(transformer, a)).max() < 1e-4


def test_graphs_and_autoencoder_agree(exported, autoencoder):
    encoder, decoder = (Graph(name, exported[0], threads=1) for name in ("encoder", "decoder"))
    for t, h, w in ((5, 48, 64), (1, 64, 32), (13, 32, 48)):
        frames = np.random.default_rng(0).integers(0, 256, (1, t, h, w, 3)).astype(np.float32)
        (latents,) = encoder(frames=frames)
        pixels = torch.from_numpy(frames).permute(0, 1, 4, 2, 3) / 127.5 - 1
        with torch.no_grad():
            assert np.abs(latents - autoencoder.encode(pixels).numpy()).max() < 1e-4
            trust = torch.rand(1, t)
            want = (autoencoder.decode(torch.from_numpy(latents), pixels, trust).permute(0, 1, 3, 4, 2).numpy() + 1) * 127.5
        (film,) = decoder(latents=latents, guide=frames, trust=trust.numpy())
        assert np.abs(film - want).max() < 1e-4 * 127.5


def test_graphs_and_director_agree(exported):
    folder, director = exported
    reader, planner = Graph("reader", folder, threads=1), Graph("planner", folder, threads=1)
    rng = np.random.default_rng(1)
    f = lambda *shape: rng.standard_normal(shape).astype(np.float32)
    for n in (4, 19):
        a = dict(text=f(1, n, 384), text_mask=np.ones((1, n), bool), slots=f(1, SLOTS, SLOT_FEATURES),
                 slot_mask=np.array([[True, False, False]]), shape=f(1, 2))  # fmt: skip
        memory, there, choices, motions = reader(**a)
        with torch.no_grad():
            want = director.read(*(torch.from_numpy(v) for v in a.values()))
        assert np.abs(memory - want[0].numpy()).max() < 1e-4 and np.array_equal(there, want[1].numpy())
        assert np.abs(choices - torch.cat(want[2], 1).numpy()).max() < 1e-4
        b = dict(memory=memory, memory_mask=there, choices=np.zeros((1, 6), np.int64), motions=np.zeros((1, SLOTS), np.int64),
                 tracks=f(1, SLOTS, KEYFRAMES, 8), camera=f(1, KEYFRAMES, 4), t=np.array([0.3], np.float32))  # fmt: skip
        tracks, camera = planner(**b)
        with torch.no_grad():
            want = director.plan(*(torch.from_numpy(v) for v in b.values()))
        assert np.abs(tracks - want[0].numpy()).max() < 1e-4 and np.abs(camera - want[1].numpy()).max() < 1e-4

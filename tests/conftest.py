import pytest


@pytest.fixture(scope="session")
def studio():
    """Loaded once: the shipped model on one thread, one step, seed 1."""
    from vitascope.studio import Settings, Studio

    return Studio(Settings(seed=1, num_inference_steps=1, threads=1))

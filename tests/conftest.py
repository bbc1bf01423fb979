import pytest


@pytest.fixture(scope="session", autouse=True)
def home(tmp_path_factory):
    """Keys, registers and queues of the tests: never those of whoever runs them."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VITASCOPE_HOME", str(folder))
        yield folder


@pytest.fixture(scope="session")
def studio():
    """Loaded once: the shipped model on one thread, one step, seed 1."""
    from vitascope.studio import Settings, Studio

    return Studio(Settings(seed=1, num_inference_steps=1, threads=1))

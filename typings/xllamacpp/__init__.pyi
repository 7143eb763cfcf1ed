"""What tests/servers asks of xllamacpp, which has no types of its own."""

from collections.abc import Sequence

class _Model:
    path: str

class _Threads:
    n_threads: int

class CommonParams:
    model: _Model
    model_alias: set[str]
    hostnames: Sequence[str]
    port: int
    n_parallel: int
    api_keys: Sequence[str]
    n_ctx: int
    ctx_shift: bool
    use_jinja: bool
    endpoint_slots: bool
    warmup: bool
    cpuparams: _Threads
    cpuparams_batch: _Threads

class Server:
    def __init__(self, params: CommonParams) -> None: ...
    @property
    def listening_address(self) -> str: ...

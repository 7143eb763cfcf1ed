"""A language model that is computed: each token says which one follows, so what it will say is known.

Its embedding makes a unit vector of each token that leads anywhere, its one layer adds nothing, and its
output matrix holds the logarithms of how probable each next token is. So all depends on the last token of the
prompt, and that is chosen by the chat template.
"""

from array import array
from collections.abc import Sequence
from itertools import pairwise
from math import log, sqrt
from typing import Final

from tests.servers.gguf import Figure, Tensor, gguf, zeros

CALL: Final = ('\n{"name": "', "look_up", '", "arguments": {"word": "', "green", ' tea"}}\n')
THOUGHT: Final = ("\nTea", " comes", " to", " mind", ".\n")
ANSWER: Final = ("\n\nGreen", " tea", " is", " a", " drink.")
COUNT: Final = ("one ", "two ", "three ")
"""What it says without end."""

END: Final = "<|im_end|>"
ACT: Final = "<|act|>"
SAY: Final = "<|say|>"
TELL: Final = "<|tell|>"

CONTROL: Final = (END, "<|im_start|>", ACT, SAY, TELL)
MARKS: Final = ("<tool_call>", "</tool_call>", "<think>", "</think>")

CHAINS: Final[Sequence[Sequence[str]]] = (
    (ACT, "<tool_call>", *CALL, "</tool_call>", END),
    (SAY, "<think>", *THOUGHT, "</think>", *ANSWER, END),
    (TELL, *COUNT, COUNT[0]),
)
"""What follows what; a token may stand in one place only, and be no single letter."""

UNLIKELY: Final = 1e-9
"""How probable everything else is: never said, unless a grammar forbids what would be."""

TEMPLATE: Final = r"""
{%- if tools %}
    {{- '<|im_start|>system\nYou may call <tools>' }}
    {%- for tool in tools %}{{ '\n' + (tool | tojson) }}{% endfor %}
    {{- '\n</tools> by writing\n<tool_call>\n{"name": <name>, "arguments": <object>}\n</tool_call>' }}
    {{- '<|im_end|>\n' }}
{%- endif %}
{%- for message in messages %}
    {%- if message.role == 'tool' %}
        {{- '<|im_start|>user\n<tool_response>\n' + message.content + '\n</tool_response>' }}
    {%- else %}
        {{- '<|im_start|>' + message.role + '\n' }}
        {%- if message.reasoning_content %}
            {{- '<think>\n' + message.reasoning_content + '\n</think>\n\n' }}
        {%- endif %}
        {{- message.content or '' }}
        {%- for call in message.tool_calls or [] %}
            {{- '<tool_call>\n{"name": "' + call.function.name + '", "arguments": ' }}
            {{- (call.function.arguments | tojson) + '}\n</tool_call>' }}
        {%- endfor %}
    {%- endif %}
    {{- '<|im_end|>\n' }}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\n' }}
    {%- if messages[-1].role == 'user' and 'count' in messages[-1].content %}{{ '<|tell|>' }}
    {%- elif messages[-1].role == 'user' and tools %}{{ '<|act|>' }}
    {%- else %}{{ '<|say|>' }}
    {%- endif %}
{%- endif %}
""".strip()
"""The conversation as tokens: it calls a tool after a user, and answers after a tool."""


def bigram_model(context: int = 65_536) -> bytes:
    """The model as a GGUF file of about 100 kB."""
    letters = _letters()
    said = [token for token in dict.fromkeys(sum(map(tuple, CHAINS), ())) if token not in (*CONTROL, *MARKS)]
    tokens = [*letters, *CONTROL, *MARKS, *said]
    kinds = (
        [1] * len(letters) + [3] * len(CONTROL) + [4] * len(MARKS) + [1] * len(said)
    )  # normal, control, user's
    spelled = ["".join(letters[byte] for byte in token.encode()) for token in said]
    number = {token: index for index, token in enumerate(tokens)}
    follows = dict(pair for chain in CHAINS for pair in pairwise(chain))
    width = len(follows) + 1
    embedding, output = zeros(len(tokens), width), zeros(len(tokens), width)
    state = {token: index for index, token in enumerate(follows)}
    for row, token in enumerate(tokens):
        embedding.numbers[row * width + state.get(token, width - 1)] = 1.0
    # What comes in is a unit vector whose one component the norm has made sqrt(width).
    output.numbers[:] = array("f", [log(UNLIKELY) / sqrt(width)]) * len(output.numbers)
    for token, successor in [*follows.items(), ("", END)]:
        output.numbers[number[successor] * width + state.get(token, width - 1)] = 0.0
    figures: dict[str, Figure] = {
        "general.architecture": "llama",
        "general.name": "bigram",
        "general.file_type": 0,
        "llama.context_length": context,
        "llama.embedding_length": width,
        "llama.block_count": 1,
        "llama.feed_forward_length": HEAD,
        "llama.attention.head_count": 1,
        "llama.attention.head_count_kv": 1,
        "llama.attention.key_length": HEAD,
        "llama.attention.value_length": HEAD,
        "llama.attention.layer_norm_rms_epsilon": 1e-6,
        "llama.rope.dimension_count": HEAD,
        "llama.vocab_size": len(tokens),
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": [*letters, *CONTROL, *MARKS, *spelled],
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.merges": [f"{letters[0]} {letters[0]}"],  # there must be one
        "tokenizer.ggml.bos_token_id": number["<|im_start|>"],
        "tokenizer.ggml.eos_token_id": number[END],
        "tokenizer.ggml.add_bos_token": False,
        "tokenizer.chat_template": TEMPLATE,
    }
    ones = Tensor(rows=1, columns=width, numbers=array("f", [1.0]) * width)
    tensors = {
        "token_embd": embedding,
        "output_norm": ones,
        "output": output,
        "blk.0.attn_norm": ones,
        "blk.0.ffn_norm": ones,
        "blk.0.attn_q": zeros(HEAD, width),
        "blk.0.attn_k": zeros(HEAD, width),
        "blk.0.attn_v": zeros(HEAD, width),
        "blk.0.attn_output": zeros(width, HEAD),
        "blk.0.ffn_gate": zeros(HEAD, width),
        "blk.0.ffn_up": zeros(HEAD, width),
        "blk.0.ffn_down": zeros(width, HEAD),
    }
    return gguf(figures, {f"{name}.weight": tensor for name, tensor in tensors.items()})


HEAD: Final = 32
"""How wide the layer is that does nothing."""


def _letters() -> Sequence[str]:
    """A letter for each byte: itself where it is printable, else one from U+0100 on (GPT-2's way)."""
    printable = {*range(33, 127), *range(161, 173), *range(174, 256)}
    others = iter(range(256, 512))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]

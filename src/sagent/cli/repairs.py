"""What a model is spared of the history that it has refused, in words for a person."""

from sagent.schema.message import Repaired


def left_out(repaired: Repaired) -> str:
    """One clause that says what is left out, and why; other models are told all of it."""
    if repaired.omitted == "nothing":
        return "the history was refused all the same; what was left out for that is part of it again"
    if repaired.omitted == "native":
        return "the history was refused; thoughts so far are left out for this model"
    if repaired.named:
        return "the history was refused; the file that is named there is left out for this model"
    if repaired.until or repaired.files:
        return "this model takes fewer files; older ones are only named to it, and thoughts so far left out"
    which = "the latest files" if repaired.since else "all files"
    return f"the history was refused; {which} and thoughts so far are left out for this model"

"""Where the responses of a model come from: by that a model knows its own words again."""

from sagent.schema.values import ModelSpec, Origin


def origin_of(spec: ModelSpec) -> Origin:
    """The origin of all that this model says, whatever its options are."""
    return Origin(provider=spec.provider, dialect=spec.dialect, endpoint=spec.endpoint, model=spec.model)

"""An agent's hold on itself: what it looks at is read from its state, each change is a note in its log."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sagent.agent.figures import figures
from sagent.agent.models import Tunable, named
from sagent.agent.opening import Setup
from sagent.atoms import ToolName
from sagent.errors import MissingKey, ProviderError, UsageError
from sagent.host import Host
from sagent.lib.json import JsonObject, freeze_object
from sagent.lib.value import frozen
from sagent.loop.change import Change
from sagent.loop.driver import Driver
from sagent.loop.extent import expected_tokens, narrowest
from sagent.loop.phase import HaltedFor
from sagent.loop.state import State
from sagent.loop.truth import AWAY
from sagent.messages.size import USUAL, Gauge
from sagent.protocols import Model
from sagent.schema.message import Prompt, ToolResult
from sagent.schema.signal import Clear, Compact
from sagent.schema.tools.agent_self import AgentSelfDirective, Switches
from sagent.schema.values import ModelSpec, Standing


@frozen()
class SelfControl:
    """What one agent sees and changes of itself; to be used where the agent runs."""

    _setup: Setup
    _driver: Callable[[], Driver]
    _host: Host

    @property
    def standing(self) -> Standing:
        """How it says that its work stands."""
        return self._driver().core.state.standing

    def diagnostics(self) -> JsonObject:
        """What it has used and has left, and what it works with."""
        driver = self._driver()
        state = driver.core.state
        spec, stands = self._upcoming(state), self._setup.stands()
        waiting = [kept for kept in state.pending.values() if isinstance(kept, Prompt | ToolResult)]
        return freeze_object(
            {
                "session": driver.session.session_id,
                "workspace": str(self._host.workspace),
                "provider": spec.provider,
                "model": spec.model,
                "effort": spec.options.get("effort", "as the provider sets it"),
                **figures(state.account.spending, driver.core.purse),
                "context_tokens": expected_tokens(state, Gauge(USUAL)),
                "context_window": self._setup.models.window(spec),
                "tools_on": [name for name in self._setup.tools if name not in state.turned_off],
                "tools_off": [name for name in self._setup.tools if name in state.turned_off],
                "tasks": [f"{task.call_id} {task.tool} {task.state}" for task in self._host.tasks],
                "children": [
                    f"{note.content} {note.name} {stands.get(note.content, AWAY)}"
                    for note in state.children.values()
                ],
                "inbox": len(waiting),
            }
        )

    async def catalog(self, what: str, /) -> Sequence[str]:
        """A line for each of the `providers`, or for each model of the provider that is named.

        Raises:
            UsageError: there is no such provider.
        """
        from sagent.providers.offer import models_told, providers_told

        return providers_told() if what == "providers" else await models_told(what)

    async def change(self, patch: AgentSelfDirective, /) -> Sequence[str]:
        """Make all changes of a patch from the next request on, or none; return a line for each.

        Raises:
            UsageError: something of it does not fit, so nothing was done.
        """
        model = await self._model(patch)
        # From here on nothing is waited for, so that nothing comes between the checks and the changes.
        driver = self._driver()
        state = driver.core.state
        off = _switched(patch.get("tools", {}), state.turned_off, list(self._setup.tools))
        standing, renewal = _standing(patch, state.standing), self._renewal(patch)
        done: list[str] = []
        if standing is not None:
            done.append("Noted; the user sees it.")
        if off is not None:
            done.append(f"Turned off from the next request on: {', '.join(off) or 'nothing'}.")
        if model is not None:
            self._setup.models.add(model)
            done.append(f"{_called(model.spec)} goes on from the next request.")
        driver.feed(
            Change(
                tools=None if off is None else self._setup.offered(off),
                off=off or (),
                model=None if model is None else model.spec,
                standing=standing,
                by=self._setup.name,
                reason=patch.get("reason", ""),
            )
        )
        if renewal is not None:
            driver.feed(renewal)
            what = "cleared" if isinstance(renewal, Clear) else "summarized"
            done.append(f"The conversation is {what} when all calls of this response have ended.")
        return done or ["Nothing had to be changed."]

    def _upcoming(self, state: State) -> ModelSpec:
        return state.upcoming or self._setup.models.newest

    async def _model(self, patch: AgentSelfDirective) -> Model | None:
        """The model that is to go on; None where it is the same that goes on anyway."""
        models, state = self._setup.models, self._driver().core.state
        words, account = patch.get("model"), patch.get("account")
        effort, most = patch.get("effort"), patch.get("max_response_tokens")
        here = self._upcoming(state)
        stays = words is None and account is None
        meant = models[here] if stays else await self._meant(words, account, here)
        if effort is not None or most is not None:
            if not isinstance(meant, Tunable):
                raise UsageError(f"{_called(meant.spec)} has no effort and no limit that could be set")
            limit = meant.limits.max_output
            if most is not None and limit is not None and most > limit:
                raise UsageError(
                    f"max_response_tokens is {most}: {_called(meant.spec)} gives {limit} at most"
                )
            meant = meant.tuned(effort=effort, max_output_tokens=most)
        if self._driver().core.purse.left[0] is not None and not _is_priced(meant):
            raise UsageError(
                f"nobody knows what {_called(meant.spec)} costs, so the budget in dollars cannot hold"
            )
        return None if meant.spec == here else meant

    async def _meant(self, words: str | None, account: str | None, here: ModelSpec) -> Model:
        from sagent.providers.accounts import account_called, joined, parted
        from sagent.providers.catalog import is_unsized
        from sagent.providers.offer import on_offer
        from sagent.providers.table import Meant, model_named, provider_named

        meant = Meant(model=here.model) if words is None else model_named(words, here=here.provider)
        whose = meant.provider or here.provider
        if account is not None:
            whose = joined(parted(whose)[0], account_called(account))
            words = words and f"{whose}/{meant.model}".removesuffix("/")
        known = self._setup.models.known(whose, meant.model)
        if known is not None:
            return known
        try:
            if words is None:  # the same model by another account, asked as it is now
                return provider_named(whose).restored(replace(here, provider=whose))
            model = named(words, here)
        except MissingKey as error:
            variables = " or ".join(error.variables)
            raise UsageError(f"{error.provider} cannot be reached: set {variables}") from error
        spec = model.spec
        if is_unsized(spec.provider, spec.model):
            # Nothing is known of it: a slip would end the agent's turn.
            try:
                offered = await on_offer(spec.provider)
            except (MissingKey, ProviderError, TimeoutError) as error:
                raise UsageError(
                    f"{_called(spec)} is not known here, and {spec.provider} did not say: {error}"
                ) from error
            if spec.model not in offered:
                raise UsageError(
                    f"{spec.provider} has no model {spec.model!r}; catalog {spec.provider!r} lists them"
                )
        return model

    def _renewal(self, patch: AgentSelfDirective) -> Clear | Compact | None:
        if "context" not in patch:
            return None
        action, guidance = patch["context"]["action"], patch["context"].get("guidance", "").strip()
        core, compactor, reason = self._driver().core, self._setup.compactor, patch.get("reason", "")
        if isinstance(core.phase, HaltedFor):
            raise UsageError(
                f"{action}: the user has stopped you, and goes on with the conversation as it is"
            )
        if action == "clear":
            if not guidance:
                raise UsageError("clear needs guidance: all that you will know of what you have to do")
            return Clear(content=reason, guidance=guidance, by=self._setup.name)
        if compactor is None:
            raise UsageError(f"{action}: this agent has nobody to summarize a conversation")
        if action == "recompact" and core.state.summary is None:
            raise UsageError("recompact: there is no summary to write again")
        if action == "compact" and not compactor.cut(
            core.state.view, narrowest(core.state, self._setup.models.window)
        ):
            raise UsageError("compact: the conversation is too short to be summarized")
        again = action == "recompact"
        return Compact(content=guidance, again=again, by=self._setup.name, reason=reason)


def _standing(patch: AgentSelfDirective, before: Standing) -> Standing | None:
    checkpoint = patch.get("checkpoint", {})
    after = Standing(
        status=patch.get("status", before.status),
        progress=checkpoint.get("progress", before.progress),
        pending=checkpoint.get("pending", before.pending),
        needs_user=checkpoint.get("needs_user", before.needs_user),
    )
    return None if after == before else after


def _switched(
    switches: Switches, before: Sequence[ToolName], given: Sequence[ToolName]
) -> Sequence[ToolName] | None:
    """The tools that are to be off; None where they are already."""
    on, off = switches.get("on", ()), switches.get("off", ())
    unknown = [name for name in (*on, *off) if name not in given]
    if unknown:
        raise UsageError(f"there is no tool {unknown[0]!r} to turn on or off; there are {', '.join(given)}")
    if both := sorted(set(on) & set(off)):
        raise UsageError(f"{both[0]} cannot be turned on and off at once")
    after = [name for name in given if name not in on and (name in off or name in before)]
    return None if set(after) == set(before) else after


def _is_priced(model: Model) -> bool:
    from sagent.protocols import Priced

    tariff = model.tariff(0) if isinstance(model, Priced) else None
    return tariff is not None and tariff.input_usd is not None and tariff.output_usd is not None


def _called(spec: ModelSpec) -> str:
    return f"{spec.provider} {spec.model}"

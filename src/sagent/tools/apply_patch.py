"""Changing several files with one patch."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from typing_extensions import override

from sagent.abilities import Reach
from sagent.errors import ToolError
from sagent.lib.value import frozen
from sagent.schema import catalog
from sagent.schema.message import ToolCall
from sagent.schema.part import Text
from sagent.schema.tools.apply_patch import ApplyPatchDirective
from sagent.tools.changes import carry_out
from sagent.tools.docket import Docket
from sagent.tools.file_lock import alone
from sagent.tools.patch import AddFile, DeleteFile, Operation, UpdateFile, operations
from sagent.tools.places import place
from sagent.tools.sightings import Sighted
from sagent.tools.threads import in_thread
from sagent.validation import Schema

if TYPE_CHECKING:
    from sagent.tools.plan import Plan


@frozen()
class ApplyPatch(Sighted[ApplyPatchDirective]):
    """Adds, deletes, updates and moves files."""

    whole: bool = False
    """All or nothing; else what comes before the first file that cannot be done stays done, as those who
    write such patches expect (scenario 015 of the Codex project's fixtures)."""

    @property
    @override
    def schema(self) -> Schema[ApplyPatchDirective]:
        return catalog.APPLY_PATCH_DIRECTIVE

    def summary(self, call: ToolCall, /) -> str:
        """One line for a person."""
        try:
            found = operations(self.directive(call)["patch"])
        except ToolError:
            return "ApplyPatch"
        return f"ApplyPatch {', '.join(_named(operation) for operation in found)}"

    def reach(self, call: ToolCall, /) -> Reach:
        """What a call touches: who does not hit the text is shown what is there, so that is reading, too."""
        found = operations(self.directive(call)["patch"])
        names = [name for operation in found for name in _names(operation)]
        looked = [operation.path for operation in found if isinstance(operation, UpdateFile)]
        return Reach(
            reads=tuple(place(self.workspace, name) for name in looked),
            writes=tuple(place(self.workspace, name) for name in names),
        )

    async def run(self, message: ToolCall, /) -> Text:
        """Apply the patch.

        Raises:
            ToolError: the model is told why it could not be applied.
        """
        found = operations(self.directive(message)["patch"])
        return Text(content=await in_thread(self._apply, found, self.docket(message)))

    def _apply(self, found: Sequence[Operation], docket: Docket) -> str:
        from sagent.tools.plan import Plan  # what finds the places of a patch takes long to load

        names = [name for operation in found for name in _names(operation)]
        with alone(*(place(self.workspace, name) for name in names)):
            plan = Plan(self.workspace)
            for operation in found:
                try:
                    plan.take(operation)
                except ToolError as error:
                    if self.whole:
                        raise ToolError(f"{error}\nNothing was changed") from error
                    done = self._carry_out(plan, docket)
                    raise ToolError(f"{error}\nDone before that:\n{done or 'nothing'}") from error
            return f"Applied the patch:\n{self._carry_out(plan, docket)}"

    def _carry_out(self, plan: "Plan", docket: Docket) -> str:
        with docket.entered(plan.changes):
            carry_out(plan.changes)
        known = [change for change in plan.changes if change.basis is None or not self.doubt(*change.basis)]
        for change in known:
            if change.data is None:
                self.forget(change.path)
            else:
                self.note(change.path, change.data)
        return "\n".join(plan.told)


def _names(operation: Operation) -> Sequence[str]:
    if isinstance(operation, UpdateFile) and operation.target is not None:
        return operation.path, operation.target
    return (operation.path,)


def _named(operation: Operation) -> str:
    match operation:
        case AddFile(path=path):
            return f"+{path}"
        case DeleteFile(path=path):
            return f"-{path}"
        case UpdateFile(path=path, target=target):
            return path if target is None else f"{path} -> {target}"

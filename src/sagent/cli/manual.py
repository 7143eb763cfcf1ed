"""What is said of what can be typed in a conversation."""

from typing import Final

HELP: Final = """\
Enter sends: a new prompt, or, while the agent works, words that steer it.
@path adds a file to what is said; the tabulator completes it.
Esc or Ctrl-C stops the agent and all that runs; Ctrl-C twice, or Ctrl-D, quits.
/model [NAME]  say which model answers, or let another one go on
/compact [ON]  let a summary stand for what was said so far, with an eye on this
/recompact     write that summary again; /uncompact takes it back
/tasks         say what runs in the background and what is planned
/kill [ID]     end one of these; a part of its id, or of its name, will do
/permissions   say what tools may do without asking; with a mode, let that hold
/undo [turn]   take back what the last call, or the last turn, changed in files;
               with `all`, a call's id, or `redo`: all, this one, or that undo
/clear         start anew; the log keeps what was said
/help          this
/quit          quit"""

// An external tool in JavaScript: the directive comes on standard input, messages go out as JSON lines.
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";

const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);

const { paths, top = 0 } = JSON.parse(await text(process.stdin));
const files = {};
const counts = new Map();

for (const path of paths) {
  say({ descriptor: "application/x-progress", call_id: process.env.SAGENT_CALL_ID, content: `reading ${path}` });
  let content;
  try {
    content = await readFile(path, "utf8"); // the working directory is the workspace
  } catch (error) {
    say({ descriptor: "text/x-error", content: `${path} cannot be read: ${error.code}` });
    process.exit(0);
  }
  const words = content.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  files[path] = { lines: content.split("\n").length - 1, words: words.length, characters: [...content].length };
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
}

const frequent = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, top);
say({ descriptor: "application/json", content: { files, frequent: Object.fromEntries(frequent) } });

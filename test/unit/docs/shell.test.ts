import { expect, test } from "@jest/globals";
import { readPage, resolveLink } from "./pages.ts";
import { commandsOf } from "./shell.ts";

test.each([
    ["a b # comment\nc", [["a", "b"], ["c"]]],
    ["a 'b c' \"d e\"f", [["a", "b c", "d ef"]]],
    ["a \\\n    --b c", [["a", "--b", "c"]]],
    ["A=1 B='2 3' c && d | e; f", [["c"], ["d"], ["e"], ["f"]]],
    ["export A=1 B=2", []],
    ["test -s x || (a && b > x)", [["test", "-s", "x"], ["a"], ["b"]]],
    [
        'A=$(b "$(c d)" e)',
        [
            ["c", "d"],
            ["b", "$(c d)", "e"],
        ],
    ],
    ['a "$(($(b) - 1))"', [["a", "$(($(b) - 1))"]]],
    ["f() {\n    a\n}\nf", [["a"], ["f"]]],
    [
        "for x in $(a b); do\n    c $x </dev/null\ndone",
        [
            ["a", "b"],
            ["c", "$x"],
        ],
    ],
    ["a | while read -r x; do b; done > c", [["a"], ["b"]]],
    ["a | xargs -n 20 b c", [["a"], ["b", "c"]]],
])("the commands of %j", (text, commands) => {
    expect(commandsOf(text)).toEqual(commands);
});

test("a page has blocks, code within lines, links and anchors of headings", () => {
    const text = "# One `two`, three\n\nSee [x](y.md#z) and `[not](this)`.\n\n```sh\n# no heading\na\n```\n";
    expect(readPage("docs/x.md", text)).toEqual({
        file: "docs/x.md",
        code: [
            { place: "docs/x.md:1", text: "two" },
            { place: "docs/x.md:3", text: "[not](this)" },
            { place: "docs/x.md:5", language: "sh", text: "# no heading\na" },
        ],
        links: ["y.md#z"],
        anchors: ["one-two-three"],
    });
    expect([resolveLink("docs/x.md", "../y.md"), resolveLink("README.md", "docs/z.md")]).toEqual(["y.md", "docs/z.md"]);
});

import { expect, test } from "@jest/globals";
import type { Consequence } from "../../../../analysis/difference/consequence.ts";
import { acceptOptionValue, parseAcceptOption, confirmConsequences } from "../../../../tools/deploy/acceptance.ts";
import { terminalWith } from "./fakes.ts";

const replaced: Consequence = {
    kind: "replace",
    resource: "payment-database-dev",
    text: "replaces the Cluster; the data in it is deleted: payments",
    losesData: true,
};
const opened: Consequence = {
    kind: "path",
    resource: "payment-cache-dev",
    text: "opens payment-api-dev -> payment-cache-dev:6379",
    losesData: false,
};

function asked(consequences: readonly Consequence[], accepted: readonly string[], answers?: string[]) {
    const said: string[] = [];
    const terminal = answers === undefined ? undefined : terminalWith(...answers);
    const session = { stack: "dev", terminal, say: (line: string) => void said.push(line) };
    return {
        said,
        questions: () => terminal?.questions,
        end: confirmConsequences(session, consequences, accepted),
    };
}

test("each consequence is confirmed with the name of its resource", async () => {
    const { end, questions } = asked([replaced, opened], [], ["payment-database-dev", "payment-cache-dev"]);
    await end;
    expect(questions()).toEqual([
        "payment-database-dev: replaces the Cluster; the data in it is deleted: payments\nType payment-database-dev to replace it: ",
        "payment-cache-dev: opens payment-api-dev -> payment-cache-dev:6379\nType payment-cache-dev to open this path: ",
    ]);
});

test("any other answer ends the confirmation, and nothing is changed", async () => {
    const { end, questions } = asked([replaced, opened], [], ["yes", "payment-cache-dev"]);
    await expect(end).rejects.toMatchObject({
        exitReason: "unconfirmed",
        message: '"yes" is not payment-database-dev; nothing was changed',
    });
    expect(questions()).toHaveLength(1);
});

test("a consequence that is already accepted is printed, and needs no confirmation", async () => {
    const { end, questions, said } = asked([replaced, opened], [acceptOptionValue(replaced)], ["payment-cache-dev"]);
    await end;
    expect(said).toEqual([
        "accepted payment-database-dev:replace: replaces the Cluster; the data in it is deleted: payments",
    ]);
    expect(questions()).toHaveLength(1);
});

test("without a terminal, each missing acceptance is printed as the option to pass", async () => {
    await expect(asked([replaced, opened], [acceptOptionValue(opened)]).end).rejects.toMatchObject({
        exitReason: "unconfirmed",
        message: [
            "The update of dev is not accepted; nothing was changed.",
            "Only a person may accept what follows, and --yes does not. Pass each that is wanted:",
            "  --accept payment-database-dev:replace",
            "      replaces the Cluster; the data in it is deleted: payments",
        ].join("\n"),
    });
    await expect(
        asked([replaced, opened], ["payment-database-dev:replace", "payment-cache-dev:path"]).end,
    ).resolves.toBe(undefined);
});

test("an acceptance of another kind, or one that matches nothing, is refused, also on a terminal", async () => {
    const { end, questions } = asked([replaced], ["payment-database-dev:delete"], ["payment-database-dev"]);
    await expect(end).rejects.toMatchObject({
        exitReason: "unconfirmed",
        message: expect.stringContaining(
            "--accept payment-database-dev:delete matches nothing in this update: leave it out.",
        ),
    });
    expect(questions()).toEqual([]);
    await expect(asked([], ["payment-database-dev:replace"]).end).rejects.toMatchObject({ exitReason: "unconfirmed" });
});

test.each(["payment-database-dev", "payment-database-dev:drop", ":replace", "a:b:replace"])(
    "`--accept %s` is refused with the expected form",
    (value) => {
        expect(() => parseAcceptOption(value)).toThrow(
            "It must be <resource>:<replace|delete|create|rights|path|protection>, such as payment-database-prod:replace.",
        );
    },
);

test("an acceptance has the form that a consequence is written in", () => {
    expect(parseAcceptOption(acceptOptionValue(opened))).toBe("payment-cache-dev:path");
});

import { Interrupt } from "../../../tools/frame/interrupt.ts";
import type { CommandContext } from "../../../tools/frame/context.ts";
import { runCommand } from "../../../tools/frame/run-command.ts";
import { testProjectFolder } from "../../project.ts";
import { planProjectStack } from "../../stacks.ts";

/** How a command ended, and what it wrote. */
export interface ToolResult {
    readonly code: number;
    readonly out: string;
    readonly err: string;
}

const unavailable = (what: string) => () => Promise.reject(new Error(`no ${what} in this test`));

/** A context without terminal, AWS and Pulumi, on the project of the tests unless another is given. */
export function toolContext(given: Partial<CommandContext> = {}): {
    context: CommandContext;
    written: { out: string; err: string };
} {
    const written = { out: "", err: "" };
    const context: CommandContext = {
        root: testProjectFolder,
        env: {},
        out: (text) => (written.out += text),
        say: (line) => (written.err += `${line}\n`),
        style: (_, text) => text,
        width: 120,
        onTerminal: false,
        interrupt: new Interrupt(),
        progress: { step: () => undefined, pauseDuring: (work) => work() },
        clock: { sleep: () => Promise.resolve(), now: () => 0 },
        fetch: unavailable("network"),
        planStack: planProjectStack,
        rules: async () => (await import("../../../checks/rules.ts")).rules,
        createClients: unavailable("AWS"),
        pulumi: unavailable("Pulumi"),
        ...given,
    };
    return { context, written };
}

/** Runs a command as its npm script does, in this process. */
export async function runTool(
    name: string,
    argv: readonly string[],
    given: Partial<CommandContext> = {},
): Promise<ToolResult> {
    const { context, written } = toolContext(given);
    const code = await runCommand(name, argv, context);
    return { code, ...written };
}
